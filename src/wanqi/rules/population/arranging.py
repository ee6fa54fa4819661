"""Files of records put into the order of the organisations, once, where every chunk would else read all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from wanqi.rules.backends.duckdb import connect
from wanqi.rules.backends.sql import DuckDb
from wanqi.rules.population.files import AT, UNTIL, Facts, RecordFile

SLICE = 2_000_000
# Reading a file twice over is cheaper than writing it anew.
_OFTEN = 2
_ROW_GROUP = 50_000
_SQL = DuckDb()
Moved = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that a file holds together, and the least and greatest id among them; None where the file does not say."""

    rows: int
    low: int | str | None
    high: int | str | None

    def touches(self, other: _Group) -> bool:
        after = self.low is not None and other.high is not None and self.low > other.high  # type: ignore[operator]
        before = self.high is not None and other.low is not None and self.high < other.low  # type: ignore[operator]
        return not after and not before


def arranged(
    facts: Facts, folder: Path, *, chunk: int, memory: str, moved: Moved, size: int = SLICE
) -> Facts:
    """Return the facts with every scattered file of records written into the folder in slices of `size` rows.

    A slice that is there already is kept. moved: called with (rows done, all rows) of the files to be written.
    """
    scattered = [one for one in facts.records if _scattered(one, facts, chunk)]
    if not scattered:
        return facts
    counts = {one.kind: _length(one) for one in scattered}
    every, done = sum(counts.values()), 0
    moved(done, every)
    slices: dict[str, tuple[Path, ...]] = {}
    for one in scattered:
        paths = []
        for number, start in enumerate(range(0, counts[one.kind], size)):
            target = folder / f"{one.kind}-{number:05d}.parquet"
            if not target.exists():
                _write(one, facts, start, start + size, target, folder=folder, memory=memory)
            paths.append(target)
            done += min(size, counts[one.kind] - start)
            moved(done, every)
        slices[one.kind] = tuple(paths)
    records = tuple(replace(one, slices=slices.get(one.kind, ())) for one in facts.records)
    return replace(facts, records=records)


def _length(record: RecordFile) -> int:
    assert record.path is not None
    length: int = pl.scan_parquet(record.path).select(pl.len()).collect().item()
    return length


def _write(
    record: RecordFile, facts: Facts, start: int, end: int, target: Path, *, folder: Path, memory: str
) -> None:
    """Write some rows of a file in the order of their organisations, with the place of these."""
    own, rows = (
        f"read_parquet({_SQL.literal(str(path))}, file_row_number = true)"
        for path in (facts.path, record.path)
    )
    names = ["id", *record.marks, *([UNTIL] if record.until else [])]
    columns = ", ".join(f"r.{_SQL.quoted(name)}" for name in names)
    part = f"SELECT * FROM {rows} WHERE file_row_number >= {start} AND file_row_number < {end}"  # noqa: S608 - ours
    # The part stands on the right, which is the side that is held.
    query = (
        f"SELECT o.file_row_number AS {_SQL.quoted(AT)}, {columns} "  # noqa: S608 - names are quoted
        f"FROM {own} AS o JOIN ({part}) AS r ON o.id = r.id ORDER BY 1"
    )
    unfinished = target.with_suffix(".unfinished")
    form = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})"
    with connect(folder, memory=memory) as database:
        database.execute("SET preserve_insertion_order = true")
        database.execute(f"COPY ({query}) TO {_SQL.literal(str(unfinished))} {form}")
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)


# --- whether it is worth it -----------------------------------------------------------------------


def _scattered(record: RecordFile, facts: Facts, chunk: int) -> bool:
    """Whether the chunks together would read the file more than twice over."""
    if record.path is None or facts.rows <= chunk:
        return False
    whole = facts.id_type.is_integer()
    chunks = _chunks(_groups(facts.path, whole=whole), chunk)
    groups = _groups(record.path, whole=whole)
    read = sum(group.rows for group in groups for one in chunks if group.touches(one))
    return read > _OFTEN * sum(group.rows for group in groups)


def _groups(path: Path, *, whole: bool) -> list[_Group]:
    query = """
        SELECT row_group_num_rows, stats_min_value, stats_max_value FROM parquet_metadata(?)
        WHERE path_in_schema = 'id' ORDER BY row_group_id
    """
    with connect() as database:
        found = database.execute(query, [str(path)]).fetchall()
    read: Callable[[str], int | str] = int if whole else str
    return [_Group(rows, *(None if end is None else read(end) for end in ends)) for rows, *ends in found]


def _chunks(groups: Iterable[_Group], chunk: int) -> Sequence[_Group]:
    """Return the range of ids of every chunk of rows: that of all groups it has a part in."""
    inside: dict[int, list[_Group]] = {}
    start = 0
    for group in groups:
        for number in range(start // chunk, (start + max(group.rows, 1) - 1) // chunk + 1):
            inside.setdefault(number, []).append(group)
        start += group.rows
    return [
        _Group(chunk, _end([one.low for one in found], min), _end([one.high for one in found], max))
        for found in inside.values()
    ]


def _end(ends: list[int | str | None], pick: Callable[[list[int | str]], int | str]) -> int | str | None:
    known = [one for one in ends if one is not None]
    return pick(known) if len(known) == len(ends) else None
