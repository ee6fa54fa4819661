"""Counting rows: what surely counts, and what may count because its condition or date is unknown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

import polars as pl

from wanqi import rules
from wanqi.figures import Interval
from wanqi.packs import FieldSpec

from .figures import scale_of
from .ids import Ids

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
    """interval None: unknown. Ids in the order of the table; undated: how many of `uncertain` have no date."""

    interval: Interval | None
    records: Sequence[str]
    uncertain: Sequence[str]
    is_demonstration: bool
    undated: int


class Prepared:
    """Rows that fit or may fit whatever the days asked for: id, whether surely, days and value.

    Those that surely fit, on a known day and for good, are counted by day once: a period is two look-ups then.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    @cached_property
    def _parted(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows that surely fit and are dated, and the others."""
        plain = pl.col(_SURE).fill_null(False) & pl.col(_DAY).is_not_null()
        frame = self.frame.select(_SURE, _DAY, _UNTIL, "is_demonstration")
        return frame.filter(plain), frame.filter(~plain)

    @cached_property
    def _by_day(self) -> tuple[list[date], list[int], list[int]]:
        """Days in order; how many rows, and how many of a demonstration, until the end of each."""
        rows = self._parted[0].group_by(_DAY).agg(pl.len(), pl.col("is_demonstration").sum().alias("demo"))
        ordered = rows.sort(_DAY)
        counts, demos = ordered["len"].to_list(), ordered["demo"].to_list()
        return (
            ordered[_DAY].to_list(),
            list(accumulate(counts, initial=0)),
            list(accumulate(demos, initial=0)),
        )

    def counted(self, selection: Selection) -> Measured:
        """Return the number of selected rows."""
        if selection.ends_by is not None:
            return self._with_ids(selection, *_numbers(self.frame, selection))
        days, counts, demos = self._by_day
        last = bisect_right(days, selection.end)
        first = 0 if selection.start is None else min(bisect_left(days, selection.start), last)
        sure, demo = counts[last] - counts[first], demos[last] - demos[first]
        maybe = undated = 0
        if not self._parted[1].is_empty():
            more, maybe, undated, further = _numbers(self._parted[1], selection)
            sure, demo = sure + more, demo + further
        return self._with_ids(selection, sure, maybe, undated, demo)

    def _with_ids(self, selection: Selection, sure: int, maybe: int, undated: int, demo: int) -> Measured:
        return Measured(
            interval=Interval.between(sure, sure + maybe),
            records=self.ids(selection, sure, surely=True),
            uncertain=self.ids(selection, maybe, surely=False),
            is_demonstration=bool(demo),
            undated=undated,
        )

    def ids(self, selection: Selection, count: int, *, surely: bool) -> Sequence[str]:
        """Return the ids of the rows that surely, or only maybe, count; they are looked up when they are read."""
        if not count:
            return ()
        frame = self.frame

        def listed() -> list[str]:
            return inside(frame, selection, "id").filter(pl.col(_SURE) == surely)["id"].to_list()

        return Ids(listed, count)


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


def prepare(table: Table, selection: Selection, field: str | None) -> Prepared:
    """Return the rows that fit or may fit whatever the days asked for.

    It depends on the condition, the area and the fields only, so that one serves every period.
    """
    hit = pl.lit(True)
    if selection.where is not None:
        hit = rules.to_polars(rules.parse(selection.where, table.scope))
    if selection.area is not None and selection.area_field is not None:
        hit = hit & (pl.col(selection.area_field) == pl.lit(selection.area))
    until = pl.col(selection.ends_by) if selection.ends_by else pl.lit(None, dtype=pl.Date)
    frame = (
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
    return Prepared(frame)


def measured(
    table: Table,
    prepared: Prepared,
    selection: Selection,
    *,
    function: str,
    field: str | None,
    unit: str = "",
) -> Measured:
    """Return the measure over prepared rows for the days of a selection."""
    if function == "count":
        return prepared.counted(selection)
    rows = inside(prepared.frame, selection, _DAY, _VALUE, "is_demonstration")
    certain = bool(rows[_SURE].all())  # mostly; then nothing has to be parted
    sure, maybe = (rows, rows.clear()) if certain else (rows.filter(_SURE), rows.filter(~pl.col(_SURE)))
    return Measured(
        interval=_MEASURES[function](sure, maybe, _scale(table, field, unit)),
        records=prepared.ids(selection, sure.height, surely=True),
        uncertain=prepared.ids(selection, maybe.height, surely=False),
        is_demonstration=bool(rows["is_demonstration"].any()),
        undated=maybe[_DAY].null_count(),
    )


def _scale(table: Table, field: str | None, unit: str) -> int:
    """Return the stored whole units in one unit of the figure."""
    if field is None:
        return 1
    base = table.scope.fields[field].base
    return _SCALES.get(base, 1) * scale_of(unit)


def _counts(selection: Selection) -> pl.Expr:
    """Return whether a prepared row counts on the asked days; null where it may."""
    day = pl.col(_DAY)
    within = day <= pl.lit(selection.end)
    if selection.start is not None:
        within = within & (day >= pl.lit(selection.start))
    if selection.ends_by is not None:
        within = within & (pl.col(_UNTIL) > pl.lit(selection.end))
    return pl.col(_SURE) & within  # Kleene: false wins over unknown


def inside(rows: pl.DataFrame, selection: Selection, *columns: str) -> pl.DataFrame:
    """Return columns of the prepared rows that count or may count on the asked days, with whether they surely do."""
    counts = _counts(selection)
    return (
        rows.lazy()
        .filter(counts.fill_null(True))
        .select(*columns, counts.fill_null(False).alias(_SURE))
        .collect()
    )


def _numbers(rows: pl.DataFrame, selection: Selection) -> tuple[int, int, int, int]:
    """Return how many rows surely count, may count, may and have no date, and do either and are a demonstration."""
    counts = _counts(selection)
    found = rows.lazy().select(
        sure=counts.sum(),
        maybe=counts.null_count(),
        undated=(counts.is_null() & pl.col(_DAY).is_null()).sum(),
        demo=(counts.fill_null(True) & pl.col("is_demonstration")).sum(),
    )
    sure, maybe, undated, demo = found.collect().row(0)
    return sure, maybe, undated, demo


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
    "count_distinct": _count_distinct,
    "sum": _sum,
    "last": _last,
}
