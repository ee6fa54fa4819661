"""A whole population through Spark: the same plan in Spark's SQL, for more rows than one machine holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wanqi.rules.backends.duckdb import Layered
from wanqi.rules.backends.spark import LIMIT, SparkSql, session
from wanqi.rules.plan import Plan
from wanqi.rules.population.by_duckdb import too_much
from wanqi.rules.population.errors import FactsRefused
from wanqi.rules.population.files import Facts, RecordFile
from wanqi.rules.population.inspecting import counting, doubts_of, finding, nameless, repeated
from wanqi.rules.population.statements import ROWS, aggregated, beyond, converted, unlisted

_SQL = SparkSql()
Places = Mapping[str, str]


def answer_all(plan: Plan, facts: Facts, target: Path, *, folder: Path, memory: str) -> None:
    """Write the answers of every organisation as a folder of Parquet files; Spark's own files go into a folder.

    memory: of Spark's Java machine, in its notation. Raises EngineMissing without pyspark or Java, FactsRefused for
    records that add up to too much and where the memory does not suffice.
    """
    spark = session(folder=folder, memory=memory)
    try:
        write(spark, plan, facts, str(target))
    except Exception as error:
        if ran_out(error):
            raise too_little(memory) from error
        raise
    finally:
        spark.stop()


def ran_out(error: Exception) -> bool:
    """Return whether an error of Spark's is its Java machine's lack of memory, which may also have ended that."""
    return "OutOfMemoryError" in str(error) or "Answer from Java side is empty" in str(error)


def too_little(memory: str) -> FactsRefused:
    """Return the refusal of a run whose memory did not suffice."""
    hint = "请用 --memory 给更多内存，或换用 --engine duckdb（占用内存少）。"
    return FactsRefused("match.memory", "spark", f"内存 {memory} 不够算这么多单位", hint=hint)


def inspect(spark: Any, facts: Facts, *, places: Places | None = None) -> None:
    """Raise FactsRefused for the first value that a snapshot would refuse, and for an id that two organisations have.

    What `match` does before it runs, for files that only the cluster reads. places: as in `write`.
    """
    places = places or {}
    own = _place(facts.path, places)
    for path, columns in [(facts.path, facts.columns), *((one.path, one.columns) for one in facts.records)]:
        if path is None:
            continue
        place = _place(path, places)
        doubts = [nameless(_SQL), *(doubt for column in columns for doubt in doubts_of(column, _SQL))]
        counts = spark.sql(counting(doubts, table(place))).collect()[0]
        for doubt, count in zip(doubts, counts, strict=True):
            if count:
                id, value = spark.sql(finding(doubt, table(place), _SQL)).collect()[0]
                raise doubt.refusal(place, id, value, count)
    id = _SQL.quoted("id")
    grouped = f"SELECT {id} FROM {table(own)} GROUP BY {id} HAVING COUNT(*) > 1"  # noqa: S608 - quoted
    many, least = spark.sql(f"SELECT COUNT(*), MIN({id}) FROM ({grouped})").collect()[0]  # noqa: S608 - ours
    if many:
        raise repeated(own, least, many, ())


def write(spark: Any, plan: Plan, facts: Facts, target: str, *, places: Places | None = None) -> None:
    """Do that in a session of one's own, e.g. on a cluster.

    places: `organisations` or the kind of record → where Spark finds these rows, e.g. `s3a://facts/ip/region=430682`,
    where that is not the file `facts` was read from. Raises FactsRefused for records that add up to too much.
    """
    places = places or {}
    organisations = table(_place(facts.path, places))
    joins, columns = "", [f"o.{_SQL.quoted('id')} AS {_SQL.quoted('id')}"]
    columns += [f"{converted(one, _SQL)} AS {_SQL.quoted(one.name)}" for one in facts.columns]
    for number, record in enumerate(facts.records):
        name = f"r{number}"
        if record.path is not None:
            _aggregate(spark, record, name, plan, _place(record.path, places))
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
    spark.sql(layers.query(source, results)).write.mode("overwrite").parquet(target)


def _place(path: Path, places: Places) -> str:
    return places.get(path.stem, str(path))


def table(path: str) -> str:
    """Return a Parquet file or folder as Spark's SQL names it."""
    return f"parquet.{_SQL.quoted(path)}"


def _aggregate(spark: Any, record: RecordFile, name: str, plan: Plan, place: str) -> None:
    source = f"SELECT * FROM {table(place)}"  # noqa: S608 - quoted
    bounds = spark.sql(aggregated(record, source, on=plan.on, dialect=SparkSql()))
    bounds.createOrReplaceTempView(name)
    odd = f"SELECT {_SQL.quoted('~id')}, {_SQL.quoted(ROWS)} FROM {name} WHERE {beyond(record, _SQL)} LIMIT 1"  # noqa: S608 - ours
    found = spark.sql(odd).collect()
    if found:
        raise too_much(record, found[0][0], found[0][1])
