"""Exact arithmetic on constants, and quotients kept out of every choice."""

from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

from wanqi.rules import tree
from wanqi.rules.errors import RulesError
from wanqi.rules.types import Type

# How many outcomes a choice may have after computing with other choices.
MAX_OUTCOMES = 600


class TooLong(RulesError):
    """An expression unfolds into more than a backend should meet."""


# Wide enough for every product the language allows; a result that would be rounded raises instead.
EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


def arithmetic(operator: tree.Operation, left: tree.Node, right: tree.Node, kind: Type) -> tree.Node:
    """Return left operator right: a constant where both are, a choice of sums where a quotient is chosen from."""
    if isinstance(left, tree.Literal) and isinstance(right, tree.Literal):
        a, b = left.value, right.value
        if isinstance(a, Decimal) and isinstance(b, Decimal):
            return tree.Literal(computed(operator, a, b), kind)
    within_reason(left, right)
    if isinstance(left, tree.Case) and quotient(left):
        parts = tuple((when, arithmetic(operator, value, right, kind)) for when, value in left.branches)
        return tree.Case(parts, arithmetic(operator, left.otherwise, right, kind), kind)
    if isinstance(right, tree.Case) and quotient(right):
        parts = tuple((when, arithmetic(operator, left, value, kind)) for when, value in right.branches)
        return tree.Case(parts, arithmetic(operator, left, right.otherwise, kind), kind)
    return tree.Arithmetic(operator, left, right, kind)


def computed(operator: tree.Operation, left: Decimal, right: Decimal) -> Decimal:
    """Return the exact sum, difference or product."""
    function = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[operator]
    return function(left, right)


def power(base: Decimal, exponent: int) -> Decimal:
    """Return base to a whole power >= 0, exactly."""
    product = Decimal(1)
    for _ in range(exponent):
        product = EXACT.multiply(product, base)
    return product


def floor(operand: tree.Node, step: Decimal, kind: Type) -> tree.Node:
    """Return the operand rounded down to a multiple of the step, inside every outcome of a choice of quotients."""
    if isinstance(operand, tree.Case) and quotient(operand):
        parts = tuple((when, floor(value, step, kind)) for when, value in operand.branches)
        return tree.Case(parts, floor(operand.otherwise, step, kind), kind)
    return tree.Floor(operand, step, kind)


def within_reason(left: tree.Node, right: tree.Node) -> None:
    """Raise TooLong if two choices of quotients have too many outcomes together."""
    if not (
        isinstance(left, tree.Case) and isinstance(right, tree.Case) and quotient(left) and quotient(right)
    ):
        return
    if outcomes(left) * outcomes(right) > MAX_OUTCOMES:
        raise TooLong("表达式层层嵌套，展开后太大：请拆成几个派生数据，或先用 round_down 取整。")


def outcomes(node: tree.Node) -> int:
    """Return how many values a choice of choices may come to."""
    if not isinstance(node, tree.Case):
        return 1
    return sum(outcomes(value) for _, value in node.branches) + outcomes(node.otherwise)


def quotient(node: tree.Node) -> bool:
    """Whether a lowered number is or contains a quotient that is not rounded."""
    match node:
        case tree.Ratio():
            return True
        case tree.Arithmetic(left=left, right=right):
            return quotient(left) or quotient(right)
        case tree.Case(branches=branches, otherwise=otherwise):
            return any(quotient(value) for _, value in branches) or quotient(otherwise)
        case _:
            return False
