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
from tests.rules.population.small import ANSWERS, PLAN, SCOPE, run, write
from wanqi.rules import RulesError
from wanqi.rules.backends import spark
from wanqi.rules.backends.duckdb import Layered
from wanqi.rules.plan import Plan
from wanqi.rules.population import FactsRefused, by_spark, files

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
    """The schemas come from one folder and the rows from places that only Spark reads, as on a cluster."""
    facts = files.read(write(tmp_path / "schemas"), PLAN, SCOPE)
    write(tmp_path / "facts")
    places = {name: f"file://{tmp_path}/facts/{name}.parquet" for name in ("organisations", "ip")}
    for name in places:
        (tmp_path / "schemas" / f"{name}.parquet").unlink()
    by_spark.inspect(session, facts, places=places)
    by_spark.write(session, PLAN, facts, f"file://{tmp_path}/verdicts", places=places)
    found = pl.read_parquet(tmp_path / "verdicts" / "*.parquet").sort("id")
    assert found.to_dicts() == ANSWERS


@pytest.mark.parametrize(
    ("column", "values", "code", "said"),
    [
        ("id", ["a", "b", "a", "b", "a"], "facts.duplicate", "共 2 个 id 重复"),
        ("staff", [1, 2, -1, 4, -5], "facts.value", "“-1” 是负数，共 2 行"),
        ("level", ["甲", "丙", None, None, None], "facts.value", "“丙” 不在可选值中"),
        ("share", [float("nan"), None, None, None, None], "facts.value", "最多 8 位小数"),
    ],
)
def test_what_a_cluster_reads_is_inspected_too(
    session: Any, tmp_path: Path, column: str, values: list[Any], code: str, said: str
) -> None:
    facts = files.read(write(tmp_path / "facts", **{column: values}), PLAN, SCOPE)
    with pytest.raises(FactsRefused) as refusal:
        by_spark.inspect(session, facts)
    assert refusal.value.code == code
    assert said in str(refusal.value)


def test_too_little_memory_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(FactsRefused) as refusal:
        run(write(tmp_path / "facts"), out, engine="spark", memory="800MB")
    assert str(refusal.value) == (
        "--memory：“800MB” 不够 Spark 使用。请至少写 --memory 1GB，或换用 --engine duckdb。"
    )
    assert not out.exists()
    lacking = RuntimeError("Job aborted due to stage failure: java.lang.OutOfMemoryError: Java heap space")
    assert by_spark.ran_out(lacking)
    assert not by_spark.ran_out(RuntimeError("[ARITHMETIC_OVERFLOW] overflow"))


def test_match_with_the_engine(session: Any, tmp_path: Path) -> None:
    """The last test: it ends the session that is there."""
    summary = run(write(tmp_path / "facts"), tmp_path / "out", engine="spark")
    assert [(one.met, one.unmet, one.unknown) for one in summary.counts] == [(1, 1, 3)]
    found = pl.read_parquet(tmp_path / "out" / "verdicts.parquet" / "*.parquet").sort("id")
    assert found.to_dicts() == ANSWERS
