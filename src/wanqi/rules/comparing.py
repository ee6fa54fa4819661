"""Comparing lowered numbers: inside the choice where quotients are chosen from, and by bounds where there are bounds."""

from __future__ import annotations

from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.folding import quotient, within_reason
from wanqi.rules.spans import settled, span, uncertain
from wanqi.rules.tree import Comparison, Node
from wanqi.rules.types import BOOL, Type

_UNKNOWN = tree.Unknown(BOOL)


def compare(operator: Comparison, left: Node, right: Node) -> Node:
    """Return the core condition `left operator right` over lowered operands.

    A number given by its bounds decides the comparison only where both bounds agree.
    """
    within_reason(left, right)
    if isinstance(left, tree.Case) and quotient(left):
        parts = tuple((when, compare(operator, value, right)) for when, value in left.branches)
        return tree.Case(parts, compare(operator, left.otherwise, right), BOOL)
    if isinstance(right, tree.Case) and quotient(right):
        parts = tuple((when, compare(operator, left, value)) for when, value in right.branches)
        return tree.Case(parts, compare(operator, left, right.otherwise), BOOL)
    if isinstance(left, tree.Unknown) or isinstance(right, tree.Unknown):
        return _UNKNOWN
    if not left.type.numeric or not (uncertain(left) or uncertain(right)):
        return tree.Compare(operator, left, right)
    match operator:
        case ">=" | ">":
            return _above(operator, left, right)
        case "<=":
            return _above(">=", right, left)
        case "<":
            return _above(">", right, left)
        case "=":
            return tree.All((_above(">=", left, right), _above(">=", right, left)))
        case _:
            return tree.Not(compare("=", left, right))


def _above(operator: Comparison, left: Node, right: Node) -> Node:
    """Return whether left stands above right: surely by the near bounds, possibly by the far ones.

    An unknown bound decides nothing, so the form is one in which the bound that may be unknown alone stands only
    where unknown and "may be" are the same.
    """
    opposite: Comparison = ">" if operator == ">=" else ">="
    if settled(left)[0] and settled(right)[1]:
        return _decided(*_bounds(operator, left, right))
    if settled(right)[0] and settled(left)[1]:
        return tree.Not(_decided(*_bounds(opposite, right, left)))
    surely, possibly = _bounds(operator, left, right)
    return _decided(tree.All((tree.Known(surely), surely)), possibly)


def _bounds(operator: Comparison, left: Node, right: Node) -> tuple[Node, Node]:
    one, two = span(left), span(right)
    return compare(operator, one.low, two.high), compare(operator, one.high, two.low)


def _decided(surely: Node, possibly: Node) -> Node:
    return tree.Any((surely, tree.All((possibly, _UNKNOWN))))


def zero(kind: Type) -> tree.Literal:
    """Return the constant 0 of a numeric type."""
    return tree.Literal(Decimal(0), kind)
