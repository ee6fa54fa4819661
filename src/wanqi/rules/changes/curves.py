"""Core nodes as functions of one column, all others fixed: where their answer may change.

Between two neighbouring whole numbers of `places` every branch taken, every order of two numbers and every truth
stays as it is. So what is true of one whole number between them is true of all. Two exceptions: where a rounded number
is compared over a wide range, only its steps near the ends and near the start are places; and of months only those of
about a year around the start and the dates and years that the plan names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.changes.quotients import Quotient, constant, unknown
from wanqi.rules.plan import Plan
from wanqi.rules.types import Type

# Steps of a rounded number that are looked at around one place; rounded numbers whose corners are all tried.
_STEPS = 40
_ROUNDED = 3
_MONTHS = range(-13, 14)
_LAST_DAY = date.max.toordinal()

Exact = str | bool | Fraction
Row = Mapping[str, object]

_COMPARE: Mapping[str, Callable[[Exact, Exact], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both sides have one ordered type
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


class Curve:
    """The plan's named nodes as functions of one numeric or date column.

    row: the snapshot, whole numbers. Dates count as their ordinals. low and high: the least and greatest value that
    the column may take.
    """

    def __init__(self, plan: Plan, row: Row, column: str, low: int, high: int) -> None:
        self._nodes = plan.nodes
        self._types = {one.name: one.type for one in plan.inputs}
        self._row, self._column = row, column
        self._low, self._high = low, high
        self._dated = any(one.name == column and one.type.base == "date" for one in plan.inputs)
        self._places: dict[str, frozenset[int]] = {}
        self.work = 0  # pairs of numbers laid beside each other so far
        # Which nodes have another value where the column has, by identity; and what the named ones that have not are.
        self._moving: dict[int, bool] = {}
        self._steady: dict[str, Exact | None] = {}
        # Rounded numbers met on the way to a form, and those of which a whole step is taken away.
        self._met: dict[int, tuple[Quotient, Fraction]] = {}
        self._less: frozenset[int] = frozenset()

    def places(self, name: str) -> frozenset[int]:
        """Return every whole number next to which the named node may change, within the bounds."""
        if name not in self._places:
            node = self._nodes.get(name)
            self._places[name] = frozenset() if node is None else frozenset(self._breaks(node))
        return self._places[name]

    # --- where something changes ------------------------------------------------------------------------------

    def _breaks(self, node: tree.Node) -> set[int]:
        if isinstance(node, tree.Field):
            return set(self.places(node.name))
        if not self._moves(node):
            return set()
        found = {place for child in tree.children(node) for place in self._breaks(child)}
        match node:
            case tree.Compare(left=left, right=right) if _measured(left.type):
                return found | self._crossings([(left, right)], found)
            case tree.OneOf(operand=operand, values=values) if _measured(operand.type):
                return found | self._crossings([(operand, one) for one in values], found)
            case tree.Call(function="month_of"):
                return found | self._month_starts()
            case tree.Call(function="year_of"):
                return found
            case tree.Call(arguments=arguments) if _measured(node.type):
                return found | self._crossings(_pairs(arguments), found)
            case tree.Reach(branches=branches, otherwise=otherwise):
                return found | self._crossings(_pairs([*(one for _, one in branches), otherwise]), found)
            case tree.Ratio(denominator=under):
                return found | self._crossings([(under, tree.Literal(Decimal(0), under.type))], found)
            case _:
                return found

    def _moves(self, node: tree.Node) -> bool:
        """Whether the node reads the column, directly or through named nodes."""
        known = self._moving.get(id(node))
        if known is None:
            if isinstance(node, tree.Field):
                inner = self._nodes.get(node.name)
                known = node.name == self._column or (inner is not None and self._moves(inner))
            else:
                known = any(self._moves(child) for child in tree.children(node))
            self._moving[id(node)] = known
        return known

    def _crossings(self, pairs: Iterable[tuple[tree.Node, tree.Node]], found: set[int]) -> set[int]:
        """Return the whole numbers around which two numbers change their order, piece by piece."""
        crossed: set[int] = set()
        for one, two in pairs:
            if not self._moves(one) and (isinstance(two, tree.Literal) or not self._moves(two)):
                continue
            if self._dated and one.type.numeric:
                crossed |= self._year_crossings(one, two, found)
                continue
            for left, right in self._pieces(found):
                crossed |= self._turns(one, two, left, right)
        return crossed

    def _pieces(self, found: set[int]) -> list[tuple[int, int]]:
        marks = sorted({self._low, self._high, *(one for one in found if self._low <= one <= self._high)})
        return [(a, b) for a, b in pairwise(marks) if b - a > 1]

    def _turns(self, one: tree.Node, two: tree.Node, left: int, right: int) -> set[int]:
        """Return the whole numbers around which two numbers change their order between two marks.

        With rounded numbers: around which they change it without the rounding or with a whole step less, and where
        these differ, the numbers around which a rounded number takes its steps.
        """
        self.work += 1
        at = Fraction(left + right, 2)
        self._met, self._less = {}, frozenset()
        first, second = self.form(one, at), self.form(two, at)
        if first is None or second is None:
            return set()
        crossed, rounded = (first - second).turns(left, right), dict(self._met)
        if not rounded:
            return crossed
        corners = [first - second]
        sides = (
            product((False, True), repeat=len(rounded))
            if len(rounded) <= _ROUNDED
            else [(True,) * len(rounded)]
        )
        for less in sides:
            self._less = frozenset(one for one, taken in zip(rounded, less, strict=True) if taken)
            first, second = self.form(one, at), self.form(two, at)
            if first is not None and second is not None:
                corners.append(first - second)
                crossed |= corners[-1].turns(left, right)
        self._less = frozenset()
        for a, b in pairwise(sorted({left, right, *(place for place in crossed if left <= place <= right)})):
            if len({one.sign(Fraction(a + b, 2)) for one in corners}) > 1:
                for inner, step in rounded.values():
                    crossed |= self._steps(inner, step, a, b)
        return crossed

    def _steps(self, inner: Quotient, step: Fraction, left: int, right: int) -> set[int]:
        """Return the whole numbers around which a rounded number takes a step; few of them where they are many."""
        ends = sorted(int(one // step) for one in (inner.at(left), inner.at(right)))
        low, high = ends[0], ends[1] + 1
        wanted = set(range(low, high + 1)) if high - low <= 4 * _STEPS else set[int]()
        if not wanted:
            start = self._row.get(self._column)
            middle = int(inner.at(start) // step) if isinstance(start, int) else low
            for place in (low, high, middle):
                wanted |= {one for one in range(place - _STEPS, place + _STEPS) if low <= one <= high}
        return {place for one in wanted for place in (inner - constant(one * step)).turns(left, right)}

    def _year_crossings(self, one: tree.Node, two: tree.Node, found: set[int]) -> set[int]:
        """Return the first days of the years around which two numbers change their order: only years speak of dates."""
        ends = date.min.year, date.max.year
        years = sorted({*ends, *(date.fromordinal(day).year for day in found if 0 < day <= _LAST_DAY)})
        crossed = {near for year in years for near in (year, year + 1)}
        for left, right in pairwise(years):
            if right - left > 1:
                at = Fraction(date((left + right) // 2, 7, 1).toordinal())
                first, second = self.form(one, at), self.form(two, at)
                if first is not None and second is not None:
                    crossed |= {
                        near for year in (first - second).turns(left, right) for near in (year, year + 1)
                    }
        return {date(year, 1, 1).toordinal() for year in crossed if ends[0] <= year <= ends[1]}

    def _month_starts(self) -> set[int]:
        """Return the first days of months around the start and around the dates and years that the plan names."""
        nodes = (node for root in self._nodes.values() for node in tree.walk(root))
        named = (self._row.get(self._column), *(one.value for one in nodes if isinstance(one, tree.Literal)))
        months = {
            (one.year * 12 + one.month - 1) if isinstance(one, date) else int(one) * 12
            for one in named
            if isinstance(one, date) or (isinstance(one, Decimal) and 1900 <= one <= 2200)
        }
        near = {month + more for month in months for more in _MONTHS}
        return {date(month // 12, month % 12 + 1, 1).toordinal() for month in near if 12 <= month < 120_000}

    # --- what holds at one place --------------------------------------------------------------------------------

    def form(self, node: tree.Node, at: Fraction) -> Quotient | None:
        """Return a number near `at` as a quotient in the column; None where it is unknown there."""
        match node:
            case tree.Field(name=name) if name == self._column:
                return unknown(_step(node.type))
            case tree.Field(name=name) if name in self._nodes:
                return self.form(self._nodes[name], at)
            case tree.Arithmetic(operator=operator, left=left, right=right):
                one, two = self.form(left, at), self.form(right, at)
                if one is None or two is None:
                    return None
                return one + two if operator == "+" else one - two if operator == "-" else one * two
            case tree.Ratio(numerator=over, denominator=under):
                top, bottom = self.form(over, at), self.form(under, at)
                value = self.value(under, at)
                known = top is not None and bottom is not None and isinstance(value, Fraction) and value > 0
                return top.over(bottom) if known and top is not None and bottom is not None else None
            case tree.Case() | tree.Reach():
                return self._chosen(self._reachable(node, at), node, at)
            case tree.Floor(operand=operand, step=step):
                inner = self.form(operand, at)
                if inner is None or inner.steady:
                    return self._constant(node, at)
                self._met[id(node)] = inner, Fraction(step)
                return inner - constant(Fraction(step)) if id(node) in self._less else inner
            case tree.Call(function="year_of", arguments=(day,)) if self._dated and self.value(day, at) == at:
                return unknown(Fraction(1))
            case tree.Call(function=name, arguments=arguments) if name not in ("year_of", "month_of"):
                return self._chosen(list(arguments), node, at)
            case _:
                return self._constant(node, at)

    def _constant(self, node: tree.Node, at: Fraction) -> Quotient | None:
        value = self.value(node, at)
        return constant(value) if isinstance(value, Fraction) else None

    def _chosen(self, parts: list[tree.Node], node: tree.Node, at: Fraction) -> Quotient | None:
        value = self.value(node, at)
        if value is None:
            return None
        return next((self.form(one, at) for one in parts if self.value(one, at) == value), None)

    def value(self, node: tree.Node, at: Fraction) -> Exact | None:
        """Return the exact value with the column at `at`; None is unknown."""
        match node:
            case tree.Field(name=name, type=kind):
                return self._field(name, kind, at)
            case tree.Literal(value=value):
                return _exact(value)
            case tree.Unknown():
                return None
            case tree.Compare(operator=operator, left=left, right=right):
                one, two = self.value(left, at), self.value(right, at)
                return None if one is None or two is None else _COMPARE[operator](one, two)
            case tree.OneOf(operand=operand, values=values):
                found = self.value(operand, at)
                return None if found is None else found in [self.value(one, at) for one in values]
            case tree.Not(operand=operand):
                found = self.value(operand, at)
                return None if found is None else not found
            case tree.Known(operand=operand):
                return self.value(operand, at) is not None
            case tree.All(parts=parts):
                return self._at_least(len(parts), parts, at)
            case tree.Any(parts=parts):
                return self._at_least(1, parts, at)
            case tree.AtLeast(count=count, parts=parts):
                return self._at_least(count, parts, at)
            case _:
                return self._number(node, at)

    def _number(self, node: tree.Node, at: Fraction) -> Exact | None:
        match node:
            case tree.Case():
                outcomes = [self.value(one, at) for one in self._reachable(node, at)]
                return (
                    outcomes[0] if all(one is not None and one == outcomes[0] for one in outcomes) else None
                )
            case tree.Reach(side=side):
                outcomes = [self.value(one, at) for one in self._reachable(node, at)]
                numbers = [one for one in outcomes if isinstance(one, Fraction)]
                return (min if side == "low" else max)(numbers) if len(numbers) == len(outcomes) else None
            case tree.Arithmetic(operator=operator, left=left, right=right):
                one, two = self.value(left, at), self.value(right, at)
                if not isinstance(one, Fraction) or not isinstance(two, Fraction):
                    return None
                return one + two if operator == "+" else one - two if operator == "-" else one * two
            case tree.Ratio(numerator=over, denominator=under):
                top, bottom = self.value(over, at), self.value(under, at)
                if not isinstance(top, Fraction) or not isinstance(bottom, Fraction) or bottom <= 0:
                    return None
                return top / bottom
            case tree.Floor(operand=operand, step=step):
                found = self.value(operand, at)
                return found // Fraction(step) * Fraction(step) if isinstance(found, Fraction) else None
            case tree.Call():
                return self._call(node, at)
            case _:
                raise TypeError(type(node).__name__)

    def _call(self, node: tree.Call, at: Fraction) -> Exact | None:
        found = [self.value(one, at) for one in node.arguments]
        known = [one for one in found if one is not None]
        if not known or (len(known) < len(found) and not node.function.endswith("_known")):
            return None
        if node.function == "starts_with":
            return str(known[0]).startswith(tuple(str(one) for one in known[1:]))
        numbers = [one for one in known if isinstance(one, Fraction)]
        if node.function in ("year_of", "month_of"):
            day = date.fromordinal(int(numbers[0]))
            return Fraction(day.year if node.function == "year_of" else day.month)
        return (max if node.function.startswith("greatest") else min)(numbers)

    def _at_least(self, count: int, parts: tuple[tree.Node, ...], at: Fraction) -> bool | None:
        found = [self.value(one, at) for one in parts]
        if sum(one is True for one in found) >= count:
            return True
        return None if sum(one is not False for one in found) >= count else False

    def _reachable(self, node: tree.Case | tree.Reach, at: Fraction) -> list[tree.Node]:
        outcomes: list[tree.Node] = []
        for condition, outcome in node.branches:
            holds = self.value(condition, at)
            if holds is not False:
                outcomes.append(outcome)
            if holds is True:
                return outcomes
        return [*outcomes, node.otherwise]

    def _field(self, name: str, kind: Type, at: Fraction) -> Exact | None:
        if name == self._column:
            return at * _step(kind)
        if name in self._nodes:
            node = self._nodes[name]
            if self._moves(node):
                return self.value(node, at)
            if name not in self._steady:
                self._steady[name] = self.value(node, at)
            return self._steady[name]
        value = self._row.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value * _step(kind)
        return _exact(value)


def _measured(kind: Type) -> bool:
    return kind.numeric or kind.base == "date"


def _step(kind: Type) -> Fraction:
    return Fraction(1) if kind.base == "date" else Fraction(1, 10 ** PLACES[kind.base])


def _exact(value: object) -> Exact | None:
    match value:
        case None | bool() | str():
            return value
        case date():
            return Fraction(value.toordinal())
        case int() | Decimal():
            return Fraction(value)
        case _:
            raise TypeError(type(value).__name__)


def _pairs(nodes: Iterable[tree.Node]) -> list[tuple[tree.Node, tree.Node]]:
    listed = list(dict.fromkeys(nodes))
    return [(one, two) for n, one in enumerate(listed) for two in listed[n + 1 :]]
