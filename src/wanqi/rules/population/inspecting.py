"""One look over the files before a run: every value that a snapshot would refuse is refused here.

Whole numbers are judged by the statistics in the file where it has them, so that most columns are not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wanqi.rules.backends.duckdb import connect
from wanqi.rules.backends.sql import DuckDb, SparkSql, Sql
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.population.errors import FactsRefused
from wanqi.rules.population.files import Column, Facts
from wanqi.rules.values import said

if TYPE_CHECKING:
    import duckdb

_SQL = DuckDb()
# Ids looked at together where a file is not in their order: what is held stays small however long the file is.
_TOGETHER = 4_000_000
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """A condition that no row may meet, and what it means when one does.

    wrong: says cause and hint for a value itself, where `cause` and `hint` do not.
    """

    column: str
    condition: str
    cause: str = ""
    hint: str = ""
    wrong: Callable[[str], tuple[str, str] | None] | None = None

    def refusal(self, path: object, id: object, value: object, count: int) -> FactsRefused:
        """Return what is said of the first such row."""
        own = None if self.wrong is None else self.wrong(str(value))
        cause, hint = own or (f"{said(_plain(value))} {self.cause}", self.hint)
        if self.column == "id":
            cause = self.cause
        more = "" if count == 1 else f"，共 {count} 行"
        return FactsRefused(
            "facts.value",
            f"{path}：{self.column}（id {id}）",
            f"{cause}{more}",
            hint=f"{hint.rstrip('。')}。",
        )


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | list) else str(value)


def inspect(facts: Facts, *, memory: str) -> tuple[str, ...]:
    """Return sentences about rows that belong to nobody.

    Raises FactsRefused for the first file with a value outside its type's range, the row named by its id, and for an
    id that two organisations have.
    """
    with connect(memory=memory) as database:
        everything = [(facts.path, facts.columns), *((one.path, one.columns) for one in facts.records)]
        for path, columns in everything:
            if path is not None:
                _values(database, path, columns)
        _repeated(database, facts)
        return tuple(_strays(database, facts))


def complete_columns(path: Path) -> set[str]:
    """Return the columns of a file of which every row has a value, where its own statistics say so."""
    with connect() as database:
        return {str(name) for (name,) in database.execute(_COMPLETE, [str(path)]).fetchall()}


def _values(database: duckdb.DuckDBPyConnection, path: Path, columns: Iterable[Column]) -> None:
    source = f"read_parquet({_SQL.literal(str(path))})"
    proved = _proved(database.execute(_STATISTICS, [str(path)]).fetchall())
    doubts = [nameless(_SQL)]
    for column in columns:
        if not _settled(column, proved):
            doubts += doubts_of(column, _SQL)
    row = database.execute(counting(doubts, source)).fetchone() or ()
    for doubt, count in zip(doubts, row, strict=True):
        if count:
            first = database.execute(finding(doubt, source, _SQL)).fetchone() or ("", "")
            raise doubt.refusal(path, first[0], first[1], count)


def nameless(sql: Sql) -> Doubt:
    """Return the doubt that a row has no id."""
    return Doubt("id", f"{sql.quoted('id')} IS NULL", "有的行没有 id", "每行要有单位的编号。")


def counting(doubts: Iterable[Doubt], source: str) -> str:
    """Return the query with the number of rows that meet each doubt."""
    counts = ", ".join(f"COUNT(*) FILTER (WHERE {one.condition})" for one in doubts)
    return f"SELECT {counts} FROM {source}"  # noqa: S608 - our own texts


def finding(doubt: Doubt, source: str, sql: Sql) -> str:
    """Return the query for the id and the value of one row that meets a doubt."""
    names = f"{sql.quoted('id')}, {sql.quoted(doubt.column)}"
    return f"SELECT {names} FROM {source} WHERE {doubt.condition} LIMIT 1"  # noqa: S608 - our own texts


# --- ids ------------------------------------------------------------------------------------------


def _repeated(database: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    """Raise FactsRefused for an id on two rows: nobody could say which of them is meant."""
    source = f"read_parquet({_SQL.literal(str(facts.path))}, file_row_number = true)"
    database.execute("SET preserve_insertion_order = true")  # the order of the file is what is asked about
    falling = (
        f"SELECT COUNT(*) FROM (SELECT id, LAG(id) OVER () AS before FROM {source}) AS s WHERE before >= id"  # noqa: S608
    )
    if (database.execute(falling).fetchone() or (0,))[0] == 0:
        return
    many, least = 0, None
    for part in _parts(facts.rows):
        grouped = f"SELECT id FROM {source} WHERE {part} GROUP BY id HAVING COUNT(*) > 1"  # noqa: S608
        counted = f"SELECT COUNT(*), MIN(id) FROM ({grouped}) AS s"  # noqa: S608
        count, first = database.execute(counted).fetchone() or (0, None)
        many += count
        least = first if least is None or (first is not None and first < least) else least
    if many:
        rows = f"SELECT file_row_number FROM {source} WHERE id = ? ORDER BY 1"  # noqa: S608
        places = [number + 1 for (number,) in database.execute(rows, [least]).fetchall()]
        raise repeated(facts.path, least, many, places)


def repeated(path: object, id: object, many: int, places: Sequence[int]) -> FactsRefused:
    """Return the refusal of an id that stands on several rows (counted from 1), one of so many ids."""
    listed = "、".join(str(one) for one in places[:_SHOWN]) + ("等" if len(places) > _SHOWN else "")
    where = f"（第 {listed} 行）" if places else ""
    times = f"出现了 {len(places)} 次" if places else "出现了不止一次"
    cause = f"{times}{where}，共 {many} 个 id 重复"
    hint = "每个单位只能有一行，请合并或删去多余的行。"
    return FactsRefused("facts.duplicate", f"{path}：id（{id}）", cause, hint=hint)


def _strays(database: duckdb.DuckDBPyConnection, facts: Facts) -> Iterator[str]:
    """Yield a sentence for every file with records that belong to no organisation of the folder."""
    paths = [one.path for one in facts.records if one.path is not None]
    if not paths:
        return
    own = f"read_parquet({_SQL.literal(str(facts.path))})"
    many, least = Counter[int](), dict[int, object]()
    for part in _parts(facts.rows):
        # All kinds at once, so that the ids of the organisations are read and held once.
        rows = " UNION ALL ".join(
            f"SELECT {place} AS place, id FROM read_parquet({_SQL.literal(str(path))}) WHERE {part}"  # noqa: S608
            for place, path in enumerate(paths)
        )
        known = f"SELECT id FROM {own} WHERE {part}"  # noqa: S608 - our own texts
        asked = f"SELECT place, COUNT(*), MIN(id) FROM ({rows}) AS s ANTI JOIN ({known}) AS o USING (id) GROUP BY 1"  # noqa: S608
        for place, count, first in database.execute(asked).fetchall():
            many[place] += count
            least[place] = min(least.get(place, first), first)
    for place, path in enumerate(paths):
        if many[place]:
            yield f"{path.name}：有 {many[place]} 行的 id 不在 {facts.path.name} 里，没有用上，如 {least[place]}"


def _parts(rows: int) -> list[str]:
    """Return conditions that split the ids into parts of which few are held at a time."""
    parts = -(-rows // _TOGETHER)
    return [f"hash(id) % {parts} = {part}" for part in range(parts)] if parts > 1 else ["TRUE"]


# --- values ---------------------------------------------------------------------------------------

_COMPLETE = """
SELECT path_in_schema FROM parquet_metadata(?) GROUP BY 1 HAVING BOOL_AND(stats_null_count IS NOT DISTINCT FROM 0)
"""
_STATISTICS = """
SELECT path_in_schema, MIN(TRY_CAST(stats_min_value AS HUGEINT)), MAX(TRY_CAST(stats_max_value AS HUGEINT)),
       BOOL_AND(stats_null_count IS NOT NULL AND (stats_null_count = num_values OR
                (TRY_CAST(stats_min_value AS HUGEINT) IS NOT NULL AND TRY_CAST(stats_max_value AS HUGEINT) IS NOT NULL)))
FROM parquet_metadata(?) WHERE type IN ('INT32', 'INT64') GROUP BY 1
"""


def _proved(rows: Iterable[Sequence[object]]) -> dict[str, tuple[int, int]]:
    """Return column → (least, greatest) where every row group says so; an all-null one is (0, 0)."""
    found = {}
    for name, low, high, told in rows:
        if told:
            found[str(name)] = (low if isinstance(low, int) else 0, high if isinstance(high, int) else 0)
    return found


def _settled(column: Column, proved: dict[str, tuple[int, int]]) -> bool:
    """Return whether the file's own statistics prove a whole column to be in range."""
    if column.form == "none":
        return True
    if column.form != "whole" or column.source not in proved:
        return False
    low, high = proved[column.source]
    most = beyond(column.type)
    return (0 if column.type.positive else -most + 1) <= low and high < most


def doubts_of(column: Column, sql: Sql) -> Iterator[Doubt]:
    """Yield what no row of a column may meet, in a dialect."""
    source, kind = sql.quoted(column.source), column.type
    if kind.numeric and column.form in ("whole", "units", "float"):
        yield from _number_doubts(column, source)
    if column.form == "plain" and kind.coded and kind.values is not None:
        listed = ", ".join(sql.literal(one) for one in kind.values)
        hint = f"可选：{'、'.join(kind.values[:20])}。"
        yield Doubt(column.source, f"{source} NOT IN ({listed})", "不在可选值中", hint)
    if column.form == "plain" and column.rule is not None:
        yield Doubt(column.source, column.rule.broken(source, sql), wrong=column.rule.wrong)
    if column.allowed is not None and column.form in ("member", "size"):
        listed = ", ".join(sql.literal(one) for one in column.allowed)
        other = f"one NOT IN ({listed})"
        odd = f"len(list_filter({source}, lambda one: {other})) > 0"
        if isinstance(sql, SparkSql):
            odd = f"EXISTS({source}, one -> {other})"
        hint = f"可选：{'、'.join(column.allowed[:20])}。"
        yield Doubt(column.source, odd, "里有不在可选值中的", hint)


def _number_doubts(column: Column, source: str) -> Iterator[Doubt]:
    kind, places = column.type, PLACES[column.type.base]
    if column.form == "float":
        by = f"({source} * {10**places})"
        # nothing is greater than what is no number, so the first part finds that too
        odd = f"NOT (abs({source}) < 1e300) OR abs({by} - round({by})) > 0.001"
        yield Doubt(column.source, odd, f"不是最多 {places} 位小数的数", "请改用 DECIMAL 列，缺数据的留空。")
    if column.form == "units":
        exact = f"{source} <> round({source}, {places})"
        yield Doubt(column.source, exact, f"的小数多于 {places} 位", "请按单位核对。")
    scaled = source if column.form == "whole" else f"{source} * {10**places}"
    most = beyond(kind)
    if column.form != "whole" and most % 10**places == 0:
        scaled, most = source, most // 10**places
    out = f"{scaled} >= {most} OR {scaled} <= -{most}"
    yield Doubt(column.source, out, f"超出{kind.title}的范围", "请核对单位。")
    if kind.positive:
        yield Doubt(column.source, f"{source} < 0", "是负数", "这一项不能为负，请核对。")
