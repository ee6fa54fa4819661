"""pack.yaml: the region, its bureau, and who stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wanqi.packs.specs.base import Number, ProgrammeId, RegionId, Slug, Spec, Title, Version

Section = Literal[
    "records",
    "facts",
    "derived",
    "params",
    "titles",
    "sources",
    "codes",
    "programmes",
    "indicators",
    "reports",
    "documents",
    "imports",
    "originals",
    "forms",
    "peers",
    "tables",
    "stacking",
]


class Bureau(Spec):
    """Who runs the programme in this region."""

    name: Title
    short: Title


class Calendar(Spec):
    """Days that differ from Monday-to-Friday: rest_days off, work_days worked."""

    rest_days: tuple[date, ...] = ()
    work_days: tuple[date, ...] = ()


class AreaSpec(Spec):
    """A township, street or district that rows are placed in (片区)."""

    code: Slug
    name: Title
    demonstration: bool = False


class OfficeSpec(Spec):
    """A section of the bureau (股室)."""

    code: Slug
    name: Title
    demonstration: bool = False


class UnitSpec(Spec):
    """Somebody who hands in figures."""

    code: Slug
    name: Title
    kind: Literal["department", "operator", "township", "park", "enterprise"]
    demonstration: bool = False


class StackingSpec(Spec):
    """What several programmes may pay one applicant together in a year.

    highest: only the one that pays most counts (就高不重复); one_of: the applicant chooses one; cap: at most `most` 元.
    """

    id: Slug
    title: Title
    rule: Literal["highest", "one_of", "cap"]
    programmes: tuple[ProgrammeId, ...] = Field(min_length=1)
    most: Annotated[int, Field(ge=0, lt=10**13)] | Number | None = None
    document: Title | None = None
    article: Title | None = None

    @model_validator(mode="after")
    def _capped(self) -> Self:
        if (self.rule == "cap") != (self.most is not None):
            raise ValueError("rule 为 cap 时要写 most（合计最多多少元），其他规则不写。")
        return self


class PackSpec(Spec):
    """One region: what it is, what it extends, who stands in it, what may be paid together."""

    id: RegionId
    title: Title
    level: Literal["国家", "省", "市", "县"]
    extends: RegionId | None = None
    version: Version
    bureau: Bureau | None = None
    calendar: Calendar = Calendar()
    areas: tuple[AreaSpec, ...] = ()
    offices: tuple[OfficeSpec, ...] = ()
    units: tuple[UnitSpec, ...] = ()
    stacking: tuple[StackingSpec, ...] = ()
    withdraw: Mapping[Section, tuple[str, ...]] = {}
