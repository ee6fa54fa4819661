"""Rows of a register as an archive keeps them: by column, only the fields that decide whether and how a row counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from wanqi.indicators.evaluate import Table
from wanqi.packs import IndicatorSpec, Pack

_ALWAYS = ("id", "is_demonstration", "evidence")
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_TYPES: Mapping[str, Any] = {
    "text": pl.String,
    "day": pl.Date,
    "yes": pl.Boolean,
    "whole": pl.Int64,
    "texts": pl.List(pl.String),
}


class Kept(Mapping[str, Table]):
    """Tables that remember which of them were read."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self.read: dict[str, Table] = {}

    def __getitem__(self, kind: str) -> Table:
        table = self._tables[kind]
        self.read[kind] = table
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def counting_fields(
    kind: str, definitions: Iterable[IndicatorSpec], fields: Iterable[str]
) -> tuple[str, ...]:
    """Return the fields of a kind that some definition over it names, in the order of the kind."""
    named: set[str] = set()
    for one in definitions:
        if one.records == kind:
            named |= set(_words(one.model_dump(mode="json")))
    return tuple(name for name in fields if name in named)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one)


def table_bytes(table: Table, names: Iterable[str]) -> bytes:
    """Return the rows as JSON by column: one line per column, so that a person can look into it too."""
    kept = [*_ALWAYS, *(name for name in names if name in table.frame.columns and name not in _ALWAYS)]
    columns = {
        name: {"type": _type_name(table.frame[name]), "values": _values(table.frame[name])} for name in kept
    }
    lines = [f" {_json(name)}: {_json(column)}" for name, column in columns.items()]
    head = f'"kind": {_json(table.kind)},\n"rows": {table.frame.height},\n"columns": {{\n'
    return ("{" + head + ",\n".join(lines) + "\n}}\n").encode()


def table_from(content: bytes, pack: Pack) -> Table:
    """Return the table of an archive's rows; what its fields are called and allow is the archived pack's say."""
    data = json.loads(content)
    kind = data["kind"]
    spec = pack.records[kind]
    frame = pl.DataFrame([_series(name, column) for name, column in data["columns"].items()])
    labels = {name: field.title for name, field in spec.fields.items()}
    return Table(kind, spec.title, frame, pack.scope(kind), labels)


def rows_of(content: bytes) -> dict[str, dict[str, Any]]:
    """Return id → field → value of archived rows, as plain data."""
    columns = {name: column["values"] for name, column in json.loads(content)["columns"].items()}
    ids = columns.pop("id")
    return {id: {name: values[at] for name, values in columns.items()} for at, id in enumerate(ids)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _type_name(series: pl.Series) -> str:
    found = next((name for name, kind in _TYPES.items() if series.dtype == kind), None)
    if found is None and series.dtype == pl.Null:
        return "text"
    if found is None:
        raise TypeError(f"an archive cannot keep a column of {series.dtype}")
    return found


def _values(series: pl.Series) -> list[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in series.to_list()]


def _series(name: str, column: Mapping[str, Any]) -> pl.Series:
    values = column["values"]
    if column["type"] == "day":
        values = [None if value is None else date.fromisoformat(value) for value in values]
    return pl.Series(name, values, dtype=_TYPES[column["type"]])
