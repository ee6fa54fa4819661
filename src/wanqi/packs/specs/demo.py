"""demo.yaml: what a demonstration of the region shows; everything generated from it is marked 演示."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import IndicatorId, Month, Name, Number, Period, Slug, Spec, Text, Title, Version

Role = Literal[
    "clerk",
    "head",
    "deputy",
    "leader",
    "reporter",
    "expert",
    "finance",
    "auditor",
    "system_admin",
    "security_admin",
    "audit_admin",
]
Count = Annotated[int, Field(ge=0, le=100_000)]
Weight = Annotated[int, Field(ge=1, le=1_000)]


class DemoUser(Spec):
    """role, office, unit and area are codes of the pack; the password is made where the demonstration runs."""

    username: Slug
    name: Title
    role: Role
    office: Slug | None = None
    unit: Slug | None = None
    area: Slug | None = None


class Stated(Spec):
    """What a document says of an indicator: the number, and the words it stands in.

    bound: `>` for 突破/超过, `<` for 不足, `~` for 约. value: a share or growth with 1 = 100 %.
    """

    indicator: IndicatorId
    period: Period
    value: Number
    bound: Literal["=", ">", "<", "~"] = "="
    as_written: Title
    document: Slug
    clause: Slug
    office: Slug | None = None
    assumption: Text | None = None


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
    """How one field of a demonstration row comes about; exactly one of constant, serial, choose and before.

    serial: text with {n}, counted from `start`; choose: value → weight; before: a number of days before another
    date of the row.
    """

    constant: Title | None = None
    serial: (
        Annotated[str, StringConstraints(pattern=r"^[^{}]*\{n(:0[1-9]d)?\}[^{}]*$", max_length=100)] | None
    ) = None
    choose: Mapping[str, Weight] | None = None
    before: Before | None = None
    start: Annotated[int, Field(ge=1, le=100_000)] = 1

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        given = [one for one in (self.constant, self.serial, self.choose, self.before) if one is not None]
        if len(given) != 1 or self.choose == {}:
            raise ValueError("constant、serial、choose、before 要写且只写一个。")
        return self


class DemoRows(Spec):
    """months: how many rows have their `date` in each month."""

    kind: Name
    date: Name
    months: Mapping[Month, Count]
    fields: Mapping[Name, FieldRule]


class DemoOrganisations(Spec):
    """Fictitious organisations; their credit codes carry DEM0 where a real one carries its number."""

    count: Annotated[int, Field(ge=1, le=9_999)]
    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    fields: Mapping[Name, FieldRule]


class NamedOrganisation(Spec):
    """An organisation a document names, with nothing but its name as printed there."""

    name: Title
    document: Slug
    clause: Slug


class StatedRow(Spec):
    """A row of a register that a document states in words; not marked as a demonstration.

    values: field → value as written in the vocabulary's terms. note: what was assumed to write it down.
    """

    kind: Name
    values: Mapping[Name, Title]
    as_written: Title
    document: Slug
    clause: Slug
    note: Text | None = None


class DemoRound(Spec):
    """A form asked for a period; handed_in: units that have confirmed what the registers know and handed it in."""

    form: Slug
    period: Period
    handed_in: tuple[Slug, ...] = ()


class DemoSpec(Spec):
    """One demonstration: its day, its people, what documents state, and what to generate."""

    version: Version
    as_of: date
    period: Period
    seed: Annotated[int, Field(ge=0, le=2**31)]
    note: Text
    users: tuple[DemoUser, ...] = ()
    observations: tuple[Stated, ...] = ()
    targets: tuple[Stated, ...] = ()
    rows: tuple[DemoRows, ...] = ()
    organisations: DemoOrganisations | None = None
    named: tuple[NamedOrganisation, ...] = ()
    stated: tuple[StatedRow, ...] = ()
    rounds: tuple[DemoRound, ...] = ()
