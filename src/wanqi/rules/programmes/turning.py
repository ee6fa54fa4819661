"""On which later dates a verdict could change while no fact does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from wanqi.rules import tree
from wanqi.rules.moments import Moment, resolved
from wanqi.rules.plan import Turns

_DAY = timedelta(days=1)


def turns_of(roots: Iterable[tree.Node], *, on: date, moving: bool, fixed: Iterable[date]) -> Turns:
    """Return what the authored trees of a version make of the date.

    moving: whether the base year is the one before the day asked about, so that it moves at every new year.
    fixed: further dates on which the rule changes.
    """
    nodes = [node for root in roots for node in _all(root)]
    turning = {one for one in fixed if one > on}
    if moving and any(_yearly(node) for node in nodes):
        turning.add(date(on.year + 1, 1, 1))
    for node in nodes:
        if isinstance(node, tree.Param):
            turning.update(start for start, _ in node.values if start > on)
    days = dict.fromkeys(node for node in nodes if isinstance(node, tree.Day) and node.anchor == "on")
    turning.update(
        turn for day in days for value in _constants(nodes) if (turn := crossing(day, value, on=on))
    )
    if days and any(isinstance(one, tree.Call) and one.function in ("year_of", "month_of") for one in nodes):
        turning.add(on + _DAY)  # the month of a day at a distance: seldom written, so looked at daily
    kinds = dict.fromkeys(node.kind for node in nodes if isinstance(node, tree.Records))
    fields = dict.fromkeys(
        (node.kind, one.name)
        for node in nodes
        if isinstance(node, tree.Records)
        for one in _all(node)
        if isinstance(one, tree.Field) and one.type.base == "date"
    )
    inside = {name for _, name in fields}
    facts = dict.fromkeys(
        node.name
        for node in nodes
        if isinstance(node, tree.Field) and node.type.base == "date" and node.name not in inside
    )
    return Turns(tuple(sorted(turning)), tuple(days), tuple(facts), tuple(fields), tuple(kinds))


def next_turn(turns: Turns, organisation: Mapping[str, object], *, on: date) -> date | None:
    """Return the first date after `on` on which the verdict could change, None if there is none.

    organisation: {"facts": …, "records": …} as contracts have it; a date that is unknown changes nothing.
    """
    found = list(turns.fixed[:1])
    for value in _dates(turns, organisation):
        for day in turns.days:
            turn = crossing(day, value, on=on)
            if turn is not None:
                found.append(turn)
    found.extend(end + _DAY for end in _ends(turns, organisation) if on <= end < date.max)
    return min(found, default=None)


def crossing(day: tree.Day, value: date, *, on: date) -> date | None:
    """Return the first date after `on` on which the day stands otherwise to the value than on that date.

    Days at a distance from the day asked about never go back, so each meets a value at most once and passes it once.
    """
    start = _day(day, on)
    if start is None or start > value:
        return None
    # The distance of the day from `on` varies by a few days with the lengths of months and leap years.
    wanted = value if start < value else value + _DAY if value < date.max else None
    if wanted is None:
        return None
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


def _all(root: tree.Node) -> Iterator[tree.Node]:
    """Yield every node, also of the conditions on records."""
    for node in tree.walk(root):
        yield node
        if isinstance(node, tree.Records):
            for inside in (node.value, node.where):
                if inside is not None:
                    yield from _all(inside)


def _yearly(node: tree.Node) -> bool:
    return isinstance(node, tree.Annual | tree.BaseYear | tree.Window) or (
        isinstance(node, tree.Day) and node.anchor in ("year_start", "year_end")
    )


def _constants(nodes: Iterable[tree.Node]) -> set[date]:
    found: list[object] = [one.value for one in nodes if isinstance(one, tree.Literal)]
    found += [one.day for one in nodes if isinstance(one, tree.Day) and one.anchor == "day"]
    return {one for one in found if isinstance(one, date)}


def _dates(turns: Turns, organisation: Mapping[str, object]) -> set[date]:
    facts, records = _part(organisation, "facts"), _part(organisation, "records")
    given = [facts.get(name) for name in turns.facts]
    for kind, name in turns.fields:
        rows = records.get(kind)
        if isinstance(rows, list | tuple):
            given.extend(row.get(name) for row in rows if isinstance(row, Mapping))
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
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None
