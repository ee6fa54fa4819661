"""Spark on this machine gives the reference's answers too; runs where pyspark and Java are (`make spark`)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from tests.rules.backends.gallery import plan_of_gallery
from tests.rules.backends.nodes import rows as random_rows
from tests.rules.backends.nodes import stored
from tests.rules.backends.rows import Rows
from tests.rules.backends.runners import by_reference, layered_query, read_row, same, table
from tests.rules.backends.test_conformance import plans
from tests.rules.backends.test_gallery import drawn as drawn_of_gallery
from tests.rules.backends.test_packs import ASKED, plan_of_packs
from tests.rules.population.small import ANSWERS, PLAN, SCOPE, write
from wanqi.rules import RulesError
from wanqi.rules.backends import spark
from wanqi.rules.backends.duckdb import Layered
from wanqi.rules.plan import Plan
from wanqi.rules.population import by_spark, files

lacking = spark.missing()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(lacking is not None, reason=f"Spark needs {lacking}: run make spark"),
    pytest.mark.filterwarnings("ignore"),
]
PLANS = 3
# The Java machine lives for a minute: its second compiler and a collector of many threads would never pay.
SHORT_LIVED = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = spark.session("local[1]", folder=tmp_path_factory.mktemp("warehouse"), settings=SHORT_LIVED)
        yield made
        made.stop()


def by_spark_sql(session: Any, plan: Plan, rows: list[dict[str, Any]], folder: Path) -> list[list[Any]]:
    path = folder / f"rows-{Random(repr(rows)).random()}.parquet"
    table(plan, rows).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)).write_parquet(path)
    layered = Layered(plan, spark.SparkSql(), limit=spark.LIMIT)
    names, query = layered_query(plan, layered, f"SELECT * FROM {by_spark.table(str(path))}")
    answered = sorted(tuple(one) for one in session.sql(query).collect())
    return [read_row(names, layered, values) for values in answered]


def test_random_plans(session: Any, tmp_path: Path) -> None:
    @settings(
        max_examples=PLANS,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @seed(20260601)
    @given(plan=plans(), given_rows=random_rows())
    def answered_alike(plan: Any, given_rows: list[dict[str, Any]]) -> None:
        try:
            Layered(plan, spark.SparkSql(), limit=spark.LIMIT)
        except RulesError:
            assume(False)  # may pass 38 digits: refused before anything runs
        whole = [stored(row) for row in given_rows]
        assert same(by_spark_sql(session, plan, whole, tmp_path), by_reference(plan, whole), plan) == []

    answered_alike()


@pytest.mark.parametrize(("on", "kind"), ASKED)
def test_every_programme(session: Any, tmp_path: Path, on: date, kind: str) -> None:
    plan = plan_of_packs(on, kind)
    drawn = Rows(plan, seed=5)
    rows = [drawn.one() for _ in range(40)]
    assert same(by_spark_sql(session, plan, rows, tmp_path), by_reference(plan, rows), plan) == []


def test_amounts_of_the_gallery(session: Any, tmp_path: Path) -> None:
    rows, expected = drawn_of_gallery()
    assert same(by_spark_sql(session, plan_of_gallery(), rows, tmp_path), expected, plan_of_gallery()) == []


def test_a_population(session: Any, tmp_path: Path) -> None:
    facts = files.read(write(tmp_path / "facts"), PLAN, SCOPE)
    by_spark.write(session, PLAN, facts, tmp_path / "verdicts.parquet")
    found = pl.read_parquet(tmp_path / "verdicts.parquet" / "*.parquet").sort("id")
    assert found.to_dicts() == ANSWERS
