"""Finding the lists of a passage: the items, the whole they divide, and what ties the two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Figure, Passage
from wanqi.figures.prose.readings import Reading

_MOST_ITEMS = 60


@dataclass(slots=True)
class Listed:
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


def alike(rows: Sequence[Entry]) -> list[list[Entry]]:
    """Rows in stretches of one unit class and one kind of amount."""
    runs: list[list[Entry]] = []
    for row in rows:
        last = runs[-1][-1] if runs else None
        if last is not None and same(last, row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def woven(rows: Sequence[Entry]) -> list[list[Entry]]:
    """城市1135户1872人、农村5707户9404人: two lists in one, row by row; empty when there is no such pattern."""
    kins = [row.main.kin for row in rows if row.main is not None]
    if len(kins) < 4 or len(set(kins)) != 2 or any(one == other for one, other in pairwise(kins)):
        return []
    return [[row for row in rows if row.main is not None and row.main.kin == kin] for kin in kins[:2]]


def bracketed(rows: Sequence[Entry]) -> Iterator[Listed]:
    """医院14个(公立5个、民营9个): amounts in brackets divide the one before the bracket."""
    whole: Entry | None = None
    items: list[Entry] = []
    for row in [*rows, None]:
        if row is not None and row.inner and whole is not None and same(whole, row):
            items.append(row)
            continue
        if whole is not None and items:
            opened = items[0].open and not whole.open
            if not (items[0].main and items[0].main.outer.endswith(("总数", "总量"))):
                yield Listed(whole, items, "open" if opened else "bracket", [])
        items = []
        whole = row if row is not None and not row.inner else None


def same(one: Entry, other: Entry) -> bool:
    """True for amounts that may stand in one list: one unit class, both levels or both changes."""
    a, b = one.main, other.main
    return a is not None and b is not None and a.kin == b.kin and a.role == b.role


def lists_in(
    passage: Passage, run: list[Entry], rows: list[Entry], earlier: Sequence[Passage]
) -> Iterator[Listed]:
    """The lists that a stretch of alike rows makes, with the whole of each; `rows` are all of the passage."""
    if len(run) > _MOST_ITEMS:
        return
    cut = next((n for n, row in enumerate(run) if n and opens(passage, run[n - 1], row)), None)
    if cut is not None:
        yield from _opened(passage, run, cut, rows)
        return
    if run[0].main is not None and (opens(passage, None, run[0])):
        listed = _from_before(passage, run, rows)
        if listed is not None:
            yield listed
            return
    divided = (
        bool(DIVIDED.match(passage.text.strip()))
        and any(run[0] is row for row in rows[:2])
        and not any(row.total for row in run)
    )
    found = [] if divided else list(_closed_or_comma(run))
    if not found and len(run) >= (2 if divided else 3):
        found = list(_from_earlier(passage, run, earlier))
    yield from found


DIVIDED = re.compile(r"^其中|^(?:[^,]{0,6}[,;。])?(?:从|按|分)[^,]{1,14}?(?:看|分|划分|统计|来看)")


def _from_earlier(passage: Passage, run: list[Entry], earlier: Sequence[Passage]) -> Iterator[Listed]:
    """从区域分布看,甲镇24件、乙镇13件…: the whole was said a sentence ago."""
    if not DIVIDED.match(passage.text.strip()) or any(row.total for row in run):
        return
    wholes = [
        row for p in reversed(earlier) for row in p.entries if row.level is not None and same(row, run[0])
    ]
    if not wholes:
        return
    total = sum((row.main.value for row in run if row.main), Fraction(0))
    fitting = next((row for row in wholes if sum_of(run, row).holds()), None)
    if fitting is None:
        fitting = min(wholes, key=lambda row: abs(row.main.value - total) if row.main else total)
    yield Listed(fitting, run, "earlier", prefixes(run))


def opens(passage: Passage, before: Entry | None, row: Entry) -> str:
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


def _opened(passage: Passage, run: list[Entry], cut: int, rows: list[Entry]) -> Iterator[Listed]:
    form = opens(passage, run[cut - 1], run[cut])
    tail = run[cut:]
    stop = next((n for n, row in enumerate(tail) if n and opens(passage, tail[n - 1], row)), len(tail))
    items = _ended(passage, tail[:stop])
    total = next((n for n, row in enumerate(items) if n > 1 and row.total), None)
    if total is not None:
        yield Listed(items[total], items[:total], "total", prefixes(items[:total]))
        items = items[:total]
    if items:
        whole = next((row for row in reversed(run[:cut]) if sum_of(items, row).holds()), run[cut - 1])
        siblings = run[:cut] if cut > 1 else []
        yield Listed(whole, items, form, prefixes(items), siblings)  # type: ignore[arg-type]
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
        if tail and not tail[0].total and not words.OTHER_ITEM.search(tail[0].label):
            return items[: last + 1]
    return items


def _from_before(passage: Passage, run: list[Entry], rows: list[Entry]) -> Listed | None:
    """A list opened right away takes the nearest amount of its kind before it as its whole."""
    place = rows.index(run[0])
    whole = next((row for row in reversed(rows[:place]) if same(row, run[0])), None)
    items = _ended(passage, run)
    if whole is None or not items:
        return None
    form = opens(passage, whole, run[0])
    if not form:
        return None
    return Listed(whole, items, form or "open", prefixes(items))  # type: ignore[arg-type]


def _closed_or_comma(run: list[Entry]) -> Iterator[Listed]:
    total = next((n for n, row in enumerate(run) if n > 1 and row.total), None)
    if total is not None:
        items = run[:total]
        yield Listed(
            run[total], items, "total", [items[n:] for n in range(1, len(items) - 1)] + prefixes(items)
        )
        if len(run) - total > 2:
            yield from _closed_or_comma(run[total:])
        return
    if len(run) >= 3 and run[1].mark != "、":
        yield Listed(run[0], run[1:], "comma", prefixes(run[1:]))


def prefixes(items: list[Entry]) -> list[list[Entry]]:
    """The shorter lists that may be meant: cut where another mark than 、 joins the next item."""
    return [items[:n] for n in range(2, len(items)) if items[n].mark != "、"]


def sum_of(items: Sequence[Entry], whole: Entry, signs: tuple[int, ...] = ()) -> Reading:
    """The reading that the items add up to the whole, some of them turned round."""
    figures = [item.main for item in items if item.main is not None]
    if whole.main is not None:
        figures.append(whole.main)
    return Reading("sum", tuple(figures), signs=signs)
