"""Branches as they are translated: neighbours of one outcome as one, and comparisons of constants decided."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from wanqi.rules import tree

_COMPARED: Mapping[tree.Comparison, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def merged(branches: Sequence[tuple[tree.Node, tree.Node]]) -> list[tuple[tree.Node, tree.Node]]:
    """Return the branches with neighbours of one outcome as one: it is reached where either condition holds."""
    found: list[tuple[tree.Node, tree.Node]] = []
    for condition, outcome in branches:
        if found and found[-1][1] == outcome:
            condition = tree.Any((found.pop()[0], condition))
        found.append((condition, outcome))
    return found


def decided(node: tree.Node) -> tree.Node:
    """Return a comparison of two constants as what it comes to, every other node as it is."""
    match node:
        case tree.Compare(
            operator=sign,
            left=tree.Literal(value=Decimal() as one),
            right=tree.Literal(value=Decimal() as two),
        ):
            return tree.Literal(_COMPARED[sign](one, two), node.type)
        case _:
            return node
