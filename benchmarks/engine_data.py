"""Facts for the engine's benchmarks: random, seeded, and of the size and shape of the packs' own programmes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl

from wanqi import packs
from wanqi.rules import tree
from wanqi.rules.bounds import PLACES, limit
from wanqi.rules.plan import Aggregate, Input, Plan
from wanqi.rules.programmes import compile_plan

REGION = "cn-430682"
ON = date(2026, 6, 1)
BLOCK = 500_000
MISSING = 0.1


@cache
def pack() -> packs.Pack:
    """Return the pack of the benchmarks' region."""
    return packs.resolve(packs.read_directory(Path("regions")), REGION, checked=False)


@cache
def plan() -> Plan:
    """Return the plan of every programme in force on the benchmarks' day."""
    chosen = [one for one in pack().programmes.values() if one.version_for(ON, "new") is not None]
    return compile_plan(chosen, region=REGION, on=ON, kind="new", scope=pack().rule_scope)


def snapshot(path: Path, asked: Plan, rows: int) -> Path:
    """Return a Parquet file with the plan's inputs as columns; about 10 % of every column is missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = [_block(asked, start, min(BLOCK, rows - start)) for start in range(0, rows, BLOCK)]
        unfinished = path.with_suffix(".unfinished")
        pl.concat(blocks).sink_parquet(unfinished, compression="snappy", row_group_size=100_000)
        unfinished.replace(path)
    return path


def _block(asked: Plan, start: int, rows: int) -> pl.LazyFrame:
    frame = pl.LazyFrame({"at": pl.int_range(start, start + rows, eager=True)})
    constants = list(_constants(asked))
    columns = {one.name: _column(one, place, constants) for place, one in enumerate(asked.inputs)}
    highs = [
        pl.when(_noise(place, 97) % 10 > 0)
        .then(pl.max_horizontal(pl.col(_low(one.name)), pl.col(one.name)))
        .alias(one.name)
        for place, one in enumerate(asked.inputs)
        if isinstance(one.source, Aggregate) and one.source.side == "high" and _low(one.name) in columns
    ]
    named = [column.alias(name) for name, column in columns.items()]
    ids = pl.format("91430682{}", pl.col("at").cast(pl.String).str.zfill(10)).alias("id")
    return frame.select("at", ids, *named).with_columns(highs).drop("at")


def _low(name: str) -> str:
    return name.replace("#high", "#low")


def _noise(place: int, salt: int) -> pl.Expr:
    """Return a reproducible number of 64 bits for every row."""
    return (pl.col("at") * 1_000_003 + place * 7919 + salt).hash(seed=place + salt)


def _column(one: Input, place: int, constants: list[tree.Literal]) -> pl.Expr:
    noise = _noise(place, 1)
    same = [each.value for each in constants if each.type.base == one.type.base]
    if one.type.base == "bool":
        value = noise % 2 == 0
    elif one.type.base == "date":
        value = pl.lit(date(2019, 1, 1)) + pl.duration(days=(noise % 2600).cast(pl.Int64))
    elif not one.type.numeric:
        texts = sorted({str(each) for each in (one.type.values or same)}) or ["26"]
        value = pl.lit(pl.Series(texts)).gather((noise % len(texts)).cast(pl.UInt32))
    else:
        value = _number(one, noise, [each for each in same if isinstance(each, Decimal)])
    kept = value if isinstance(one.source, Aggregate) else pl.when(_noise(place, 2) % 10 > 0).then(value)
    return kept.cast(pl.Date) if one.type.base == "date" else kept


def _number(one: Input, noise: pl.Expr, constants: list[Decimal]) -> pl.Expr:
    """Return numbers of the size of the constants they may be compared with; a tenth of them on one."""
    places = PLACES[one.type.base]
    if isinstance(one.source, Aggregate) and one.type.base == "count":
        return (noise % 6).cast(pl.Int64)
    most = min(
        limit(one.type) * 10**places - 1, {"money": 10**11, "count": 1000}.get(one.type.base, 10**places * 2)
    )
    drawn = (noise % most).cast(pl.Int64)
    whole = [int(each.scaleb(places)) for each in constants if 0 <= each.scaleb(places) <= most]
    if not whole:
        return drawn
    on_one = pl.lit(pl.Series(sorted(set(whole)), dtype=pl.Int64)).gather(
        (noise // 10 % len(set(whole))).cast(pl.UInt32)
    )
    return pl.when(noise % 10 == 0).then(on_one).otherwise(drawn)


def _constants(asked: Plan) -> Iterator[tree.Literal]:
    for stage in asked.stages:
        for _, node in stage:
            yield from (part for part in tree.walk(node) if isinstance(part, tree.Literal))
