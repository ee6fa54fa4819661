"""How large a number can get, so that 128-bit products are proved not to overflow before anything runs.

Every number is carried as an integer numerator over denominator × 10^scale. Polars wraps past 128 bits without
a word, so an expression whose products might pass that is refused when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from wanqi.rules import tree
from wanqi.rules.types import Type

LIMIT = 2**127 - 1

# Largest absolute value a field may hold, exclusive, in its own unit; and its decimal places.
FIELD_LIMITS: Mapping[str, int] = {"count": 10**12, "money": 10**13, "ratio": 10**6, "number": 10**12}
PLACES: Mapping[str, int] = {"count": 0, "money": 2, "ratio": 8, "number": 4}


class TooLarge(Exception):
    """A product may pass 128 bits."""


EXTREMES = frozenset({"greatest", "least", "greatest_known", "least_known"})


def beyond(kind: Type) -> int:
    """Return the least |x| that a field of a numeric type cannot hold, in the smallest unit: fen, 10⁻⁸, 10⁻⁴, one."""
    units: int = 10 ** PLACES[kind.base]
    own = FIELD_LIMITS[kind.base] * units
    if kind.maximum is None:
        return own
    return min(own, int((kind.maximum * units).to_integral_value(ROUND_FLOOR)) + 1)


@dataclass(frozen=True, slots=True)
class Extent:
    """Bounds of |numerator| and of the denominator (1 when there is none), and the decimal scale."""

    numerator: int
    denominator: int
    scale: int


def extent(node: tree.Node, seen: dict[int, Extent] | None = None) -> Extent:
    """Return the bounds of a numeric node. Raises TooLarge if one of its steps may pass 128 bits.

    seen: bounds of nodes met before, by id, so that shared parts are looked into once.
    """
    seen = {} if seen is None else seen
    if id(node) not in seen:
        seen[id(node)] = _extent(node, seen)
    return seen[id(node)]


def _extent(node: tree.Node, seen: dict[int, Extent]) -> Extent:
    match node:
        case tree.Field(type=kind):
            places = PLACES[kind.base]
            return Extent(beyond(kind), 1, places)
        case tree.Unknown():
            return Extent(1, 1, 0)
        case tree.Literal(value=Decimal() as value):
            numerator, scale = scaled(value)
            return Extent(abs(numerator), 1, scale)
        case tree.Arithmetic(operator="*", left=left, right=right):
            return _checked(_multiply(extent(left, seen), extent(right, seen)))
        case tree.Arithmetic(left=left, right=right):
            return _checked(_add(extent(left, seen), extent(right, seen)))
        case tree.Ratio(numerator=over, denominator=under):
            top, bottom = extent(over, seen), extent(under, seen)
            return Extent(top.numerator, bottom.numerator, top.scale - bottom.scale)
        case (
            tree.Case(branches=branches, otherwise=otherwise)
            | tree.Reach(branches=branches, otherwise=otherwise)
        ):
            return _widest([extent(value, seen) for _, value in branches] + [extent(otherwise, seen)])
        case tree.Floor(operand=operand, step=step):
            return _floored(extent(operand, seen), step)
        case tree.Bounded(low=low, high=high):
            return _widest([extent(low, seen), extent(high, seen)])
        case tree.Call(function=function, arguments=arguments) if function in EXTREMES:
            return _widest([extent(argument, seen) for argument in arguments])
        case _:
            return Extent(10**12, 1, 0)


def aligned(left: Extent, right: Extent) -> tuple[int, int]:
    """Return the powers of ten by which the two numerators are multiplied to compare them.

    Raises TooLarge if a cross product may pass 128 bits.
    """
    top = max(left.scale, right.scale)
    first, second = 10 ** (top - left.scale), 10 ** (top - right.scale)
    if max(left.numerator * first * right.denominator, right.numerator * second * left.denominator) > LIMIT:
        raise TooLarge
    return first, second


def scaled(value: Decimal) -> tuple[int, int]:
    """Return (integer, scale) with value = integer / 10^scale and the smallest scale >= 0."""
    numerator, scale = value.as_integer_ratio(), 0
    while (numerator[0] * 10**scale) % numerator[1]:
        scale += 1
    return numerator[0] * 10**scale // numerator[1], scale


def _multiply(left: Extent, right: Extent) -> Extent:
    return Extent(
        left.numerator * right.numerator, left.denominator * right.denominator, left.scale + right.scale
    )


def _add(left: Extent, right: Extent) -> Extent:
    first, second = aligned(left, right)
    numerator = left.numerator * first * right.denominator + right.numerator * second * left.denominator
    return Extent(numerator, left.denominator * right.denominator, max(left.scale, right.scale))


def _widest(extents: list[Extent]) -> Extent:
    scale = max(one.scale for one in extents)
    return _checked(Extent(max(one.numerator * 10 ** (scale - one.scale) for one in extents), 1, scale))


def _floored(inner: Extent, step: Decimal) -> Extent:
    """Bound floor(n / (d × 10^s) / step) × step and the two integers whose floor division gives it.

    With step = u / 10^t they are n × 10^max(0, t - s) and d × u × 10^max(0, s - t); the result has scale t.
    """
    unit, places = scaled(step)
    top = inner.numerator * 10 ** max(0, places - inner.scale)
    bottom = inner.denominator * unit * 10 ** max(0, inner.scale - places)
    _checked(Extent(top, bottom, 0))
    least = unit * 10 ** max(0, inner.scale - places)
    return _checked(Extent((top // least + 1) * unit, 1, places))


def _checked(bounds: Extent) -> Extent:
    if max(bounds.numerator, bounds.denominator) > LIMIT:
        raise TooLarge
    return bounds


def prove(node: tree.Node) -> None:
    """Raise TooLarge if a comparison or a number of a core tree may pass 128 bits."""
    seen: dict[int, Extent] = {}
    met: set[int] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if id(part) in met:
            continue
        met.add(id(part))
        pending.extend(tree.children(part))
        match part:
            case tree.Compare(left=left, right=right) if left.type.numeric:
                aligned(extent(left, seen), extent(right, seen))
            case tree.OneOf(operand=operand, values=values) if operand.type.numeric:
                for value in values:
                    aligned(extent(operand, seen), extent(value, seen))
            case _:
                pass
    if node.type.numeric:
        extent(node, seen)


def positive(node: tree.Node) -> bool:
    """Whether a number can be proved never to be below zero."""
    match node:
        case tree.Literal(value=Decimal() as value):
            return value >= 0
        case tree.Field(type=kind) | tree.Annual(type=kind):
            return kind.positive
        case tree.Bounded(low=low):
            return isinstance(low, tree.Field | tree.Literal) and positive(low)
        case tree.Arithmetic(operator="+" | "*", left=left, right=right):
            return positive(left) and positive(right)
        case tree.Ratio(numerator=over):
            return positive(over)
        case (
            tree.Case(branches=branches, otherwise=otherwise)
            | tree.Reach(branches=branches, otherwise=otherwise)
        ):
            return all(positive(value) for _, value in branches) and positive(otherwise)
        case tree.Floor(operand=operand):
            return positive(operand)
        case tree.Call(function="greatest", arguments=arguments):
            return any(positive(one) for one in arguments)
        case tree.Call(arguments=arguments):
            return node.function in ("year_of", "month_of") or all(positive(one) for one in arguments)
        case _:
            return False


MAX_WEIGHT = 100_000
MAX_NODES = 60_000


def weight(node: tree.Node) -> int:
    """Return about how many leaves a backend's expression has: some nodes repeat their operands.

    Nesting multiplies the repetition, so a short text can unfold into millions; parsing stops at MAX_WEIGHT. A derived
    fact is weighed where it is defined and computed once, so its use weighs next to nothing.
    """
    match node:
        case tree.Derived() | tree.Records():
            return 2
        case tree.Window(operand=operand, years=years):
            return 4 * years * weight(operand)
        case tree.Member(values=members):
            return len(members)
        case tree.Call(function="starts_with", arguments=arguments):
            return 2 * weight(arguments[0]) + len(arguments) // 8
    inside = [weight(child) for child in tree.children(node)]
    match node:
        case tree.Case(branches=branches) | tree.Reach(branches=branches):
            conditions, outcomes = sum(inside[:-1:2]), sum(inside[1::2]) + inside[-1]
            return 3 * outcomes + (len(branches) + 2) * conditions
        case tree.OneOf(values=values):
            return sum(inside) * max(1, len(values) // 8)
        case tree.Call() | tree.Known() | tree.Ratio() | tree.AtLeast() | tree.Floor() | tree.Bounded():
            return 2 * sum(inside)
        case _:
            return sum(inside) or 1


def unfolded(node: tree.Node, seen: dict[int, int] | None = None) -> int:
    """Return how many nodes a tree has when its shared parts are written out each time."""
    seen = {} if seen is None else seen
    if id(node) not in seen:
        seen[id(node)] = 1 + sum(unfolded(child, seen) for child in tree.children(node))
    return seen[id(node)]
