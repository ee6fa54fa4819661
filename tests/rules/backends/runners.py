"""Every backend behind one call: a plan and snapshot rows in, every named column out, exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from wanqi.rules import tree
from wanqi.rules.backends import closure, duckdb, reference
from wanqi.rules.backends import polars as vectors
from wanqi.rules.backends.graph import under_name
from wanqi.rules.backends.target import kind_of
from wanqi.rules.backends.vectors import DTYPES
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Plan

Row = dict[str, Any]


def table(plan: Plan, rows: list[Row]) -> pl.DataFrame:
    schema = {one.name: DTYPES[kind_of(one.type.base)] for one in plan.inputs}
    return pl.DataFrame(rows, schema=schema)


def by_reference(plan: Plan, rows: list[Row]) -> list[list[Any]]:
    """Return what plain fractions give: nodes are evaluated with the names of earlier stages put in as constants."""
    found = []
    for row in rows:
        known = {one.name: _constant(row[one.name], one.type) for one in plan.inputs}
        values = []
        for stage in plan.stages:
            for name, node in stage:
                value = reference.evaluate(substituted(node, known), {})
                values.append(value)
                if name not in known:
                    known[name] = tree.Unknown(node.type) if value is None else literal(value, node.type)
        found.append(values)
    return found


def _constant(raw: Any, kind: Any) -> tree.Node:
    if raw is None:
        return tree.Unknown(kind)
    return tree.Literal(Decimal(raw).scaleb(-PLACES[kind.base]) if kind.numeric else raw, kind)


def literal(value: Any, kind: Any) -> tree.Node:
    """Return a computed value as a node: a fraction that is no decimal as a quotient."""
    if not isinstance(value, Fraction):
        return tree.Literal(value, kind)
    top, bottom = (tree.Literal(Decimal(one), kind) for one in (value.numerator, value.denominator))
    return tree.Ratio(top, bottom, kind) if value.denominator > 1 else top


def substituted(node: Any, known: dict[str, tree.Node]) -> Any:
    """Return a node with fields replaced by what is known of them."""
    if isinstance(node, tree.Field):
        return known.get(node.name, node)
    if isinstance(node, tuple):
        return tuple(substituted(one, known) for one in node)
    if not isinstance(node, tree.Node) or isinstance(node, tree.Literal | tree.Unknown):
        return node
    return type(node)(**{one: substituted(getattr(node, one), known) for one in node.__dataclass_fields__})


def by_closure(plan: Plan, rows: list[Row], folder: Path) -> list[list[Any]]:
    made = closure.Closure(plan)
    names = list(made.index)
    return [
        [
            made.exact(name, raw) if name in made.scale else raw
            for name, raw in zip(names, made.run(row), strict=True)
        ]
        for row in rows
    ]


def by_polars(plan: Plan, rows: list[Row], folder: Path) -> list[list[Any]]:
    return _by_staged(plan, rows, vectors.Staged(plan))


def by_tailored_polars(plan: Plan, rows: list[Row], folder: Path) -> list[list[Any]]:
    """What is known in every one of the rows is told beforehand."""
    return _by_staged(plan, rows, vectors.Staged(plan, full=full_columns(table(plan, rows))))


def full_columns(frame: pl.DataFrame) -> set[str]:
    return {one.name for one in frame.iter_columns() if one.null_count() == 0}


def _by_staged(plan: Plan, rows: list[Row], staged: vectors.Staged) -> list[list[Any]]:
    answered = staged.run(table(plan, rows).lazy()).collect(engine="streaming")
    columns = []
    for stage in plan.stages:
        for name, node in stage:
            column = answered[name].to_list()
            if node.type.numeric:
                number = staged.translation.numbers[name]
                under = [1] * len(rows)
                if number.denominator is not None:
                    under = answered[under_name(name)].to_list()
                pairs = zip(column, under, strict=True)
                column = [_exact(top, bottom, number.scale) for top, bottom in pairs]
            columns.append(column)
    return [list(one) for one in zip(*columns, strict=True)]


def by_duckdb(plan: Plan, rows: list[Row], folder: Path) -> list[list[Any]]:
    path = folder / "rows.parquet"
    table(plan, rows).with_row_index("row").write_parquet(path)
    layered = duckdb.layered(plan)
    source = f"SELECT * FROM read_parquet({layered.dialect.literal(str(path))})"
    names, query = layered_query(plan, layered, source)
    with duckdb.connect() as connection:
        answered = sorted(connection.execute(query).fetchall())
    return [read_row(names, layered, values) for values in answered]


def layered_query(plan: Plan, layered: duckdb.Layered, source: str) -> tuple[list[str], str]:
    """Return the names and the query that gives a row's number and every name with its denominator."""
    names = [name for stage in plan.stages for name, _ in stage]
    quoted = layered.dialect.quoted
    results = [quoted("row")]
    for name in names:
        number = layered.translation.numbers.get(name)
        under = number is not None and number.denominator is not None
        results += [quoted(name), quoted(f"{name}÷") if under else f"1 AS {quoted(name + '/')}"]
    return names, layered.query(source, results)


def read_row(names: list[str], layered: duckdb.Layered, values: Any) -> list[Any]:
    found = []
    for place, name in enumerate(names):
        value, under = values[2 * place + 1], values[2 * place + 2]
        number = layered.translation.numbers.get(name)
        found.append(value if number is None else _exact(value, under, number.scale))
    return found


def _exact(top: int | Decimal | None, under: int | Decimal | None, scale: int) -> Fraction | None:
    if top is None or under is None:
        return None
    return Fraction(top) / Fraction(under) / Fraction(10) ** scale


BACKENDS = {
    "closure": by_closure,
    "polars": by_polars,
    "polars, told what is known": by_tailored_polars,
    "duckdb": by_duckdb,
}


def same(found: list[list[Any]], expected: list[list[Any]], plan: Plan) -> list[str]:
    """Return a line for every cell that differs; a date is no number and a truth is no number."""
    names = [name for stage in plan.stages for name, _ in stage]
    differing = []
    for row, (one, two) in enumerate(zip(found, expected, strict=True)):
        for name, got, wanted in zip(names, one, two, strict=True):
            if got != wanted or isinstance(got, bool | date) != isinstance(wanted, bool | date):
                differing.append(f"row {row}, {name}: {got!r}, expected {wanted!r}")
    return differing
