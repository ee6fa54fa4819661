"""Counting rows: what surely counts, and what may count because its condition or date is unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from wanqi import rules
from wanqi.figures import Interval
from wanqi.packs import FieldSpec

from .figures import scale_of

# Whole units of a stored number: money is kept in fen, ratios in 10⁻⁸ (wanqi.rules.frame).
_SCALES: Mapping[str, int] = {"count": 1, "money": 100, "ratio": 10**8}
_SURE, _DAY, _UNTIL, _VALUE = "__sure", "__day", "__until", "__value"


@dataclass(frozen=True)
class Table:
    """Rows of one record kind.

    frame: the columns of `scope` as `wanqi.rules.frame` types them, `id` (String), `is_demonstration` and
    `evidence` (Boolean). title: what the rows are called on screen; labels: field → its name on screen.
    """

    kind: str
    title: str
    frame: pl.DataFrame
    scope: rules.Scope
    labels: Mapping[str, str]

    @property
    def empty(self) -> bool:
        return self.frame.is_empty()


def with_absent(frame: pl.DataFrame, fields: Mapping[str, FieldSpec]) -> pl.DataFrame:
    """Return the rows with what an empty cell means, where it means something: no day of grant, not granted."""
    days = {name: field.absent for name, field in fields.items() if field.absent is not None}
    return frame.with_columns(pl.col(name).fill_null(pl.lit(day)) for name, day in days.items())


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked: rows that fit `where`, dated from `start` (None: ever) to `end`, in `area`.

    ends_by: the field with the day on which a row stops counting; a row of that day counts no more.
    """

    where: str | None
    dated_by: str
    start: date | None
    end: date
    area_field: str | None = None
    area: str | None = None
    ends_by: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """interval None: unknown. Ids in the order of the table."""

    interval: Interval | None
    records: tuple[str, ...]
    uncertain: tuple[str, ...]
    is_demonstration: bool
    undated: int


def measure(
    table: Table, selection: Selection, *, function: str, field: str | None, unit: str = ""
) -> Measured:
    """Return the measure over the selected rows; unknown rows widen it and are listed.

    function: count | count_distinct | sum | last, the last three over `field`. unit: of the figure; values are
    given in it, as in 万元 or 万户.
    Raises rules.ExpressionRefused where the condition does not fit the table.
    """
    prepared = prepare(table, selection, field)
    return measured(table, prepared, selection, function=function, field=field, unit=unit)


def prepare(table: Table, selection: Selection, field: str | None) -> pl.DataFrame:
    """Return the rows that fit or may fit whatever the days asked for: id, whether surely, days and value.

    It depends on the condition, the area and the fields only, so that one serves every period.
    """
    hit = pl.lit(True)
    if selection.where is not None:
        hit = rules.to_polars(rules.parse(selection.where, table.scope))
    if selection.area is not None and selection.area_field is not None:
        hit = hit & (pl.col(selection.area_field) == pl.lit(selection.area))
    until = pl.col(selection.ends_by) if selection.ends_by else pl.lit(None, dtype=pl.Date)
    return (
        table.frame.lazy()
        .select(
            pl.col("id"),
            pl.col("is_demonstration"),
            hit.alias(_SURE),
            pl.col(selection.dated_by).alias(_DAY),
            until.alias(_UNTIL),
            (pl.col(field) if field else pl.lit(None)).alias(_VALUE),
        )
        .filter(pl.col(_SURE).fill_null(True))
        .collect()
    )


def measured(
    table: Table,
    prepared: pl.DataFrame,
    selection: Selection,
    *,
    function: str,
    field: str | None,
    unit: str = "",
) -> Measured:
    """Return the measure over prepared rows for the days of a selection."""
    rows = _inside(prepared, selection)
    certain = bool(rows[_SURE].all())  # mostly; then nothing has to be parted
    sure, maybe = (rows, rows.clear()) if certain else (rows.filter(_SURE), rows.filter(~pl.col(_SURE)))
    interval = _MEASURES[function](sure, maybe, _scale(table, field, unit))
    demonstration = bool(rows["is_demonstration"].any()) if rows.height else False
    return Measured(
        interval=interval,
        records=tuple(sure["id"].to_list()),
        uncertain=tuple(maybe["id"].to_list()),
        is_demonstration=demonstration,
        undated=maybe[_DAY].null_count(),
    )


def _scale(table: Table, field: str | None, unit: str) -> int:
    """Return the stored whole units in one unit of the figure."""
    if field is None:
        return 1
    base = table.scope.fields[field].base
    return _SCALES.get(base, 1) * scale_of(unit)


def _inside(prepared: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    """Return the rows that count or may count on the asked days, with whether they surely do."""
    day = pl.col(_DAY)
    inside = day <= pl.lit(selection.end)
    if selection.start is not None:
        inside = inside & (day >= pl.lit(selection.start))
    if selection.ends_by is not None:
        inside = inside & (pl.col(_UNTIL) > pl.lit(selection.end))
    counts = pl.col(_SURE) & inside  # Kleene: false wins over unknown
    return (
        prepared.lazy()
        .with_columns(counts.alias(_SURE))
        .filter(pl.col(_SURE).fill_null(True))
        .with_columns(pl.col(_SURE).fill_null(False))
        .collect()
    )


def _count(sure: pl.DataFrame, maybe: pl.DataFrame, scale: int) -> Interval | None:
    return Interval.between(sure.height, sure.height + maybe.height)


def _count_distinct(sure: pl.DataFrame, maybe: pl.DataFrame, scale: int) -> Interval | None:
    known = set(sure[_VALUE].drop_nulls().to_list())
    further = set(maybe[_VALUE].drop_nulls().to_list()) - known
    unnamed = sure[_VALUE].null_count() + maybe[_VALUE].null_count()
    least = len(known) or int(sure.height > 0)
    return Interval.between(least, len(known) + len(further) + unnamed)


def _sum(sure: pl.DataFrame, maybe: pl.DataFrame, scale: int) -> Interval | None:
    if sure[_VALUE].null_count() or maybe[_VALUE].null_count():
        return None
    total = Fraction(sum(sure[_VALUE].to_list()))
    extra = [Fraction(value) for value in maybe[_VALUE].to_list()]
    low = total + sum(min(value, Fraction(0)) for value in extra)
    high = total + sum(max(value, Fraction(0)) for value in extra)
    return Interval.between(low / scale, high / scale)


def _last(sure: pl.DataFrame, maybe: pl.DataFrame, scale: int) -> Interval | None:
    """Return the value of the newest row; several of that day, or rows that may be newer, widen it."""
    newest = sure[_DAY].max()
    if newest is None:
        return None
    later = maybe.filter(pl.col(_DAY).is_null() | (pl.col(_DAY) >= pl.lit(newest)))
    values = [*sure.filter(pl.col(_DAY) == pl.lit(newest))[_VALUE].to_list(), *later[_VALUE].to_list()]
    if any(value is None for value in values):
        return None
    return Interval.between(Fraction(min(values)) / scale, Fraction(max(values)) / scale)


_MEASURES: Mapping[str, Callable[[pl.DataFrame, pl.DataFrame, int], Interval | None]] = {
    "count": _count,
    "count_distinct": _count_distinct,
    "sum": _sum,
    "last": _last,
}
