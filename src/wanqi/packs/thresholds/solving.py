"""Inputs for which a condition holds or not, or a number is exactly so much: found, then checked by `meaning`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from wanqi.packs.thresholds import amounts
from wanqi.packs.thresholds.meaning import Firm, Meaning, Row, Undefined, Value
from wanqi.rules import tree
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.types import Type

# What is tried as a denominator or first year, and as an ordinary size, one set an attempt.
SIZES: tuple[int, ...] = (
    100_000_000,
    20_000_000,
    400_000_000,
    3_000_000,
    12_000_000,
    60_000_000,
    1_000_000_000,
)
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SMALL = (100, 20, 10, 5, 8, 200, 1_000, 3, 4, 6, 12, 2, 1)
_OTHER_TEXTS = ("9999", "无", "0000")


Way = TypeVar("Way")


class Unsolvable(Exception):
    """No input was found by this way."""


def unit(kind: Type) -> Fraction | timedelta:
    """Return the least difference two values of a type can have: a fen, one, a day, 10⁻⁸ of a ratio."""
    return timedelta(1) if kind.base == "date" else Fraction(1, 10 ** PLACES[kind.base])


def ordinary(attempt: int) -> Callable[[str, Type], Value]:
    """Return what facts are where nothing is asked of them, for one attempt."""
    size = SIZES[attempt % len(SIZES)]
    numbers = {"money": Fraction(size), "count": Fraction(1), "number": Fraction(1), "ratio": Fraction(0)}

    def value(name: str, kind: Type) -> Value:
        if kind.base in numbers:
            return numbers[kind.base]
        if kind.base == "date":
            return date(2000, 1, 1)
        if kind.base == "bool":
            return False
        if kind.base == "set":
            return frozenset()
        return kind.values[-1] if kind.values else "9999"

    return value


class Solver:
    """Changes one made-up organisation until what is asked for holds."""

    def __init__(self, firm: Firm, attempt: int) -> None:
        self.firm = firm
        self.attempt = attempt
        turn = attempt % len(SIZES)
        self.sizes = SIZES[turn:] + SIZES[:turn]

    # --- conditions -----------------------------------------------------------------------------------

    def satisfy(self, node: tree.Node, want: bool, place: Meaning) -> None:
        """Make a condition true or false. Raises Unsolvable."""
        match node:
            case tree.Literal(value=value):
                if value is not want:
                    raise Unsolvable(node)
            case tree.Field() | tree.Annual():
                self.assign(node, want, place)
            case tree.Compare():
                self._compare(node, want, place)
            case tree.OneOf():
                self._one_of(node, want, place)
            case tree.Member(operand=operand, values=values):
                held = place.value(operand)
                assert isinstance(held, frozenset)
                self.assign(operand, held | {values[0]} if want else held - set(values), place)
            case tree.Not(operand=operand):
                self.satisfy(operand, not want, place)
            case tree.All(parts=parts):
                self._parts(parts, want, len(parts), place)
            case tree.Any(parts=parts):
                self._parts(parts, want, 1, place)
            case tree.AtLeast(count=count, parts=parts):
                self._parts(parts, want, count, place)
            case tree.Derived(shift=shift, definition=definition):
                self.satisfy(definition, want, place.earlier(-shift))
            case tree.Window():
                self._window_condition(node, want, place)
            case tree.Case():
                self._case(node, lambda outcome: self.satisfy(outcome, want, place), place)
            case tree.Call(function="starts_with", arguments=(operand, *prefixes)):
                self._starts(operand, [str(place.value(one)) for one in prefixes], want, place)
            case _:
                raise Unsolvable(node)
        if place.truth(node) is not want:
            raise Unsolvable(node)

    def _compare(self, node: tree.Compare, want: bool, place: Meaning) -> None:
        sign = node.operator if want else _OPPOSITE[node.operator]
        if _truth(node, place) is want:
            return
        left, right = node.left, node.right
        if not varies(left):
            left, right, sign = right, left, _TURNED[sign]
        target = place.value(right)
        if isinstance(target, str | bool):
            free = [one for one in (left.type.values or _OTHER_TEXTS) if one != target]
            self._first([target] if sign == "=" else free, lambda one: self.reach(left, one, place))
            return
        shift = {"=": 0, ">=": 0, "<=": 0, "<>": 1, ">": 1, "<": -1}[sign]
        self.reach(left, moved(target, _margin(left.type), shift), place)

    def _one_of(self, node: tree.OneOf, want: bool, place: Meaning) -> None:
        values = [place.value(one) for one in node.values]
        if want:
            self.reach(node.operand, values[0], place)
            return
        kind = node.operand.type
        if kind.numeric:
            most = max(one for one in values if isinstance(one, Fraction))
            self.reach(node.operand, most + 1, place)
            return
        free = [one for one in (kind.values or _OTHER_TEXTS) if one not in values]
        self._first(free, lambda one: self.reach(node.operand, one, place))

    def _parts(self, parts: tuple[tree.Node, ...], want: bool, count: int, place: Meaning) -> None:
        """Make at least `count` parts true, or fewer; parts that are right already stay as they are."""
        if want:
            chosen = (
                parts
                if count == len(parts)
                else sorted(parts, key=lambda one: _truth(one, place) is not True)
            )
            for _ in range(2):  # a later part may undo an earlier one once
                for part in chosen[:count]:
                    if _truth(part, place) is not True:
                        self.satisfy(part, True, place)
            return
        excess = [part for part in reversed(parts) if _truth(part, place) is not False]
        must = len(excess) - (count - 1)
        for part in excess:
            if must <= 0:
                return
            try:
                self.satisfy(part, False, place)
            except Unsolvable:
                continue
            must -= 1
        if must > 0:
            raise Unsolvable(parts)

    def _window_condition(self, node: tree.Window, want: bool, place: Meaning) -> None:
        years = [place.earlier(back) for back in range(node.years)]
        if node.function == "each":
            for index, year in enumerate(years):
                self.satisfy(node.operand, want or index > 0, year)
            return
        if node.function == "first_time":
            years.append(place.earlier(node.years))
        for index, year in enumerate(years):
            self.satisfy(node.operand, want and index == 0, year)

    def _starts(self, operand: tree.Node, prefixes: list[str], want: bool, place: Meaning) -> None:
        if want:
            self.reach(operand, prefixes[self.attempt % len(prefixes)], place)
            return
        free = [one for one in _OTHER_TEXTS if not one.startswith(tuple(prefixes))]
        self._first(free, lambda one: self.reach(operand, one, place))

    def _case(self, node: tree.Case, reach: Callable[[tree.Node], None], place: Meaning) -> None:
        """Lead to a branch whose outcome can be reached; the one taken now is tried first."""
        outcomes = [*(value for _, value in node.branches), node.otherwise]
        conditions = [when for when, _ in node.branches]
        try:
            taken = next((i for i, when in enumerate(conditions) if place.truth(when)), len(conditions))
        except Undefined:
            taken = 0
        order = [taken, *(index for index in range(len(outcomes)) if index != taken)]

        def lead(index: int) -> None:
            self.branch(node, index, place)
            reach(outcomes[index])
            self.branch(node, index, place)

        self._first(order, lead)

    def branch(self, node: tree.Case, index: int, place: Meaning) -> None:
        """Make a choice take the branch of this number; the number after the last is `otherwise`."""
        for number, (when, _) in enumerate(node.branches[: index + 1]):
            if _truth(when, place) is not (number == index):
                self.satisfy(when, number == index, place)

    # --- values ---------------------------------------------------------------------------------------

    def reach(self, node: tree.Node, value: Value, place: Meaning) -> None:
        """Make a number, day or text exactly so much. Raises Unsolvable."""
        match node:
            case tree.Field() | tree.Annual():
                self.assign(node, value, place)
            case tree.Derived(shift=shift, definition=definition):
                self.reach(definition, value, place.earlier(-shift))
            case tree.Case():
                self._case(node, lambda outcome: self.reach(outcome, value, place), place)
            case tree.Call(function="greatest" | "least", arguments=arguments):
                self._first(arguments, lambda one: self._one_end(node, arguments, one, value, place))
            case tree.Call(function="year_of", arguments=(operand,)):
                assert isinstance(value, Fraction)
                self.reach(operand, date(int(value), 6, 15), place)
            case tree.Size(operand=operand):
                assert isinstance(value, Fraction)
                values = operand.type.values or ()
                self.assign(operand, frozenset(values[: int(value)]), place)
            case tree.Arithmetic() | tree.Ratio() | tree.Floor() | tree.Window() | tree.Records():
                assert isinstance(value, Fraction)
                self._number(node, value, place)
            case _:
                pass
        if place.value(node) != value:
            raise Unsolvable(node)

    def _one_end(
        self, node: tree.Node, all_: tuple[tree.Node, ...], one: tree.Node, value: Value, place: Meaning
    ) -> None:
        """Make one argument of greatest or least the one that counts."""
        aside = -1 if isinstance(node, tree.Call) and node.function == "greatest" else 1
        for other in all_:
            if other is not one and varies(other):
                self.reach(other, moved(value, _margin(other.type), aside), place)
        self.reach(one, value, place)
        if place.value(node) != value:
            raise Unsolvable(node)

    def _number(self, node: tree.Node, value: Fraction, place: Meaning) -> None:
        match node:
            case tree.Arithmetic():
                terms = amounts.addends(node)
                if len(terms) > 2:
                    self._first((1, 2), lambda way: self._sum(terms, value, place, way))
                else:
                    self._first((0, 1), lambda side: self._operand(node, side, value, place))
            case tree.Ratio(numerator=over, denominator=under):
                self._ratio(over, under, value, place)
            case tree.Floor(operand=operand):
                self.reach(operand, value, place)
            case tree.Window():
                self._window_number(node, value, place)
            case tree.Records():
                self._records(node, value, place)

    def _operand(self, node: tree.Arithmetic, side: int, value: Fraction, place: Meaning) -> None:
        moving, still = (node.left, node.right) if side == 0 else (node.right, node.left)
        if not varies(moving):
            raise Unsolvable(node)
        other = place.number(still)
        if node.operator == "+":
            self.reach(moving, value - other, place)
        elif node.operator == "-":
            self.reach(moving, value + other if side == 0 else other - value, place)
        elif other == 0:
            raise Unsolvable(node)
        else:
            self.reach(moving, value / other, place)

    def _sum(self, terms: list[tree.Node], value: Fraction, place: Meaning, way: int) -> None:
        """Reach a sum of several terms: by one of them alone, or by amounts that each can come to."""
        if way == 1:
            rest = [place.number(term) for term in terms]
            ways = [index for index, term in enumerate(terms) if varies(term)]
            self._first(ways, lambda i: self.reach(terms[i], value - sum(rest) + rest[i], place))
            return
        route = amounts.route(terms, value, place)
        if route is None:
            raise Unsolvable(terms)
        for _ in range(2):  # one term's rows may be another's
            for term, one in zip(terms, route, strict=True):
                if place.number(term) != one:
                    self.reach(term, one, place)

    def _ratio(self, over: tree.Node, under: tree.Node, value: Fraction, place: Meaning) -> None:
        sizes = self.sizes if under.type.base == "money" else _SMALL[self.attempt % 3 :]
        ways: list[Fraction | None] = [Fraction(size) for size in sizes]
        if _positive(under, place):
            ways.insert(0 if self.attempt % 2 == 0 else 3, None)  # as it is

        def divide(size: Fraction | None) -> None:
            if size is not None:
                self.reach(under, size, place)
            self.reach(over, value * place.number(under), place)
            if place.number(over) != value * place.number(under):
                raise Unsolvable(over)

        self._first(ways, divide)

    def _window_number(self, node: tree.Window, value: Fraction, place: Meaning) -> None:
        years = [place.earlier(back) for back in range(node.years + 1)]
        base = Fraction(self.sizes[0]) if node.operand.type.base == "money" else Fraction(1_000)
        if node.function in ("total", "mean"):
            total = value if node.function == "total" else value * node.years
            cell = unit(node.operand.type)
            assert isinstance(cell, Fraction)
            share = total / node.years // cell * cell
            for year in years[1 : node.years]:
                self.reach(node.operand, share, year)
            self.reach(node.operand, total - share * (node.years - 1), place)
            return
        if node.function == "hnte_growth":
            years = [place.earlier(back) for back in range(3)]
        elif node.function == "growth":
            years = [place.earlier(back) for back in range(2)]
        amount = base
        for year in reversed(years):
            self.reach(node.operand, amount, year)
            amount *= 1 + value

    def _records(self, node: tree.Records, value: Fraction, place: Meaning) -> None:
        if node.measure == "count":
            self.count(node, value, place)
            return
        assert node.value is not None
        if node.measure == "sum" and isinstance(node.value, tree.Case):
            self._coined(node, node.value, value, place)
            return
        self.count(node, Fraction(0 if value == 0 else 1), place)
        for row in place.matching(node):
            self.reach(node.value, value, row)

    def _coined(self, node: tree.Records, choice: tree.Case, value: Fraction, place: Meaning) -> None:
        """Reach a sum of rows that are each worth one of a few amounts: one row for each that is needed."""
        coins = amounts.coins(choice)
        used = amounts.change(coins, value)
        if used is None:
            raise Unsolvable(node)
        worthless = choice.otherwise if amounts.worth(choice.otherwise) == 0 else None
        for row in place.matching(node):
            if worthless is not None:
                self.branch(choice, len(choice.branches), row)
        matching = len(place.matching(node)) if worthless is not None else 0
        self.count(node, Fraction(matching + len(used)), place)
        for row, index in zip(place.matching(node)[matching:], used, strict=True):
            self.branch(choice, index, row)

    def count(self, node: tree.Records, value: Fraction, place: Meaning) -> None:
        """Make exactly so many rows of a kind match. Raises Unsolvable."""
        if value < 0 or value.denominator != 1 or value > 2_000:
            raise Unsolvable(node)
        for one in place.matching(node)[int(value) :]:
            if node.where is None:
                self.firm.records[node.kind] = [
                    row for row in self.firm.records[node.kind] if row is not one.row
                ]
            else:
                self.satisfy(node.where, False, one)
        missing = int(value) - len(place.matching(node))
        matched = [one.row for one in place.matching(node)]
        for row in self.firm.records[node.kind] if self.attempt % 2 == 0 else ():
            if missing > 0 and node.where is not None and not any(row is one for one in matched):
                try:
                    self.satisfy(node.where, True, self.inside(node, row, place))
                except Unsolvable:
                    continue
                missing -= 1
        for _ in range(missing):
            row = {name: self.firm.ordinary(name, kind) for name, kind in node.scope.fields.items()}
            self.firm.records[node.kind].append(row)
            if node.where is not None:
                self.satisfy(node.where, True, self.inside(node, row, place))
        if len(place.matching(node)) != value:
            raise Unsolvable(node)

    def inside(self, node: tree.Records, row: Row, place: Meaning) -> Meaning:
        """Return the place inside one row of an aggregate."""
        return place.inside(row, node.scope.absent)

    # --- cells ----------------------------------------------------------------------------------------

    def assign(self, node: tree.Node, value: Value, place: Meaning) -> None:
        """Write a fact or a field of the row. Raises Unsolvable for a value its type cannot hold."""
        if not storable(value, node.type):
            raise Unsolvable(node)
        match node:
            case tree.Annual(name=name, shift=shift):
                self.firm.annual[(name, place.year + shift)] = value
            case tree.Field(name=name) if place.row is not None:
                place.row[name] = value
            case tree.Field(name=name):
                self.firm.facts[name] = value
            case _:
                raise Unsolvable(node)

    def _first(self, ways: Iterable[Way], attempt: Callable[[Way], None]) -> None:
        """Take the first way that works; what the others changed is undone."""
        for way in ways:
            undo = kept(self.firm)
            try:
                attempt(way)
            except (Unsolvable, Undefined):
                undo()
                continue
            return
        raise Unsolvable


def kept(firm: Firm) -> Callable[[], None]:
    """Return what puts the organisation back to what it is now; rows stay the same objects."""
    facts, annual = dict(firm.facts), dict(firm.annual)
    records = {kind: [(row, dict(row)) for row in rows] for kind, rows in firm.records.items()}

    def undo() -> None:
        firm.facts.clear()
        firm.facts.update(facts)
        firm.annual.clear()
        firm.annual.update(annual)
        for kind in list(firm.records):
            firm.records[kind] = [row for row, _ in records.get(kind, ())]
        for rows in records.values():
            for row, cells in rows:
                row.clear()
                row.update(cells)

    return undo


def varies(node: tree.Node) -> bool:
    """Whether an organisation's data can change the value."""
    data = (tree.Field, tree.Annual, tree.Records)
    return any(isinstance(part, data) for part in tree.walk(node))


def storable(value: Value, kind: Type) -> bool:
    """Whether a fact of the type can hold the value."""
    if kind.base == "bool":
        return isinstance(value, bool)
    if kind.base == "date":
        return isinstance(value, date)
    if kind.base == "set":
        return isinstance(value, frozenset)
    if not kind.numeric:
        return isinstance(value, str) and (kind.values is None or value in kind.values)
    if not isinstance(value, Fraction) or (value * 10 ** PLACES[kind.base]).denominator != 1:
        return False
    return abs(value) * 10 ** PLACES[kind.base] < beyond(kind) and (value >= 0 or not kind.positive)


def moved(value: Value, step: Fraction | timedelta, times: int) -> Value:
    """Return a number or day so many steps on."""
    if times == 0:
        return value
    if isinstance(value, date) and isinstance(step, timedelta):
        return value + step * times
    assert isinstance(value, Fraction)
    return value + Fraction(step * times)  # type: ignore[arg-type]  # a step of numbers


def _margin(kind: Type) -> Fraction | timedelta:
    """Return a step that leaves a value clearly on one side."""
    return timedelta(1) if kind.base == "date" else Fraction(1, 100 if kind.base == "ratio" else 1)


def _truth(node: tree.Node, place: Meaning) -> bool | None:
    try:
        return place.truth(node)
    except Undefined:
        return None


def _positive(node: tree.Node, place: Meaning) -> bool:
    try:
        return place.number(node) > 0
    except Undefined:
        return False
