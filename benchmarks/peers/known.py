"""A programme as one tree for organisations of which everything is known: what other engines can express.

Where nothing is unknown, the two ends of every interval are one, and three-valued logic is two-valued. The tree
is folded by just that; everything else stays as the plan has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wanqi.rules import tree
from wanqi.rules.plan import Compiled, Plan
from wanqi.rules.types import BOOL

_HIGH, _LOW = "#high", "#low"
_TRUE = tree.Literal(True, BOOL)


def programme(plan: Plan, one: Compiled) -> tree.Node:
    """Return the verdict of a programme over the plan's inputs, intervals named by their low end.

    Raises ValueError for a programme with a condition that no fact decides: it is never met.
    """
    folded = _Folded(plan.nodes).node(tree.Field(one.verdict, BOOL))
    if any(isinstance(part, tree.Unknown) for part in tree.walk(folded)):
        raise ValueError(f"{one.id}: no fact decides a condition of it")
    return folded


def low(name: str) -> str:
    """Return the name of the column that stands for both ends."""
    return name.removesuffix(_HIGH) + _LOW if name.endswith(_HIGH) else name


class _Folded:
    """Folds nodes; each column of the plan once."""

    def __init__(self, nodes: Mapping[str, tree.Node]) -> None:
        self._nodes = nodes
        self._done: dict[str, tree.Node] = {}

    def node(self, node: tree.Node) -> tree.Node:
        match node:
            case tree.Field(name=name) if name in self._nodes:
                if name not in self._done:
                    self._done[name] = self.node(self._nodes[name])
                return self._done[name]
            case tree.Field(name=name):
                return replace(node, name=low(name))
            case tree.Literal() | tree.Unknown():
                return node
            case tree.Known():
                return _TRUE
            case tree.Compare() | tree.Arithmetic():
                return replace(node, left=self.node(node.left), right=self.node(node.right))
            case tree.Ratio():
                return replace(
                    node, numerator=self.node(node.numerator), denominator=self.node(node.denominator)
                )
            case tree.OneOf() | tree.Not() | tree.Floor():
                return replace(node, operand=self.node(node.operand))
            case tree.AtLeast():
                return replace(node, parts=tuple(map(self.node, node.parts)))
            case tree.All() | tree.Any():
                return self._joined(node)
            case tree.Case() | tree.Reach():
                branches = tuple((self.node(when), self.node(value)) for when, value in node.branches)
                return tree.Case(branches, self.node(node.otherwise), node.type)
            case tree.Call(function=name, arguments=arguments):
                folded = tuple(map(self.node, arguments))
                return replace(node, function=name.removesuffix("_known"), arguments=folded)
            case _:
                raise ValueError(f"{type(node).__name__} stands in no compiled plan")

    def _joined(self, node: tree.All | tree.Any) -> tree.Node:
        """Fold the parts; "true, or true of the other end and unknown" is "true"."""
        parts = list(dict.fromkeys(map(self.node, node.parts)))
        if isinstance(node, tree.Any):
            parts = [part for part in parts if not _only_may_be(part, parts)]
        else:
            parts = [part for part in parts if part != _TRUE] or [_TRUE]
        return parts[0] if len(parts) == 1 else replace(node, parts=tuple(parts))


def _only_may_be(part: tree.Node, beside: list[tree.Node]) -> bool:
    """Whether a part says no more than "unknown" where one of those beside it is true anyway."""
    if not isinstance(part, tree.All) or not any(isinstance(one, tree.Unknown) for one in part.parts):
        return False
    return all(isinstance(one, tree.Unknown) or one in beside for one in part.parts)
