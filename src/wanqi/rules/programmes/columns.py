"""The columns of a plan: one per distinct condition, score, amount and verdict."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.errors import RulesError
from wanqi.rules.plan import Input, Named, Pair
from wanqi.rules.programmes.sharing import shared
from wanqi.rules.spans import Span
from wanqi.rules.types import BOOL, MONEY

Ends = tuple[tree.Node, tree.Node]


class Columns:
    """Collects named nodes; the same node gets the same name."""

    def __init__(self) -> None:
        self._conditions: dict[tree.Node, str] = {}
        self._scores: dict[Ends, str] = {}
        self._amounts: dict[Ends, str] = {}
        self._verdicts: list[tree.Node] = []

    def condition(self, node: tree.Node) -> str:
        """Return the column of a Boolean node."""
        return self._conditions.setdefault(node, f"c{len(self._conditions)}")

    def score(self, low: tree.Node, high: tree.Node) -> Pair:
        """Return the (low, high) columns of a score."""
        name = self._scores.setdefault((low, high), f"s{len(self._scores)}")
        return f"{name}_low", f"{name}_high"

    def amount(self, ends: Span, verdict: str) -> Pair:
        """Return the (low, high) columns of an amount that is paid if the verdict is met, and nothing otherwise."""
        paid, nothing = reference(verdict), tree.Literal(Decimal(0), MONEY)
        low = tree.Reach(((paid, ends.low),), nothing, "low", MONEY)
        high = tree.Reach(((paid, ends.high),), nothing, "high", MONEY)
        name = self._amounts.setdefault((low, high), f"a{len(self._amounts)}")
        return f"{name}_low", f"{name}_high"

    def verdict(self, node: tree.Node) -> str:
        """Return the column of a verdict."""
        self._verdicts.append(node)
        return f"v{len(self._verdicts) - 1}"

    def stages(self) -> tuple[tuple[Named, ...], ...]:
        """Return shared values, scores, conditions, verdicts and amounts, each ready to compute in turn."""
        staged = [_ends(self._scores), [(name, node) for node, name in self._conditions.items()]]
        staged.append([(f"v{index}", node) for index, node in enumerate(self._verdicts)])
        staged.append(_ends(self._amounts))
        found, nodes = shared([node for stage in staged for _, node in stage])
        rest = iter(nodes)
        return (found, *(tuple((name, next(rest)) for name, _ in stage) for stage in staged))


def reference(column: str) -> tree.Field:
    """Return a Boolean column of an earlier stage."""
    return tree.Field(column, BOOL)


def inputs_of(nodes: Iterable[tree.Node]) -> tuple[Input, ...]:
    """Return the snapshot columns the nodes read, each once, by name."""
    found: dict[str, Input] = {}
    for root in nodes:
        for node in tree.walk(root):
            if isinstance(node, tree.Field) and node.source is not None:
                known = found.setdefault(node.name, Input(node.name, node.type, node.source))
                if known.source != node.source:
                    raise RulesError(f"两列同名而来源不同：{node.name}")
    return tuple(found[name] for name in sorted(found))


def _ends(pairs: dict[Ends, str]) -> list[Named]:
    return [
        (f"{name}_{side}", node)
        for ends, name in pairs.items()
        for side, node in zip(("low", "high"), ends, strict=True)
    ]
