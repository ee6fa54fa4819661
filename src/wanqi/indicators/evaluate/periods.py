"""Periods: ids of years, halves, quarters, months, days and cumulative months, and their words on screen."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from ..errors import PeriodRefused

Kind = Literal["year", "half", "quarter", "month", "day", "cumulative"]

_WHOLE = re.compile(r"(?P<year>[0-9]{4})(?:(?P<part>[HQ])(?P<number>[1-4]))?")
_MONTHS = re.compile(r"(?P<year>[0-9]{4})-(?P<first>[0-9][0-9])(?:\.\.(?P<last>[0-9][0-9]))?")
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days, both ends included; a `day` is an instant, at which stocks are taken."""

    id: str
    kind: Kind
    start: date
    end: date

    def __str__(self) -> str:
        return self.id

    @property
    def year(self) -> int:
        return self.end.year

    @property
    def words(self) -> str:
        """The period as a title says it: 2023年上半年, 2023年1—5月, 2023年6月30日."""
        year = f"{self.year}年"
        match self.kind:
            case "year":
                return year
            case "half":
                return f"{year}{'上半年' if self.start.month == 1 else '下半年'}"
            case "quarter":
                return f"{year}第{_QUARTERS[self.start.month // 3]}季度"
            case "day":
                return f"{year}{self.end.month}月{self.end.day}日"
            case _:
                return f"{year}{self.months}"

    @property
    def months(self) -> str:
        """The months as a sentence says them: 1—6月, 6月; 6月30日 for a day."""
        if self.kind == "day":
            return f"{self.end.month}月{self.end.day}日"
        if self.start.month == self.end.month:
            return f"{self.end.month}月"
        return f"{self.start.month}—{self.end.month}月"

    @property
    def full_months(self) -> str:
        """The months with their year: 2023年1—6月."""
        return f"{self.year}年{self.months}"


@lru_cache(maxsize=4096)
def read_period(text: str) -> Period:
    """Return the period of an id such as 2023, 2023H1, 2023Q1, 2023-06, 2023-06-30 or 2023-01..05.

    Raises PeriodRefused, also for years before 1900 or after 2200.
    """
    try:
        found = _read(text)
    except ValueError:
        return _refuse(text)
    # Figures look a year back and a day ahead; both must be days that a calendar has.
    return found if 1900 <= found.year <= 2200 else _refuse(text)


def _read(text: str) -> Period:
    whole, months = _WHOLE.fullmatch(text), _MONTHS.fullmatch(text)
    if whole:
        return _whole(text, whole)
    if months:
        return _months(text, months)
    return day(date.fromisoformat(text)) if len(text) == 10 else _refuse(text)


def _refuse(text: str) -> Period:
    raise PeriodRefused(text)


def _whole(text: str, found: re.Match[str]) -> Period:
    year, part, number = int(found["year"]), found["part"], int(found["number"] or 0)
    if part is None:
        return Period(text, "year", date(year, 1, 1), date(year, 12, 31))
    if part == "H" and number > 2:
        return _refuse(text)
    length = 6 if part == "H" else 3
    last = number * length
    kind: Kind = "half" if part == "H" else "quarter"
    return Period(text, kind, date(year, last - length + 1, 1), month_end(year, last))


def _months(text: str, found: re.Match[str]) -> Period:
    year, first = int(found["year"]), int(found["first"])
    if found["last"] is None:
        return Period(text, "month", date(year, first, 1), month_end(year, first))
    last = int(found["last"])
    if first != 1 or last < first:
        return _refuse(text)
    return Period(text, "cumulative", date(year, 1, 1), month_end(year, last))


def month_end(year: int, month: int) -> date:
    """Return the last day of a month. Raises ValueError for a month that does not exist."""
    return date(year, month, 1) + timedelta(days=monthrange(year, month)[1] - 1)


def is_month_end(on: date) -> bool:
    """Return whether a day is the last of its month."""
    return (on + timedelta(days=1)).day == 1


def day(on: date) -> Period:
    """Return the instant of a day."""
    return Period(on.isoformat(), "day", on, on)


def month(year: int, number: int) -> Period:
    """Return one month."""
    return read_period(f"{year:04d}-{number:02d}")


def year_of(period: Period) -> Period:
    """Return the whole year in which a period ends."""
    return read_period(f"{period.year:04d}")


def months_to(year: int, number: int) -> Period:
    """Return January up to a month."""
    return read_period(f"{year:04d}-01..{number:02d}")


def to_date(period: Period) -> Period:
    """Return January up to the month in which the period ends."""
    return months_to(period.year, period.end.month)


def previous(period: Period) -> Period:
    """Return the span of the same length just before a month, quarter, half, year or day.

    Of January up to a month: January up to the month before it; of January alone, the whole year before.
    """
    before = period.start - timedelta(days=1)
    year, last = before.year, before.month
    match period.kind:
        case "month":
            return month(year, last)
        case "quarter":
            return read_period(f"{year:04d}Q{last // 3}")
        case "half":
            return read_period(f"{year:04d}H{last // 6}")
        case "year":
            return year_of(day(before))
        case "day":
            return day(before)
        case _:
            return (
                months_to(period.year, period.end.month - 1) if period.end.month > 1 else months_to(year, 12)
            )


def last_year_end(period: Period) -> Period:
    """Return the instant of 31 December before the year in which a period ends."""
    return day(date(period.year - 1, 12, 31))


def same_period_last_year(period: Period) -> Period:
    """Return the period of the same name one year earlier; the end of a month stays the end of its month."""
    if period.kind == "day":
        return day(year_before(period.end))
    return read_period(f"{int(period.id[:4]) - 1:04d}{period.id[4:]}")


def year_before(on: date) -> date:
    """Return the same day a year earlier; the end of a month stays the end of that month."""
    if is_month_end(on):
        return month_end(on.year - 1, on.month)
    return on.replace(year=on.year - 1)


def elapsed_share(on: date) -> Fraction:
    """Return the share of the year that has passed at the end of a day, by twelfths: 30 June is exactly 1/2.

    Schedules are set by months, so the months count alike; a day inside one counts by its days.
    """
    return (on.month - 1 + Fraction(on.day, monthrange(on.year, on.month)[1])) / 12
