"""Forms of rows: their columns, what each cell says, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wanqi.packs import FormSpec
from wanqi.registry.cells import Reason, read_cell
from wanqi.registry.importing import Target, reader_of, target_of

from .checks import Finding
from .models import Return


@dataclass(frozen=True)
class RowColumn:
    """One column to fill in. kind: text, enum, area, date, count, money, ratio, bool …; choices: of a closed list."""

    field: str
    title: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellTrouble:
    """Why one cell of one row was not taken; row counts from 1."""

    row: int
    field: str
    title: str
    message: str
    hint: str


def target_for(region: str, spec: FormSpec) -> Target:
    """Return the register and profile a form of rows writes into. Raises ProfileMissing."""
    assert spec.rows is not None
    return target_of(region, spec.rows.profile)


def columns_of(region: str, spec: FormSpec) -> tuple[RowColumn, ...]:
    """Return the columns of a form of rows, in the order of its profile. Raises ProfileMissing."""
    target = target_for(region, spec)
    found = []
    for column in target.profile.columns:
        field = target.kind.fields[column.field]
        choices = tuple(field.values or ()) if field.type == "enum" else ()
        if field.type == "area":
            choices = tuple(target.areas)
        found.append(
            RowColumn(column.field, field.title, field.type, column.field in target.required, choices)
        )
    return tuple(found)


def read_rows(
    region: str, spec: FormSpec, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[CellTrouble]]:
    """Return each row's values by field, and every cell that is none. rows: field → as written."""
    target = target_for(region, spec)
    readers = {column.field: reader_of(target, column.field) for column in target.profile.columns}
    parsed: list[dict[str, Any]] = []
    troubles: list[CellTrouble] = []
    taken: dict[Any, int] = {}
    for number, row in enumerate(rows, start=1):
        values: dict[str, Any] = {}
        wrong = list(_cells(target, readers, row, values, number))
        key = values.get(target.sink.key)
        if key is not None and key in taken:
            title = target.titles[target.sink.key]
            message = f"与第{taken[key]}行的{title}相同"
            wrong.append(CellTrouble(number, target.sink.key, title, message, "请删去重复的一行，或改正。"))
        elif key is not None:
            taken[key] = number
        if not wrong:
            wrong += [
                CellTrouble(number, name, target.kind.fields[name].title, reason.message, reason.hint)
                for name, reason in target.sink.check(values)
            ]
        troubles += wrong
        parsed.append(values)
    return parsed, troubles


def _cells(
    target: Target, readers: Mapping[str, Any], row: Mapping[str, Any], values: dict[str, Any], number: int
) -> Iterator[CellTrouble]:
    for name, reader in readers.items():
        title = target.titles[name]
        read = read_cell(row.get(name, ""), reader)
        if isinstance(read, Reason):
            yield CellTrouble(number, name, title, read.message, read.hint)
        elif read is not None:
            values[name] = read
        elif name in target.required:
            yield CellTrouble(number, name, title, "没有填写", f"请填写{title}。")


def row_findings(row: Return, spec: FormSpec) -> Iterator[Finding]:
    """Yield what keeps a return of rows from being handed in."""
    if not row.rows and not row.nothing:
        yield Finding("", "error", "还没有填写明细。", "本期确实没有的，请勾选“本期无新增”。")
    if row.rows and row.nothing:
        yield Finding("", "error", "勾选了“本期无新增”，却填了明细。", "请取消勾选，或删去明细。")
    _, troubles = read_rows(row.region_id, spec, row.rows)
    for one in troubles:
        line = f"row-{one.row}.{one.field}"
        yield Finding(line, "error", f"第{one.row}行{one.title}：{one.message}。", one.hint)
    if spec.evidence == "required" and row.evidence_id is None:
        yield Finding("", "error", "还没有上传佐证材料。", "请上传盖章的报表或台账截图。")
