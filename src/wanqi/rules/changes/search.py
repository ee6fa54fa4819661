"""The fewest facts, then the smallest relative change, after which a programme is no longer 不符合.

Hiding facts can never turn unmet into anything but unknown, so a set of facts that still gives unmet when all of it is
hidden cannot help, whatever its values. Sets are tried by size; the first size at which one works is the least.
For each set the values tried lie around the places where the rule's answer may change (`curves`), and every candidate
is re-run through the whole programme. A fact whose places lie close together is tried at every whole number between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import combinations

from wanqi.rules import tree
from wanqi.rules.backends import closure
from wanqi.rules.bounds import beyond
from wanqi.rules.changes.curves import Curve, Row
from wanqi.rules.plan import Aggregate, FactAt, Input, Plan
from wanqi.rules.types import BOOL, Type

Value = int | bool | str | date

MOST = 4
_CLOSE = 40
# How many pairs of numbers are laid beside each other for one answer: some seconds of work.
_WORK = 6_000
_LAST_DAY = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Change:
    """One fact (or number of records) moved; old and new in the snapshot's whole numbers.

    closed: it lies in a year that is over, or moves a date to a day that is past.
    """

    inputs: tuple[str, ...]
    fact: str
    year: int | None
    old: Value
    new: Value
    relative: Fraction
    closed: bool


@dataclass(frozen=True, slots=True)
class Remedy:
    """changes: the smallest set. verdict: what the programme says after it, True met, None unknown."""

    changes: tuple[Change, ...]
    verdict: bool | None

    @property
    def possible(self) -> bool:
        """Whether none of the changes is closed."""
        return not any(one.closed for one in self.changes)


@dataclass(frozen=True, slots=True)
class _Variable:
    """One thing that may be moved: a column, or both ends of an aggregate, which move together.

    beneath: columns from which the value would be computed, were it not given; hidden with it.
    """

    columns: tuple[str, ...]
    type: Type
    fact: str
    year: int | None
    choices: tuple[Value, ...] | None
    beneath: tuple[str, ...] = ()

    def old(self, row: Row) -> Value | None:
        values = {row.get(name) for name in self.columns}
        only = next(iter(values)) if len(values) == 1 else None
        return only if isinstance(only, int | bool | str | date) else None

    def set(self, row: Row, value: Value) -> dict[str, object]:
        return {**row, **dict.fromkeys(self.columns, value)}

    def hidden(self, row: Row) -> dict[str, object]:
        if len(self.columns) == 1:
            return {**row, **dict.fromkeys((*self.beneath, self.columns[0]))}
        least = 0 if self.type.positive or self.type.base == "count" else None
        return {**row, self.columns[0]: least, self.columns[1]: None}

    @property
    def bounds(self) -> tuple[int, int]:
        if self.type.base == "date":
            return 1, _LAST_DAY
        top = beyond(self.type) - 1
        return (0 if self.type.positive or self.type.base == "count" else -top), top


def smallest(
    plan: Plan,
    row: Row,
    programme: str,
    *,
    most: int = MOST,
    fixed: Collection[str] = (),
    closed_before: int | None = None,
) -> Remedy | None:
    """Return the smallest change of the row's known facts after which the programme is not unmet.

    row: a snapshot of the plan. fixed: facts that cannot be moved (a date of founding, an industry). closed_before: a
    fact of an earlier year is marked closed; by default the year of the plan's day. None where the programme is not
    unmet, where more than `most` changes are needed, or where none was found among what some seconds suffice to try;
    where one was found by then, its number of facts is the least. Raises KeyError for a programme the plan lacks.
    """
    search = _Search(plan, programme, row, closed_before or plan.on.year)
    if search.verdict(row) is not False:
        return None
    movable = [one for one in search.variables() if one.fact not in fixed and one.old(row) is not None]
    for size in range(1, min(most, len(movable)) + 1):
        best: tuple[Fraction, tuple[tuple[_Variable, Value], ...]] | None = None
        for chosen in combinations(movable, size):
            if search.hopeless(row, chosen):
                continue
            found = search.solve(row, chosen, best[0] if best else None)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        if best is not None:
            return search.remedy(row, best[1])
    return None


class _Search:
    """One programme of a plan, answered again and again."""

    def __init__(self, plan: Plan, programme: str, row: Row, closed_before: int) -> None:
        self._plan, self._closed_before = _narrowed(plan, programme), closed_before
        self._column = self._plan.programmes[0].verdict
        self._verdicts = closure.compile_plan(self._plan).verdicts
        self._left = _WORK

    def verdict(self, row: Row) -> bool | None:
        """True met, False unmet, None unknown."""
        return (False, None, True)[self._verdicts(row)[0]]

    def hopeless(self, row: Row, chosen: Sequence[_Variable]) -> bool:
        """Whether the programme stays unmet whatever values these facts take."""
        for one in chosen:
            row = one.hidden(row)
        return self.verdict(row) is False

    def solve(
        self, row: Row, chosen: Sequence[_Variable], most: Fraction | None
    ) -> tuple[Fraction, tuple[tuple[_Variable, Value], ...]] | None:
        """Return (relative change, values) of the cheapest way found to move exactly these facts."""
        best: tuple[Fraction, tuple[tuple[_Variable, Value], ...]] | None = None
        for place, first in enumerate(chosen):
            rest = (*chosen[:place], *chosen[place + 1 :])
            for cost, value in self.candidates(row, first, rest):
                bound = best[0] if best else most
                if (bound is not None and cost >= bound) or self._left <= 0:
                    break
                moved = first.set(row, value)
                if rest:
                    if self.hopeless(moved, rest):
                        continue
                    inner = self.solve(moved, rest, None if bound is None else bound - cost)
                    if inner is not None:
                        best = (cost + inner[0], ((first, value), *inner[1]))
                elif self.verdict(moved) is not False:
                    best = (cost, ((first, value),))
                    break
        return best

    def candidates(
        self, row: Row, one: _Variable, rest: Sequence[_Variable]
    ) -> Iterator[tuple[Fraction, Value]]:
        """Yield (relative change, value) of every value worth trying, the smallest change first."""
        old = one.old(row)
        assert old is not None
        if one.choices is not None:
            yield from ((Fraction(1), value) for value in one.choices if value != old)
            return
        low, high = one.bounds
        start = _whole(old)
        near = set(range(low, high + 1)) if high - low <= _CLOSE else self._near(row, one, bool(rest))
        tried = sorted((abs(value - start), value) for value in near if low <= value <= high)
        back: Callable[[int], Value] = date.fromordinal if one.type.base == "date" else int
        for distance, value in tried:
            if distance:
                yield _relative(start, value), back(value)

    def _near(self, row: Row, one: _Variable, others: bool) -> set[int]:
        """Return the numbers around which the answer may change; all near the start if others move too."""
        old = one.old(row)
        assert old is not None
        (low, high), start = one.bounds, _whole(old)
        curves = [Curve(self._plan, row, name, low, high) for name in one.columns]
        places = {place for curve in curves for place in curve.places(self._column)}
        self._left -= 1 + sum(curve.work for curve in curves)
        near = {place + step for place in places for step in (-1, 0, 1)} | {low, high}
        spread = [place for place in near if abs(place - start) <= _CLOSE]
        return near | set(range(min(*spread, start), max(*spread, start) + 1)) if others and spread else near

    def variables(self) -> list[_Variable]:
        """Return everything the programme's verdict reads, aggregates as one."""
        needed = self._needed()
        found: list[_Variable] = []
        pairs: dict[object, list[Input]] = {}
        for one in self._plan.inputs:
            if one.name not in needed and not isinstance(one.source, Aggregate):
                continue
            if isinstance(one.source, Aggregate):
                source = one.source
                key = (source.kind, source.measure, source.value, source.where, source.n)
                pairs.setdefault(key, []).append(one)
            else:
                found.append(self._variable((one,)))
        for ends in pairs.values():
            if any(one.name in needed for one in ends):
                order = {"low": 0, "high": 1}
                ends.sort(key=lambda one: order[one.source.side] if isinstance(one.source, Aggregate) else 0)
                found.append(self._variable(tuple(ends)))
        return found

    def _variable(self, ends: tuple[Input, ...]) -> _Variable:
        source, kind = ends[0].source, ends[0].type
        fact = source.kind if isinstance(source, Aggregate) else source.fact
        year = None if isinstance(source, Aggregate) else source.year
        names = tuple(one.name for one in ends)
        beneath = self._beneath(names[0]) if isinstance(source, FactAt) and source.given else ()
        return _Variable(names, kind, fact, year, self._choices(names, kind), beneath)

    def _beneath(self, name: str) -> tuple[str, ...]:
        """Return the columns of the snapshot that are read where a given value is not there."""
        named = self._plan.nodes
        inputs = {one.name for one in self._plan.inputs}
        found: set[str] = set()
        for root in named.values():
            for node in tree.walk(root):
                match node:
                    case tree.Case(
                        branches=((tree.Known(operand=tree.Field(name=own)), _),), otherwise=computed
                    ):
                        found |= _read(computed, named) if own == name else set()
        return tuple(sorted(found & inputs))

    def _choices(self, names: tuple[str, ...], kind: Type) -> tuple[Value, ...] | None:
        if kind.base == "bool":
            return (True, False)
        if not kind.coded:
            return None
        if kind.values is not None:
            return kind.values
        return tuple(sorted(set(self._constants(names[0]))))

    def _constants(self, name: str) -> Iterator[str]:
        for root in self._plan.nodes.values():
            for node in tree.walk(root):
                parts = tree.children(node)
                if any(isinstance(one, tree.Field) and one.name == name for one in parts):
                    yield from (
                        one.value
                        for one in parts
                        if isinstance(one, tree.Literal) and isinstance(one.value, str)
                    )
                    if isinstance(node, tree.OneOf):
                        yield from (one.value for one in node.values if isinstance(one.value, str))

    def _needed(self) -> set[str]:
        return _read(tree.Field(self._column, BOOL), self._plan.nodes)

    def remedy(self, row: Row, moved: Sequence[tuple[_Variable, Value]]) -> Remedy:
        """Return the changes, and the verdict of the whole programme after them."""
        after: Mapping[str, object] = row
        changes: list[Change] = []
        for one, value in moved:
            old = one.old(row)
            assert old is not None
            # Nothing can be made to have begun earlier.
            past = isinstance(value, date) and value < self._plan.on
            closed = past or (one.year is not None and one.year < self._closed_before)
            cost = Fraction(1) if one.choices is not None else _relative(_whole(old), _whole(value))
            changes.append(Change(one.columns, one.fact, one.year, old, value, cost, closed))
            after = one.set(after, value)
        return Remedy(tuple(changes), self.verdict(after))


# Plans of single programmes, each with the plan it was taken from: as many as are asked about together.
_alone: dict[tuple[int, str], tuple[Plan, Plan]] = {}
_KEPT = 100


def _narrowed(plan: Plan, programme: str) -> Plan:
    """Return the plan of one programme alone: it is answered so often that the others would cost. Raises KeyError."""
    kept = _alone.get((id(plan), programme))
    if kept is not None and kept[0] is plan:
        return kept[1]
    asked = {one.id: one for one in plan.programmes}[programme]
    wanted = _read(tree.Field(asked.verdict, BOOL), plan.nodes)
    # Both ends of a number of records move together, also where only one of them is read.
    stems = {name.rpartition("#")[0] for name in wanted if "#" in name}
    inputs = tuple(
        one
        for one in plan.inputs
        if one.name in wanted or (isinstance(one.source, Aggregate) and one.name.rpartition("#")[0] in stems)
    )
    stages = tuple(tuple((name, node) for name, node in stage if name in wanted) for stage in plan.stages)
    alone = replace(
        plan, inputs=inputs, stages=stages, programmes=(replace(asked, score=None, amount=None, steps=()),)
    )
    while len(_alone) >= _KEPT:
        _alone.pop(next(iter(_alone)), None)
    _alone[id(plan), programme] = plan, alone
    return alone


def _read(node: tree.Node, named: Mapping[str, tree.Node]) -> set[str]:
    """Return the names of all columns that a node reads, directly or through named nodes."""
    wanted, pending = set[str](), list(tree.fields(node))
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            if name in named:
                pending.extend(tree.fields(named[name]))
    return wanted


def _relative(old: int, new: int) -> Fraction:
    return Fraction(abs(new - old), max(abs(old), 1))


def _whole(value: Value) -> int:
    if isinstance(value, date):
        return value.toordinal()
    assert isinstance(value, int)
    return value
