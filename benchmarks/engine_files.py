"""A folder of facts for `match`: organisations and their records, random, seeded, written block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Aggregate, FactAt, Plan
from wanqi.rules.population.files import ORGANISATIONS, UNTIL
from wanqi.rules.types import Type

from .engine_data import BLOCK, beside, drawn, literals, noise

# The most records of a kind that an organisation has; of all other kinds one in five has one.
MOST = {"ip": 4, "titles": 2, "digital_answers": 2}
RARE = 5


def folder(path: Path, asked: Plan, rows: int) -> Path:
    """Return a folder with all facts and kinds of record that a plan reads; about a tenth of the values is missing."""
    path.mkdir(parents=True, exist_ok=True)
    _written(path / f"{ORGANISATIONS}.parquet", [_organisations(asked, *one) for one in _blocks(rows)])
    for place, (kind, inputs) in enumerate(_kinds(asked).items()):
        blocks = [_records(kind, inputs, place, *one) for one in _blocks(rows)]
        _written(path / f"{kind}.parquet", blocks)
    return path


def _blocks(rows: int) -> Iterator[tuple[int, int]]:
    for start in range(0, rows, BLOCK):
        yield start, min(BLOCK, rows - start)


def _written(path: Path, blocks: Sequence[pl.LazyFrame]) -> None:
    if path.exists():
        return
    unfinished = path.with_suffix(".unfinished")
    pl.concat(blocks).sink_parquet(unfinished, compression="snappy", row_group_size=100_000)
    unfinished.replace(path)


def _id() -> pl.Expr:
    return pl.format("91430682{}", pl.col("at").cast(pl.String).str.zfill(10)).alias("id")


def _organisations(asked: Plan, start: int, rows: int) -> pl.LazyFrame:
    frame = pl.LazyFrame({"at": pl.int_range(start, start + rows, eager=True)})
    columns: dict[str, pl.Expr] = {}
    for place, one in enumerate(asked.inputs):
        if isinstance(one.source, FactAt):
            name = one.source.fact if one.source.year is None else f"{one.source.fact}@{one.source.year}"
            columns[name] = _in_its_unit(drawn(one.type, place, beside(one, asked)), one.type).alias(name)
    return frame.select(_id(), *columns.values())


def _kinds(asked: Plan) -> dict[str, list[Aggregate]]:
    found: dict[str, list[Aggregate]] = {}
    for one in asked.inputs:
        if isinstance(one.source, Aggregate):
            found.setdefault(one.source.kind, []).append(one.source)
    return found


def _records(kind: str, asked: Sequence[Aggregate], place: int, start: int, rows: int) -> pl.LazyFrame:
    nodes = [node for one in asked for node in (one.where, one.value) if node is not None]
    names = dict.fromkeys(name for node in nodes for name in tree.fields(node))
    same = literals(nodes)
    fields = asked[0].scope.fields
    most = MOST.get(kind)
    lot = noise(1000 + place, 3)
    count = lot % (most + 1) if most else (lot % RARE == 0).cast(pl.UInt64)
    frame = pl.LazyFrame({"at": pl.int_range(start, start + rows, eager=True)})
    listed = frame.filter(count > 0).select("at", pl.int_ranges(0, count.cast(pl.Int64)).alias("row"))
    listed = listed.explode("row").select(_id(), (pl.col("at") * 16 + pl.col("row")).alias("at"))
    values = [
        _in_its_unit(drawn(fields[name], 2000 + 50 * place + number, same), fields[name]).alias(name)
        for number, name in enumerate(names or list(fields)[:1])
    ]
    until = pl.when(noise(place, 5) % 10 > 0).then(pl.lit(date(2026, 12, 31))).alias(UNTIL)
    return listed.select("id", *values, until)


def _in_its_unit(value: pl.Expr, kind: Type) -> pl.Expr:
    """Return ratios and numbers as decimals, as the files have them; money stays in fen."""
    places = PLACES.get(kind.base, 0)
    if kind.base not in ("ratio", "number"):
        return value
    return (value.cast(pl.Decimal(18, 0)) * pl.lit(Decimal(1).scaleb(-places))).cast(pl.Decimal(18, places))
