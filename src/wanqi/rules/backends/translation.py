"""Core nodes over whole numbers, once for all languages.

A number is numerator / (denominator × 10^scale). Ratios are never divided: comparisons multiply crosswise, and a
ratio whose denominator is not positive is masked at the end. The bounds of every step are followed, so that each
is carried in 64 bits where that is proved safe, in 128 where needed, and refused beyond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Generic, Literal

from wanqi.rules import tree
from wanqi.rules.backends.branches import decided, merged
from wanqi.rules.backends.target import E, Kind, Target, Whole, beyond_narrow, kind_of
from wanqi.rules.bounds import LIMIT, PLACES, beyond, scaled
from wanqi.rules.errors import RulesError
from wanqi.rules.types import Type

_MIRRORED: Mapping[tree.Comparison, tree.Comparison] = {
    "=": "=",
    "<>": "<>",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}

# The functions of the core; a test compares them with those of the language.
CALLS = frozenset(
    {"starts_with", "year_of", "month_of", "greatest", "least", "greatest_known", "least_known"}
)


Rounding = Literal["down", "up", "zero"]


@dataclass(frozen=True, slots=True)
class Number(Generic[E]):
    """numerator / (denominator × 10^scale), unknown unless every guard is true; denominator None is 1."""

    numerator: Whole[E]
    denominator: Whole[E] | None
    scale: int
    guards: tuple[E, ...] = ()


class Translation(Generic[E]):
    """Translates nodes into one language; `limit` is the greatest absolute value its 128-bit numbers hold.

    Numbers and other values already translated are found by their column name in `numbers` and `plains`.
    """

    def __init__(self, target: Target[E], *, limit: int = LIMIT) -> None:
        self.target = target
        self.limit = limit
        self.numbers: dict[str, Number[E]] = {}
        self.plains: dict[str, E] = {}

    # --- what is no number ----------------------------------------------------------------------

    def plain(self, node: tree.Node) -> E:
        """Return a truth value, date or text."""
        target = self.target
        match node:
            case tree.Field(name=name, type=kind):
                found = self.plains.get(name)
                return target.column(name, kind_of(kind.base)) if found is None else found
            case tree.Literal(value=str() | bool() | date() as constant):
                return target.constant(constant)
            case tree.Unknown(type=kind):
                return target.unknown(kind_of(kind.base))
            case tree.Compare():
                return self._compare(node)
            case tree.OneOf():
                return self._one_of(node)
            case tree.All(parts=parts):
                return target.conjunction([self.plain(part) for part in parts])
            case tree.Any(parts=parts):
                return target.disjunction([self.plain(part) for part in parts])
            case tree.Not(operand=operand):
                return target.negation(self.plain(operand))
            case tree.AtLeast(count=count, parts=parts):
                return target.at_least(count, [self.plain(part) for part in parts])
            case tree.Known(operand=operand):
                return self._known(operand)
            case tree.Case():
                return self._plain_case(node)
            case tree.Call(function="starts_with", arguments=(first, *rest)):
                prefixes = [str(one.value) for one in rest if isinstance(one, tree.Literal)]
                return target.starts_with(self.plain(first), prefixes)
            case tree.Call(function=name, arguments=arguments):
                return self._plain_extreme(name, arguments)
            case _:
                raise AssertionError(f"not a plain node: {node}")

    def _compare(self, node: tree.Compare) -> E:
        """Compare with a constant side on the right, which every language handles best."""
        sign, left, right = node.operator, node.left, node.right
        if isinstance(left, tree.Literal) and not isinstance(right, tree.Literal):
            sign, left, right = _MIRRORED[sign], right, left
        if left.type.numeric:
            return self._compare_numbers(sign, self.number(left), self.number(right))
        return self.target.compare(sign, self.plain(left), self.plain(right), kind=kind_of(left.type.base))

    def _compare_numbers(self, sign: tree.Comparison, left: Number[E], right: Number[E]) -> E:
        one, two = self._crossed(left, right)
        one, two = self._level(one, two)
        compared = self.target.compare(sign, one.text, two.text, kind="number")
        return self._guarded(compared, (*left.guards, *right.guards), kind="truth")

    def _one_of(self, node: tree.OneOf) -> E:
        operand = node.operand
        if not operand.type.numeric:
            constants = [value.value for value in node.values]
            chosen = [one for one in constants if isinstance(one, str | date)]
            if len(chosen) < len(constants):
                return self.target.disjunction([self._equal(operand, one) for one in node.values])
            return self.target.one_of(self.plain(operand), chosen, kind=kind_of(operand.type.base))
        number = self.number(operand)
        if number.denominator is None and not number.numerator.wide:
            shift = Decimal(10) ** number.scale
            exact = [value.value * shift for value in node.values if isinstance(value.value, Decimal)]
            whole = [int(one) for one in exact if one == int(one) and abs(one) <= number.numerator.size]
            found = self.target.one_of(number.numerator.text, whole, kind="number")
            return self._guarded(found, number.guards, kind="truth")
        return self.target.disjunction([self._equal(operand, one) for one in node.values])

    def _equal(self, operand: tree.Node, value: tree.Literal) -> E:
        return self._compare(tree.Compare("=", operand, value))

    def _known(self, operand: tree.Node) -> E:
        if not operand.type.numeric:
            return self.target.known(self.plain(operand), kind=kind_of(operand.type.base))
        return self._number_known(self.number(operand))

    def _number_known(self, number: Number[E]) -> E:
        parts = [self.target.known(number.numerator.text, kind="number")]
        if number.denominator is not None:
            parts.append(self.target.known(number.denominator.text, kind="number"))
        parts += [self.target.certain(guard) for guard in number.guards]
        return parts[0] if len(parts) == 1 else self.target.conjunction(parts)

    def _plain_case(self, node: tree.Case) -> E:
        kind = kind_of(node.type.base)
        rest = self.plain(node.otherwise)
        last: tree.Node | None = decided(node.otherwise)
        for condition, outcome in reversed(merged(node.branches)):
            when = self.target.share(self.plain(condition), kind="truth")
            rest = self._branched(when, decided(outcome), rest, last, kind=kind)
            last = None
        return rest

    def _branched(self, when: E, outcome: tree.Node, rest: E, last: tree.Node | None, *, kind: Kind) -> E:
        """Return one outcome where its condition is true, the rest where it is false, and where it is open the two if
        they agree. last: the node of the rest where it is the otherwise itself.
        """
        target = self.target
        one = self.plain(outcome)
        if isinstance(outcome, tree.Literal) and outcome.value is True:
            return target.disjunction([when, rest])
        if isinstance(outcome, tree.Literal) and outcome.value is False:
            return target.conjunction([target.negation(when), rest])
        if isinstance(last, tree.Literal) and last.value is True:
            return target.disjunction([target.negation(when), one])
        if isinstance(last, tree.Literal) and last.value is False:
            return target.conjunction([when, one])
        one, rest = target.share(one, kind=kind), target.share(rest, kind=kind)
        branches = [(when, one), (target.negation(when), rest)]
        if not isinstance(outcome, tree.Unknown) and not isinstance(last, tree.Unknown):
            # a constant stands on the right
            left, right = (rest, one) if isinstance(outcome, tree.Literal) else (one, rest)
            branches.append((target.compare("=", left, right, kind=kind), one))
        return target.choose(branches, target.unknown(kind), kind=kind)

    def _plain_extreme(self, name: str, arguments: Sequence[tree.Node]) -> E:
        kind = kind_of(arguments[0].type.base)
        parts = [self.target.share(self.plain(one), kind=kind) for one in arguments]
        chosen = self.target.extreme(parts, greatest=name.startswith("greatest"), kind=kind)
        if name.endswith("_known"):
            return chosen
        every = self.target.conjunction([self.target.known(one, kind=kind) for one in parts])
        return self.target.choose([(every, chosen)], self.target.unknown(kind), kind=kind)

    # --- numbers --------------------------------------------------------------------------------

    def number(self, node: tree.Node) -> Number[E]:
        """Return a number. Raises RulesError where a step may pass the widest integers."""
        match node:
            case tree.Field(name=name, type=kind):
                return self.numbers.get(name) or self.field(name, kind)
            case tree.Literal(value=Decimal() as constant):
                return self._literal(*scaled(constant))
            case tree.Unknown():
                return Number(Whole(self.target.unknown("number"), 0, 0, wide=False), None, 0)
            case tree.Arithmetic(operator="*", left=left, right=right):
                return self._product(self.number(left), self.number(right))
            case tree.Arithmetic(operator=sign, left=left, right=right):
                return self._sum(sign, self.number(left), self.number(right))
            case tree.Ratio(numerator=over, denominator=under):
                return self._ratio(self.number(over), self.number(under))
            case tree.Case():
                return self._number_case(node)
            case tree.Reach():
                return self._reach(node)
            case tree.Floor(operand=operand, step=step):
                return self._floor(self.number(operand), step)
            case tree.Call(function="year_of", arguments=(day,)):
                return Number(Whole(self.target.year(self.plain(day)), 0, 9999, wide=False), None, 0)
            case tree.Call(function="month_of", arguments=(day,)):
                return Number(Whole(self.target.month(self.plain(day)), 1, 12, wide=False), None, 0)
            case tree.Call(function=name, arguments=arguments):
                numbers = [self.number(one) for one in arguments]
                greatest, strict = name.startswith("greatest"), not name.endswith("_known")
                return self._extreme(numbers, greatest=greatest, strict=strict)
            case _:
                raise AssertionError(f"not a number: {node}")

    def field(self, name: str, kind: Type) -> Number[E]:
        """Return a column of the snapshot as a number, bounded by what its type may hold."""
        places = PLACES[kind.base]
        most = beyond(kind) - 1
        return Number(Whole(self.target.column(name, "number"), -most, most, wide=False), None, places)

    def settled(self, number: Number[E]) -> Number[E]:
        """Return the number with its guards worked in: its numerator is null where a guard is not true."""
        if not number.guards:
            return number
        top = number.numerator
        masked = self._guarded(top.text, number.guards, kind="number", like=top)
        return replace(number, numerator=replace(top, text=masked, constant=None), guards=())

    def at_scale(self, number: Number[E], scale: int, *, rounded: Rounding) -> Whole[E]:
        """Return the number × 10^scale as one whole number, rounded where it is finer; null where it is unknown."""
        top, by = self._fraction(number, scale)
        if by.constant == 1:
            return top
        if rounded == "down":
            return self._divided(top, by)
        negative = self._times(self._divided(self._times(top, -1), by), -1)
        if rounded == "up":
            return negative
        top, zero = self._level(top, self._whole(0))
        above = self.target.compare(">=", top.text, zero.text, kind="number")
        return self._chosen([above], self._level(self._divided(top, by), negative))

    def _fraction(self, number: Number[E], scale: int) -> tuple[Whole[E], Whole[E]]:
        """Return two whole numbers of which the first over the second is the number × 10^scale.

        The second is positive, or null where the number is unknown.
        """
        top = self._times(number.numerator, 10 ** max(0, scale - number.scale))
        by = self._whole(10 ** max(0, number.scale - scale))
        if number.denominator is None:
            return self.settled(replace(number, numerator=top)).numerator, by
        under = number.denominator
        text = self._guarded(under.text, number.guards, kind="number", like=under)
        return top, self._combined("*", replace(under, text=text, constant=None), by)

    def _literal(self, numerator: int, scale: int) -> Number[E]:
        return Number(self._whole(numerator), None, scale)

    def _whole(self, value: int) -> Whole[E]:
        self._within(value, value)
        wide = beyond_narrow(value, value)
        return Whole(self.target.integer(value, wide=wide), value, value, wide, value)

    def _within(self, low: int, high: int) -> None:
        if max(-low, high) > self.limit:
            raise RulesError("计算结果可能超出 128 位整数：请减少相乘的项，或给数据项声明更小的上限（max）。")

    def _level(self, left: Whole[E], right: Whole[E]) -> tuple[Whole[E], Whole[E]]:
        """Return both at the width of the wider."""
        if left.wide == right.wide:
            return left, right
        return self._widened(left), self._widened(right)

    def _widened(self, value: Whole[E]) -> Whole[E]:
        if value.wide:
            return value
        if value.constant is not None:
            return replace(value, text=self.target.integer(value.constant, wide=True), wide=True)
        return replace(value, text=self.target.widen(value.text), wide=True)

    def _combined(self, sign: tree.Operation, left: Whole[E], right: Whole[E]) -> Whole[E]:
        low, high = _range(sign, left, right)
        self._within(low, high)
        if left.constant is not None and right.constant is not None:
            return self._whole(low)
        wide = left.wide or right.wide or beyond_narrow(low, high)
        if wide:
            left, right = self._widened(left), self._widened(right)
        return Whole(self.target.arithmetic(sign, left.text, right.text), low, high, wide)

    def _times(self, value: Whole[E], factor: int) -> Whole[E]:
        return value if factor == 1 else self._combined("*", value, self._whole(factor))

    def _multiplied(self, value: Whole[E], other: Whole[E] | None) -> Whole[E]:
        return value if other is None else self._combined("*", value, other)

    def _crossed(self, left: Number[E], right: Number[E]) -> tuple[Whole[E], Whole[E]]:
        """Return both numerators over one common denominator and scale."""
        top = max(left.scale, right.scale)
        one = self._times(left.numerator, 10 ** (top - left.scale))
        two = self._times(right.numerator, 10 ** (top - right.scale))
        return self._multiplied(one, right.denominator), self._multiplied(two, left.denominator)

    def _product(self, left: Number[E], right: Number[E]) -> Number[E]:
        return Number(
            self._combined("*", left.numerator, right.numerator),
            self._common(left, right),
            left.scale + right.scale,
            _both(left, right),
        )

    def _sum(self, sign: tree.Operation, left: Number[E], right: Number[E]) -> Number[E]:
        one, two = self._crossed(left, right)
        scale = max(left.scale, right.scale)
        return Number(self._combined(sign, one, two), self._common(left, right), scale, _both(left, right))

    def _common(self, left: Number[E], right: Number[E]) -> Whole[E] | None:
        if left.denominator is None:
            return right.denominator
        return self._multiplied(left.denominator, right.denominator)

    def _ratio(self, over: Number[E], under: Number[E]) -> Number[E]:
        """(a/b) / (c/d) = a·d / (b·c); b and d are positive where their guards hold, so c decides the sign.

        The denominator is carried as it is, also where it is not positive: its bounds keep both signs.
        """
        bottom, guards = under.numerator, _both(over, under)
        if bottom.low <= 0:
            one, zero = self._level(bottom, self._whole(0))
            guards += (self.target.compare(">", one.text, zero.text, kind="number"),)
        top = self._multiplied(over.numerator, under.denominator)
        return Number(top, self._multiplied(bottom, over.denominator), over.scale - under.scale, guards)

    def _floor(self, number: Number[E], step: Decimal) -> Number[E]:
        units, scale = scaled(step)
        top, by = self._fraction(number, scale)
        return Number(self._times(self._divided(top, self._times(by, units)), units), None, scale)

    def _divided(self, value: Whole[E], by: Whole[E]) -> Whole[E]:
        self._within(value.low - by.high, value.high + by.high)  # what rounding down may go through
        if beyond_narrow(value.low - by.high, value.high + by.high):
            value = self._widened(value)
        value, by = self._level(value, by)
        divisors = (max(by.low, 1), max(by.high, 1))
        corners = [end // divisor for end in (value.low, value.high) for divisor in divisors]
        text = self.target.floor_divide(value.text, by.text, natural=value.low >= 0)
        return Whole(text, min(corners), max(corners), value.wide)

    def _guarded(self, value: E, guards: Sequence[E], *, kind: Kind, like: Whole[E] | None = None) -> E:
        if not guards:
            return value
        every = guards[0] if len(guards) == 1 else self.target.conjunction(guards)
        wide = like is not None and like.wide
        return self.target.choose([(every, value)], self.target.unknown(kind, wide=wide), kind=kind)

    # --- one of several outcomes ----------------------------------------------------------------

    def _reached(self, branches: Sequence[tuple[tree.Node, tree.Node]]) -> list[E]:
        """Return for every branch and for the otherwise whether it may be the one; never null."""
        conditions = [self.target.share(self.plain(condition), kind="truth") for condition, _ in branches]
        passed, reached = list[E](), list[E]()
        for condition in conditions:
            here = [*passed, self.target.possible(condition)]
            reached.append(here[0] if len(here) == 1 else self.target.conjunction(here))
            passed.append(self.target.negation(self.target.certain(condition)))
        reached.append(passed[0] if len(passed) == 1 else self.target.conjunction(passed))
        return [self.target.share(one, kind="truth") for one in reached]

    def _aligned(self, numbers: list[Number[E]]) -> list[Whole[E]]:
        """Return the numbers as whole ones at one scale and width. Raises RulesError if one is a quotient."""
        if any(one.denominator is not None for one in numbers):
            raise RulesError("商不能作为分支的结果或最大、最小值的一项：请把比较写进各个分支。")
        scale = max(one.scale for one in numbers)
        tops = [self._times(self.settled(one).numerator, 10 ** (scale - one.scale)) for one in numbers]
        return [self._widened(one) for one in tops] if any(one.wide for one in tops) else tops

    def _shared(self, values: list[Whole[E]]) -> list[Whole[E]]:
        return [replace(one, text=self.target.share(one.text, kind="number")) for one in values]

    def _chosen(self, conditions: Sequence[E], values: Sequence[Whole[E]]) -> Whole[E]:
        """Return the first value whose condition is true; the last one stands for the otherwise."""
        branches = [(when, one.text) for when, one in zip(conditions, values[:-1], strict=True)]
        text = self.target.choose(branches, values[-1].text, kind="number")
        low, high = min(one.low for one in values), max(one.high for one in values)
        return Whole(text, low, high, values[-1].wide)

    def _number_case(self, node: tree.Case) -> Number[E]:
        branches = merged(node.branches)
        numbers = [self.number(one) for one in (*(value for _, value in branches), node.otherwise)]
        scale = max(one.scale for one in numbers)
        *values, rest = self._shared(self._aligned(numbers))
        for (condition, _), one in zip(reversed(branches), reversed(values), strict=True):
            when = self.target.share(self.plain(condition), kind="truth")
            (rest,) = self._shared([self._either(when, one, rest)])
        return Number(rest, None, scale)

    def _either(self, when: E, one: Whole[E], rest: Whole[E]) -> Whole[E]:
        """Return one number where a condition is true, the rest where it is false; where it is open, what they share."""
        target = self.target
        if one.constant is not None and one.constant == rest.constant:
            return one
        branches = [(when, one.text), (target.negation(when), rest.text)]
        if one.constant is None or rest.constant is None:
            left, right = (rest, one) if one.constant is not None else (one, rest)
            branches.append((target.compare("=", left.text, right.text, kind="number"), one.text))
        text = target.choose(branches, target.unknown("number", wide=rest.wide), kind="number")
        return Whole(text, min(one.low, rest.low), max(one.high, rest.high), rest.wide)

    def _reach(self, node: tree.Reach) -> Number[E]:
        numbers = [self.number(one) for one in (*(value for _, value in node.branches), node.otherwise)]
        scale = max(one.scale for one in numbers)
        values = self._aligned(numbers)
        if len(values) == 1:
            return Number(values[0], None, scale)
        steps = [one.constant for one in values if one.constant is not None]
        if len(steps) == len(values):
            falling = all(one >= two for one, two in pairwise(steps))
            if falling or all(one <= two for one, two in pairwise(steps)):
                return Number(self._ladder(node, values, first=falling == (node.side == "high")), None, scale)
        return Number(self._extreme_reached(node, values), None, scale)

    def _ladder(self, node: tree.Reach, values: list[Whole[E]], *, first: bool) -> Whole[E]:
        """Constant outcomes that only fall or only rise: the bound is the first or the last one reachable.

        The first reachable is that of the first condition not false, the last that of the first one true.
        """
        conditions = [self.plain(condition) for condition, _ in node.branches]
        if first:
            conditions = [self.target.possible(condition) for condition in conditions]
        return self._chosen(conditions, values)

    def _extreme_reached(self, node: tree.Reach, values: list[Whole[E]]) -> Whole[E]:
        target, reached = self.target, self._reached(node.branches)
        values = self._shared(values)
        unknown = target.unknown("number", wide=values[0].wide)
        open_ended, parts = list[E](), list[E]()
        for may, one in zip(reached, values, strict=True):
            parts.append(target.choose([(may, one.text)], unknown, kind="number"))
            if one.constant is None:
                absent = target.negation(target.known(one.text, kind="number"))
                open_ended.append(target.conjunction([may, absent]))
        found = target.extreme(parts, greatest=node.side == "high", kind="number")
        guards = [target.negation(target.disjunction(open_ended))] if open_ended else []
        low, high = min(one.low for one in values), max(one.high for one in values)
        text = self._guarded(found, guards, kind="number", like=values[0])
        return Whole(text, low, high, values[0].wide)

    def _extreme(self, numbers: list[Number[E]], *, greatest: bool, strict: bool) -> Number[E]:
        scale = max(one.scale for one in numbers)
        tops = self._shared(self._aligned(numbers))
        text = self.target.extreme([one.text for one in tops], greatest=greatest, kind="number")
        pick = max if greatest else min
        low, high = min(one.low for one in tops), max(one.high for one in tops)
        if strict:
            low, high = pick(one.low for one in tops), pick(one.high for one in tops)
            open_ = [one.text for one in tops if one.constant is None]
            known = [self.target.known(one, kind="number") for one in open_]
            text = self._guarded(text, known, kind="number", like=tops[0])
        return Number(Whole(text, low, high, tops[0].wide), None, scale)


def _both(left: Number[E], right: Number[E]) -> tuple[E, ...]:
    return (*left.guards, *right.guards)


def _range(sign: tree.Operation, left: Whole[E], right: Whole[E]) -> tuple[int, int]:
    if sign == "+":
        return left.low + right.low, left.high + right.high
    if sign == "-":
        return left.low - right.high, left.high - right.low
    corners = [one * two for one in (left.low, left.high) for two in (right.low, right.high)]
    return min(corners), max(corners)
