"""One comparison at a time: inputs on its threshold, one unit under, one unit over, and with the value missing.

The inputs are made so that everything beside the comparison leaves the answer to it; what each case must come to is
said by the operator of the comparison, and by `meaning` for what stands around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wanqi.packs.thresholds.meaning import SIGNS, Firm, Meaning, Undefined, Value
from wanqi.packs.thresholds.solving import Solver, Unsolvable, kept, moved, ordinary, unit, varies
from wanqi.rules import tree
from wanqi.rules.lowering import Moment
from wanqi.rules.types import Type

Side = Literal["at", "under", "over", "missing", "known"]
ATTEMPTS = 10
# How many rows match, and how far beside its threshold a comparison around them is put, one try after another.
_TRIES = (
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (8, 0),
    (10, 0),
    (11, -1),
    (2, -1),
    (20, 0),
    (21, -1),
)
_PASSING = (tree.Compare, tree.Arithmetic, tree.Ratio, tree.Call, tree.OneOf, tree.Floor, tree.Not, tree.Size)


@dataclass(frozen=True, slots=True)
class Frame:
    """A step on the way from a root to a comparison: the node above, and which of its operands is taken."""

    node: tree.Node
    index: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison of numbers or days and the way to it from the root of its expression."""

    root: tree.Node
    frames: tuple[Frame, ...]
    compare: tree.Compare


@dataclass(frozen=True, slots=True)
class Case:
    """One made-up organisation and what the root must come to; None is unknown."""

    side: Side
    firm: Firm
    expected: Value | None


def thresholds(root: tree.Node) -> Iterator[Threshold]:
    """Yield every comparison of numbers or days below a root, those inside filters of records included.

    Derived facts are not entered: their thresholds are their own.
    """
    pending: list[tuple[tree.Node, tuple[Frame, ...]]] = [(root, ())]
    while pending:
        node, frames = pending.pop(0)
        if isinstance(node, tree.Compare) and movable(node.left.type) and varies(node):
            yield Threshold(root, frames, node)
        pending[:0] = [(part, (*frames, Frame(node, index))) for index, part in enumerate(operands(node))]


def operands(node: tree.Node) -> tuple[tree.Node, ...]:
    """Return what stands directly below a node: value and filter of records, nothing of a derived fact."""
    if isinstance(node, tree.Records):
        return tuple(one for one in (node.value, node.where) if one is not None)
    if isinstance(node, tree.Derived):
        return ()
    if isinstance(node, tree.Window):
        return (node.operand,)
    return tree.children(node)


def exercise(threshold: Threshold, moment: Moment) -> tuple[Case, ...] | None:
    """Return the cases of a threshold; None where no inputs were found that leave the answer to it."""
    for attempt in range(ATTEMPTS):
        firm = Firm(ordinary(attempt))
        place = Meaning(firm, moment.on, moment.base_year)
        try:
            found = _Exercise(threshold, Solver(firm, attempt), place).cases()
        except (Unsolvable, Undefined):
            continue
        if found is not None:
            return found
    return None


@dataclass
class _Knob:
    """Something that can be moved by one unit, and hidden."""

    move: Callable[[int], None]
    hide: Callable[[Firm], None]


class _Exercise:
    """One attempt at one threshold."""

    def __init__(self, threshold: Threshold, solver: Solver, place: Meaning) -> None:
        self.threshold = threshold
        self.solver = solver
        self.firm = solver.firm
        self.place = place

    def cases(self) -> tuple[Case, ...] | None:
        """Return the cases; None where the answer does not turn on the threshold. Raises Unsolvable."""
        spot = self._spot()
        compare = self.threshold.compare
        for _ in range(2):  # what stands around may be disturbed by the first try
            self._meet(compare, spot)
            self._around(spot)
        found = self._turn(spot) if self._on(spot) else None
        above = [one.node for one in reversed(self.threshold.frames) if isinstance(one.node, tree.Compare)]
        for outer in () if found else above:
            found = found or self._tuned(outer, spot)
        return found

    def _on(self, spot: Meaning) -> bool:
        """Whether the comparison stands on its threshold, after a second try."""
        if self._sign(spot) != 0:
            self._meet(self.threshold.compare, spot)
        return self._sign(spot) == 0

    def _tuned(self, outer: tree.Compare, spot: Meaning) -> tuple[Case, ...] | None:
        """Return the cases after a comparison around this one was put on its own threshold.

        The inner one stands on its threshold, or a unit beside it, while that is done.
        """
        for way in (0, -1, 1):
            for knob in self._knobs(spot):
                undo = kept(self.firm)
                try:
                    if way:
                        knob.move(way)
                    self._meet(outer, self.place)
                    found = self._turn(spot) if self._on(spot) else None
                except (Unsolvable, Undefined):
                    found = None
                if found:
                    return found
                undo()
                if not way:
                    break
        return None

    # --- where ----------------------------------------------------------------------------------------

    def _spot(self) -> Meaning:
        """Return the place of the comparison, everything around leaving the answer to it."""
        place = self.place
        for index, frame in enumerate(self.threshold.frames):
            if isinstance(frame.node, tree.Records):
                place = self._row(frame.node, self.threshold.frames[:index], place)
            else:
                place = self._leave(frame, place)
        return place

    def _around(self, spot: Meaning) -> None:
        """Restore what stands around after the comparison was moved."""
        place = self.place
        for frame in self.threshold.frames:
            place = spot if isinstance(frame.node, tree.Records) else self._leave(frame, place)

    def _leave(self, frame: Frame, place: Meaning) -> Meaning:
        """Make the siblings of a step leave the answer to it; return the place of the step."""
        solver, node = self.solver, frame.node
        match node:
            case tree.All(parts=parts) | tree.Any(parts=parts):
                want = isinstance(node, tree.All)
                for index, part in enumerate(parts):
                    if index != frame.index and not self._is(part, want, place):
                        solver.satisfy(part, want, place)
            case tree.AtLeast(parts=parts, count=count):
                others = [part for index, part in enumerate(parts) if index != frame.index]
                for index, part in enumerate(others):
                    solver.satisfy(part, index < count - 1, place)
            case tree.Case(branches=branches):
                branch, outcome = divmod(frame.index, 2)
                if outcome or frame.index == 2 * len(branches):
                    solver.branch(node, branch, place)
                else:
                    for when, _ in branches[:branch]:
                        if not self._is(when, False, place):
                            solver.satisfy(when, False, place)
            case tree.Window(function=function, operand=operand, years=years):
                if operand.type.base == "bool":
                    for back in range(1, years + (function == "first_time")):
                        if not self._is(operand, function == "each", place.earlier(back)):
                            solver.satisfy(operand, function == "each", place.earlier(back))
            case _:
                if not isinstance(node, _PASSING):
                    raise Unsolvable(node)
        return place

    def _is(self, node: tree.Node, want: bool, place: Meaning) -> bool:
        try:
            return place.truth(node) is want
        except Undefined:
            return False

    def _row(self, records: tree.Records, frames: Sequence[Frame], place: Meaning) -> Meaning:
        """Return the place inside a matching row on which the answer turns."""
        above = [one.node for one in reversed(frames) if isinstance(one.node, tree.Compare)]
        for outer in (None, *above):
            for number, beside in _TRIES:
                undo = kept(self.firm)
                try:
                    if outer is not None:
                        self._meet(outer, place)
                    if outer is None or not place.matching(records):
                        self.solver.count(records, Fraction(number), place)
                        for one in above:
                            self._balance(one, records, place, beside)
                    for row in place.matching(records):
                        if self._turns_on(row, records):
                            return row
                except (Unsolvable, Undefined):
                    pass
                undo()
        raise Unsolvable(records)

    def _balance(self, outer: tree.Compare, records: tree.Records, place: Meaning, beside: int) -> None:
        """Put a comparison on its threshold, or beside it, by the side that does not count the records."""
        inside = any(part is records for part in tree.walk(outer.left))
        still, moving = (outer.left, outer.right) if inside else (outer.right, outer.left)
        if varies(moving):
            self.solver.reach(moving, place.number(still) + beside, place)

    def _turns_on(self, row: Meaning, records: tree.Records) -> bool:
        before = self.place.value(self.threshold.root)
        rows = self.firm.records[records.kind]
        self.firm.records[records.kind] = [one for one in rows if one is not row.row]
        try:
            return self.place.value(self.threshold.root) != before
        finally:
            self.firm.records[records.kind] = rows

    # --- the comparison ------------------------------------------------------------------------------

    def _meet(self, compare: tree.Compare, spot: Meaning) -> None:
        """Put a comparison exactly on its threshold."""
        moving, still = compare.left, compare.right
        if not varies(moving):
            moving, still = still, moving
        if isinstance(moving, tree.Window) and moving.function == "cagr":
            self._compound(moving, still, spot)
            return
        self.solver.reach(moving, spot.value(still), spot)

    def _compound(self, moving: tree.Window, still: tree.Node, spot: Meaning) -> None:
        start = spot.earlier(moving.years)
        first = start.number(moving.operand)
        self.solver.reach(moving.operand, first, start)
        self.solver.reach(moving.operand, first * (1 + spot.number(still)) ** moving.years, spot)

    def _sign(self, spot: Meaning) -> int:
        left, right = spot.sides(self.threshold.compare.left, self.threshold.compare.right)
        return (left > right) - (left < right)  # type: ignore[operator]  # both numbers or both days

    def _turn(self, spot: Meaning) -> tuple[Case, ...] | None:
        """Return the cases on and beside the threshold, by the first knob that moves it both ways."""
        root, sign = self.threshold.root, SIGNS[self.threshold.compare.operator]
        zero = Fraction(0)
        on_it = self.place.value(root)  # fills in everything that is asked for, before it is copied
        at = Case("at", self.firm.copy(), on_it)
        for knob in self._knobs(spot):
            sides: dict[int, Case] = {}
            for way in (-1, 1):
                undo = kept(self.firm)
                try:
                    knob.move(way)
                    moved = self._sign(spot)
                    if moved != 0 and moved not in sides:
                        name: Side = "under" if moved < 0 else "over"
                        value = self.place.value(root)
                        sides[moved] = Case(name, self.firm.copy(), value)
                except (Unsolvable, Undefined):
                    pass
                undo()
            same = {way: sign(Fraction(way), zero) == sign(zero, zero) for way in sides}
            turned = [way for way in sides if not same[way]]
            if not turned or any(sides[way].expected == at.expected for way in turned):
                continue
            hidden = self.firm.copy()
            knob.hide(hidden)
            return (at, *(sides[way] for way in sorted(sides)), Case("missing", hidden, None))
        return None

    # --- what can be moved ----------------------------------------------------------------------------

    def _knobs(self, spot: Meaning) -> Iterator[_Knob]:
        for node, place in data_of(self.threshold.compare, spot):
            if isinstance(node, tree.Records):
                yield self._rows_knob(node, place)
                yield from self._cells_of_rows(node, place)
            elif isinstance(node, tree.Size):
                yield self._set_knob(node, place)
            else:
                yield self._cell(node, place)

    def _cell(self, node: tree.Field | tree.Annual, place: Meaning) -> _Knob:
        def move(way: int) -> None:
            self.solver.assign(node, moved(place.value(node), unit(node.type), way), place)

        return _Knob(move, lambda firm: _hide(firm, node, place, self.firm))

    def _set_knob(self, node: tree.Size, place: Meaning) -> _Knob:
        held = node.operand
        assert isinstance(held, tree.Field | tree.Annual)

        def move(way: int) -> None:
            self.solver.reach(node, place.number(node) + way, place)

        return _Knob(move, lambda firm: _hide(firm, held, place, self.firm))

    def _rows_knob(self, node: tree.Records, place: Meaning) -> _Knob:
        def move(way: int) -> None:
            self.solver.count(node, Fraction(len(place.matching(node)) + way), place)

        return _Knob(move, lambda firm: _drop(firm, node.kind))

    def _cells_of_rows(self, node: tree.Records, place: Meaning) -> Iterator[_Knob]:
        if node.value is None:
            return
        for row in place.matching(node):
            for part, spot in data_of(node.value, row):
                if isinstance(part, tree.Field | tree.Annual):
                    yield self._cell(part, spot)


def data_of(
    node: tree.Node, place: Meaning
) -> Iterator[tuple[tree.Field | tree.Annual | tree.Records | tree.Size, Meaning]]:
    """Yield the numbers and days an expression reads, each with the place it is read at; aggregates and sets whole."""
    match node:
        case tree.Field(type=kind) | tree.Annual(type=kind):
            if movable(kind):
                yield node, place
        case tree.Records() | tree.Size():
            yield node, place
        case tree.Derived(shift=shift, definition=definition):
            yield from data_of(definition, place.earlier(-shift))
        case tree.Window(operand=operand, years=years):
            for back in range(years + 1):
                yield from data_of(operand, place.earlier(back))
        case _:
            for part in tree.children(node):
                yield from data_of(part, place)


def movable(kind: Type) -> bool:
    """Whether values of the type have a next one."""
    return kind.numeric or kind.base == "date"


def _hide(firm: Firm, node: tree.Field | tree.Annual, place: Meaning, original: Firm) -> None:
    """Take a value away in a copy of the organisation: a fact, or a field of the same row."""
    if isinstance(node, tree.Annual):
        firm.annual.pop((node.name, place.year + node.shift), None)
    elif place.row is None:
        firm.facts.pop(node.name, None)
    else:
        for kind, rows in original.records.items():
            for index, row in enumerate(rows):
                if row is place.row:
                    if node.name in place.absent:
                        _drop(firm, kind)
                    else:
                        firm.records[kind][index][node.name] = None


def _drop(firm: Firm, kind: str) -> None:
    firm.records.pop(kind, None)
