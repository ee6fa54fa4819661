"""Numbers known only to lie in an interval, as pairs of core nodes.

An unknown low is −∞ and an unknown high is +∞. Records of a list that may be incomplete, experts' points and choices
whose condition is unknown all have such a pair; hiding a value can only widen it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.bounds import positive
from wanqi.rules.errors import RulesError
from wanqi.rules.folding import arithmetic, floor, quotient
from wanqi.rules.sources import Aggregate
from wanqi.rules.tree import Node, Side
from wanqi.rules.types import COUNT

_ZERO = tree.Literal(Decimal(0), COUNT)


@dataclass(frozen=True, slots=True)
class Span:
    """Lower and upper bound of a number, both core; an unknown low is −∞, an unknown high is +∞."""

    low: Node
    high: Node


def uncertain(node: Node) -> bool:
    """Whether a lowered node holds a number given by its bounds."""
    return any(isinstance(part, tree.Bounded) for part in tree.walk(node))


def span(node: Node) -> Span:
    """Return the bounds of a lowered numeric node, as core nodes.

    Sums, differences and products need every operand; greatest and least use the bounds that are known; a choice takes
    the least and the greatest outcome that can still be reached. Raises RulesError for a choice between quotients,
    which has no exact bounds: compare it, or round it.
    """
    match node:
        case tree.Bounded(low=low, high=high):
            return Span(span(low).low, span(high).high)
        case tree.Arithmetic():
            return _arithmetic(node)
        case tree.Ratio():
            return _ratio(node)
        case tree.Case():
            return _choice(node)
        case tree.Floor(operand=operand, step=step, type=kind):
            inner = span(operand)
            return Span(floor(inner.low, step, kind), floor(inner.high, step, kind))
        case tree.Call(function="greatest" | "least"):
            return _extreme(node)
        case _:
            return Span(node, node)


def _arithmetic(node: tree.Arithmetic) -> Span:
    left, right = span(node.left), span(node.right)
    if node.operator == "+":
        return _pair(node, (left.low, right.low), (left.high, right.high))
    if node.operator == "-":
        return _pair(node, (left.low, right.high), (left.high, right.low))
    if positive(node.left) and positive(node.right):
        return _pair(node, (left.low, right.low), (left.high, right.high))
    for one, other in ((node.left, right), (node.right, left)):
        if isinstance(one, tree.Literal) and isinstance(one.value, Decimal):
            ends = (other.low, other.high) if one.value >= 0 else (other.high, other.low)
            return _pair(node, (one, ends[0]), (one, ends[1]))
    for one, fixed, other in ((node.left, left, right), (node.right, right, left)):
        if fixed.low == fixed.high:
            sign = tree.Compare(">=", one, _ZERO)
            return Span(*_by_sign(node, sign, fixed.low, other))
    corners = tuple(
        arithmetic("*", one, two, node.type)
        for one in (left.low, left.high)
        for two in (right.low, right.high)
    )
    if any(quotient(corner) for corner in corners):
        raise _unbounded()
    return Span(tree.Call("least", corners, node.type), tree.Call("greatest", corners, node.type))


def _by_sign(node: tree.Arithmetic, sign: Node, fixed: Node, other: Span) -> tuple[Node, Node]:
    """Return both bounds of a product with an exact number, which keeps or swaps the bounds of the other factor."""
    low, high = (arithmetic("*", fixed, end, node.type) for end in (other.low, other.high))
    if low == high:
        return low, low
    return tree.Case(((sign, low),), high, node.type), tree.Case(((sign, high),), low, node.type)


def _pair(node: tree.Arithmetic, low: tuple[Node, Node], high: tuple[Node, Node]) -> Span:
    if low == high:  # exact: one shared node
        one = arithmetic(node.operator, *low, node.type)
        return Span(one, one)
    return Span(arithmetic(node.operator, *low, node.type), arithmetic(node.operator, *high, node.type))


def _ratio(node: tree.Ratio) -> Span:
    """Bound a quotient; where the denominator may be zero or negative, the quotient may be anything."""
    over, under = span(node.numerator), span(node.denominator)
    kind = node.type
    if under.low == under.high:
        return Span(tree.Ratio(over.low, under.low, kind), tree.Ratio(over.high, under.low, kind))
    sure = tree.Compare(">", under.low, _ZERO)
    least, most = tree.Ratio(over.low, under.high, kind), tree.Ratio(over.high, under.low, kind)
    unknown = tree.Unknown(kind)
    if positive(node.numerator):
        return Span(tree.Case(((sure, least),), unknown, kind), most)
    low = tree.Case(
        (
            (tree.Not(sure), unknown),
            (tree.Compare(">=", over.low, _ZERO), least),
        ),
        tree.Ratio(over.low, under.low, kind),
        kind,
    )
    high = tree.Case(
        (
            (tree.Not(sure), unknown),
            (tree.Compare(">=", over.high, _ZERO), most),
        ),
        tree.Ratio(over.high, under.high, kind),
        kind,
    )
    return Span(low, high)


def _choice(node: tree.Case) -> Span:
    if quotient(node):
        raise _unbounded()
    outcomes = [(when, span(value)) for when, value in node.branches]
    last = span(node.otherwise)

    def side(which: Side) -> Node:
        parts = tuple((when, one.low if which == "low" else one.high) for when, one in outcomes)
        return tree.Reach(parts, last.low if which == "low" else last.high, which, node.type)

    return Span(side("low"), side("high"))


def _extreme(node: tree.Call) -> Span:
    """The greatest is at least every lower bound that is known, and at most the greatest upper bound."""
    spans = [span(argument) for argument in node.arguments]
    lows, highs = tuple(one.low for one in spans), tuple(one.high for one in spans)
    if node.function == "greatest":
        return Span(tree.Call("greatest_known", lows, node.type), tree.Call("greatest", highs, node.type))
    return Span(tree.Call("least", lows, node.type), tree.Call("least_known", highs, node.type))


def _unbounded() -> RulesError:
    return RulesError("在几个商之间选择没有精确的上下限：请先比较，或用 round_down 取整。")


def settled(node: Node) -> tuple[bool, bool]:
    """Return whether an unknown lower bound implies an unknown upper bound, and the other way round."""
    match node:
        case tree.Bounded(low=low, high=high):
            neither = isinstance(low, tree.Unknown) and isinstance(high, tree.Unknown)
            return neither or _given(low), neither or _given(high)
        case tree.Arithmetic(operator=operator, left=left, right=right):
            if operator == "*" and not (positive(left) and positive(right)):
                return _scaled_settled(left, right)
            one, two = settled(left), settled(right)
            if operator == "-":
                two = (two[1], two[0])
            return one[0] and two[0], one[1] and two[1]
        case tree.Case(branches=branches, otherwise=otherwise):
            parts = [settled(value) for _, value in branches] + [settled(otherwise)]
            return all(low for low, _ in parts), all(high for _, high in parts)
        case tree.Ratio(numerator=over, denominator=under):
            bounds = span(under)
            return settled(over) if bounds.low == bounds.high else (False, False)
        case tree.Floor(operand=operand):
            return settled(operand)
        case tree.Call(function="greatest", arguments=arguments):
            return any(settled(one)[0] for one in arguments), False
        case tree.Call(function="least", arguments=arguments):
            return False, any(settled(one)[1] for one in arguments)
        case _:
            return True, True


def _scaled_settled(left: Node, right: Node) -> tuple[bool, bool]:
    """A known sign keeps or swaps the bounds; otherwise both need every corner and are unknown together."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, tree.Literal) and isinstance(one.value, Decimal):
            low, high = settled(other)
            return (low, high) if one.value >= 0 else (high, low)
    for one, other in ((left, right), (right, left)):
        bounds = span(one)
        if bounds.low == bounds.high:
            both = all(settled(other))
            return both, both
    return True, True


def _given(bound: Node) -> bool:
    """Whether a bound is never unknown alone: a constant, or the sure part of a number over records."""
    if isinstance(bound, tree.Literal):
        return True
    source = bound.source if isinstance(bound, tree.Field) else None
    return isinstance(source, Aggregate) and source.side == "low"
