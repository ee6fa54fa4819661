"""*.cases.yaml: worked examples that a filter, a derived fact, an indicator or a programme must answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator

from wanqi.packs.specs.base import (
    PERIOD,
    IndicatorId,
    Name,
    Number,
    Period,
    ProgrammeId,
    Slug,
    Spec,
    Text,
    Title,
    Version,
)
from wanqi.packs.specs.programmes import Kind, RuleVersion

Cell = StrictBool | int | date | str | None
Unknown = Literal["unknown"]


class FilterCase(Spec):
    """One row and whether the filter of an indicator counts it."""

    id: Slug
    title: Title
    filter: IndicatorId
    row: Mapping[Name, Cell]
    expect: StrictBool | Unknown


Fact = Cell | tuple[str, ...] | Mapping[str, Cell | tuple[str, ...]]
Rows = tuple[Mapping[Name, Cell], ...]
Verdict = Literal["met", "unmet", "unknown"]
Ends = tuple[Number | None, Number | None]
DERIVED_ON = date(2026, 6, 30)


class DerivedCase(Spec):
    """Facts and records of one organisation and what the derived fact is on a day.

    A bare value of an annual fact stands for the base year, the year before `on`. source: as of a programme's case.
    """

    id: Slug
    title: Title
    derived: Name
    source: Text | None = Field(default=None, alias="from")
    on: date = DERIVED_ON
    facts: Mapping[Name, Fact]
    records: Mapping[Name, Rows] = {}
    expect: StrictBool | str


class Outcome(Spec):
    """What a programme must answer; only what is written is compared. conditions: id → verdict."""

    verdict: Verdict | None = None
    why: Literal["missing", "unverified", "judgement", "not_in_force"] | None = None
    version: RuleVersion | None = None
    score: Ends | None = None
    amount: Ends | None = None
    missing: tuple[Name, ...] | None = None
    conditions: Mapping[str, Verdict] = {}

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(
                "expect 至少写 verdict、why、version、score、amount、missing、conditions 中的一项。"
            )
        return self


class ProgrammeCase(Spec):
    """One organisation, a day and a kind of application, and what the programme answers.

    source: where the example comes from: an article, a published case, or a computation.
    """

    id: Slug
    title: Title
    programme: ProgrammeId
    source: Text = Field(alias="from")
    on: date
    kind: Kind = "new"
    facts: Mapping[Name, Fact] | None = None
    records: Mapping[Name, Rows | None] | None = None
    expect: Outcome


class Expected(Spec):
    """value, low and high in the indicator's unit; null where the figure is unknown; records: rows counted."""

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    records: int | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("至少写 value、low、high、records 中的一项。")
        return self


Reported = Annotated[
    str, StringConstraints(pattern=rf"^[a-z0-9_]+(\.[a-z0-9_]+)*(@{PERIOD})?$", max_length=100)
]


class IndicatorCase(Spec):
    """Rows, targets, reported values and a period, and the figure that follows.

    rows: kind → complete list of records. reported: indicator → value for the case's period, or `indicator@period` →
    value for that period. peers: indicator → code of a peer → its value for the case's period.
    """

    id: Slug
    title: Title
    indicator: IndicatorId
    period: Period
    rows: Mapping[Name, tuple[Mapping[Name, Cell], ...]] = {}
    targets: Mapping[IndicatorId, Number] = {}
    reported: Mapping[Reported, Number] = {}
    peers: Mapping[IndicatorId, Mapping[str, Number]] = {}
    expect: Expected


Case = FilterCase | DerivedCase | IndicatorCase | ProgrammeCase


class CasesFile(Spec):
    """One file of worked examples."""

    version: Version
    filters: tuple[FilterCase, ...] = ()
    derived: tuple[DerivedCase, ...] = ()
    indicators: tuple[IndicatorCase, ...] = Field(default=())
    programmes: tuple[ProgrammeCase, ...] = ()

    @property
    def cases(self) -> tuple[Case, ...]:
        return (*self.filters, *self.derived, *self.indicators, *self.programmes)
