"""Conditions on a choice of codes, moved into the choice: 小型 or 微型 answers `IN ('小型', '微型')` alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wanqi.rules import tree
from wanqi.rules.types import BOOL


def distributed(node: tree.Node) -> tree.Node:
    """Return the core condition with each comparison of a chosen code made a choice of comparisons.

    A choice is known only where all outcomes still reachable are the same; whether the code is one of several is
    often known before the code is. Hiding a fact still only makes it unknown.
    """
    match node:
        case tree.OneOf(operand=tree.Case() as choice) if choice.type.coded:
            return _moved(choice, lambda outcome: replace(node, operand=outcome))
        case tree.Compare(left=tree.Case() as choice, right=tree.Literal()) if choice.type.coded:
            return _moved(choice, lambda outcome: replace(node, left=outcome))
        case tree.All(parts=parts) | tree.Any(parts=parts) | tree.AtLeast(parts=parts):
            return replace(node, parts=tuple(distributed(part) for part in parts))
        case tree.Not(operand=operand):
            return tree.Not(distributed(operand))
        case tree.Case(branches=branches, otherwise=otherwise, type=kind) if kind.base == "bool":
            moved = tuple((distributed(when), distributed(value)) for when, value in branches)
            return tree.Case(moved, distributed(otherwise), kind)
        case _:
            return node


def _moved(choice: tree.Case, compared: Callable[[tree.Node], tree.Node]) -> tree.Node:
    """Return the choice with every outcome compared; a constant outcome becomes true or false at once."""

    def answer(outcome: tree.Node) -> tree.Node:
        if isinstance(outcome, tree.Unknown):
            return tree.Unknown(BOOL)
        return _settled(distributed(compared(outcome)))

    branches = tuple((distributed(when), answer(value)) for when, value in choice.branches)
    return tree.Case(branches, answer(choice.otherwise), BOOL)


def _settled(node: tree.Node) -> tree.Node:
    match node:
        case tree.OneOf(operand=tree.Literal(value=value), values=values):
            return tree.Literal(value in [one.value for one in values], BOOL)
        case tree.Compare(operator=operator, left=tree.Literal(value=one), right=tree.Literal(value=two)):
            return tree.Literal((one == two) == (operator == "="), BOOL)
        case _:
            return node
