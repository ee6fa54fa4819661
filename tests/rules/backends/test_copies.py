"""Many programmes over many rows at once: a sample equals the reference."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.rules.backends.copies import jittered, said_by_reference
from tests.rules.backends.rows import Rows
from tests.rules.backends.runners import full_columns, table
from tests.rules.backends.test_packs import ASKED, plan_of_packs
from wanqi.rules.backends import duckdb
from wanqi.rules.backends.answers import mask_names
from wanqi.rules.backends.polars import Staged
from wanqi.rules.plan import Plan

COPIES, ROWS, EACH = 60, 2_000, 100


def by_polars(plan: Plan, rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    return Staged(plan).answered(rows.lazy()).collect(engine="streaming")


def by_tailored_polars(plan: Plan, rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    full = full_columns(rows)
    assert len(full) > len(rows.columns) / 4
    return Staged(plan, full=full).answered(rows.lazy()).collect(engine="streaming")


def by_duckdb(plan: Plan, rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    path = folder / "rows.parquet"
    rows.with_row_index("row").write_parquet(path)
    layers = duckdb.layered(plan)
    results = ['"row"', *layers.answers(plan)]
    source = f"SELECT * FROM read_parquet({layers.dialect.literal(str(path))})"
    with duckdb.connect(folder) as database:
        found = database.execute(layers.query(source, results))
        names = [one[0] for one in found.description or ()]
        return pl.DataFrame(found.fetchall(), schema=names, orient="row").sort("row").drop("row")


@cache
def drawn() -> tuple[Plan, pl.DataFrame, list[dict[str, Any]]]:
    """Return a plan of copies, rows for it, and what the reference says of every hundredth."""
    plan = jittered(plan_of_packs(*ASKED[0]), COPIES)
    drawing = Rows(plan, seed=3, full=0.4)
    rows = [drawing.one() for _ in range(ROWS)]
    return plan, table(plan, rows), said_by_reference(plan, rows[::EACH])


@pytest.mark.parametrize("backend", [by_polars, by_tailored_polars, by_duckdb])
def test_many_copies(backend: object, tmp_path: Path) -> None:
    plan, rows, values = drawn()
    assert len({one.verdict for one in plan.programmes}) == COPIES
    found = backend(plan, rows, tmp_path)  # type: ignore[operator]
    assert found.height == ROWS
    assert differing(plan, found.gather_every(EACH), values) == []


def differing(plan: Plan, answers: pl.DataFrame, values: list[dict[str, Any]]) -> list[str]:
    """Return a line for every verdict or mask that is not what the values of the named columns say."""
    lines = []
    columns = {name: answers[name].to_list() for name in answers.columns}
    for at, of in enumerate(values):
        for one in plan.programmes:
            expected = {f"{one.id}.verdict": {True: 2, None: 1, False: 0}[of[one.verdict]]}
            for which, state in (("unmet", False), ("unknown", None)):
                bits = [of[column] is state for _, column in one.leaves]
                (name,) = mask_names(one, which)  # type: ignore[arg-type]  # no programme has 64 leaves
                expected[name] = sum(1 << place for place, bit in enumerate(bits) if bit)
            for name, wanted in expected.items():
                if columns[name][at] != wanted:
                    lines.append(f"row {at}, {name}: {columns[name][at]}, expected {wanted}")
    return lines
