"""imports/*.yaml: how a table somebody sends becomes records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from wanqi.packs.specs.base import Name, Slug, Spec, Text, Title, Version

MoneyUnit = Literal["元", "千元", "万元", "亿元"]


class ColumnSpec(Spec):
    """headers: the names under which this column has been seen, the usual one first."""

    field: Name
    headers: tuple[Title, ...]
    required: bool = False


class ImportProfile(Spec):
    """key: the fields that say which row it is, so that a second import changes and does not add.

    date_formats: strptime patterns, tried in order. values: field → what is written → what is meant.
    constants: fields every row of the table has without saying so. skip_rows: texts that mark a row as no record.
    units: field → the unit of its amounts where the table does not say one.
    """

    id: Slug
    version: Version
    title: Title
    kind: Name
    columns: tuple[ColumnSpec, ...]
    key: tuple[Name, ...]
    date_formats: tuple[Title, ...] = ()
    values: Mapping[Name, Mapping[str, str]] = {}
    constants: Mapping[Name, str] = {}
    units: Mapping[Name, MoneyUnit] = {}
    skip_rows: tuple[Title, ...] = ()
    note: Text | None = None
