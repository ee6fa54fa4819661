"""Reading the files in SQL: columns as whole numbers, and the aggregates of records by organisation."""

from __future__ import annotations

from datetime import date

from wanqi.rules import bounds
from wanqi.rules.backends.sql import Piece, Sql
from wanqi.rules.backends.target import kind_of
from wanqi.rules.backends.translation import Translation
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Aggregate, Input
from wanqi.rules.population.files import UNTIL, Column, RecordFile
from wanqi.rules.tree import Node

ROWS = "~rows"


def converted(column: Column, sql: Sql) -> str:
    """Return the expression that reads a column as the snapshot holds it."""
    source, places = sql.quoted(column.source), PLACES.get(column.type.base, 0)
    match column.form:
        case "whole":
            return f"CAST({source} AS {sql.narrow})"
        case "units":
            return f"CAST(CAST({source} AS DECIMAL(28,8)) * {10**places} AS {sql.narrow})"
        case "float":
            return f"CAST(ROUND({source} * {10**places}) AS {sql.narrow})"
        case "plain":
            return source
        case "member":
            return sql.overlaps(source, column.values)
        case "size":
            return sql.distinct_count(source)
        case "none":
            return f"CAST(NULL AS {sql.type_of(kind_of(column.type.base))})"


def aggregated(record: RecordFile, source: str, *, on: date, dialect: Sql) -> str:
    """Return the query with one row per organisation that has rows: `id`, how many, and every bound asked for.

    A bound outside its type's range is cut to that range's end, which `beyond` finds. source: a query of the file's
    rows. dialect: a fresh one; its layers are used up.
    """
    translation: Translation[Piece] = Translation(dialect)
    quoted = dialect.quoted
    names: dict[Node, str] = {}

    def named(node: Node | None) -> str | None:
        if node is None:
            return None
        if node not in names:
            name = f"~{'w' if node.type.base == 'bool' else 'v'}{len(names)}"
            value = translation.plain(node) if node.type.base == "bool" else stored(node)
            dialect.define(name, value)
            names[node] = quoted(name)
        return names[node]

    def stored(node: Node) -> Piece:
        number = translation.number(node)
        return translation.at_scale(number, PLACES[node.type.base], rounded="zero").text

    bounds = [
        (one, _bound(one, named(one.source.where), named(one.source.value), on=on, dialect=dialect))
        for one in record.asked
        if isinstance(one.source, Aggregate)
    ]
    inner = dialect.stacked(_rows(record, source, dialect), ["*"])
    shown = ", ".join(f"{text} AS {quoted(one.name)}" for one, text in bounds)
    count = f"COUNT(*) AS {quoted(ROWS)}"
    return f"SELECT {quoted('~id')}, {count}, {shown} FROM ({inner}) AS r GROUP BY {quoted('~id')}"  # noqa: S608 - ours


def _rows(record: RecordFile, source: str, sql: Sql) -> str:
    quoted = sql.quoted
    marks = " OR ".join(f"{quoted(one)} IS NOT NULL" for one in record.marks) or "FALSE"
    until = quoted(UNTIL) if record.until else "CAST(NULL AS DATE)"
    fields = "".join(f", {_field(record, column, sql)} AS {quoted(column.name)}" for column in record.columns)
    head = f"{quoted('id')} AS {quoted('~id')}, ({marks}) AS {quoted('~row')}, {until} AS {quoted('~until')}"
    return f"SELECT {head}{fields} FROM ({source}) AS s"  # noqa: S608 - names are quoted


def _field(record: RecordFile, column: Column, sql: Sql) -> str:
    text = converted(column, sql)
    absent = whole_absent(record, column)
    return text if absent is None else f"COALESCE({text}, {sql.literal(absent)})"


def whole_absent(record: RecordFile, column: Column) -> str | bool | date | int | None:
    """Return what a field without a value stands for, as the snapshot holds it; None where it is unknown."""
    from wanqi.rules.values import whole

    absent = record.scope.absent.get(column.name)
    return None if absent is None else whole(column.name, absent, column.type)


def _bound(one: Input, where: str | None, value: str | None, *, on: date, dialect: Sql) -> str:
    source = one.source
    assert isinstance(source, Aggregate)
    row = dialect.quoted("~row")
    complete = f"COALESCE(MIN({dialect.quoted('~until')}) >= {dialect.literal(on)}, TRUE)"
    sure = row if where is None else f"{row} AND COALESCE({where}, FALSE)"
    may = row if where is None else f"{row} AND COALESCE({where}, TRUE)"
    low_side = source.side == "low"
    if source.measure == "count":
        text = f"COUNT(*) FILTER (WHERE {sure if low_side else may})"
        return text if low_side else f"(CASE WHEN {complete} THEN {text} END)"
    assert value is not None
    closed = f"({complete} AND COUNT(*) FILTER (WHERE {may} AND {value} IS NULL) = 0)"
    if source.measure == "top":
        text = dialect.top_sum(value, source.n or 1, sure if low_side else may)
        always = low_side
    else:
        edge = f"{'LEAST' if low_side else 'GREATEST'}({value}, 0)"
        wide = f"CAST(CASE WHEN {sure} THEN {value} WHEN {may} THEN {edge} END AS {dialect.exact})"
        text = f"COALESCE(SUM({wide}), 0)"
        always = low_side and one.type.positive
    most = bounds.beyond(one.type)
    text = f"CAST(LEAST({most}, GREATEST(-{most}, {text})) AS {dialect.narrow})"
    return text if always else f"(CASE WHEN {closed} THEN {text} END)"


def beyond(record: RecordFile, sql: Sql) -> str:
    """Return the condition that finds an organisation with a bound outside its range, or too many rows."""
    from wanqi.rules.records import MAX_ROWS

    parts = [f"{sql.quoted(ROWS)} > {MAX_ROWS}"]
    for one in record.asked:
        most = bounds.beyond(one.type)
        parts.append(f"{sql.quoted(one.name)} IN ({most}, -{most})")
    return " OR ".join(parts)


def unlisted(one: Input) -> int | None:
    """Return the bound for an organisation without rows: nothing is known, so only what cannot be negative has one."""
    source = one.source
    assert isinstance(source, Aggregate)
    if source.side == "high":
        return None
    return 0 if source.measure in ("count", "top") or one.type.positive else None
