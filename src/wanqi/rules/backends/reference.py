"""Slow, obvious Python: the answer every other backend must give."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial

from wanqi.rules import tree
from wanqi.rules.errors import RulesError
from wanqi.rules.values import Value, Whole, checked, unscaled

Answer = Value | Fraction | None
Exact = str | bool | date | Fraction

_COMPARE: Mapping[str, Callable[[Exact, Exact], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(node: tree.Node, row: Mapping[str, object]) -> Exact | None:
    """Return the exact value of a node for one row; None is unknown."""
    value = partial(evaluate, row=row)
    match node:
        case tree.Field(name=name, type=kind):
            return _exact(checked(name, row.get(name), kind))
        case tree.Literal(value=constant):
            return _exact(constant)
        case tree.Compare(operator=sign, left=left, right=right):
            return _strict(_COMPARE[sign], value(left), value(right))
        case tree.OneOf(operand=operand, values=values):
            found = value(operand)
            return None if found is None else found in [value(one) for one in values]
        case tree.All(parts=parts):
            return _all([value(part) for part in parts])
        case tree.Any(parts=parts):
            return _negated(_all([_negated(value(part)) for part in parts]))
        case tree.Not(operand=operand):
            return _negated(value(operand))
        case tree.Known(operand=operand):
            return value(operand) is not None
        case tree.AtLeast(count=count, parts=parts):
            return _at_least(count, [value(part) for part in parts])
        case tree.Unknown():
            return None
        case tree.Case():
            return _case(node, row)
        case tree.Reach(side=side):
            outcomes = _reachable(node, row)
            return None if None in outcomes else (min if side == "low" else max)(outcomes)  # type: ignore[type-var]
        case tree.Call(function=name, arguments=arguments):
            return _call(name, [value(argument) for argument in arguments])
        case tree.Arithmetic() | tree.Ratio() | tree.Floor():
            return _computed(node, row)
        case _:
            raise RulesError(f"{type(node).__name__} 要先按时点展开（wanqi.rules.lower）才能计算。")


def _computed(node: tree.Arithmetic | tree.Ratio | tree.Floor, row: Mapping[str, object]) -> Fraction | None:
    if isinstance(node, tree.Floor):
        operand, step = evaluate(node.operand, row), Fraction(node.step)
        return operand // step * step if isinstance(operand, Fraction) else None
    if isinstance(node, tree.Ratio):
        over, under = evaluate(node.numerator, row), evaluate(node.denominator, row)
        if not isinstance(over, Fraction) or not isinstance(under, Fraction) or under <= 0:
            return None
        return over / under
    left, right = evaluate(node.left, row), evaluate(node.right, row)
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return None
    return left * right if node.operator == "*" else left + right if node.operator == "+" else left - right


def _exact(value: Value | None) -> Exact | None:
    """Return numbers as fractions, everything else as it is."""
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Fraction(value)
    return value


def _strict(function: Callable[[Exact, Exact], bool], left: Exact | None, right: Exact | None) -> bool | None:
    return None if left is None or right is None else function(left, right)


def _all(parts: list[Exact | None]) -> bool | None:
    """Kleene: one false decides; otherwise one unknown leaves it open."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def _negated(value: Exact | None) -> bool | None:
    return None if value is None else not value


def _at_least(count: int, parts: list[Exact | None]) -> bool | None:
    """Kleene n-of: the true ones suffice, or even the open ones do not."""
    if sum(part is True for part in parts) >= count:
        return True
    return None if sum(part is not False for part in parts) >= count else False


def _reachable(node: tree.Case | tree.Reach, row: Mapping[str, object]) -> list[Exact | None]:
    """Return every outcome whose condition is not false, up to the first whose condition is true."""
    outcomes: list[Exact | None] = []
    for condition, outcome in node.branches:
        holds = evaluate(condition, row)
        if holds is not False:
            outcomes.append(evaluate(outcome, row))
        if holds is True:
            return outcomes
    return [*outcomes, evaluate(node.otherwise, row)]


def _case(node: tree.Case, row: Mapping[str, object]) -> Exact | None:
    """The value is known only if every outcome still reachable is the same."""
    outcomes = _reachable(node, row)
    first = outcomes[0]
    return first if all(one is not None and one == first for one in outcomes) else None


def _call(name: str, arguments: list[Exact | None]) -> Exact | None:
    known = [one for one in arguments if one is not None]
    skips = name in ("greatest_known", "least_known")
    return None if len(known) < (1 if skips else len(arguments)) else CALLS[name](known)


def _starts_with(arguments: list[Exact]) -> Exact:
    return str(arguments[0]).startswith(tuple(str(prefix) for prefix in arguments[1:]))


def _year_of(arguments: list[Exact]) -> Exact:
    assert isinstance(arguments[0], date)
    return Fraction(arguments[0].year)


def _month_of(arguments: list[Exact]) -> Exact:
    assert isinstance(arguments[0], date)
    return Fraction(arguments[0].month)


CALLS: Mapping[str, Callable[[list[Exact]], Exact]] = {
    "starts_with": _starts_with,
    "year_of": _year_of,
    "month_of": _month_of,
    "greatest": max,
    "least": min,
    "greatest_known": max,
    "least_known": min,
}


def answer(node: tree.Node, row: Mapping[str, Whole | None]) -> Exact | None:
    """Return the exact value of a node for one row of a snapshot, whose numbers are whole; None is unknown."""
    types = {part.name: part.type for part in tree.walk(node) if isinstance(part, tree.Field)}
    return evaluate(node, {name: unscaled(row[name], kind) for name, kind in types.items()})
