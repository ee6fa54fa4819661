"""A whole population through Spark: the same plan in Spark's SQL, for more rows than one machine holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wanqi.rules.backends.duckdb import Layered
from wanqi.rules.backends.spark import LIMIT, SparkSql, session
from wanqi.rules.plan import Plan
from wanqi.rules.population.by_duckdb import too_much
from wanqi.rules.population.files import Facts, RecordFile
from wanqi.rules.population.statements import ROWS, aggregated, beyond, converted, unlisted

_SQL = SparkSql()


def answer_all(plan: Plan, facts: Facts, target: Path, *, folder: Path) -> None:
    """Write the answers of every organisation as a folder of Parquet files; Spark's own files go into a folder.

    Raises EngineMissing without pyspark or Java, FactsRefused for records that add up to too much.
    """
    spark = session(folder=folder)
    try:
        write(spark, plan, facts, target)
    finally:
        spark.stop()


def write(spark: Any, plan: Plan, facts: Facts, target: Path) -> None:
    """Do that in a session of one's own, e.g. on a cluster."""
    organisations = table(str(facts.path))
    joins, columns = "", [f"o.{_SQL.quoted('id')} AS {_SQL.quoted('id')}"]
    columns += [f"{converted(one, _SQL)} AS {_SQL.quoted(one.name)}" for one in facts.columns]
    for number, record in enumerate(facts.records):
        name = f"r{number}"
        if record.path is not None:
            _aggregate(spark, record, name, plan)
            joins += f" LEFT JOIN {name} ON {name}.{_SQL.quoted('~id')} = o.{_SQL.quoted('id')}"
        for one in record.asked:
            rest = unlisted(one)
            own = f"{name}.{_SQL.quoted(one.name)}" if record.path is not None else "CAST(NULL AS BIGINT)"
            columns.append(
                f"{own if rest is None else f'COALESCE({own}, {rest})'} AS {_SQL.quoted(one.name)}"
            )
    layers = Layered(plan, SparkSql(), limit=LIMIT)
    results = [_SQL.quoted("id"), *layers.answers(plan)]
    source = f"SELECT {', '.join(columns)} FROM {organisations} AS o{joins}"  # noqa: S608 - quoted
    spark.sql(layers.query(source, results)).write.mode("overwrite").parquet(str(target))


def table(path: str) -> str:
    """Return a Parquet file or folder as Spark's SQL names it."""
    return f"parquet.{_SQL.quoted(path)}"


def _aggregate(spark: Any, record: RecordFile, name: str, plan: Plan) -> None:
    source = f"SELECT * FROM {table(str(record.path))}"  # noqa: S608 - quoted
    bounds = spark.sql(aggregated(record, source, on=plan.on, dialect=SparkSql()))
    bounds.createOrReplaceTempView(name)
    odd = f"SELECT {_SQL.quoted('~id')}, {_SQL.quoted(ROWS)} FROM {name} WHERE {beyond(record, _SQL)} LIMIT 1"  # noqa: S608 - ours
    found = spark.sql(odd).collect()
    if found:
        raise too_much(record, found[0][0], found[0][1])
