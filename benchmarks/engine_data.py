"""Facts for the engine's benchmarks: random, seeded, and of the size and shape of the packs' own programmes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from pathlib import Path

import polars as pl

from wanqi import packs
from wanqi.rules import tree
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.plan import Aggregate, Input, Plan
from wanqi.rules.programmes import compile_plan
from wanqi.rules.types import Type

REGION = "cn-430682"
ON = date(2026, 6, 1)
PROGRAMMES = 30
BLOCK = 500_000
_TESTS = tree.OneOf | tree.Call | tree.Compare


@cache
def pack() -> packs.Pack:
    """Return the pack of the benchmarks' region."""
    return packs.resolve(packs.read_directory(Path("regions")), REGION, checked=False)


@cache
def plan() -> Plan:
    """Return the plan of thirty programmes in force on the benchmarks' day, titles before payments."""
    there = [one for one in pack().programmes.values() if one.version_for(ON, "new") is not None]
    chosen = sorted(there, key=lambda one: pack().programme_files[one.id].programme.act == "奖补")[
        :PROGRAMMES
    ]
    return compile_plan(chosen, region=REGION, on=ON, kind="new", scope=pack().rule_scope)


def mark(asked: Plan) -> str:
    """Return what tells the files made for a plan from those for another: a digest of what it reads."""
    return blake2b("\n".join(one.name for one in asked.inputs).encode(), digest_size=4).hexdigest()


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
    columns = {one.name: _column(one, place, beside(one, asked)) for place, one in enumerate(asked.inputs)}
    highs = [
        pl.when(noise(place, 97) % 10 > 0)
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


def noise(place: int, salt: int) -> pl.Expr:
    """Return a reproducible number of 64 bits for every row, of which `at` is the number."""
    return (pl.col("at") * 1_000_003 + place * 7919 + salt).hash(seed=place + salt)


def _column(one: Input, place: int, same: Sequence[tree.Literal]) -> pl.Expr:
    if isinstance(one.source, Aggregate) and one.type.base == "count":
        return (noise(place, 1) % 6).cast(pl.Int64)
    return drawn(one.type, place, same, missing=not isinstance(one.source, Aggregate))


def drawn(kind: Type, place: int, same: Sequence[tree.Literal], *, missing: bool = True) -> pl.Expr:
    """Return random values of a type as a snapshot has them, a tenth of them missing; same: what they are compared with.

    place: tells one column from another.
    """
    lot = noise(place, 1)
    value: pl.Expr
    alike = [each.value for each in same if each.type.base == kind.base]
    if kind.base == "bool":
        value = lot % 2 == 0
    elif kind.base == "date":
        value = pl.lit(date(2019, 1, 1)) + pl.duration(days=(lot % 2600).cast(pl.Int64))
    elif not kind.numeric:
        texts = sorted({str(each) for each in (kind.values or alike)}) or ["别的"]
        value = pl.lit(pl.Series(texts)).gather((lot % len(texts)).cast(pl.UInt32))
    else:
        value = _number(kind, lot, [each for each in alike if isinstance(each, Decimal)])
    kept = pl.when(noise(place, 2) % 10 > 0).then(value) if missing else value
    return kept.cast(pl.Date) if kind.base == "date" else kept


def _number(kind: Type, lot: pl.Expr, same: Sequence[Decimal]) -> pl.Expr:
    """Return numbers of the size of the constants they may be compared with; a tenth of them on one."""
    places = PLACES[kind.base]
    most = min(beyond(kind) - 1, {"money": 10**11, "count": 1000}.get(kind.base, 10**places * 2))
    value = (lot % most).cast(pl.Int64)
    whole = sorted({int(each.scaleb(places)) for each in same if 0 <= each.scaleb(places) <= most})
    if not whole:
        return value
    on_one = pl.lit(pl.Series(whole, dtype=pl.Int64)).gather((lot // 10 % len(whole)).cast(pl.UInt32))
    return pl.when(lot % 10 == 0).then(on_one).otherwise(value)


def literals(nodes: Iterable[tree.Node]) -> list[tree.Literal]:
    """Return every constant in some nodes."""
    parts = [part for node in nodes for part in tree.walk(node)]
    listed = [each for part in parts if isinstance(part, tree.OneOf) for each in part.values]
    return [part for part in parts if isinstance(part, tree.Literal)] + listed


def beside(one: Input, asked: Plan) -> list[tree.Literal]:
    """Return the constants that an input of the plan is compared with: for a text its own, else all of the plan.

    A code is any of its list.
    """
    rule = pack().rule_scope.codes.get(one.name)
    if rule is not None:
        return [tree.Literal(code.ljust(rule.digits, "1"), one.type) for code in rule.prefixes]
    nodes = [node for stage in asked.stages for _, node in stage]
    if one.type.base != "text":
        return literals(nodes)
    tests = (part for node in nodes for part in tree.walk(node) if isinstance(part, _TESTS))
    return literals(part for part in tests if one.name in tree.fields(part))
