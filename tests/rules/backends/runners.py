"""Every backend behind one call: a plan and rows in, every named column out, exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tests.rules.backends.nodes import exact, stored
from wanqi.rules.backends import closure, duckdb
from wanqi.rules.backends import polars as vectors
from wanqi.rules.backends.target import kind_of
from wanqi.rules.plan import Plan

DTYPES = {"number": pl.Int64, "truth": pl.Boolean, "date": pl.Date, "text": pl.String}


def table(plan: Plan, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {one.name: DTYPES[kind_of(one.type.base)] for one in plan.inputs}
    return pl.DataFrame([stored(row) for row in rows], schema=schema)


def by_closure(plan: Plan, rows: list[dict[str, Any]], folder: Path) -> list[list[Any]]:
    made = closure.Closure(plan)
    names = {place: name for name, place in made.index.items()}
    return [
        [
            made.exact(names[place], raw) if names[place] in made.scale else raw
            for place, raw in enumerate(made.run(stored(row)))
        ]
        for row in rows
    ]


def by_polars(plan: Plan, rows: list[dict[str, Any]], folder: Path) -> list[list[Any]]:
    staged = vectors.Staged(plan)
    answered = staged.run(table(plan, rows).lazy()).collect(engine="streaming")
    names = [(name, node) for stage in plan.stages for name, node in stage]
    columns = []
    for name, node in names:
        column = answered[name].to_list()
        if node.type.numeric:
            number = staged.translation.numbers[name]
            under = answered[vectors.under_name(name)].to_list() if number.denominator else [1] * len(rows)
            column = [
                None if top is None else exact(top, number.scale) / bottom  # type: ignore[operator]
                for top, bottom in zip(column, under, strict=True)
            ]
        columns.append(column)
    return [list(one) for one in zip(*columns, strict=True)]


def by_duckdb(plan: Plan, rows: list[dict[str, Any]], folder: Path) -> list[list[Any]]:
    path = folder / "rows.parquet"
    table(plan, rows).with_row_index("row").write_parquet(path)
    layered = duckdb.layered(plan)
    names = [name for stage in plan.stages for name, _ in stage]
    results = ['"row"']
    for name in names:
        results.append(layered.dialect.quoted(name))
        number = layered.translation.numbers.get(name)
        results.append(layered.dialect.quoted(f"{name}÷") if number and number.denominator else "1")
    query = layered.query(f"SELECT * FROM read_parquet({layered.dialect.literal(str(path))})", results)
    with duckdb.connect() as connection:
        answered = sorted(connection.execute(query).fetchall())
    found = []
    for _, *values in answered:
        row = []
        for place, name in enumerate(names):
            value, under = values[2 * place : 2 * place + 2]
            number = layered.translation.numbers.get(name)
            row.append(value if number is None or value is None else exact(value, number.scale) / under)  # type: ignore[operator]
        found.append(row)
    return found


BACKENDS = {"closure": by_closure, "polars": by_polars, "duckdb": by_duckdb}
