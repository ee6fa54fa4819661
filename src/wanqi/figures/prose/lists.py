"""Equations of lists: items and their whole, their growth and completion, and shares that fill a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Figure, Passage
from wanqi.figures.prose.gathering import (
    DIVIDED,
    Listed,
    alike,
    bracketed,
    lists_in,
    opens,
    same,
    sum_of,
    woven,
)
from wanqi.figures.prose.growths import real
from wanqi.figures.prose.licensing import Licence, licence_of
from wanqi.figures.prose.readings import Equation, Reading


def of_passage(passage: Passage, note: str, earlier: Sequence[Passage] = ()) -> Iterator[Equation]:
    """The equations of the lists of a passage; `note` is the text around it, where exceptions are told."""
    rows = [entry for entry in passage.entries if entry.main is not None and entry.main.quantity is not None]
    outer = [row for row in rows if not row.inner]
    for run in woven(outer) or alike(outer):
        for listed in lists_in(passage, run, outer, earlier):
            yield from _equations(passage, listed, note)
    for listed in bracketed(rows):
        yield from _equations(passage, listed, note)
    yield from _hundreds(passage)
    yield from _shifts(passage)


def of_sentence(told: Sequence[Passage], earlier: Sequence[Passage], note: str) -> Iterator[Equation]:
    """The list that the passages of one sentence make: 其中,税收多少,增长多少;非税多少,增长多少."""
    first = told[0]
    heads = [[row for row in one.entries if row.level is not None and not row.inner] for one in told[1:]]
    items = [row for rows in heads for row in rows if rows and same(row, rows[0]) and not row.total]
    if not items or not all(heads) or any("\t" in passage.text for passage in told):
        return
    start, whole = _sentence_start(first, items[0])
    if start is None:
        return
    items = [start, *items]
    if any(not same(one, start) for one in items):
        return
    wholes = (
        [whole]
        if whole is not None
        else [
            row for p in reversed(earlier) for row in p.entries if row.level is not None and same(row, start)
        ]
    )
    if not wholes:
        return
    fitting = next((row for row in wholes if sum_of(items, row).holds()), None)
    if fitting is None and sum_of(items[: len(items) - len(heads[-1]) + 1], wholes[0]).holds():
        return
    listed = Listed(fitting or wholes[0], items, "earlier", [])
    if fitting is not None or (whole is not None and words.complementary([item.label for item in items])):
        yield from _equations(first, listed, note)


def _sentence_start(first: Passage, like: Entry) -> tuple[Entry | None, Entry | None]:
    """The first item of a sentence's list, and its whole where the sentence itself says it."""
    rows = [row for row in first.entries if row.level is not None and not row.inner and same(row, like)]
    if not rows:
        return None, None
    for place, row in enumerate(rows):
        if place and opens(first, rows[place - 1], row):
            return (row, rows[place - 1]) if place == len(rows) - 1 else (None, None)
    opened = DIVIDED.match(first.text.strip()) or re.match(r"\s*其中", first.text)
    if opened and len(rows) == 1:
        return rows[0], None
    return None, None


def _sums_agree(items: Sequence[Entry], siblings: Sequence[Entry]) -> Reading:
    """国家级3项、省级12项,其中一等奖4项…: the items divide the amounts before them together."""
    parts = [item.main for item in items if item.main is not None]
    wholes = [one.main for one in siblings if one.main is not None]
    return Reading("sum", (*parts, *wholes), signs=(1,) * len(parts) + (-1,) * (len(wholes) - 1))


def _equations(passage: Passage, listed: Listed, note: str) -> Iterator[Equation]:
    if passage.damaged or _mixed_times(listed):
        return
    if len(listed.items) == 1:
        yield from _single(listed)
        return
    main = sum_of(listed.items, listed.whole)
    readings = [main, *(sum_of(items, listed.whole) for items in listed.others)]
    if listed.form in ("comma", "total"):
        readings += _other_sums(listed)
    if listed.siblings:
        readings.append(_sums_agree(listed.items, listed.siblings))
    found = next((reading for reading in readings if reading.holds()), None)
    if found is not None and found.figures[-1] is not main.figures[-1]:
        yield Equation("sum", "A", [found])
        return
    if found is not None:
        yield Equation("sum", "A", [found], strict=True)
        yield from _weighted(passage, listed, found, note)
        return
    licence, certain = licence_of(passage, listed, main, note)
    if licence == "C":
        yield from _subsets(listed)
        return
    rated = list(_weighted(passage, listed, main, note)) if licence == "B" else []
    yield from rated
    yield Equation("sum", licence, readings, certain=certain)


def _mixed_times(listed: Listed) -> bool:
    """True when some items are targets or forecasts beside actual figures."""
    figures = [*listed.figures, *([listed.whole.main] if listed.whole.main else [])]
    if len({bool(words.FORECAST.search(one.label)) for one in figures}) > 1:
        return True
    return len({one.target for one in figures}) > 1 and listed.form == "comma"


def _other_sums(listed: Listed) -> list[Reading]:
    """Other ways in which a plain row of amounts may add up: the last is the whole, in and out, two by two."""
    rows = [listed.whole, *listed.items] if listed.form == "comma" else [*listed.items, listed.whole]
    found = [sum_of(rows[:-1], rows[-1])]
    if len(rows) == 4:
        found.append(sum_of(rows[:3], rows[3], (1, 1, -1)))
        found.append(sum_of(rows[:3], rows[3], (1, -1, -1)))
        found.append(sum_of(rows[:2], rows[2]))
    if len(rows) >= 4 and rows[2].mark != "、":
        found.append(sum_of(rows[2:], rows[1]))
    if len(rows) == 3:
        found.append(sum_of(rows[:2], rows[2], (1, -1)))
    return found


def _single(listed: Listed) -> Iterator[Equation]:
    """其中甲12家: a part is not above its whole."""
    part, whole = listed.items[0].main, listed.whole.main
    if part is None or whole is None or listed.form != "open" or part.role != "level":
        return
    other_scope = words.STOCK.search(part.label) or part.target or whole.target
    yield Equation("subset", "C" if other_scope else "A", [Reading("at_most", (part, whole))], certain=True)


def _subsets(listed: Listed) -> Iterator[Equation]:
    if listed.form != "open" or listed.whole.main is None:
        return
    for place, item in enumerate(listed.items):
        if item.main is not None and item.main.role == "level" and not words.STOCK.search(item.main.label):
            reading = Reading("at_most", (item.main, listed.whole.main))
            yield Equation("subset", "B" if place else "A", [reading], certain=not place)


def _weighted(passage: Passage, listed: Listed, found: Reading, note: str) -> Iterator[Equation]:
    """The growth, or the completion, of the whole against that of its items."""
    used = set(found.figures)
    items = [item for item in listed.items if item.main in used]
    whole = listed.whole
    if (
        whole.main is None
        or len(items) < 2
        or len(items) + 1 != len(found.figures)
        or found.signs
        or whole.main is not found.figures[-1]
    ):
        return
    growths = [item.growths[0] for item in items if item.growths and not item.growths[0].subject]
    if whole.growths and len(growths) == len(items) and not real(passage, whole.main):
        last = whole.growths[0]
        if not any("环比" in one.compared for one in (last, *growths)):
            levels = [item.main for item in items if item.main is not None]
            yield Equation(
                "wg",
                _sure(found),
                [Reading("weighted", (*levels, *growths, whole.main, last))],
                copied_only=True,
            )
    done = [item.completions[0][0] for item in items if item.completions]
    if whole.completions and len(done) == len(items) and not any(w for i in items for _, w in i.completions):
        levels = [item.main for item in items if item.main is not None]
        reading = Reading("budget", (*levels, *done, whole.main, whole.completions[0][0]))
        yield Equation("wt", "B", [reading])


def _sure(found: Reading) -> Licence:
    """A: the items fill their whole by the sum itself; B: the sum does not hold either."""
    return "A" if found.holds() else "B"


def _hundreds(passage: Passage) -> Iterator[Equation]:
    """Shares of every class add up to 100 %: only where the list says that it is complete."""
    rates = [figure for figure in passage.figures if figure.sort == "percent"]
    runs: list[list[Figure]] = []
    for rate in rates:
        last = runs[-1][-1] if runs else None
        joined = last is not None and rate.mark == "、" and rate.number - last.number == 1
        if joined and rate.role in ("share", "rate"):
            runs[-1].append(rate)
        elif rate.role in ("share", "rate"):
            runs.append([rate])
    for run in runs:
        head = passage.text[: run[0].token.start - passage.start]
        if len(run) < 3 or not ("占比" in head or "比重" in head or "占" in head):
            continue
        closing = bool(words.OTHER_ITEM.search(run[-1].label))
        every = "各" in head[-12:] and not run[-1].label
        if closing or every:
            yield Equation("sum100", "A" if closing else "B", [Reading("hundred", tuple(run))])


def _shifts(passage: Passage) -> Iterator[Equation]:
    """The shares of the three sectors shift by points that cancel out."""
    points = [one for one in passage.figures if one.role == "points" and one.sort == "points"]
    if len(points) != 3 or "比重" not in passage.text:
        return
    text = passage.text
    sectors = any(
        all(word in text for word in names)
        for names in (("一产", "二", "三产"), ("第一", "第二", "第三产业"))
    )
    if sectors:
        yield Equation("sum", "B", [Reading("sum", tuple(points), signs=(-1, -1))])
