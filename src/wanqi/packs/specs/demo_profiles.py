"""Profiles of demo.yaml: what is said of the fictitious enterprises, layer over layer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wanqi.packs.specs.base import Name, Number, Spec, Title
from wanqi.packs.specs.demo_rules import FieldRule, Weight

Year = Annotated[str, Field(pattern=r"^20[0-9]{2}$")]
SourceClass = Literal["审计报告", "税务", "统计", "平台", "登记机关", "企业自报"]
Number1 = Annotated[int, Field(ge=1, le=9_999)]
Span = tuple[Number1, Number1]
Each = Annotated[int, Field(ge=1, le=50)]


class Disagreeing(Spec):
    """A second source that says `factor` times the value."""

    source: SourceClass
    factor: Number


class FactRule(Spec):
    """How one fact comes about; one of constant, choose, items, within, between, share and absent.

    between: the first year's number, growing by `growth` (1 = 100 %) each year after; share: of another fact of the
    same year; within: a day; items: a set; absent: nobody has told. step: what numbers are rounded down to. years:
    of an annual fact, where they are not the demonstration's.
    """

    constant: Title | None = None
    choose: Mapping[str, Weight] | None = None
    items: tuple[Title, ...] | None = None
    within: tuple[date, date] | None = None
    between: tuple[Number, Number] | None = None
    share: tuple[Number, Number] | None = None
    absent: bool = False
    of: Name | None = None
    growth: tuple[Number, Number] = ("0", "0")
    step: Number = "1"
    years: tuple[Year, ...] = ()
    source: SourceClass = "企业自报"
    also: Disagreeing | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        ways = (self.constant, self.choose, self.items, self.within, self.between, self.share)
        given = [one for one in ways if one is not None] + ([True] if self.absent else [])
        if len(given) != 1 or self.choose == {}:
            raise ValueError("constant、choose、items、within、between、share、absent 要写且只写一个。")
        if (self.share is None) != (self.of is None):
            raise ValueError("share 和 of 要一起写：of 是按哪一个数据项的比例。")
        return self


class ProfileRecords(Spec):
    """Rows of one kind for each enterprise of a profile; `{n}` of a serial counts from the enterprise's number × 100."""

    kind: Name
    each: Each
    fields: Mapping[Name, FieldRule]


class DemoProfile(Spec):
    """What holds for the enterprises numbered in `enterprises`; a later profile replaces, item by item, an earlier.

    coverage: kind → the day up to which its list is complete, null where nobody says. Records replace all of their kind.
    """

    title: Title
    enterprises: tuple[Span, ...]
    organisation: Mapping[Name, FieldRule] = {}
    facts: Mapping[Name, FactRule] = {}
    records: tuple[ProfileRecords, ...] = ()
    without: tuple[Name, ...] = ()
    coverage: Mapping[Name, date | None] = {}

    def covers(self, number: int) -> bool:
        """Return whether the enterprise of that number is meant."""
        return any(first <= number <= last for first, last in self.enterprises)
