"""imports/*.yaml: how a table somebody sends becomes records."""

from __future__ import annotations

from collections.abc import Mapping

from wanqi.packs.specs.base import Name, Slug, Spec, Text, Title, Version


class ColumnSpec(Spec):
    """headers: the names under which this column has been seen, the usual one first."""

    field: Name
    headers: tuple[Title, ...]
    required: bool = False


class ImportProfile(Spec):
    """key: the fields that say which row it is, so that a second import changes and does not add.

    date_formats: strptime patterns, tried in order. values: field → what is written → what is meant.
    constants: fields every row of the table has without saying so. skip_rows: texts that mark a row as no record.
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
    skip_rows: tuple[Title, ...] = ()
    note: Text | None = None
