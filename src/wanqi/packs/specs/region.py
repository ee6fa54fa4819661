"""pack.yaml: the region, its bureau, and who stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from wanqi.packs.specs.base import RegionId, Slug, Spec, Title, Version

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


class PackSpec(Spec):
    """One region: what it is, what it extends, who stands in it."""

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
    withdraw: Mapping[Section, tuple[str, ...]] = {}
