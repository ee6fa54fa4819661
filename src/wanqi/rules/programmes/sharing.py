"""Finding what several conditions compute alike, so that a backend computes it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wanqi.rules import tree
from wanqi.rules.plan import Named

# A subtree of fewer nodes is cheaper to compute again than to keep as a column.
LEAST_NODES = 6
# Numbers stay where they are: a column has the scale of its type, a sum or product inside may have a finer one.
_BASES = frozenset({"bool", "text", "enum", "area", "date"})


def shared(roots: Sequence[tree.Node]) -> tuple[tuple[Named, ...], tuple[tree.Node, ...]]:
    """Return (named shared subtrees, the roots with each of them replaced by a field of that name)."""
    found = _Census()
    for root in roots:
        found.count(root)
    chosen = found.repeated()
    names = {number: f"d{index}" for index, number in enumerate(chosen)}
    named = tuple((names[number], found.nodes[number]) for number in chosen)
    return named, tuple(found.replaced(root, names) for root in roots)


class _Census:
    """Numbers equal subtrees alike and counts in how many places each stands."""

    def __init__(self) -> None:
        self.nodes: list[tree.Node] = []
        self._sizes: list[int] = []
        self._early: list[bool] = []  # reads snapshot columns only, so it can stand in the first stage
        self._counts: list[int] = []
        self._numbers: dict[tuple[object, ...], int] = {}
        self._seen: dict[int, tuple[tree.Node, int]] = {}

    def count(self, node: tree.Node) -> int:
        """Return the node's number; what stands inside a repeated subtree is not counted again."""
        number = self.number(node)
        self._counts[number] += 1
        if self._counts[number] == 1:
            for child in tree.children(node):
                self.count(child)
        return number

    def number(self, node: tree.Node) -> int:
        """Return one number for all equal subtrees."""
        seen = self._seen.get(id(node))
        if seen is not None:
            return seen[1]
        inside = tuple(self.number(child) for child in tree.children(node))
        key = (type(node), _own(node), inside)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.nodes)
            self.nodes.append(node)
            self._counts.append(0)
            self._sizes.append(1 + sum(self._sizes[child] for child in inside))
            late = isinstance(node, tree.Field) and node.source is None
            self._early.append(not late and all(self._early[child] for child in inside))
        self._seen[id(node)] = (node, number)
        return number

    def repeated(self) -> list[int]:
        """Return the numbers worth a column, in order of first appearance."""
        return [
            number
            for number, node in enumerate(self.nodes)
            if self._counts[number] > 1
            and self._sizes[number] >= LEAST_NODES
            and self._early[number]
            and node.type.base in _BASES
        ]

    def replaced(self, node: tree.Node, names: dict[int, str]) -> tree.Node:
        """Return the node with every named subtree as a field."""
        name = names.get(self.number(node))
        if name is not None:
            return tree.Field(name, node.type)
        inside = tree.children(node)
        changed = tuple(self.replaced(child, names) for child in inside)
        if all(one is other for one, other in zip(inside, changed, strict=True)):
            return node
        return _with(node, changed)


def _own(node: tree.Node) -> object:
    """Return what tells a node from another of its kind with the same operands."""
    match node:
        case tree.Field(name=name):
            return name
        case tree.Literal(value=value):
            return (type(value), value, node.type.base)
        case tree.Compare(operator=operator) | tree.Arithmetic(operator=operator):
            return operator
        case tree.OneOf(values=values):
            return values
        case tree.AtLeast(count=count):
            return count
        case tree.Reach(side=side):
            return side
        case tree.Floor(step=step):
            return step
        case tree.Call(function=function):
            return function
        case _:
            return node.type.base


def _with(node: tree.Node, inside: tuple[tree.Node, ...]) -> tree.Node:
    match node:
        case tree.Compare() | tree.Arithmetic():
            return replace(node, left=inside[0], right=inside[1])
        case tree.OneOf() | tree.Not() | tree.Known() | tree.Floor():
            return replace(node, operand=inside[0])
        case tree.All() | tree.Any() | tree.AtLeast():
            return replace(node, parts=inside)
        case tree.Ratio():
            return replace(node, numerator=inside[0], denominator=inside[1])
        case tree.Case() | tree.Reach():
            branches = tuple(zip(inside[:-1:2], inside[1::2], strict=True))
            return replace(node, branches=branches, otherwise=inside[-1])
        case tree.Call():
            return replace(node, arguments=inside)
        case _:
            return node
