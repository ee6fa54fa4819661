"""What an authored expression means when everything it needs is known, in plain fractions.

This stands beside the engine and shares no code of its evaluation: it says what a generated case should come to.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wanqi.rules import tree
from wanqi.rules.types import Type

Value = Fraction | date | str | bool | frozenset[str]
Row = dict[str, Value | None]

SIGNS: Mapping[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Undefined(Exception):
    """The expression has no value: something is not given, or a denominator is not positive."""


@dataclass(frozen=True)
class Firm:
    """A made-up organisation: scalar facts by name, annual ones by (name, year), rows by kind of record.

    ordinary: what a fact or field that is asked for and not given is set to, by its type.
    """

    ordinary: Callable[[str, Type], Value]
    facts: dict[str, Value] = field(default_factory=dict)
    annual: dict[tuple[str, int], Value] = field(default_factory=dict)
    records: dict[str, list[Row]] = field(default_factory=dict)

    def copy(self) -> Firm:
        """Return another with the same content."""
        rows = {kind: [dict(row) for row in given] for kind, given in self.records.items()}
        return Firm(self.ordinary, dict(self.facts), dict(self.annual), rows)


@dataclass(slots=True)
class Meaning:
    """Where an expression is asked: the organisation, the day, the base year, and the row inside a filter."""

    firm: Firm
    on: date
    year: int
    row: Row | None = None
    absent: Mapping[str, object] = field(default_factory=dict)

    def earlier(self, years: int) -> Meaning:
        """Return the same with an earlier base year."""
        return self if years == 0 else Meaning(self.firm, self.on, self.year - years, self.row, self.absent)

    def inside(self, row: Row, absent: Mapping[str, object]) -> Meaning:
        """Return the same inside one row of a kind of record."""
        return Meaning(self.firm, self.on, self.year, row, absent)

    def truth(self, node: tree.Node) -> bool:
        """Return the value of a condition. Raises Undefined."""
        value = self.value(node)
        if not isinstance(value, bool):
            raise Undefined(node)
        return value

    def number(self, node: tree.Node) -> Fraction:
        """Return the value of a number. Raises Undefined."""
        value = self.value(node)
        if not isinstance(value, Fraction):
            raise Undefined(node)
        return value

    def value(self, node: tree.Node) -> Value:
        """Return the value of any node. Raises Undefined."""
        method = _METHODS.get(type(node))
        if method is None:
            raise Undefined(node)
        return method(self, node)

    def _literal(self, node: tree.Literal) -> Value:
        return exact(node.value)

    def _annual(self, node: tree.Annual) -> Value:
        key = (node.name, self.year + node.shift)
        if key not in self.firm.annual:
            self.firm.annual[key] = self.firm.ordinary(node.name, node.type)
        return self.firm.annual[key]

    def _derived(self, node: tree.Derived) -> Value:
        return self.earlier(-node.shift).value(node.definition)

    def _base_year(self, node: tree.BaseYear) -> Value:
        return Fraction(self.year)

    def _param(self, node: tree.Param) -> Value:
        return exact([value for since, value in node.values if since <= self.on][-1])

    def _member(self, node: tree.Member) -> Value:
        held = self.value(node.operand)
        return isinstance(held, frozenset) and bool(held & set(node.values))

    def _size(self, node: tree.Size) -> Value:
        held = self.value(node.operand)
        return Fraction(len(held)) if isinstance(held, frozenset) else _none()

    def _case(self, node: tree.Case) -> Value:
        chosen = next((value for when, value in node.branches if self.truth(when)), node.otherwise)
        return self.value(chosen)

    def _field(self, node: tree.Field) -> Value:
        if self.row is None:
            if node.name not in self.firm.facts:
                self.firm.facts[node.name] = self.firm.ordinary(node.name, node.type)
            return self.firm.facts[node.name]
        if node.name not in self.row:
            self.row[node.name] = self.firm.ordinary(node.name, node.type)
        value = self.row[node.name]
        if value is None:
            return exact(self.absent[node.name]) if node.name in self.absent else _none()
        return value

    def _day(self, node: tree.Day) -> date:
        match node.anchor:
            case "on":
                found = self.on
            case "year_start":
                found = date(self.year + node.shift, 1, 1)
            case "year_end":
                found = date(self.year + node.shift, 12, 31)
            case _:
                assert node.day is not None
                found = node.day
        for unit, distance in node.back:
            found = back(found, unit, distance)
        return found

    def _compare(self, node: tree.Compare) -> bool:
        return SIGNS[node.operator](*self.sides(node.left, node.right))

    def _one_of(self, node: tree.OneOf) -> bool:
        return self.value(node.operand) in [self.value(one) for one in node.values]

    def _all(self, node: tree.All) -> bool:
        return self._every(node.parts, True)

    def _any(self, node: tree.Any) -> bool:
        return not self._every(node.parts, False)

    def _at_least(self, node: tree.AtLeast) -> bool:
        return [self.truth(part) for part in node.parts].count(True) >= node.count

    def _not(self, node: tree.Not) -> bool:
        return not self.truth(node.operand)

    def _every(self, parts: tuple[tree.Node, ...], want: bool) -> bool:
        """Whether every part is as wanted; one that is not decides, whatever the others have no value."""
        undefined = False
        for part in parts:
            try:
                if self.truth(part) is not want:
                    return False
            except Undefined:
                undefined = True
        if undefined:
            raise Undefined(parts)
        return True

    def sides(self, left: tree.Node, right: tree.Node) -> tuple[Value, Value]:
        """Return the two sides of a comparison; of a compound growth rate, what its power is compared with."""
        for one, other, turned in ((left, right, False), (right, left, True)):
            if isinstance(one, tree.Window) and one.function == "cagr":
                grown = self._ratio(one.operand, 0, one.years)
                power = (1 + self.number(other)) ** one.years
                return (power, grown) if turned else (grown, power)
        return self.value(left), self.value(right)

    def _arithmetic(self, node: tree.Arithmetic) -> Fraction:
        first, second = self.number(node.left), self.number(node.right)
        sign = node.operator
        return first * second if sign == "*" else first + second if sign == "+" else first - second

    def _quotient(self, node: tree.Ratio) -> Fraction:
        bottom = self.number(node.denominator)
        return self.number(node.numerator) / bottom if bottom > 0 else _none()

    def _floor(self, node: tree.Floor) -> Fraction:
        step = Fraction(node.step)
        return self.number(node.operand) // step * step

    def _call(self, node: tree.Call) -> Value:
        values = [self.value(one) for one in node.arguments]
        first = values[0]
        match node.function:
            case "starts_with":
                return str(first).startswith(tuple(map(str, values[1:])))
            case "year_of" | "month_of" as name if isinstance(first, date):
                return Fraction(first.year if name == "year_of" else first.month)
            case "greatest":
                return max(values)
            case "least":
                return min(values)
            case _:
                raise Undefined(node)

    # --- records ------------------------------------------------------------------------------------

    def matching(self, node: tree.Records) -> list[Meaning]:
        """Return the rows that an aggregate counts, each as the place its values are asked. Raises Undefined."""
        given = self.firm.records.setdefault(node.kind, [])
        rows = [self.inside(row, node.scope.absent) for row in given]
        return [one for one in rows if node.where is None or one.truth(node.where)]

    def _records(self, node: tree.Records) -> Fraction:
        rows = self.matching(node)
        if node.value is None:
            return Fraction(len(rows))
        values = sorted((one.number(node.value) for one in rows), reverse=True)
        return sum(values[: node.n] if node.measure == "top" else values, Fraction(0))

    # --- years ----------------------------------------------------------------------------------------

    def _window(self, node: tree.Window) -> Value:
        years = range(node.years)
        match node.function:
            case "each":
                return [self.earlier(k).truth(node.operand) for k in years].count(False) == 0
            case "some":
                return [self.earlier(k).truth(node.operand) for k in years].count(True) > 0
            case "first_time":
                before = [k for k in range(1, node.years + 1) if self._existed(node, k)]
                earlier = [self.earlier(k).truth(node.operand) for k in before]
                return self.truth(node.operand) and True not in earlier
            case "total" | "mean":
                values = [self.earlier(k).number(node.operand) for k in years if self._existed(node, k)]
                total = sum(values, Fraction(0))
                return total if node.function == "total" else total / len(values) if values else _none()
            case "growth":
                return self._ratio(node.operand, 0, 1) - 1
            case "avg_growth":
                steps = [self._ratio(node.operand, k, k + 1) for k in years]
                return sum(steps, Fraction(0)) / node.years - 1
            case "hnte_growth":
                return self._three_years(node)
            case _:
                raise Undefined(node)

    def _existed(self, node: tree.Window, back: int) -> bool:
        if node.founding is None:
            return True
        founded = self.value(node.founding)
        return isinstance(founded, date) and founded <= date(self.year - back, 12, 31)

    def _ratio(self, node: tree.Node, after: int, before: int) -> Fraction:
        bottom = self.earlier(before).number(node)
        return self.earlier(after).number(node) / bottom if bottom > 0 else _none()

    def _three_years(self, node: tree.Window) -> Fraction:
        """½ (v₂/v₁ + v₃/v₂) − 1 where all three years are positive; other cases are left to worked examples."""
        if not self._existed(node, 2) or min(self.earlier(k).number(node.operand) for k in range(3)) <= 0:
            raise Undefined(node)
        return (self._ratio(node.operand, 0, 1) + self._ratio(node.operand, 1, 2)) / 2 - 1


def back(day: date, unit: str, distance: int) -> date:
    """Return the day so many days, months or years earlier; 29 February becomes the 28th."""
    if unit == "days":
        return day - timedelta(days=distance)
    months = day.year * 12 + day.month - 1 - (distance * 12 if unit == "years" else distance)
    year, month = divmod(months, 12)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise ValueError(day)


_METHODS: Mapping[type, Callable[[Meaning, Any], Value]] = {
    tree.Literal: Meaning._literal,
    tree.Field: Meaning._field,
    tree.Annual: Meaning._annual,
    tree.Derived: Meaning._derived,
    tree.BaseYear: Meaning._base_year,
    tree.Day: Meaning._day,
    tree.Param: Meaning._param,
    tree.Compare: Meaning._compare,
    tree.OneOf: Meaning._one_of,
    tree.All: Meaning._all,
    tree.Any: Meaning._any,
    tree.AtLeast: Meaning._at_least,
    tree.Not: Meaning._not,
    tree.Records: Meaning._records,
    tree.Member: Meaning._member,
    tree.Size: Meaning._size,
    tree.Window: Meaning._window,
    tree.Case: Meaning._case,
    tree.Arithmetic: Meaning._arithmetic,
    tree.Ratio: Meaning._quotient,
    tree.Floor: Meaning._floor,
    tree.Call: Meaning._call,
}


def exact(value: object) -> Value:
    """Return numbers as fractions, everything else as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Fraction(value)
    assert isinstance(value, Fraction | date | str | bool)
    return value


def _none() -> Fraction:
    raise Undefined
