"""How a field of a demonstration row comes about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import Name, Spec, Title

Count = Annotated[int, Field(ge=0, le=100_000)]
Weight = Annotated[int, Field(ge=1, le=1_000)]


class Before(Spec):
    """Least and most days that a date lies before another date of the row."""

    field: Name
    least: Count
    most: Count

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.least > self.most:
            raise ValueError("least 不能大于 most。")
        return self


class FieldRule(Spec):
    """How one field of a demonstration row comes about; exactly one of constant, serial, choose, before and within.

    serial: text with {n}, counted from `start`; choose: value → weight; before: a number of days before another
    date of the row; within: a day between two, both included.
    """

    constant: Title | None = None
    serial: (
        Annotated[str, StringConstraints(pattern=r"^[^{}]*\{n(:0[1-9]d)?\}[^{}]*$", max_length=100)] | None
    ) = None
    choose: Mapping[str, Weight] | None = None
    before: Before | None = None
    within: tuple[date, date] | None = None
    start: Annotated[int, Field(ge=1, le=100_000)] = 1

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        ways = (self.constant, self.serial, self.choose, self.before, self.within)
        given = [one for one in ways if one is not None]
        if len(given) != 1 or self.choose == {}:
            raise ValueError("constant、serial、choose、before、within 要写且只写一个。")
        return self
