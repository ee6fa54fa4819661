"""demo.yaml: what a demonstration of the region shows; everything generated from it is marked 演示."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import (
    IndicatorId,
    Month,
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
from wanqi.packs.specs.demo_profiles import DemoProfile, SourceClass, Year
from wanqi.packs.specs.demo_rules import Count, FieldRule
from wanqi.packs.specs.demo_targets import DemoBreakdown, DemoShortfall, DemoTarget

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
    "enterprise",
]


class DemoUser(Spec):
    """role, office, unit and area are codes of the pack; the password is made where the demonstration runs.

    organisation: the name of the demonstration's enterprise that an enterprise's user speaks for.
    """

    username: Slug
    name: Title
    role: Role
    office: Slug | None = None
    unit: Slug | None = None
    area: Slug | None = None
    organisation: Title | None = None

    @model_validator(mode="after")
    def _speaks_for_somebody(self) -> Self:
        if (self.role == "enterprise") != (self.organisation is not None):
            raise ValueError("企业用户（enterprise）要写 organisation（企业名称），其他角色不写。")
        return self


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


class DemoList(Spec):
    """A 名单 that came in: its text as pasted; what is matched for certain is confirmed."""

    programme: ProgrammeId
    batch: Title
    document_number: Title
    document_title: Title
    authority: Title
    issued_on: date
    text: Text


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
    made_targets: tuple[DemoTarget, ...] = ()
    breakdowns: tuple[DemoBreakdown, ...] = ()
    shortfalls: tuple[DemoShortfall, ...] = ()
    sources: Mapping[SourceClass, Title] = {}
    years: tuple[Year, ...] = ()
    profiles: tuple[DemoProfile, ...] = ()
    name_lists: tuple[DemoList, ...] = ()
