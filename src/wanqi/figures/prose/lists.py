"""Equations of lists: items and their whole, their growth and completion, and shares that fill a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Figure, Passage
from wanqi.figures.prose.laws import box
from wanqi.figures.prose.mending import one_digit_off
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.units import COUNTED

Licence = Literal["A", "B", "C"]

# Items that come this close above their whole are meant to fill it; farther off the classes overlap.
_NEAR = Fraction(5, 4)
# How likely a list that has nothing to do with its whole may come within one digit of it.
_CHANCE = Fraction(1, 8)
_MOST_ITEMS = 60


@dataclass(slots=True)
class _Listed:
    """A whole and its items, and how the text ties them."""

    whole: Entry
    items: list[Entry]
    form: Literal["colon", "open", "comma", "total", "bracket", "earlier"]
    others: list[list[Entry]]
    siblings: list[Entry] = field(default_factory=list)

    @property
    def figures(self) -> list[Figure]:
        """The amounts of the items."""
        return [item.main for item in self.items if item.main is not None]


def of_passage(passage: Passage, note: str, earlier: Sequence[Passage] = ()) -> Iterator[Equation]:
    """The equations of the lists of a passage; `note` is the text around it, where exceptions are told."""
    rows = [entry for entry in passage.entries if entry.main is not None and entry.main.quantity is not None]
    outer = [row for row in rows if not row.inner]
    for run in _woven(outer) or _alike(outer):
        for listed in _lists(passage, run, outer, earlier):
            yield from _equations(passage, listed, note)
    for listed in _bracketed(rows):
        yield from _equations(passage, listed, note)
    yield from _hundreds(passage)
    yield from _shifts(passage)


def of_sentence(told: Sequence[Passage], earlier: Sequence[Passage], note: str) -> Iterator[Equation]:
    """The list that the passages of one sentence make: 其中,税收多少,增长多少;非税多少,增长多少."""
    first = told[0]
    heads = [[row for row in one.entries if row.level is not None and not row.inner] for one in told[1:]]
    items = [row for rows in heads for row in rows if rows and _same(row, rows[0]) and not row.total]
    if not items or not all(heads) or any("\t" in passage.text for passage in told):
        return
    start, whole = _sentence_start(first, items[0])
    if start is None:
        return
    items = [start, *items]
    if any(not _same(one, start) for one in items):
        return
    wholes = (
        [whole]
        if whole is not None
        else [
            row for p in reversed(earlier) for row in p.entries if row.level is not None and _same(row, start)
        ]
    )
    if not wholes:
        return
    fitting = next((row for row in wholes if _sum(items, row).holds()), None)
    if fitting is None and _sum(items[: len(items) - len(heads[-1]) + 1], wholes[0]).holds():
        return
    listed = _Listed(fitting or wholes[0], items, "earlier", [])
    if fitting is not None or (whole is not None and words.complementary([item.label for item in items])):
        yield from _equations(first, listed, note)


def _sentence_start(first: Passage, like: Entry) -> tuple[Entry | None, Entry | None]:
    """The first item of a sentence's list, and its whole where the sentence itself says it."""
    rows = [row for row in first.entries if row.level is not None and not row.inner and _same(row, like)]
    if not rows:
        return None, None
    for place, row in enumerate(rows):
        if place and _opens(first, rows[place - 1], row):
            return (row, rows[place - 1]) if place == len(rows) - 1 else (None, None)
    opened = _DIVIDED.match(first.text.strip()) or re.match(r"\s*其中", first.text)
    if opened and len(rows) == 1:
        return rows[0], None
    return None, None


def _alike(rows: Sequence[Entry]) -> list[list[Entry]]:
    """Rows in stretches of one unit class and one kind of amount."""
    runs: list[list[Entry]] = []
    for row in rows:
        last = runs[-1][-1] if runs else None
        if last is not None and _same(last, row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _woven(rows: Sequence[Entry]) -> list[list[Entry]]:
    """城市1135户1872人、农村5707户9404人: two lists in one, row by row; empty when there is no such pattern."""
    kins = [row.main.kin for row in rows if row.main is not None]
    if len(kins) < 4 or len(set(kins)) != 2 or any(one == other for one, other in pairwise(kins)):
        return []
    return [[row for row in rows if row.main is not None and row.main.kin == kin] for kin in kins[:2]]


def _bracketed(rows: Sequence[Entry]) -> Iterator[_Listed]:
    """医院14个(公立5个、民营9个): amounts in brackets divide the one before the bracket."""
    whole: Entry | None = None
    items: list[Entry] = []
    for row in [*rows, None]:
        if row is not None and row.inner and whole is not None and _same(whole, row):
            items.append(row)
            continue
        if whole is not None and items:
            opened = items[0].open and not whole.open
            if not (items[0].main and items[0].main.outer.endswith(("总数", "总量"))):
                yield _Listed(whole, items, "open" if opened else "bracket", [])
        items = []
        whole = row if row is not None and not row.inner else None


def _same(one: Entry, other: Entry) -> bool:
    a, b = one.main, other.main
    return a is not None and b is not None and a.kin == b.kin and a.role == b.role


def _lists(
    passage: Passage, run: list[Entry], rows: list[Entry], earlier: Sequence[Passage]
) -> Iterator[_Listed]:
    if len(run) > _MOST_ITEMS:
        return
    cut = next((n for n, row in enumerate(run) if n and _opens(passage, run[n - 1], row)), None)
    if cut is not None:
        yield from _opened(passage, run, cut, rows)
        return
    if run[0].main is not None and (_opens(passage, None, run[0])):
        listed = _from_before(passage, run, rows)
        if listed is not None:
            yield listed
            return
    divided = (
        bool(_DIVIDED.match(passage.text.strip()))
        and any(run[0] is row for row in rows[:2])
        and not any(row.total for row in run)
    )
    found = [] if divided else list(_closed_or_comma(run))
    if not found and len(run) >= (2 if divided else 3):
        found = list(_from_earlier(passage, run, earlier))
    yield from found


_DIVIDED = re.compile(r"^其中|^(?:[^,]{0,6}[,;。])?(?:从|按|分)[^,]{1,14}?(?:看|分|划分|统计|来看)")


def _from_earlier(passage: Passage, run: list[Entry], earlier: Sequence[Passage]) -> Iterator[_Listed]:
    """从区域分布看,甲镇24件、乙镇13件…: the whole was said a sentence ago."""
    if not _DIVIDED.match(passage.text.strip()) or any(row.total for row in run):
        return
    wholes = [
        row for p in reversed(earlier) for row in p.entries if row.level is not None and _same(row, run[0])
    ]
    if not wholes:
        return
    total = sum((row.main.value for row in run if row.main), Fraction(0))
    fitting = next((row for row in wholes if _sum(run, row).holds()), None)
    if fitting is None:
        fitting = min(wholes, key=lambda row: abs(row.main.value - total) if row.main else total)
    yield _Listed(fitting, run, "earlier", _prefixes(run))


def _opens(passage: Passage, before: Entry | None, row: Entry) -> str:
    """What opens a list at `row`: a colon, 其中; "" when nothing does."""
    main = row.main
    if main is None:
        return ""
    start = before.main.token.end if before is not None and before.main is not None else passage.start
    between = passage.text[start - passage.start : main.token.start - passage.start]
    if words.OPEN_LIST.search(between) and (before is None or not before.open):
        return "open"
    if ":" in between or "：" in between:
        return "colon"
    return ""


def _opened(passage: Passage, run: list[Entry], cut: int, rows: list[Entry]) -> Iterator[_Listed]:
    form = _opens(passage, run[cut - 1], run[cut])
    tail = run[cut:]
    stop = next((n for n, row in enumerate(tail) if n and _opens(passage, tail[n - 1], row)), len(tail))
    items = _ended(passage, tail[:stop])
    total = next((n for n, row in enumerate(items) if n > 1 and row.total), None)
    if total is not None:
        yield _Listed(items[total], items[:total], "total", _prefixes(items[:total]))
        items = items[:total]
    if items:
        whole = next((row for row in reversed(run[:cut]) if _sum(items, row).holds()), run[cut - 1])
        siblings = run[:cut] if cut > 1 else []
        yield _Listed(whole, items, form, _prefixes(items), siblings)  # type: ignore[arg-type]
    if cut > 2:
        yield from _closed_or_comma(run[:cut])


def _ended(passage: Passage, items: list[Entry]) -> list[Entry]:
    """The items up to where a list with 、 is left for another clause, or a bracket is closed."""
    for n, (one, two) in enumerate(pairwise(items)):
        if one.main is None or two.main is None:
            continue
        between = passage.text[one.main.token.end - passage.start : two.main.token.start - passage.start]
        if items[0].inner and ")" in between:
            return items[: n + 1]
    marks = [row.mark for row in items[1:]]
    if "、" in marks:
        last = max(n for n, mark in enumerate(marks) if mark == "、") + 1
        tail = items[last + 1 :]
        if tail and not tail[0].total and not words.OTHER_ITEM.match(tail[0].label):
            return items[: last + 1]
    return items


def _from_before(passage: Passage, run: list[Entry], rows: list[Entry]) -> _Listed | None:
    """A list opened right away takes the nearest amount of its kind before it as its whole."""
    place = rows.index(run[0])
    whole = next((row for row in reversed(rows[:place]) if _same(row, run[0])), None)
    items = _ended(passage, run)
    if whole is None or not items:
        return None
    form = _opens(passage, whole, run[0])
    if not form:
        return None
    return _Listed(whole, items, form or "open", _prefixes(items))  # type: ignore[arg-type]


def _closed_or_comma(run: list[Entry]) -> Iterator[_Listed]:
    total = next((n for n, row in enumerate(run) if n > 1 and row.total), None)
    if total is not None:
        items = run[:total]
        yield _Listed(
            run[total], items, "total", [items[n:] for n in range(1, len(items) - 1)] + _prefixes(items)
        )
        if len(run) - total > 2:
            yield from _closed_or_comma(run[total:])
        return
    if len(run) >= 3 and run[1].mark != "、":
        yield _Listed(run[0], run[1:], "comma", _prefixes(run[1:]))


def _prefixes(items: list[Entry]) -> list[list[Entry]]:
    return [items[:n] for n in range(2, len(items)) if items[n].mark != "、"]


def _sum(items: Sequence[Entry], whole: Entry, signs: tuple[int, ...] = ()) -> Reading:
    figures = [item.main for item in items if item.main is not None]
    if whole.main is not None:
        figures.append(whole.main)
    return Reading("sum", tuple(figures), signs=signs)


_PLAIN_TOTAL = re.compile(r"(?:合计|总计|共计|小计|总共|共)(?:有|为|达到?|约|是)?$")


def _sums_agree(items: Sequence[Entry], siblings: Sequence[Entry]) -> Reading:
    """国家级3项、省级12项,其中一等奖4项…: the items divide the amounts before them together."""
    parts = [item.main for item in items if item.main is not None]
    wholes = [one.main for one in siblings if one.main is not None]
    return Reading("sum", (*parts, *wholes), signs=(1,) * len(parts) + (-1,) * (len(wholes) - 1))


def _equations(passage: Passage, listed: _Listed, note: str) -> Iterator[Equation]:
    if passage.damaged or _mixed_times(listed):
        return
    if len(listed.items) == 1:
        yield from _single(listed)
        return
    main = _sum(listed.items, listed.whole)
    readings = [main, *(_sum(items, listed.whole) for items in listed.others)]
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
    licence, certain = _licence(passage, listed, main, note)
    if licence == "C":
        yield from _subsets(listed)
        return
    rated = list(_weighted(passage, listed, main, note)) if licence == "B" else []
    yield from rated or [Equation("sum", licence, readings, certain=certain)]


def _mixed_times(listed: _Listed) -> bool:
    """True when some items are targets or forecasts beside actual figures."""
    figures = [*listed.figures, *([listed.whole.main] if listed.whole.main else [])]
    if len({bool(words.FORECAST.search(one.label)) for one in figures}) > 1:
        return True
    return len({one.target for one in figures}) > 1 and listed.form == "comma"


def _other_sums(listed: _Listed) -> list[Reading]:
    """Other ways in which a plain row of amounts may add up: the last is the whole, in and out, two by two."""
    rows = [listed.whole, *listed.items] if listed.form == "comma" else [*listed.items, listed.whole]
    found = [_sum(rows[:-1], rows[-1])]
    if len(rows) == 4:
        found.append(_sum(rows[:3], rows[3], (1, 1, -1)))
        found.append(_sum(rows[:3], rows[3], (1, -1, -1)))
        found.append(_sum(rows[:2], rows[2]))
    if len(rows) >= 4:
        found.append(_sum(rows[2:], rows[1]))
    if len(rows) == 3:
        found.append(_sum(rows[:2], rows[2], (1, -1)))
    return found


def _single(listed: _Listed) -> Iterator[Equation]:
    """其中甲12家: a part is not above its whole."""
    part, whole = listed.items[0].main, listed.whole.main
    if part is None or whole is None or listed.form != "open" or part.role != "level":
        return
    other_scope = words.STOCK.search(part.label) or part.target or whole.target
    yield Equation("subset", "C" if other_scope else "A", [Reading("at_most", (part, whole))], certain=True)


def _subsets(listed: _Listed) -> Iterator[Equation]:
    if listed.form != "open" or listed.whole.main is None:
        return
    for place, item in enumerate(listed.items):
        if item.main is not None and item.main.role == "level" and not words.STOCK.search(item.main.label):
            reading = Reading("at_most", (item.main, listed.whole.main))
            yield Equation("subset", "B" if place else "A", [reading], certain=not place)


def _licence(passage: Passage, listed: _Listed, main: Reading, note: str) -> tuple[Licence, bool]:
    """What a list that misses its whole may be called, and whether that is beyond doubt."""
    figures, whole = listed.figures, listed.whole.main
    if whole is None or passage.flat or words.SEVERAL_NOTE.search(_in_brackets(passage.text)):
        return "C", False
    labels = [item.label for item in listed.items]
    if listed.form == "comma" and words.siblings(listed.whole.label, labels):
        return "C", False
    if _outcomes(passage, listed.whole, labels):
        return "C", False
    above = sum((one.value for one in figures), Fraction(0)) > whole.value
    several = bool(words.SEVERAL_TYPES.search(passage.text)) or bool(words.SEVERAL_NOTE.search(note))
    closing = bool(words.OTHER_ITEM.match(labels[-1]))
    if listed.form == "total":
        said = (
            bool(words.COUNTED_GROUP.search(listed.whole.label))
            or len(figures) >= 3
            or listed.whole.mark == "F"
        )
        if any(row.total for row in listed.items):
            return "C", False
        explicit = bool(_PLAIN_TOTAL.search(listed.whole.label))
        if not explicit and not words.COUNTED_GROUP.search(listed.whole.label):
            return ("B" if closing or _surprising(main) else "C"), False
        return ("A" if explicit and not several and said else "B"), False
    if (
        any(one.value > whole.value for one in figures)
        and listed.form == "comma"
        and not words.complementary(labels)
    ):
        return "C", False
    if several and above:
        return ("B" if listed.form != "comma" else "C"), False
    licence, certain = _by_form(passage, listed, main, above, closing)
    if licence == "B" and not closing and not one_digit_off(main)[0]:
        return "C", False
    return licence, certain


def _by_form(
    passage: Passage, listed: _Listed, main: Reading, above: bool, closing: bool
) -> tuple[Licence, bool]:
    labels = [item.label for item in listed.items]
    if listed.form in ("colon", "bracket"):
        return _of_colon(passage, listed, main, above, closing)
    if listed.form == "earlier":
        if words.complementary(labels):
            return "B", False
        return ("B" if closing or _surprising(main) else "C"), False
    if listed.form == "open":
        return _of_open(listed, main, above, closing)
    return _of_comma(listed, main, closing), False


def _outcomes(passage: Passage, whole: Entry, labels: Sequence[str]) -> bool:
    """True for what came of things received: not all of them need be settled yet."""
    end = whole.main.token.start - passage.start if whole.main else 0
    if not words.RECEIVED.search(passage.text[max(0, end - 20) : end]):
        return False
    said = all(words.OUTCOME.search(label) for label in labels)
    return said and not any(words.LEFT_OVER.search(label) for label in labels)


def _in_brackets(text: str) -> str:
    """What stands in round brackets, where reports explain why items do not add up."""
    found = []
    rest = text
    while "(" in rest:
        _, _, rest = rest.partition("(")
        inside, closed, rest = rest.partition(")")
        if closed:
            found.append(inside)
    return " ".join(found)


def _of_colon(
    passage: Passage, listed: _Listed, main: Reading, above: bool, closing: bool
) -> tuple[Licence, bool]:
    labels = [item.label for item in listed.items]
    if any(not label for label in labels) and len(labels) < 3:
        return "C", False
    overlapping = any(words.OVERLAPPING.search(label) for label in labels)
    if above and not overlapping and len(labels) >= 3:
        return "A", True
    if closing or words.EXHAUSTIVE.search(passage.text):
        return ("B" if overlapping else "A"), False
    near = _total(listed) * 2 > _value(listed.whole) if not above else True
    return ("B" if near or words.complementary(labels) or _surprising(main) else "C"), False


def _of_open(listed: _Listed, main: Reading, above: bool, closing: bool) -> tuple[Licence, bool]:
    labels = [item.label for item in listed.items]
    overlapping = any(words.OVERLAPPING.search(label) for label in labels)
    if above and words.complementary(labels) and not overlapping:
        return "A", True
    if above and len(labels) >= 3 and not overlapping and _total(listed) <= _NEAR * _value(listed.whole):
        return "A", True
    if above and (overlapping or len(labels) < 2):
        return ("B" if words.complementary(labels) else "C"), False
    if above:
        return ("B" if len(labels) >= 3 or _surprising(main) else "C"), False
    if closing and len(labels) >= 3:
        return ("B" if overlapping else "A"), False
    said = words.complementary(labels) or (not overlapping and _surprising(main))
    return ("B" if said else "C"), False


def _of_comma(listed: _Listed, main: Reading, closing: bool) -> Licence:
    labels = [item.label for item in listed.items]
    if any(one.quantity is not None and one.quantity.bound != "none" for one in main.figures):
        return "C"
    if closing and len(labels) >= 2:
        return "B"
    if words.complementary(labels):
        return "B"
    if any(words.OVERLAPPING.search(label) for label in labels):
        return "C"
    chained = all(item.mark == "、" for item in listed.items[1:])
    near = _value(listed.whole) * Fraction(4, 5) <= _total(listed) <= _value(listed.whole) * Fraction(6, 5)
    return "B" if (chained and near and len(labels) >= 3) or _surprising(main) else "C"


def _total(listed: _Listed) -> Fraction:
    return sum((one.value for one in listed.figures), Fraction(0))


def _value(entry: Entry) -> Fraction:
    return entry.main.value if entry.main is not None else Fraction(0)


def _surprising(reading: Reading) -> bool:
    """True when one digit would make the sum fit and chance would hardly bring that about."""
    fits, tried = one_digit_off(reading)
    whole = reading.figures[-1].quantity
    if not fits or whole is None or not whole.step:
        return False
    room = abs(whole.value) / whole.step
    low, high = reading.gap(box)
    slack = max((high - low) / whole.step, Fraction(1))
    return room > 0 and tried * slack / room < _CHANCE


def _weighted(passage: Passage, listed: _Listed, found: Reading, note: str) -> Iterator[Equation]:
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
    if whole.growths and len(growths) == len(items) and not _constant_prices(passage, whole.main):
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


def _constant_prices(passage: Passage, figure: Figure) -> bool:
    from wanqi.figures.prose.growths import real

    return real(passage, figure)


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
        closing = bool(words.OTHER_ITEM.match(run[-1].label))
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


def counted(figures: Sequence[Figure]) -> bool:
    """True when all figures are counted one by one."""
    return all(one.unit in COUNTED for one in figures)
