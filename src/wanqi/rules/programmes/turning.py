"""On which later dates a verdict could change while no fact does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal as Choice

from wanqi.rules import tree
from wanqi.rules.lowering import MIRRORED
from wanqi.rules.moments import Moment, resolved
from wanqi.rules.plan import Meeting, Turns
from wanqi.rules.values import iso_day

How = Choice["reaches", "passes"]
Compared = tuple[tree.Day, How, tree.Node]
_DAY = timedelta(days=1)


def turns_of(roots: Iterable[tree.Node], *, on: date, moving: bool, fixed: Iterable[date]) -> Turns:
    """Return what the authored trees of a version make of the date.

    moving: whether the base year is the one before the day asked about, so that it moves at every new year.
    fixed: further dates on which the rule changes.
    """
    own = [node for root in roots for node in tree.walk(root)]
    records = dict.fromkeys(node for node in own if isinstance(node, tree.Records))
    nodes = [*own, *(node for one in records for node in _inside(one))]
    turning = {*fixed, *(start for node in nodes if isinstance(node, tree.Param) for start, _ in node.values)}
    if moving and any(_yearly(node) for node in nodes):
        turning.add(date(on.year + 1, 1, 1))
    compared: list[tuple[str | None, Compared]] = [(None, one) for node in own for one in _comparisons(node)]
    compared += [(kind.kind, one) for kind in records for node in _inside(kind) for one in _comparisons(node)]
    meetings: dict[Meeting, None] = {}
    for kind, (day, how, other) in compared:
        for node in tree.walk(other):
            if isinstance(node, tree.Field) and node.type.base == "date":
                meetings[Meeting(day, how, kind, node.name)] = None
            elif (value := _constant(node)) is not None:
                turning.add(crossing(day, value, on=on, how=how) or on)
    if any(_month_of_day(node) for node in nodes):
        turning.add(on + _DAY)  # seldom written, so looked at daily
    later = sorted(one for one in turning if one > on)
    return Turns(tuple(later), tuple(meetings), tuple(dict.fromkeys(one.kind for one in records)))


def next_turn(turns: Turns, organisation: Mapping[str, object], *, on: date) -> date | None:
    """Return the first date after `on` on which the verdict could change, None if there is none.

    organisation: {"facts": …, "records": …} as contracts have it; a date that is unknown changes nothing.
    """
    found = list(turns.fixed[:1])
    for meeting in turns.meetings:
        for value in _dates(meeting, organisation):
            turn = crossing(meeting.day, value, on=on, how=meeting.how)
            if turn is not None:
                found.append(turn)
    found.extend(end + _DAY for end in _ends(turns, organisation) if on <= end < date.max)
    return min(found, default=None)


def crossing(day: tree.Day, value: date, *, on: date, how: How) -> date | None:
    """Return the first date after `on` on which the day reaches the value (or passes it), None if it never will.

    A day at a distance from the day asked about never goes back, so it does either once.
    """
    wanted = value if how == "reaches" else value + _DAY if value < date.max else None
    start = _day(day, on)
    if start is None or wanted is None or start >= wanted:
        return None
    # The distance of the day from `on` varies by a few days with the lengths of months and leap years.
    low, high = on, _later(on, (wanted - start).days + 5 + 3 * len(day.back))
    if (last := _day(day, high)) is None or last < wanted:
        return None
    while (high - low).days > 1:
        middle = low + (high - low) // 2
        reached = _day(day, middle)
        if reached is not None and reached >= wanted:
            high = middle
        else:
            low = middle
    return high


def _later(day: date, days: int) -> date:
    return date.max if days > (date.max - day).days else day + timedelta(days=days)


def _day(day: tree.Day, on: date) -> date | None:
    try:
        return resolved(day, Moment(on, on.year), shift=0)
    except (ValueError, OverflowError):
        return None


def _inside(records: tree.Records) -> Iterator[tree.Node]:
    """Yield every node of the condition and the value of records."""
    for root in (records.value, records.where):
        if root is not None:
            yield from tree.walk(root)


def _comparisons(node: tree.Node) -> Iterator[Compared]:
    """Yield the days at a distance that a node compares, what decides the comparison, and with what.

    `date <= day` and `date > day` turn when the day reaches the date, `<` and `>=` when it passes it.
    """
    sides: tuple[tuple[tree.Node, tree.Comparison, tree.Node], ...]
    match node:
        case tree.Compare(operator=operator, left=left, right=right):
            sides = ((right, operator, left), (left, MIRRORED[operator], right))
        case tree.Call() | tree.Case() | tree.OneOf():
            sides = tuple((one, "=", node) for one in tree.children(node))
        case _:
            return
    for side, sign, other in sides:
        for day in tree.walk(side):
            if isinstance(day, tree.Day) and day.anchor == "on":
                exact = day is side
                if not exact or sign not in ("<", ">="):
                    yield day, "reaches", other
                if not exact or sign not in ("<=", ">"):
                    yield day, "passes", other


def _month_of_day(node: tree.Node) -> bool:
    if not isinstance(node, tree.Call) or node.function not in ("year_of", "month_of"):
        return False
    return any(isinstance(one, tree.Day) for one in tree.walk(node))


def _constant(node: tree.Node) -> date | None:
    value = node.day if isinstance(node, tree.Day) else node.value if isinstance(node, tree.Literal) else None
    return value if isinstance(value, date) else None


def _yearly(node: tree.Node) -> bool:
    return isinstance(node, tree.Annual | tree.BaseYear | tree.Window) or (
        isinstance(node, tree.Day) and node.anchor in ("year_start", "year_end")
    )


def _dates(meeting: Meeting, organisation: Mapping[str, object]) -> set[date]:
    if meeting.kind is None:
        fact = _part(organisation, "facts").get(meeting.name)
        given = [*fact.values()] if isinstance(fact, Mapping) else [fact]
    else:
        rows = _part(organisation, "records").get(meeting.kind)
        listed = rows if isinstance(rows, list | tuple) else ()
        given = [row.get(meeting.name) for row in listed if isinstance(row, Mapping)]
    return {one for one in map(_date, given) if one is not None}


def _ends(turns: Turns, organisation: Mapping[str, object]) -> Iterator[date]:
    records = _part(organisation, "records")
    for kind in turns.kinds:
        rows = records.get(kind)
        if isinstance(rows, list | tuple):
            for row in rows:
                end = _date(row.get("complete_until")) if isinstance(row, Mapping) else None
                if end is not None:
                    yield end


def _part(organisation: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = organisation.get(name)
    return found if isinstance(found, Mapping) else {}


def _date(value: object) -> date | None:
    if isinstance(value, str):
        try:
            return iso_day(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None
