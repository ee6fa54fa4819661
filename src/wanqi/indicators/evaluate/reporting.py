"""Figures of what was reported: the value for a span itself, or what follows from the months that were reported."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from wanqi.figures import Interval
from wanqi.packs import IndicatorSpec

from . import wording
from .figures import Figure, Reported, weakest_grade
from .periods import Period, month, months_to, read_period, year_of

if TYPE_CHECKING:
    from .engine import Evaluation

_ORDER = {"有佐证": 0, "仅报数": 1}


@dataclass(frozen=True, slots=True)
class Part:
    """Something a span is put together from; sign −1 where it is taken away."""

    period: Period
    taken: Reported
    sign: int = 1


class Shelf:
    """Reported values by indicator, nature and area, so that a figure does not look through all of them."""

    def __init__(self, reported: Sequence[Reported]) -> None:
        self._kept: dict[tuple[str, str, str], list[tuple[Period, Reported]]] = {}
        self._put(reported)

    def _put(self, reported: Iterable[Reported]) -> None:
        for one in reported:
            key = (one.indicator, one.nature, one.peer)
            self._kept.setdefault(key, []).append((read_period(one.period), one))

    def changed(self, ids: Container[str], reported: Iterable[Reported]) -> Shelf:
        """Return another shelf on which these are the values of some indicators; the others stand as they stood."""
        other = Shelf(())
        other._kept = {key: kept for key, kept in self._kept.items() if key[0] not in ids}
        other._put(reported)
        return other

    def found(self, id: str, period: Period, *, nature: str, instant: bool, peer: str = "") -> list[Reported]:
        """Return the values of a span, the best evidenced and newest first.

        instant: compare the ends only, as stocks do. Names of one span are equal: 2023H1 and 2023-01..06.
        """
        kept = self._kept.get((id, nature, peer), ())
        matching = [one for span, one in kept if _same(span, period, instant)]
        return sorted(
            matching, key=lambda one: (_ORDER.get(one.grade, 2), -(one.as_of or date.min).toordinal(), one.id)
        )

    def years(self, id: str) -> set[int]:
        """Return the years for which something of an indicator was reported."""
        return {
            span.year
            for (name, _, peer), kept in self._kept.items()
            if name == id and not peer
            for span, _ in kept
        }


def _same(one: Period, other: Period, instant: bool) -> bool:
    return one.end == other.end if instant else (one.start, one.end) == (other.start, other.end)


def figure(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Return what was reported for a span, or what follows from its months; else a reason."""
    found = evaluation.found(spec.id, period, nature="reported", instant=spec.nature == "stock")
    if found:
        return of_values(evaluation.blank(spec, period, as_of), found, spec)
    if spec.nature == "flow":
        parts = _parts(evaluation, spec, period)
        if parts is not None:
            return _together(evaluation.blank(spec, period, as_of), parts)
    return evaluation.blank(spec, period, as_of, _nothing(evaluation, spec, period))


def _nothing(evaluation: Evaluation, spec: IndicatorSpec, period: Period) -> str:
    if spec.begins > 1 and period.start.month <= spec.begins and _shorter(spec, period):
        return wording.TOGETHER.format(months=f"1—{spec.begins}月")
    if spec.records is None:
        return wording.NOT_REPORTED.format(period=period.words)
    table = evaluation.tables.get(spec.records)
    return wording.NOT_LINKED.format(title=table.title if table else spec.title)


def _shorter(spec: IndicatorSpec, period: Period) -> bool:
    """Whether a span lies within the months that the series reports as one."""
    last = period.end.month
    return last < spec.begins or (period.kind == "month" and last <= spec.begins)


def of_values(blank: Figure, found: Sequence[Reported], spec: IndicatorSpec) -> Figure:
    """Return the figure of the first of some reported values; it names sources that differ."""
    taken = found[0]
    made = replace(
        blank,
        value=taken.value if taken.bound in "=~" else None,
        interval=bounded(taken),
        grade=taken.grade,
        reported=tuple(found),
        is_demonstration=taken.is_demonstration,
    )
    return replace(made, definition=spec.note or "", note=wording.sources_line(made))


def bounded(taken: Reported) -> Interval:
    """Return the numbers that a reported value may stand for."""
    if taken.bound == ">":
        return Interval(taken.value, None, low_open=True)
    if taken.bound == "<":
        return Interval(None, taken.value, high_open=True)
    return Interval.point(taken.value)


def _parts(evaluation: Evaluation, spec: IndicatorSpec, period: Period) -> list[Part] | None:
    """Return what a span of months is put together from, None where something is missing."""
    if period.kind == "day":
        return None
    year, first, last = period.year, period.start.month, period.end.month
    whole = _since_january(evaluation, spec, year, last)
    if whole is None or first == 1:
        return whole
    before = _since_january(evaluation, spec, year, first - 1)
    if before is None:
        return None
    return [*whole, *(replace(one, sign=-one.sign) for one in before)]


def _since_january(evaluation: Evaluation, spec: IndicatorSpec, year: int, last: int) -> list[Part] | None:
    """Return January up to a month: reported as such, or an earlier such span and the months after it."""
    parts: list[Part] = []
    for number in range(last, 0, -1):
        span = months_to(year, number)
        if (taken := _exact(evaluation, spec.id, span)) is not None:
            return [Part(span, taken), *reversed(parts)]
        one = month(year, number)
        taken = None if number <= spec.begins else _exact(evaluation, spec.id, one)
        if taken is None:
            return None
        parts.append(Part(one, taken))
    return None


def _exact(evaluation: Evaluation, id: str, span: Period) -> Reported | None:
    found = evaluation.found(id, span, nature="reported", instant=False)
    return next((one for one in found[:1] if one.bound == "="), None)


def _together(blank: Figure, parts: Sequence[Part]) -> Figure:
    value = sum((one.sign * one.taken.value for one in parts), Fraction(0))
    told = "".join(_told(number, one, blank.unit) for number, one in enumerate(parts))
    sources = list(dict.fromkeys(one.taken.source for one in parts))
    return replace(
        blank,
        value=value,
        interval=Interval.point(value),
        grade=weakest_grade(one.taken.grade for one in parts),
        reported=tuple(dict.fromkeys(one.taken for one in parts)),
        arithmetic=(f"{told}＝{wording.plain(value, blank.unit, blank.decimals)}",),
        note=f"由各月报来的数算出。数据来源：{'、'.join(sources)}。",
        is_demonstration=any(one.taken.is_demonstration for one in parts),
    )


def _told(number: int, part: Part, unit: str) -> str:
    sign = "−" if part.sign < 0 else "＋" if number else ""
    return f"{sign}{part.period.months}{wording.bare(part.taken.value, unit)}"


def target(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Return the target of the year in which a period ends."""
    found = evaluation.found(spec.id, year_of(period), nature="target", instant=False)
    if not found:
        return evaluation.blank(spec, period, as_of, wording.NO_TARGET.format(year=period.year))
    made = of_values(evaluation.blank(spec, period, as_of), found, spec)
    return replace(made, definition=f"{period.year}年全年目标。")


def peers(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, codes: Sequence[str]
) -> Iterator[tuple[str, Reported]]:
    """Yield (code, value) for each of some other areas whose value for the span was reported."""
    for code in codes:
        found = evaluation.shelf.found(
            spec.id, period, nature="reported", instant=spec.nature == "stock", peer=code
        )
        if found:
            yield code, found[0]
