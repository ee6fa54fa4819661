"""indicators/*.yaml: what is counted, or how one figure follows from others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as date_type
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import IndicatorId, Name, Number, Slug, Spec, Text, Title, Version

Nature = Literal["flow", "stock", "rate", "target", "derived"]
Operator = Literal[
    "year_to_date",
    "cumulative",
    "same_period",
    "year_end",
    "previous",
    "growth_same_period",
    "growth_year_end",
    "growth_previous",
    "delta",
    "sum",
    "ratio",
    "share",
    "completion",
    "pace",
    "rank",
    "forecast",
    "check",
]
_MEASURE = re.compile(r"count|(count_distinct|sum|last)\(([a-z][a-z0-9_]*)\)")
_ROW_KEYS = ("records", "where", "measure", "date", "until", "area")
_OPERATOR_KEYS = (
    "of", "target", "flow", "retired", "parts", "against", "peers", "basis",
    "method", "level", "min_points", "sentence", "claims", "relations",
)  # fmt: skip
# What each operator needs beside `of`.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "completion": ("of", "target"),
    "share": ("of", "target"),
    "ratio": ("of", "target"),
    "delta": ("of", "against"),
    "sum": ("parts",),
    "rank": ("of", "peers"),
    "forecast": ("of", "flow", "method", "level", "min_points"),
    "check": ("sentence", "claims", "relations"),
    "pace": (),
}
# What nobody is ranked by.
_WITHOUT_RANK = ("rank", "pace", "check")


class Break(Spec):
    """A change of the definition: from that day on, values are not compared with those before it."""

    on: date_type
    note: Title


class IndicatorSpec(Spec):
    """One indicator.

    nature: flow (of a span), stock (at a day) and rate (of a span, never added up) count rows or are reported; a target
    is set; derived has an operator. population: what is counted; source: who reports or keeps it; aliases: its other
    names in texts; decimals: how many it prints, half away from zero. begins: the months the series puts into one
    at the start of a year (2: there is no January). until: the date field on which a row stops counting. better: what
    ranks first, more or less of it (energy per output, accidents).
    """

    id: IndicatorId
    title: Title
    unit: Title
    nature: Nature = "derived"
    aliases: tuple[Title, ...] = ()
    population: Title | None = None
    source: Title | None = None
    decimals: Annotated[int, Field(ge=0, le=4)] | None = None
    begins: Annotated[int, Field(ge=1, le=3)] = 1
    breaks: tuple[Break, ...] = ()
    better: Literal["more", "less"] = "more"
    records: Name | None = None
    where: Text | None = None
    measure: str | None = None
    date: Name | None = None
    until: Name | None = None
    area: Name | None = None
    operator: Operator | None = None
    of: IndicatorId | None = None
    target: IndicatorId | None = None
    flow: IndicatorId | None = None
    retired: IndicatorId | None = None
    parts: tuple[IndicatorId, ...] | None = None
    against: Literal["same_period", "year_end", "previous"] | None = None
    peers: Slug | None = None
    basis: Title | None = None
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
        wanted, allowed = self._keys(given)
        if wanted - given:
            raise ValueError(f"缺少 {'、'.join(sorted(wanted - given))}。")
        if given - allowed:
            raise ValueError(f"不能写 {'、'.join(sorted(given - allowed))}。")
        if self.measure is not None and not _MEASURE.fullmatch(self.measure):
            raise ValueError("measure 只能是 count、count_distinct(字段)、sum(字段)、last(字段)。")
        if self.begins > 1 and (self.nature not in ("flow", "rate") or given):
            raise ValueError("begins 只能用于没有台账、按月报来的 flow 或 rate。")
        if self.better == "less" and (self.nature == "target" or self.operator in _WITHOUT_RANK):
            raise ValueError("better: less 写在按它排名次的指标上，不写在目标、名次、序时进度或核对上。")
        if self.breaks and self.nature not in ("flow", "stock", "rate"):
            raise ValueError("breaks 只能写在 flow、stock 或 rate 上，算出的数随它所用的数。")
        return self

    def _keys(self, given: set[str]) -> tuple[set[str], set[str]]:
        """Return the keys that must and those that may be written, of those that depend on the nature."""
        if self.nature in ("flow", "stock"):
            # Without any of them nothing is counted: the figure is what units report.
            wanted = {"records", "measure", "date"} if given & set(_ROW_KEYS) else set[str]()
            left_out = set() if self.nature == "stock" else {"until"}
            return wanted, set(_ROW_KEYS) - left_out
        if self.nature in ("rate", "target"):
            return set(), set()
        if self.operator is None:
            raise ValueError("要写 nature: flow、stock、rate 或 target，或者写 operator。")
        return set(_NEEDS.get(self.operator, ("of",))), {*_OPERATOR_KEYS, "operator"}

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
        named = (self.of, self.target, self.flow, self.retired, *(self.parts or ()))
        return tuple(one for one in named if one is not None)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


class IndicatorsFile(Spec):
    """One file of indicators/."""

    version: Version
    indicators: tuple[IndicatorSpec, ...]


Square = Annotated[int, Field(ge=1, le=20)]


class PeerSet(Spec):
    """peers/<id>.yaml: areas that are compared with each other.

    members: code → name, our own among them; empty where a document names the set and not its members. aliases: how
    texts call it. functional: whether the members' values count their 功能区. tiles: code → row and column of its square
    on a schematic map, which shows who lies beside whom and no boundary.
    """

    id: Slug
    version: Version
    title: Title
    aliases: tuple[Title, ...] = ()
    functional: Literal["含", "不含"] | None = None
    source: Title
    note: Text | None = None
    members: Mapping[Annotated[str, StringConstraints(pattern=r"^[0-9a-z-]{2,20}$")], Title] = {}
    tiles: Mapping[Title, tuple[Square, Square]] = {}

    @model_validator(mode="after")
    def _squares_fit(self) -> Self:
        unknown = [code for code in self.tiles if code not in self.members]
        if unknown:
            raise ValueError(f"tiles 里的 {'、'.join(unknown)} 不在 members 里。")
        if len(set(self.tiles.values())) < len(self.tiles):
            raise ValueError("tiles 里有两个地区排在同一格。")
        return self

    def called(self, words: str) -> bool:
        """Return whether a text means this set by some words."""
        return words.strip() in (self.id, self.title, *self.aliases)


class TableSpec(Spec):
    """tables/<id>.yaml: a monthly table. indicators: its rows in order; peers: the set its ranks are among."""

    id: Slug
    version: Version
    title: Title
    peers: Slug | None = None
    indicators: tuple[IndicatorId, ...] = Field(min_length=1)
