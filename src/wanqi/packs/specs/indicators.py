"""indicators/*.yaml: what is counted, or how one figure follows from others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import model_validator

from wanqi.packs.specs.base import IndicatorId, Name, Number, Slug, Spec, Text, Title, Version

Nature = Literal["flow", "stock", "target", "derived"]
Operator = Literal[
    "year_to_date",
    "cumulative",
    "same_period",
    "year_end",
    "growth_same_period",
    "growth_year_end",
    "share",
    "completion",
    "pace",
    "rank",
    "forecast",
    "check",
]
_MEASURE = re.compile(r"count|(count_distinct|sum|last)\(([a-z][a-z0-9_]*)\)")
_ROW_KEYS = ("records", "where", "measure", "date", "area")
_OPERATOR_KEYS = ("of", "target", "flow", "method", "level", "min_points", "sentence", "claims", "relations")
# What each operator needs beside `of`.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "completion": ("of", "target"),
    "share": ("of", "target"),
    "forecast": ("of", "flow", "method", "level", "min_points"),
    "check": ("sentence", "claims", "relations"),
    "pace": (),
}


class IndicatorSpec(Spec):
    """One indicator. nature flow and stock count rows, or are reported; a target is set; derived has an operator."""

    id: IndicatorId
    title: Title
    unit: Title
    nature: Nature = "derived"
    records: Name | None = None
    where: Text | None = None
    measure: str | None = None
    date: Name | None = None
    area: Name | None = None
    operator: Operator | None = None
    of: IndicatorId | None = None
    target: IndicatorId | None = None
    flow: IndicatorId | None = None
    method: Literal["run_rate"] | None = None
    level: Number | None = None
    min_points: int | None = None
    sentence: Text | None = None
    claims: Mapping[Name, Mapping[str, Any]] | None = None
    relations: tuple[Mapping[str, Any], ...] | None = None
    office: Slug | None = None
    assumption: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _keys_fit_the_nature(self) -> Self:
        given = {
            name for name in (*_ROW_KEYS, *_OPERATOR_KEYS, "operator") if getattr(self, name) is not None
        }
        if self.nature in ("flow", "stock"):
            # Without any of them nothing is counted: the figure is what units report.
            wanted = {"records", "measure", "date"} if given & set(_ROW_KEYS) else set[str]()
            allowed = set(_ROW_KEYS)
        elif self.nature == "target":
            wanted, allowed = set[str](), set[str]()
        elif self.operator is None:
            raise ValueError("要写 nature: flow、stock 或 target，或者写 operator。")
        else:
            wanted, allowed = set(_NEEDS.get(self.operator, ("of",))), {*_OPERATOR_KEYS, "operator"}
        if wanted - given:
            raise ValueError(f"缺少 {'、'.join(sorted(wanted - given))}。")
        if given - allowed:
            raise ValueError(f"不能写 {'、'.join(sorted(given - allowed))}。")
        if self.measure is not None and not _MEASURE.fullmatch(self.measure):
            raise ValueError("measure 只能是 count、count_distinct(字段)、sum(字段)、last(字段)。")
        return self

    @property
    def measured(self) -> tuple[str, str | None]:
        """(function, field): ("count", None), ("sum", "amount"). Raises ValueError where nothing is measured."""
        found = _MEASURE.fullmatch(self.measure or "")
        if found is None:
            raise ValueError(f"{self.id} counts no rows")
        return (found[1], found[2]) if found[1] else ("count", None)

    @property
    def claims_data(self) -> dict[str, object]:
        """What `wanqi.figures.claims_from` reads, in plain dicts and lists."""
        return {"claims": _plain(self.claims or {}), "relations": _plain(self.relations or ())}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The indicators this one is computed from."""
        return tuple(one for one in (self.of, self.target, self.flow) if one is not None)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


class IndicatorsFile(Spec):
    """One file of indicators/."""

    version: Version
    indicators: tuple[IndicatorSpec, ...]
