"""*.cases.yaml: worked examples that a filter, a derived fact or an indicator must answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, StrictBool, model_validator

from wanqi.packs.specs.base import IndicatorId, Name, Number, Period, Slug, Spec, Title, Version

Cell = StrictBool | int | date | str | None
Unknown = Literal["unknown"]


class FilterCase(Spec):
    """One row and whether the filter of an indicator counts it."""

    id: Slug
    title: Title
    filter: IndicatorId
    row: Mapping[Name, Cell]
    expect: StrictBool | Unknown


class DerivedCase(Spec):
    """Facts of one organisation and what the derived fact is."""

    id: Slug
    title: Title
    derived: Name
    facts: Mapping[Name, Cell]
    expect: StrictBool | str


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


class IndicatorCase(Spec):
    """Rows, targets and a period, and the figure that follows. rows: kind → complete list of records."""

    id: Slug
    title: Title
    indicator: IndicatorId
    period: Period
    rows: Mapping[Name, tuple[Mapping[Name, Cell], ...]] = {}
    targets: Mapping[IndicatorId, Number] = {}
    expect: Expected


Case = FilterCase | DerivedCase | IndicatorCase


class CasesFile(Spec):
    """One file of worked examples."""

    version: Version
    filters: tuple[FilterCase, ...] = ()
    derived: tuple[DerivedCase, ...] = ()
    indicators: tuple[IndicatorCase, ...] = Field(default=())

    @property
    def cases(self) -> tuple[Case, ...]:
        return (*self.filters, *self.derived, *self.indicators)
