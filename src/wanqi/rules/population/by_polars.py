"""Chunks of a population through Polars: lazy frames over Parquet, streamed to Parquet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl

from wanqi.rules.backends.polars import Staged
from wanqi.rules.backends.target import kind_of
from wanqi.rules.backends.translation import Translation
from wanqi.rules.backends.vectors import DTYPES, Vectors
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.plan import Aggregate, Input, Plan
from wanqi.rules.population.by_duckdb import too_much
from wanqi.rules.population.files import AT, UNTIL, Column, Facts, RecordFile
from wanqi.rules.population.inspecting import complete_columns
from wanqi.rules.population.statements import ROWS, unlisted, whole_absent
from wanqi.rules.records import MAX_ROWS
from wanqi.rules.tree import Node

CHUNK = 250_000  # of more the copies of columns cost as much again
ROW_GROUP = 100_000
_AS_IT_IS = frozenset({"whole", "units", "float", "plain"})  # forms in which a value stays one


class ByPolars:
    """Answers chunks of rows, in the order of the file."""

    chunk = CHUNK

    def __init__(self, plan: Plan, facts: Facts) -> None:
        self.plan, self.facts = plan, facts
        self.staged = Staged(plan, full=always_known(facts))

    def answer(self, start: int, count: int, target: Path) -> None:
        """Write the answers for rows start to start + count into a Parquet file."""
        answered = self.staged.answered(self.inputs(start, count), kept=["id"])
        answered.sink_parquet(target, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)

    def answered(self, start: int, count: int) -> pl.DataFrame:
        """Return `id`, the plan's inputs and the answers for rows start to start + count."""
        inputs = self.inputs(start, count)
        return self.staged.answered(inputs, kept=["id", *(one.name for one in self.plan.inputs)]).collect()

    def inputs(self, start: int, count: int) -> pl.LazyFrame:
        """Return `id` and the plan's inputs for rows start to start + count."""
        rows = pl.scan_parquet(self.facts.path).slice(start, count)
        frame = rows.select("id", *(converted(one).alias(one.name) for one in self.facts.columns))
        listed = [record for record in self.facts.records if record.path is not None]
        if listed:
            ids = rows.select("id").collect().with_row_index(AT)
            # Beside each other: joining one kind after the other would copy all columns every time.
            frame = pl.concat([frame, *(self._bounds(one, ids, start) for one in listed)], how="horizontal")
        return frame.with_columns(
            pl.lit(unlisted(one), dtype=pl.Int64).alias(one.name)
            for record in self.facts.records
            for one in record.asked
            if record.path is None
        )

    def _bounds(self, record: RecordFile, ids: pl.DataFrame, start: int) -> pl.LazyFrame:
        """Return the bounds asked for, a row for every organisation, in the order of these."""
        bounds = aggregated(self._rows(record, ids, start), record, self.plan)
        odd = bounds.filter(
            (pl.col(ROWS) > MAX_ROWS)
            | pl.any_horizontal([pl.col(one.name).abs() >= beyond(one.type) for one in record.asked])
        )
        if odd.height:
            raise too_much(record, ids["id"][odd[AT][0]], odd[ROWS][0])
        known = bounds.select(AT, *(pl.col(one.name).cast(pl.Int64) for one in record.asked))
        every = ids.select(AT).join(known, on=AT, how="left", maintain_order="left")
        return every.lazy().select(
            pl.col(one.name).fill_null(0) if unlisted(one) == 0 else pl.col(one.name) for one in record.asked
        )

    def _rows(self, record: RecordFile, ids: pl.DataFrame, start: int) -> pl.LazyFrame:
        """Return the records of some organisations with the places of these among them."""
        if record.slices:
            own = pl.col(AT).is_between(start, start + ids.height, closed="left")
            rows = pl.scan_parquet(list(record.slices)).filter(own)
            return rows.with_columns((pl.col(AT) - start).cast(ids.schema[AT]))
        assert record.path is not None
        low, high = ids["id"].min(), ids["id"].max()
        rows = pl.scan_parquet(record.path).filter(pl.col("id").is_between(pl.lit(low), pl.lit(high)))
        return rows.join(ids.lazy(), on="id", how="inner")

    def close(self) -> None:
        """Nothing is held between chunks."""


def always_known(facts: Facts) -> set[str]:
    """Return the inputs that no organisation lacks, as the files' own statistics say it."""
    complete = complete_columns(facts.path)
    found = {one.name for one in facts.columns if one.form in _AS_IT_IS and one.source in complete}
    return found | {one.name for record in facts.records for one in record.asked if unlisted(one) == 0}


def converted(column: Column) -> pl.Expr:
    """Return the expression that reads a column as the snapshot holds it."""
    source, places = pl.col(column.source), PLACES.get(column.type.base, 0)
    match column.form:
        case "whole":
            return source.cast(pl.Int64)
        case "units":
            return (source.cast(pl.Decimal(38, 8)) * pl.lit(Decimal(10**places))).cast(pl.Int64)
        case "float":
            return (source * pl.lit(float(10**places))).round().cast(pl.Int64)
        case "plain":
            return source if column.type.base in ("date", "bool") else source.cast(pl.String)
        case "member":
            asked = pl.lit(pl.Series([list(column.values)], dtype=pl.List(pl.String)))
            return source.list.set_intersection(asked).list.len() > 0
        case "size":
            return source.list.drop_nulls().list.n_unique().cast(pl.Int64)
        case "none":
            return pl.lit(None, dtype=DTYPES[kind_of(column.type.base)])


def aggregated(rows: pl.LazyFrame, record: RecordFile, plan: Plan) -> pl.DataFrame:
    """Return one row per organisation that has rows: its place, how many, and every bound asked for, in 128 bits."""
    translation: Translation[pl.Expr] = Translation(Vectors())
    nodes = list(
        dict.fromkeys(
            node
            for one in record.asked
            if isinstance(one.source, Aggregate)
            for node in (one.source.where, one.source.value)
            if node is not None
        )
    )
    names = {node: f"~{place}" for place, node in enumerate(nodes)}

    def stored(node: Node) -> pl.Expr:
        if node.type.base == "bool":
            return translation.plain(node)
        number = translation.number(node)
        return translation.at_scale(number, PLACES[node.type.base], rounded="zero").text.cast(pl.Int128)

    marks = [pl.col(name).is_not_null() for name in record.marks]
    read = rows.select(
        AT,
        (pl.any_horizontal(marks) if marks else pl.lit(False)).alias("~row"),
        (pl.col(UNTIL) if record.until else pl.lit(None, dtype=pl.Date)).alias("~until"),
        *(_field(record, column) for column in record.columns),
    ).with_columns(stored(node).alias(name) for node, name in names.items())
    bounds = [_bound(one, names).alias(one.name) for one in record.asked]
    complete = (pl.col("~until").min() >= pl.lit(plan.on)).fill_null(True)
    grouped = read.group_by(AT).agg(pl.len().alias(ROWS), complete.alias("~complete"), *bounds)
    return grouped.with_columns(_opened(one) for one in record.asked).collect(engine="streaming")


def _field(record: RecordFile, column: Column) -> pl.Expr:
    text, absent = converted(column), whole_absent(record, column)
    return (text if absent is None else text.fill_null(pl.lit(absent))).alias(column.name)


def _bound(one: Input, names: dict[Node, str]) -> pl.Expr:
    """Return the bound as if the list were complete; null where an unknown value leaves it open."""
    source = one.source
    assert isinstance(source, Aggregate)
    low_side, row = source.side == "low", pl.col("~row")
    holds = pl.lit(True) if source.where is None else pl.col(names[source.where])
    sure, may = row & holds.fill_null(False), row & holds.fill_null(True)
    if source.measure == "count":
        return (sure if low_side else may).sum().cast(pl.Int128)
    assert source.value is not None
    value = pl.col(names[source.value])
    closed = (may & value.is_null()).sum() == 0
    if source.measure == "top":
        chosen = value.filter(sure if low_side else may).drop_nulls().top_k(source.n or 1).sum()
        return chosen if low_side else pl.when(closed).then(chosen)
    zero = pl.lit(0, dtype=pl.Int128)
    edge = pl.min_horizontal(value, zero) if low_side else pl.max_horizontal(value, zero)
    edge = pl.when(value.is_not_null()).then(edge)
    total = pl.when(sure).then(value).when(may).then(edge).sum()
    return total if low_side and one.type.positive else pl.when(closed).then(total)


def _opened(one: Input) -> pl.Expr:
    """Take away the bounds that a list which may go on does not have."""
    stays = unlisted(one) == 0
    return pl.col(one.name) if stays else pl.when(pl.col("~complete")).then(pl.col(one.name)).alias(one.name)
