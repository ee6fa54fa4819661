"""What the language means, read straight off the authored tree and the organisation's JSON; slow and obvious.

A number is a list of alternatives (what can still be chosen), each an interval; an unknown number is one without ends.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from math import floor, inf
from typing import Any

from wanqi.rules import tree
from wanqi.rules.types import RecordScope

Interval = tuple[Any, Any]
UNKNOWN: Interval = (-inf, inf)
SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def agreed(outcomes: Iterable[Any]) -> Any:
    """The outcome, if every one is the same and known."""
    first, *rest = list(outcomes)
    return first if all(one == first for one in rest) else None


class Oracle:
    """The facts and records of one organisation on one day; row: the record being looked at."""

    def __init__(self, organisation: Any, on: date, year: int, row: Any = None) -> None:
        self.organisation, self.on, self.year, self.row = organisation, on, year, row

    def at(self, shift: int) -> Oracle:
        return Oracle(self.organisation, self.on, self.year + shift, self.row)

    # --- what is recorded

    def raw(self, node: tree.Node) -> Any:
        if isinstance(node, tree.Annual):
            years = self.organisation["facts"].get(node.name)
            return (years or {}).get(str(self.year + node.shift))
        assert isinstance(node, tree.Field)
        return (self.organisation["facts"] if self.row is None else self.row).get(node.name)

    def plain(self, node: tree.Node) -> Any:
        """Text, dates and truths."""
        match node:
            case tree.Literal(value=value):
                return value
            case tree.Field() | tree.Annual():
                value = self.raw(node)
                return (
                    date.fromisoformat(value)
                    if node.type.base == "date" and isinstance(value, str)
                    else value
                )
            case tree.Day():
                return self.day(node)
            case tree.Derived(definition=definition, shift=shift):
                return self.at(shift).plain(definition)
            case _:
                return self.truth(node)

    def day(self, node: tree.Day) -> date:
        year = self.year + node.shift
        day = {
            "on": self.on,
            "year_start": date(year, 1, 1),
            "year_end": date(year, 12, 31),
            "day": node.day,
        }[node.anchor]
        assert day is not None
        for unit, n in node.back:
            if unit == "days":
                day -= timedelta(days=n)
                continue
            months = day.year * 12 + day.month - 1 - n * (12 if unit == "years" else 1)
            wanted = day.day
            while True:  # the day itself, or the last one the month has
                try:
                    day = date(months // 12, months % 12 + 1, wanted)
                    break
                except ValueError:
                    wanted -= 1
        return day

    # --- conditions

    def truth(self, node: tree.Node) -> bool | None:
        match node:
            case tree.Literal(value=bool() as value):
                return value
            case tree.Field() | tree.Annual():
                return self.raw(node)  # type: ignore[no-any-return]
            case tree.Derived(definition=definition, shift=shift):
                return self.at(shift).truth(definition)
            case tree.Not(operand=operand):
                held = self.truth(operand)
                return None if held is None else not held
            case tree.All(parts=parts):
                return self.count(parts, len(parts))
            case tree.Any(parts=parts):
                return self.count(parts, 1)
            case tree.AtLeast(count=count, parts=parts):
                return self.count(parts, count)
            case tree.Case():
                return agreed(self.truth(one) for one in self.reachable(node))  # type: ignore[no-any-return]
            case tree.Compare(operator=sign, left=left, right=right):
                return self.compared(sign, left, right)
            case tree.OneOf(operand=operand, values=values):
                if operand.type.numeric:
                    return self.count(tuple(tree.Compare("=", operand, one) for one in values), 1)
                found = self.plain(operand)
                return None if found is None else found in [one.value for one in values]
            case tree.Call(function="starts_with", arguments=(text, *prefixes)):
                found = self.plain(text)
                return None if found is None else any(found.startswith(one.value) for one in prefixes)  # type: ignore[union-attr]
            case tree.Member(operand=operand, values=values):
                held_values = self.raw(operand)
                return None if held_values is None else bool(set(held_values) & set(values))
            case tree.Window():
                return self.window(node)
        raise AssertionError(node)

    def count(self, parts: tuple[tree.Node, ...], n: int) -> bool | None:
        held = [self.truth(part) for part in parts]
        if held.count(True) >= n:
            return True
        return None if len(held) - held.count(False) >= n else False

    def reachable(self, node: tree.Case) -> list[tree.Node]:
        found = []
        for condition, outcome in node.branches:
            held = self.truth(condition)
            if held is not False:
                found.append(outcome)
            if held is True:
                return found
        return [*found, node.otherwise]

    def before_founding(self, founding: tree.Node | None, shift: int) -> bool | None:
        """Whether a year lies wholly before the one of founding."""
        if founding is None:
            return False
        founded = self.plain(founding)
        return None if founded is None else founded.year > self.year + shift

    def window(self, node: tree.Window) -> bool | None:
        held = [self.at(-k).truth(node.operand) for k in range(node.years + 1)]
        if node.function == "each":
            return agreed_all(held[: node.years])
        if node.function == "some":
            return opposite(agreed_all([opposite(one) for one in held[: node.years]]))
        before = [
            either(self.before_founding(node.founding, -k), opposite(held[k]))
            for k in range(1, node.years + 1)
        ]
        return agreed_all([held[0], *before])

    def compared(self, sign: str, left: tree.Node, right: tree.Node) -> bool | None:
        if not left.type.numeric:
            one, two = self.plain(left), self.plain(right)
            return None if one is None or two is None else SIGNS[sign](one, two)
        growing, shift = left, 0
        while isinstance(growing, tree.Derived):
            shift, growing = shift + growing.shift, growing.definition
        if isinstance(growing, tree.Window) and growing.function == "cagr":
            return self.at(shift).compounded(sign, growing, right)
        wide = gathers(left) or gathers(right)
        pairs = product(self.numbers(left, wide), self.numbers(right, wide))
        return agreed(apart(sign, one, two) for one, two in pairs)  # type: ignore[no-any-return]

    def compounded(self, sign: str, node: tree.Window, right: tree.Node) -> bool | None:
        ((last, _),) = self.numbers(node.operand, False)
        ((first, _),) = self.at(-node.years).numbers(node.operand, False)
        ((limit, _),) = self.numbers(right, False)
        if last == -inf or first == -inf or first <= 0:
            return None
        if last < 0:
            return SIGNS[sign](-2, 0)
        with localcontext(prec=60):
            share = Decimal(last.numerator) / last.denominator * first.denominator / first.numerator
            rate = share ** (Decimal(1) / node.years) - 1 if share else Decimal(-1)
            gap = rate - Decimal(limit.numerator) / limit.denominator
            return SIGNS[sign](0 if abs(gap) < Decimal("1e-40") else gap, 0)

    # --- numbers

    def numbers(self, node: tree.Node, wide: bool) -> list[Interval]:
        """The alternatives of a number; wide: keep intervals instead of giving up where a number is not exact."""
        match node:
            case tree.Literal(value=Decimal() as value):
                return [(Fraction(value), Fraction(value))]
            case tree.Field() | tree.Annual():
                return [point(self.raw(node))]
            case tree.Param(values=values):
                return [point([value for first, value in values if first <= self.on][-1])]
            case tree.BaseYear():
                return [point(self.year)]
            case tree.Derived(definition=definition, shift=shift):
                return self.at(shift).numbers(definition, wide)
            case tree.Size(operand=operand):
                held = self.raw(operand)
                return [point(None if held is None else len(held))]
            case tree.Records():
                return [self.records(node)]
            case tree.Arithmetic(operator=sign, left=left, right=right):
                pairs = product(self.numbers(left, wide), self.numbers(right, wide))
                return [combined(sign, one, two) for one, two in pairs]
            case tree.Ratio(numerator=over, denominator=under):
                return [divided(self.one(over, wide), self.one(under, wide))]
            case tree.Floor(operand=operand, step=step):
                return [
                    tuple(rounded(end, Fraction(step)) for end in one) for one in self.numbers(operand, wide)
                ]  # type: ignore[misc]
            case tree.Case():
                alternatives = [
                    one for outcome in self.reachable(node) for one in self.numbers(outcome, wide)
                ]
                return alternatives if quotient(node) else [joined(alternatives, wide)]
            case tree.Call(function="year_of", arguments=(day,)):
                found = self.plain(day)
                return [point(None if found is None else found.year)]
            case tree.Call(function="greatest" | "least" as name, arguments=arguments):
                ends = [self.one(one, wide) for one in arguments]
                chosen = max if name == "greatest" else min
                if not wide and UNKNOWN in ends:
                    return [UNKNOWN]
                return [(chosen(low for low, _ in ends), chosen(high for _, high in ends))]
            case tree.Window():
                return self.numeric_window(node, wide)
        raise AssertionError(node)

    def one(self, node: tree.Node, wide: bool) -> Interval:
        return joined(self.numbers(node, wide), wide)

    def numeric_window(self, node: tree.Window, wide: bool) -> list[Interval]:
        years = [self.at(-k).one(node.operand, wide) for k in range(max(node.years, 2) + 1)]
        match node.function:
            case "growth":
                return [divided(combined("-", years[0], years[1]), years[1])]
            case "avg_growth":
                rates = [divided(years[k], years[k + 1]) for k in range(node.years)]
                return [UNKNOWN if UNKNOWN in rates else point(sum(one for one, _ in rates) / node.years - 1)]
            case "hnte_growth":
                return self.three_years(node, years)
        amounts, counts = [], []
        for k in range(node.years):
            early = self.before_founding(node.founding, -k)
            choices = [years[k]] if early is False else [point(0)] if early else [point(0), years[k]]
            amounts.append(joined(choices, wide))
            counts.append(
                joined([point(1)] if early is False else [point(0)] if early else [point(0), point(1)], wide)
            )
        total, count = point(0), point(0)
        for amount, one in zip(amounts, counts, strict=True):
            total, count = combined("+", total, amount), combined("+", count, one)
        return [total if node.function == "total" else divided(total, count)]

    def three_years(self, node: tree.Window, years: list[Interval]) -> list[Interval]:
        third, second, first = years[:3]
        recent = divided(third, second)
        recent = UNKNOWN if recent == UNKNOWN else point(recent[0] - 1)
        both = (divided(second, first), divided(third, second))
        whole = UNKNOWN if UNKNOWN in both else point((both[0][0] + both[1][0]) / 2 - 1)
        tests = [
            (self.before_founding(node.founding, -1), point(0)),
            (apart("=", second, point(0)), point(0)),
            (self.before_founding(node.founding, -2), recent),
            (apart("=", first, point(0)), recent),
        ]
        found = []
        for held, outcome in tests:
            if held is not False:
                found.append(outcome)
            if held is True:
                return found
        return [*found, whole]

    # --- records

    def records(self, node: tree.Records) -> Interval:
        """Take every matching subset of the possible records, and every amount of what is not listed."""
        listed = self.organisation["records"].get(node.kind)
        rows = [one for one in listed or [] if "complete_until" not in one]
        ends = [one["complete_until"] for one in listed or [] if "complete_until" in one]
        complete = listed is not None and all(end >= self.on.isoformat() for end in ends)
        sure: list[Any] = []
        maybe: list[Any] = []
        for row in rows:
            held = True if node.where is None else self.of(row, node.scope).truth(node.where)
            value = point(1) if node.value is None else self.of(row, node.scope).one(node.value, False)
            if held is not False:
                (sure if held else maybe).append(value)
        signed = node.measure == "sum" and node.kind == "adjustments"
        blank = any(value == UNKNOWN for value in [*sure, *maybe])
        known = [[one for one, _ in group if one != -inf] for group in (sure, maybe)]
        totals = [
            self.measured(node, [*known[0], *chosen])
            for chosen in (
                [one for one, taken in zip(known[1], picks, strict=True) if taken]
                for picks in product((False, True), repeat=len(known[1]))
            )
        ]
        low, high = min(totals), max(totals)
        if blank or not complete:
            return (-inf if signed else low), inf
        return low, high

    def measured(self, node: tree.Records, values: list[Fraction]) -> Fraction:
        return Fraction(sum(sorted(values, reverse=True)[: node.n]))

    def of(self, row: Any, scope: RecordScope) -> Oracle:
        filled = {
            **{
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in scope.absent.items()
            }
        }
        filled.update({name: value for name, value in row.items() if value is not None})
        return Oracle(self.organisation, self.on, self.year, filled)


def opposite(held: bool | None) -> bool | None:
    return None if held is None else not held


def either(one: bool | None, two: bool | None) -> bool | None:
    return opposite(agreed_all([opposite(one), opposite(two)]))


def agreed_all(held: list[bool | None]) -> bool | None:
    return False if False in held else None if None in held else True


def point(value: Any) -> Interval:
    return UNKNOWN if value is None else (Fraction(value), Fraction(value))


def joined(alternatives: list[Interval], wide: bool) -> Interval:
    low, high = min(one for one, _ in alternatives), max(one for _, one in alternatives)
    return (low, high) if wide or low == high else UNKNOWN


def apart(sign: str, one: Interval, two: Interval) -> bool | None:
    """Whether the comparison comes out the same wherever the two numbers lie."""
    if sign in ("=", "<>"):
        if one[1] < two[0] or two[1] < one[0]:
            return sign == "<>"
        return sign == "=" if one[0] == one[1] == two[0] == two[1] else None
    if sign in ("<", "<="):
        return apart(">" if sign == "<" else ">=", two, one)
    if SIGNS[sign](one[0], two[1]):
        return True
    return None if SIGNS[sign](one[1], two[0]) else False


def combined(sign: str, one: Interval, two: Interval) -> Interval:
    if sign == "-":
        return one[0] - two[1], one[1] - two[0]
    if sign == "+":
        return one[0] + two[0], one[1] + two[1]
    if UNKNOWN in (one, two):
        return UNKNOWN
    corners = [None if {a, b} & {inf, -inf} else a * b for a in one for b in two]
    if None not in corners:
        return min(corners), max(corners)  # type: ignore[type-var]
    return unbounded_product(one, two)


def unbounded_product(one: Interval, two: Interval) -> Interval:
    for a, b in ((one, two), (two, one)):
        if a[0] == a[1]:
            ends = b if a[0] >= 0 else (b[1], b[0])
            return tuple(
                open_end if end in (inf, -inf) else a[0] * end
                for end, open_end in zip(ends, UNKNOWN, strict=True)
            )  # type: ignore[return-value]
    return (one[0] * two[0], inf) if one[0] >= 0 and two[0] >= 0 else UNKNOWN


def divided(over: Interval, under: Interval) -> Interval:
    if under[0] <= 0 or over == UNKNOWN:
        return UNKNOWN
    ends = (under[1] if over[0] >= 0 else under[0]), (under[0] if over[1] >= 0 else under[1])
    # an open denominator leaves the end open
    return (-inf if ends[0] == inf else over[0] / ends[0]), (inf if ends[1] == inf else over[1] / ends[1])


def rounded(end: Any, step: Fraction) -> Any:
    return end if end in (inf, -inf) else floor(end / step) * step


def gathers(node: tree.Node) -> bool:
    return any(isinstance(part, tree.Records) for part in tree.walk(node))


def quotient(node: tree.Node) -> bool:
    """Whether a choice is between quotients, which are compared one by one."""
    match node:
        case tree.Case(branches=branches, otherwise=otherwise):
            return quotient(otherwise) or any(quotient(value) for _, value in branches)
        case tree.Arithmetic(left=left, right=right):
            return quotient(left) or quotient(right)
        case tree.Window(function=function):
            return function not in ("total", "each", "some", "first_time")
        case _:
            return isinstance(node, tree.Ratio)
