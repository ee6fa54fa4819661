"""Equations of one subject: its level, what it is compared with, its change and its growth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Figure, Passage
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.units import COUNTED
from wanqi.figures.quantities import Quantity

_YEARLY = re.compile(r"年均|平均每年|年平均")
_SPAN = re.compile(r"((?:19|20)\d\d)\D{0,4}?((?:19|20)\d\d)")
_YEARS = re.compile(r"([两二三四五六七八九十]|\d{1,2})(?:年间|年来|个年头|年期间|年年均)")
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九十")} | {"两": 2}
_MONTHS = re.compile(r"(?:前|1[-—~至到])(\d{1,2})个?月")
_HAN_MONTHS = re.compile(r"前([一二三四五六七八九十]{1,2})个月")


def of_entry(passage: Passage, entry: Entry) -> Iterator[Equation]:
    """The equations that the parts of one entry state between them."""
    yield from _changes(passage, entry)
    yield from _points(passage, entry)


def real(passage: Passage, figure: Figure) -> bool:
    """True where growth is at constant prices, so that it does not follow from the amounts printed."""
    if figure.kin not in ("money", "dollars", "元"):
        return False
    return bool(words.REAL_GROWTH.search(passage.text) or words.SECTORS.search(figure.label))


def _changes(passage: Passage, entry: Entry) -> Iterator[Equation]:
    level, base, change = entry.level, entry.base, entry.change
    yearly = next((one for one in entry.growths if _YEARLY.search(one.label)), None)
    if yearly is not None:
        yield from _average_growth(passage, entry, yearly)
    growth = next((one for one in entry.growths if not one.subject and one is not yearly), None)
    if level is None:
        return
    if base is not None and change is not None and base.kin == level.kin == change.kin:
        yield Equation("delta", "A", [Reading("law", (level, base, change), "delta")], strict=True)
    if growth is None or real(passage, level):
        return
    if base is not None and base.kin == level.kin and not _other_base(growth, base):
        others = [
            one for one in passage.figures[: base.number]
            if one.role == "level" and one.kin == level.kin and one is not level
        ]  # fmt: skip
        readings = [Reading("law", (one, base, growth), "growth") for one in (level, *others)]
        yield Equation("growth", "A", readings)
        return
    if change is not None and change.kin == level.kin and not _other_base(growth, change):
        yield Equation("growthd", "A", [Reading("law", (level, change, growth), "growthd")])
        return
    if base is None and change is None:
        yield from _implied_base(passage, entry, level, growth)


def _other_base(one: Figure, other: Figure) -> bool:
    """True when two figures name different comparisons: 同比 and 环比."""
    pair = {one.compared, other.compared}
    return "环比" in pair and len(pair) > 1 and bool(pair - {"环比"})


def _implied_base(passage: Passage, entry: Entry, level: Figure, growth: Figure) -> Iterator[Equation]:
    """A count and its growth: there must be a whole number it grew from."""
    quantity = level.quantity
    counted = quantity is not None and quantity.exact and quantity.bound == "none" and level.unit in COUNTED
    if not counted or level.unit == "岁" or not _next_to(level, growth) or level.target:
        return
    if growth.quantity is None or growth.quantity.bound != "none" or growth.value <= -1:
        return
    if re.search(r"年末|年底|年初", growth.label) and words.FLOW.search(level.label):
        return
    if words.FORECAST.search(level.label) or words.AVERAGE.search(level.label):
        return
    yield Equation("gint", "A", [Reading("whole_base", (level, growth))], needs_repair=True)


def _next_to(level: Figure, growth: Figure) -> bool:
    """True for a growth right behind its count, or given to it in a list."""
    return growth.number - level.number == 1 or level in growth.siblings


def _average_growth(passage: Passage, entry: Entry, growth: Figure) -> Iterator[Equation]:
    spans = [int(b) - int(a) for a, b in _SPAN.findall(" ".join((*passage.periods, *growth.periods)))]
    said = _YEARS.search(passage.text)
    years = _DIGITS.get(said[1], int(said[1]) if said[1].isdigit() else 0) if said else 0
    numbers = [n for n in dict.fromkeys((years, *spans)) if 1 < n <= 60]
    if not numbers:
        return
    tried = list(dict.fromkeys([*numbers, *(n - 1 for n in numbers), *(n + 1 for n in numbers)]))
    level, base = entry.level, entry.base
    if level is not None and base is not None and level.kin == base.kin:
        yield Equation(
            "cagr",
            "A",
            [Reading("law", (base, growth, level), "cagr", (Fraction(n),)) for n in tried if n > 0],
        )
        return
    final = next((one for one in entry.growths if one is not growth and one.number > growth.number), None)
    if final is not None and level is None:
        yield Equation(
            "cagrtot",
            "B",
            [Reading("law", (growth, final), "cagrtot", (Fraction(n),)) for n in tried if n > 0],
        )


def _points(passage: Passage, entry: Entry) -> Iterator[Equation]:
    own = _rates(entry)
    for points in entry.points:
        done = [one for one in own if one.role != "growth"] if points.role == "pace" else own
        before = [one for one in done if one.number < points.number]
        if not before or points.quantity is None:
            continue
        if _YEARLY.search(points.label) or "每年" in points.label:
            continue
        if points.role == "pace":
            yield from _pace(passage, max(before, key=lambda one: one.number), points)
            continue
        if entry.against is not None and _compares(entry, points):
            others = sorted((one for one in before if one is not entry.against), key=lambda one: -one.number)
            readings = [Reading("law", (one, entry.against, points), "pp") for one in others]
            yield Equation("pp", "A", readings)


def _compares(entry: Entry, points: Figure) -> bool:
    """True for the points said of the rate that an entry is compared with: right behind it, or the only ones."""
    against = entry.against
    if against is None:
        return False
    if against.number > points.number:
        return len(entry.points) == 1 and bool(words.BASE_WORDS.match(against.label))
    return not any(against.number < one.number < points.number for one in entry.points)


def same_schedule(passage: Passage, earlier: Sequence[Passage]) -> Iterator[Equation]:
    """Two completions compared with one time schedule imply one schedule."""
    own = _schedules(passage)
    told = [one for p in earlier if p.sentence == passage.sentence for one in _schedules(p)]
    for before, after in pairwise([*told[-1:], *own]):
        reading = Reading("law", (before[0], before[1], after[1], after[0]), "samebench")
        yield Equation("samebench", "A", [reading])


def _schedules(passage: Passage) -> list[tuple[Figure, Figure]]:
    """The completions of a passage, each with its lead over the schedule."""
    found = []
    for entry in passage.entries:
        own = _rates(entry)
        for points in entry.points:
            before = [one for one in own if one.number < points.number and one.role != "growth"]
            if points.role == "pace" and points.quantity is not None and before:
                found.append((before[-1], points))
    return found


def _rates(entry: Entry) -> list[Figure]:
    return [*entry.rates, *(f for f, _ in entry.shares), *(f for f, _ in entry.completions), *entry.growths]


def _pace(passage: Passage, rate: Figure, points: Figure) -> Iterator[Equation]:
    """A completion against the part of the year that has passed."""
    if "差" in points.label:
        return
    months = months_of(passage)
    if months is not None:
        yield Equation("pacepp", "A", [Reading("law", (rate, points), "pacepp", (Fraction(months, 12),))])
        return
    readings = [
        Reading("law", (rate, points), "pacepp", (Fraction(n, 12),)) for n in _by_nearness(rate, points)
    ]
    yield Equation("pacepp", "B", readings, remark="文中未写明截至几月")


def _by_nearness(rate: Figure, points: Figure) -> list[int]:
    """The months of a year, nearest first to the schedule that the two figures imply."""
    implied = (rate.value - points.value) * 12
    return sorted(range(1, 13), key=lambda n: abs(n - implied))


def months_of(passage: Passage) -> int | None:
    """How many months of the year the passage covers by its own words; None when it names no such period."""
    found: int | None = None
    for period in passage.periods:
        found = _months(period) or found
    return found


def _months(period: str) -> int | None:
    match = _MONTHS.search(period)
    if match:
        return int(match[1]) if 1 <= int(match[1]) <= 12 else None
    chinese = _HAN_MONTHS.search(period)
    if chinese:
        return _DIGITS.get(chinese[1]) or (10 + _DIGITS[chinese[1][1]] if chinese[1][0] == "十" else None)
    for word, months in (("上半年", 6), ("前三季度", 9), ("一季度", 3), ("前三个季度", 9), ("前二季度", 6)):
        if word in period:
            return months
    return None


def hedged(quantity: Quantity | None) -> bool:
    """True when a figure is said loosely: 突破, 近, 约."""
    return quantity is None or quantity.bound != "none"
