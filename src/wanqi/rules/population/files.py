"""The folder of facts: which column of which file every input of a plan is read from, and in which form.

`organisations.parquet` has `id`, scalar facts by their id, annual ones as `revenue@2025`; every kind of record has a
long file of its own with `id` and its fields. Money is whole fen; other numbers are whole or decimal in their own unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import polars as pl

from wanqi.rules import tree
from wanqi.rules.gathering import TITLES
from wanqi.rules.plan import Aggregate, FactAt, Input, Member, Plan, Size
from wanqi.rules.population.codes import CodesLike, TitlesLike
from wanqi.rules.population.errors import FactsRefused
from wanqi.rules.programmes.organisations import TITLE
from wanqi.rules.types import RecordScope, Scope, Type

ORGANISATIONS = "organisations"
UNTIL = "complete_until"
AT = "~at"
# What the engines would take for a pattern of several files.
PATTERN = "*?[]{}"

# How a column becomes whole numbers, dates, truths or text: `whole` as it is, `units` times 10^places, `float` the
# same with rounding, `none` no such column: unknown.
Form = Literal["whole", "units", "float", "plain", "member", "size", "none"]


@dataclass(frozen=True, slots=True)
class Column:
    """One value of the snapshot: read from `source` in a form.

    values: what a set is asked for. allowed: what it may hold, where the vocabulary lists it. rule: what its codes look
    like, where the vocabulary says so.
    """

    name: str
    type: Type
    source: str
    form: Form
    values: tuple[str, ...] = ()
    allowed: tuple[str, ...] | None = None
    rule: CodesLike | TitlesLike | None = None


@dataclass(frozen=True, slots=True)
class RecordFile:
    """One kind of record: path None where there is no file. marks: the columns of which a row must have one.

    until: whether the file says up to when a list is complete. slices: the same rows in files that follow the order of
    the organisations, with the place of theirs in `AT`, where the file itself does not.
    """

    kind: str
    path: Path | None
    scope: RecordScope
    columns: tuple[Column, ...]
    marks: tuple[str, ...]
    until: bool
    asked: tuple[Input, ...]
    slices: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is read, and what is not: warnings are sentences about columns nobody knows."""

    path: Path
    rows: int
    id_type: pl.DataType
    columns: tuple[Column, ...]
    records: tuple[RecordFile, ...]
    warnings: tuple[str, ...]


def read(folder: Path, plan: Plan, scope: Scope) -> Facts:
    """Return where a plan's inputs are read from. Raises FactsRefused for a missing file or a wrong type of column."""
    path = folder / f"{ORGANISATIONS}.parquet"
    if any(sign in str(folder) for sign in PATTERN):
        hint = "请把文件夹改名，或进入这个文件夹后写 --facts . 。"
        raise FactsRefused(
            "facts.folder", str(folder), f"路径里有通配符（{' '.join(PATTERN)} 之一）", hint=hint
        )
    if not path.is_file():
        hint = f"这个文件夹里要有 {path.name}，每个单位一行。"
        raise FactsRefused("facts.no-file", str(path), "没有这个文件", hint=hint)
    schema = _schema(path)
    id_type = _id_type(path, schema)
    columns = tuple(
        column
        for one in plan.inputs
        if not isinstance(one.source, Aggregate)
        for column in [_column(path, schema, one, scope)]
    )
    warnings = _strangers(path, schema, scope)
    _check_types(path, schema, scope)
    records = []
    for kind, asked in _by_kind(plan.inputs).items():
        record = _record_file(folder, kind, asked, scope, id_type)
        records.append(record)
        if record.path is not None:
            warnings += _unknown_fields(record.path, record.scope)
    for kind in scope.records:
        other = folder / f"{kind}.parquet"
        if other.is_file() and all(one.kind != kind for one in records):
            _record_schema(other, scope.records[kind], id_type)
            warnings += _unknown_fields(other, scope.records[kind])
    warnings += _unknown_files(folder, scope)
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    return Facts(path, rows, id_type, columns, tuple(records), tuple(warnings))


def _schema(path: Path) -> Mapping[str, pl.DataType]:
    """Return column → type. Raises FactsRefused for what is no Parquet or has columns that some engines take for one."""
    try:
        schema = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        hint = "请重新导出为 Parquet 文件。"
        raise FactsRefused("facts.unreadable", str(path), "不是完整的 Parquet 文件", hint=hint) from error
    written: dict[str, str] = {}
    for name, kind in schema.items():
        other = written.setdefault(name.lower(), name)
        if other != name:
            hint = "删去或改名其中一列；列名用数据字典里的小写编号。"
            raise FactsRefused("facts.column", str(path), f"{other} 和 {name} 两列只有大小写不同", hint=hint)
        if kind in (pl.Int128, pl.UInt128):
            raise FactsRefused("facts.type", f"{path}：{name}", f"类型是 {kind}", hint="整数写成 BIGINT。")
    return schema


def _id_type(path: Path, schema: Mapping[str, pl.DataType]) -> pl.DataType:
    kind = schema.get("id")
    if kind is None:
        raise FactsRefused("facts.no-id", str(path), "没有 id 这一列", hint="每行要有单位的编号 id。")
    if kind != pl.String and not kind.is_integer():
        raise FactsRefused("facts.type", f"{path}：id", "应是文本或整数", hint="请按文本重新导出。")
    return kind


def _column(path: Path, schema: Mapping[str, pl.DataType], one: Input, scope: Scope) -> Column:
    match one.source:
        case FactAt(fact=fact, year=year):
            name = fact if year is None else f"{fact}@{year}"
            form = form_of(path, name, schema.get(name), one.type)
            rule = CodesLike(scope.codes[fact]) if fact in scope.codes else None
            return Column(one.name, one.type, name, form, rule=rule)
        case Member(fact=fact, year=year) | Size(fact=fact, year=year):
            name = fact if year is None else f"{fact}@{year}"
            return _set_column(path, name, schema.get(name), one)
        case _:
            raise AssertionError(one)


def _set_column(path: Path, name: str, kind: pl.DataType | None, one: Input) -> Column:
    if kind is None or kind == pl.Null:
        return Column(one.name, one.type, name, "none")
    _check_set(path, name, kind)
    source = one.source
    assert isinstance(source, Member | Size)
    if isinstance(source, Member):
        return Column(one.name, one.type, name, "member", source.values, source.allowed)
    return Column(one.name, one.type, name, "size", allowed=source.allowed)


def _check_set(path: Path, name: str, kind: pl.DataType) -> None:
    if not isinstance(kind, pl.List) or kind.inner not in (pl.String, pl.Null):
        hint = "多选的数据项是文本的列表（LIST<VARCHAR>）。"
        raise FactsRefused("facts.type", f"{path}：{name}", f"类型是 {kind}，应是多选", hint=hint)


def _check_types(path: Path, schema: Mapping[str, pl.DataType], scope: Scope) -> None:
    """Raise FactsRefused for a fact in a column of a wrong type, whether the plan reads it or not."""
    for name, kind in schema.items():
        fact, at, _ = name.partition("@")
        wanted = scope.fields.get(fact) or scope.given.get(fact)
        if wanted is not None and bool(at) == (fact in scope.annual):
            _check_type(path, name, kind, wanted)


def _check_type(path: Path, name: str, kind: pl.DataType, wanted: Type) -> None:
    if wanted.base != "set":
        form_of(path, name, kind, wanted)
    elif kind != pl.Null:
        _check_set(path, name, kind)


def form_of(path: Path, name: str, kind: pl.DataType | None, wanted: Type) -> Form:
    """Return how a column of the file is read as a type. Raises FactsRefused where it cannot be."""
    if kind is None or kind == pl.Null:
        return "none"
    form = _form(kind, wanted)
    if form is None:
        raise FactsRefused(
            "facts.type", f"{path}：{name}", f"类型是 {kind}，应是{wanted.title}", hint=_WANTED[wanted.base]
        )
    return form


_WANTED: Mapping[str, str] = {
    "money": "金额写整数，单位是分（BIGINT）。",
    "count": "写整数（BIGINT）。",
    "ratio": "写小数（DECIMAL），1 表示 100%。",
    "number": "写小数（DECIMAL），最多四位。",
    "date": "写日期（DATE）。",
    "bool": "写是或否（BOOLEAN）。",
    "text": "写文本（VARCHAR）。",
    "enum": "写文本（VARCHAR）。",
    "area": "写文本（VARCHAR）。",
}


def _form(kind: pl.DataType, wanted: Type) -> Form | None:
    if wanted.base == "date":
        return "plain" if kind == pl.Date else None
    if wanted.base == "bool":
        return "plain" if kind == pl.Boolean else None
    if wanted.coded:
        return "plain" if kind in (pl.String, pl.Categorical, pl.Enum) else None
    if kind.is_integer():
        return "whole" if wanted.base in ("money", "count") else "units"
    if isinstance(kind, pl.Decimal):
        # A decimal of fen and one of 元 look alike.
        return None if wanted.base == "money" else "units"
    return "float" if kind.is_float() and wanted.base != "money" else None


def _by_kind(inputs: Iterable[Input]) -> dict[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for one in inputs:
        if isinstance(one.source, Aggregate):
            found.setdefault(one.source.kind, []).append(one)
    return found


def _record_file(
    folder: Path, kind: str, asked: Sequence[Input], scope: Scope, id_type: pl.DataType
) -> RecordFile:
    first = asked[0].source
    assert isinstance(first, Aggregate)
    fields = first.scope
    path = folder / f"{kind}.parquet"
    if not path.is_file():
        return RecordFile(kind, None, fields, (), (), until=False, asked=tuple(asked))
    schema = _record_schema(path, fields, id_type)
    columns = tuple(
        Column(
            name,
            fields.fields[name],
            name,
            form_of(path, name, schema.get(name), fields.fields[name]),
            rule=TitlesLike(scope) if (kind, name) == (TITLES, TITLE) else None,
        )
        for name in _used(asked)
    )
    marks = tuple(name for name in schema if name in fields.fields)
    return RecordFile(
        kind, path, fields, columns, marks, until=schema.get(UNTIL) == pl.Date, asked=tuple(asked)
    )


def _record_schema(path: Path, fields: RecordScope, id_type: pl.DataType) -> Mapping[str, pl.DataType]:
    """Return the columns of a file of records. Raises FactsRefused for one of a wrong type."""
    schema = _schema(path)
    own = _id_type(path, schema)
    if (own == pl.String) != (id_type == pl.String):
        hint = "两个文件的 id 要用同一种类型。"
        raise FactsRefused("facts.type", f"{path}：id", f"类型是 {own}，单位文件是 {id_type}", hint=hint)
    if UNTIL in schema and schema[UNTIL] not in (pl.Date, pl.Null):
        raise FactsRefused("facts.type", f"{path}：{UNTIL}", f"类型是 {schema[UNTIL]}", hint=_WANTED["date"])
    for name, kind in schema.items():
        if name in fields.fields:
            _check_type(path, name, kind, fields.fields[name])
    return schema


def _used(asked: Sequence[Input]) -> list[str]:
    """Return the fields that the aggregates read."""
    nodes = [
        node
        for one in asked
        if isinstance(one.source, Aggregate)
        for node in (one.source.where, one.source.value)
        if node is not None
    ]
    return list(dict.fromkeys(name for node in nodes for name in tree.fields(node)))


def _strangers(path: Path, schema: Mapping[str, pl.DataType], scope: Scope) -> list[str]:
    """Return a sentence for every column that is no fact of the vocabulary."""
    found = []
    for name in schema:
        fact, at, year = name.partition("@")
        annual = fact in scope.annual
        known = (
            (fact in scope.fields or fact in scope.given)
            and annual == bool(at)
            and (not at or (len(year) == 4 and year.isdecimal()))
        )
        if name == "id" or known:
            continue
        if annual and not at:
            hint = f"按年的数据写成 {fact}@年份，如 {fact}@2025"
        elif fact in scope.derived and fact not in scope.given:
            hint = "由其他数据算出，给出它所用的数据"
        else:
            near = get_close_matches(fact, [*scope.fields, *scope.given], n=1)
            hint = f"是不是 {near[0]}？" if near else "数据字典里没有这一项"
        found.append(f"{path.name}：{name} 列没有用上；{hint}")
    return found


def _unknown_fields(path: Path, scope: RecordScope) -> list[str]:
    known = {"id", UNTIL, *scope.fields}
    return [
        f"{path.name}：{name} 列没有用上；这类记录没有这个字段" for name in _schema(path) if name not in known
    ]


def _unknown_files(folder: Path, scope: Scope) -> list[str]:
    return [
        f"{path.name} 没有用上；数据字典里没有这类记录"
        for path in sorted(folder.glob("*.parquet"))
        if path.stem != ORGANISATIONS and path.stem not in scope.records
    ]
