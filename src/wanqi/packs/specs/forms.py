"""forms/*.yaml: what is asked of reporting units, how often, by when, and what has to hold before it is handed in."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wanqi.packs.specs.base import IndicatorId, Number, Slug, Spec, Text, Title, Version

Cadence = Literal["month", "quarter", "half", "year", "once"]
Evidence = Literal["none", "asked", "required"]
_SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


def unit_scale(unit: str) -> tuple[str, Decimal]:
    """Return the unit values are kept in and what one of `unit` is in it: 万元 → 元, 10000; % → "", 0.01."""
    if unit == "%":
        return "", Decimal("0.01")
    scale = _SCALES.get(unit[:1])
    return (unit[1:], scale) if scale is not None and len(unit) > 1 else (unit, Decimal(1))


class DeadlineSpec(Spec):
    """The day by which a period's figures are due.

    months: how many months after the last month of the period; rest_days: which way a rest day moves it.
    """

    day: Annotated[int, Field(ge=1, le=31)]
    months: Annotated[int, Field(ge=0, le=12)] = 1
    rest_days: Literal["keep", "before", "after"] = "keep"


class JumpSpec(Spec):
    """A change that asks for a reason: against the last period or the same one of last year.

    share: more than this part of the earlier value, up or down; least: smaller changes, in the line's unit, pass.
    """

    against: Literal["last", "same"]
    share: Number
    least: Number = "0"


class LineSpec(Spec):
    """One figure. unit: as it is filled in (万元 where 元 is kept); units: who fills it, of the form's, all by default.

    combine: where several units fill it, their sum is the region's figure. falling: whether a value below the last
    period's asks for a reason. minimum, maximum: in the line's unit; null where there is none.
    """

    id: Slug
    indicator: IndicatorId
    title: Title | None = None
    unit: Title | None = None
    units: tuple[Slug, ...] = ()
    combine: Literal["sum"] | None = None
    required: bool = True
    evidence: bool = False
    minimum: Number | None = "0"
    maximum: Number | None = None
    falling: Literal["reason", "allow"] = "reason"
    jump: tuple[JumpSpec, ...] = ()
    note: Text | None = None


class SumSpec(Spec):
    """Lines that must agree: the total equals its parts, or is at least as large."""

    total: Slug
    parts: Annotated[tuple[Slug, ...], Field(min_length=1)]
    relation: Literal["equal", "at_most"] = "equal"


class RowsSpec(Spec):
    """Rows of a record kind: the columns are those of an import profile. most: rows of one return."""

    profile: Slug
    most: Annotated[int, Field(ge=1, le=5000)] = 500


class FormSpec(Spec):
    """A form: figures in lines, or rows of a register. months: of a monthly form, 1—N月 or the month alone.

    start_month: 2 where January is not asked for and the first period is 1—2月.
    """

    id: Slug
    version: Version
    title: Title
    office: Slug
    units: Annotated[tuple[Slug, ...], Field(min_length=1)]
    cadence: Cadence
    months: Literal["cumulative", "single"] = "cumulative"
    start_month: Literal[1, 2] = 1
    deadline: DeadlineSpec
    evidence: Evidence = "none"
    guidance: Text | None = None
    lines: tuple[LineSpec, ...] = ()
    sums: tuple[SumSpec, ...] = ()
    rows: RowsSpec | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if bool(self.lines) == (self.rows is not None):
            raise ValueError("lines（指标行）和 rows（明细）要写且只写一个。")
        if self.start_month == 2 and (self.cadence != "month" or self.months != "cumulative"):
            raise ValueError("start_month: 2 只用于按月累计的报表。")
        if len(set(self.units)) < len(self.units):
            raise ValueError("units 中有重复的单位。")
        ids = [line.id for line in self.lines]
        twice = next((id for id in ids if ids.count(id) > 1), None)
        if twice is not None:
            raise ValueError(f"行 {twice} 写了两次。")
        for line in self.lines:
            self._line_holds(line)
        for one in self.sums:
            missing = [id for id in (one.total, *one.parts) if id not in ids]
            if missing:
                raise ValueError(f"sums 写的 {missing[0]} 不在 lines 中。")
            if one.total in one.parts or len(set(one.parts)) < len(one.parts):
                raise ValueError(f"sums 中 {one.total} 的分项不能有它自己，也不能重复。")
        return self

    def _line_holds(self, line: LineSpec) -> None:
        strangers = [unit for unit in line.units if unit not in self.units]
        if strangers:
            raise ValueError(f"行 {line.id} 的 {strangers[0]} 不在 units 中。")
        if len(self.units_of(line)) > 1 and line.combine is None:
            raise ValueError(f"行 {line.id} 由多个单位填报，要写 combine: sum。")
        if len(self.units_of(line)) == 1 and line.combine is not None:
            raise ValueError(f"行 {line.id} 只由一个单位填报，不写 combine。")
        low, high = line.minimum, line.maximum
        if low is not None and high is not None and Decimal(low) > Decimal(high):
            raise ValueError(f"行 {line.id} 的 minimum 大于 maximum。")

    def units_of(self, line: LineSpec) -> tuple[str, ...]:
        """Return the codes of the units that fill a line, in the form's order."""
        return tuple(unit for unit in self.units if not line.units or unit in line.units)

    def lines_for(self, unit: str) -> tuple[LineSpec, ...]:
        """Return the lines a unit fills."""
        return tuple(line for line in self.lines if unit in self.units_of(line))
