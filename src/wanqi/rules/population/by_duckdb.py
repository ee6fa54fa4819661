"""Chunks of a population through DuckDB: Parquet to Parquet in bounded memory."""

from __future__ import annotations

from pathlib import Path

from wanqi.rules.backends.duckdb import connect, layered
from wanqi.rules.backends.sql import DuckDb
from wanqi.rules.plan import Plan
from wanqi.rules.population.errors import FactsRefused
from wanqi.rules.population.files import AT, Facts, RecordFile
from wanqi.rules.population.statements import ROWS, aggregated, beyond, converted, unlisted

CHUNK = 100_000  # more are joined and put in order beyond the memory of a run
ROW_GROUP = 100_000
_SQL = DuckDb()
_NUMBER = "file_row_number"


class ByDuckDb:
    """Answers chunks of rows, in the order of the file."""

    chunk = CHUNK

    def __init__(self, plan: Plan, facts: Facts, *, folder: Path, memory: str = "1GB") -> None:
        self.plan, self.facts = plan, facts
        self.database = connect(folder, memory=memory)
        self.database.execute(
            "SET preserve_insertion_order = true"
        )  # within a chunk, which bounds what is held
        self.layers = layered(plan)
        self.results = [_SQL.quoted("id"), *self.layers.answers(plan)]

    def answer(self, start: int, count: int, target: Path) -> None:
        """Write the answers for rows start to start + count into a Parquet file."""
        between = f"{_NUMBER} >= {start} AND {_NUMBER} < {start + count}"
        organisations = f"read_parquet({_SQL.literal(str(self.facts.path))}, file_row_number = true)"
        joins, columns = (
            "",
            [f"o.{_SQL.quoted('id')} AS {_SQL.quoted('id')}", f"o.{_NUMBER} AS {_SQL.quoted('~at')}"],
        )
        columns += [f"{converted(one, _SQL)} AS {_SQL.quoted(one.name)}" for one in self.facts.columns]
        for number, record in enumerate(self.facts.records):
            name = f"r{number}"
            if record.path is not None:
                ids = f"SELECT id FROM {organisations} WHERE {between}"  # noqa: S608 - quoted
                self._aggregate(record, name, self._rows(record, ids, start, count))
                joins += f" LEFT JOIN {name} ON {name}.{_SQL.quoted('~id')} = o.{_SQL.quoted('id')}"
            for one in record.asked:
                rest = unlisted(one)
                own = f"{name}.{_SQL.quoted(one.name)}" if record.path is not None else "CAST(NULL AS BIGINT)"
                text = own if rest is None else f"COALESCE({own}, {rest})"
                columns.append(f"{text} AS {_SQL.quoted(one.name)}")
        source = f"SELECT {', '.join(columns)} FROM {organisations} AS o{joins} WHERE {between}"  # noqa: S608 - quoted
        query = self.layers.query(source, self.results)
        if joins:
            query += f" ORDER BY {_SQL.quoted('~at')}"
        form = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"
        self.database.execute(f"COPY ({query}) TO {_SQL.literal(str(target))} {form}")

    def _rows(self, record: RecordFile, ids: str, start: int, count: int) -> str:
        """Return the query for the records of the organisations of the chunk."""
        if record.slices:
            paths = ", ".join(_SQL.literal(str(one)) for one in record.slices)
            at = _SQL.quoted(AT)
            return f"SELECT * FROM read_parquet([{paths}]) WHERE {at} >= {start} AND {at} < {start + count}"  # noqa: S608 - quoted
        low, high = self.database.execute(f"SELECT MIN(id), MAX(id) FROM ({ids})").fetchone() or (None, None)  # noqa: S608 - ours
        edges = "FALSE" if low is None else f"id >= {_SQL.literal(low)} AND id <= {_SQL.literal(high)}"
        path = _SQL.literal(str(record.path))
        return f"SELECT * FROM read_parquet({path}) WHERE {edges} AND id IN ({ids})"  # noqa: S608 - quoted

    def _aggregate(self, record: RecordFile, name: str, source: str) -> None:
        """Make the table of a kind's bounds for the organisations of the chunk."""
        query = aggregated(record, source, on=self.plan.on, dialect=DuckDb())
        self.database.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        odd = f"SELECT {_SQL.quoted('~id')}, {_SQL.quoted(ROWS)} FROM {name} WHERE {beyond(record, _SQL)} LIMIT 1"  # noqa: S608 - ours
        found = self.database.execute(odd).fetchone()
        if found is not None:
            raise too_much(record, *found)

    def close(self) -> None:
        """Let go of the database and its temporary files."""
        self.database.close()


def too_much(record: RecordFile, id: object, rows: object) -> FactsRefused:
    """Return the refusal of an organisation whose records add up to more than their type holds."""
    cause = f"这个单位有 {rows} 条记录，合计超出允许的范围"
    hint = "请核对这些记录的金额或数量的单位，以及是不是混入了别的单位的记录。"
    return FactsRefused("facts.sum", f"{record.path}（id {id}）", cause, hint=hint)
