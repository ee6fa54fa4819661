"""Numbers over the records of one kind when some records may be missing and some may or may not match."""

from __future__ import annotations

from collections.abc import Iterable

from wanqi.rules.sources import Measure

Bounds = tuple[int | None, int | None]
# (whether the record matches, None if that is unknown; its value as stored, None if unknown)
Row = tuple[bool | None, int | None]


def count(rows: Iterable[Row], *, complete: bool) -> Bounds:
    """Return how many match: surely, and possibly (None where the list may go on)."""
    low = high = 0
    for holds, _ in rows:
        low += holds is True
        high += holds is not False
    return low, high if complete else None


def total(rows: Iterable[Row], *, complete: bool, positive: bool) -> Bounds:
    """Return bounds of the sum over the records that match.

    positive: no value is below zero. Then what is missing can only add, and the lower bound stays; otherwise a list
    that may go on, or one value unknown, leaves neither bound.
    """
    low = high = 0
    unknown = not complete
    for holds, value in rows:
        if holds is False:
            continue
        if value is None:
            unknown = True
        elif holds:
            low, high = low + value, high + value
        else:
            low, high = low + min(0, value), high + max(0, value)
    if unknown:
        return low if positive else None, None
    return low, high


def top(rows: Iterable[Row], n: int, *, complete: bool) -> Bounds:
    """Return bounds of the sum of the n largest values over the records that match; no value is below zero."""
    sure: list[int] = []
    possible: list[int] = []
    unknown = not complete
    for holds, value in rows:
        if holds is False:
            continue
        if value is None:
            unknown = True
            continue
        possible.append(value)
        if holds:
            sure.append(value)
    low = sum(sorted(sure, reverse=True)[:n])
    return low, None if unknown else sum(sorted(possible, reverse=True)[:n])


def bounds(measure: Measure, rows: Iterable[Row], *, n: int | None, complete: bool, positive: bool) -> Bounds:
    """Return the lower and upper bound of a measure over the records of a kind; None is unbounded.

    rows: every record listed. complete: whether the list is known to be complete up to the day asked about.
    """
    if measure == "count":
        return count(rows, complete=complete)
    if measure == "sum":
        return total(rows, complete=complete, positive=positive)
    return top(rows, n or 1, complete=complete)
