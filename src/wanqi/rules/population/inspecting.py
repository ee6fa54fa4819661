"""One look over the files before a run: every value that a snapshot would refuse is refused here.

Whole numbers are judged by the statistics in the file where it has them, so that most columns are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wanqi.rules.backends.duckdb import connect
from wanqi.rules.backends.sql import DuckDb
from wanqi.rules.bounds import PLACES, limit
from wanqi.rules.population.errors import FactsRefused
from wanqi.rules.population.files import Column, Facts

_SQL = DuckDb()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A condition that no row may meet, and what it means when one does."""

    column: str
    condition: str
    cause: str
    hint: str


def inspect(facts: Facts, *, memory: str) -> None:
    """Raise FactsRefused for the first file with a value outside its type's range; the row is named by its id."""
    with connect(memory=memory) as database:
        everything = [(facts.path, facts.columns), *((one.path, one.columns) for one in facts.records)]
        for path, columns in everything:
            if path is None:
                continue
            source = f"read_parquet({_SQL.literal(str(path))})"
            proved = _proved(database.execute(_STATISTICS, [str(path)]).fetchall())
            doubts = [Doubt("id", f"{_SQL.quoted('id')} IS NULL", "有的行没有 id", "每行要有单位的编号。")]
            for column in columns:
                if not _settled(column, proved):
                    doubts += _doubts(column)
            counts = ", ".join(f"COUNT(*) FILTER (WHERE {one.condition})" for one in doubts)
            row = database.execute(f"SELECT {counts} FROM {source}").fetchone() or ()  # noqa: S608 - our own texts
            for doubt, count in zip(doubts, row, strict=True):
                if count:
                    query = f"SELECT id, {_SQL.quoted(doubt.column)} FROM {source} WHERE {doubt.condition} LIMIT 1"  # noqa: S608 - the same
                    first = database.execute(query).fetchone() or ("", "")
                    where = f"{path}：{doubt.column}（id {first[0]}）"
                    cause = f"{str(first[1])[:40]} {doubt.cause}" if doubt.column != "id" else doubt.cause
                    raise FactsRefused("facts.value", where, f"{cause}，共 {count} 行", hint=doubt.hint)


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
    most = limit(column.type) * 10 ** PLACES[column.type.base]
    return (0 if column.type.positive else -most + 1) <= low and high < most


def _doubts(column: Column) -> Iterator[Doubt]:
    source, kind = _SQL.quoted(column.source), column.type
    if column.form == "float":
        by = f"({source} * {10 ** PLACES[kind.base]})"
        odd = f"isnan({source}) OR isinf({source}) OR abs({by} - round({by})) > 0.001"
        places = PLACES[kind.base]
        yield Doubt(column.source, odd, f"不是最多 {places} 位小数的数", "请改用 DECIMAL 列，缺数据的留空。")
    if kind.numeric and column.form in ("whole", "units", "float"):
        scale = PLACES[kind.base] if column.form == "whole" else 0
        most = limit(kind) * 10**scale
        yield Doubt(
            column.source,
            f"{source} >= {most} OR {source} <= -{most}",
            f"超出{kind.title}的范围",
            "请核对单位。",
        )
        if kind.positive:
            yield Doubt(column.source, f"{source} < 0", "是负数", "这一项不能为负，请核对。")
    if column.form == "units":
        exact = f"{source} <> round({source}, {PLACES[kind.base]})"
        yield Doubt(column.source, exact, f"的小数多于 {PLACES[kind.base]} 位", "请按单位核对。")
    if column.form == "plain" and kind.coded and kind.values is not None:
        listed = ", ".join(_SQL.literal(one) for one in kind.values)
        hint = f"可选：{'、'.join(kind.values[:20])}。"
        yield Doubt(column.source, f"{source} NOT IN ({listed})", "不在可选值中", hint)
    if column.allowed is not None:
        listed = ", ".join(_SQL.literal(one) for one in column.allowed)
        odd = f"len(list_filter({source}, lambda one: one NOT IN ({listed}))) > 0"
        yield Doubt(column.source, odd, "里有不在可选值中的", f"可选：{'、'.join(column.allowed[:20])}。")
