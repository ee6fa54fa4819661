"""The moment a rule is asked about, and days at a distance from it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from wanqi.rules import tree


@dataclass(frozen=True, slots=True)
class Moment:
    """on: the day asked about. base_year: the accounting year that bare annual facts stand for."""

    on: date
    base_year: int


def months_earlier(day: date, months: int) -> date:
    """Return the same day of the month `months` before (after, if negative); the last one where there is none.

    12 months before 29 February is 28 February. Raises ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def resolved(day: tree.Day, moment: Moment, *, shift: int) -> date:
    """Return the date of a day node, its base year moved by `shift`. Raises ValueError outside 1 to 9999."""
    year = moment.base_year + shift + day.shift
    if day.anchor == "on":
        found = moment.on
    elif day.anchor == "day" and day.day is not None:
        found = day.day
    else:
        found = date(year, 1, 1) if day.anchor == "year_start" else date(year, 12, 31)
    for unit, distance in day.back:
        if unit == "days":
            found -= timedelta(days=distance)
        else:
            found = months_earlier(found, distance * (12 if unit == "years" else 1))
    return found
