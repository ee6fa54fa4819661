"""Derived facts of one organisation, asked for by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from wanqi.rules import tree
from wanqi.rules.backends import closure
from wanqi.rules.lowering import Moment
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import measuring
from wanqi.rules.programmes.columns import inputs_of
from wanqi.rules.programmes.describing import measured
from wanqi.rules.programmes.errors import FactUnknown
from wanqi.rules.programmes.opening import Row
from wanqi.rules.programmes.reader import Reader
from wanqi.rules.snapshot import Snapshot
from wanqi.rules.types import Scope


class Derivation:
    """Derived facts for a date, prepared for many organisations; `plan` names the columns their rows must have."""

    def __init__(self, facts: Iterable[str], *, region: str, on: date, scope: Scope) -> None:
        """Raises FactUnknown for a fact that the scope does not derive or that has no value of its own."""
        self.facts = tuple(facts)
        reader = Reader(region, "", scope, Moment(on, on.year - 1))
        ends = [_ends(fact, reader) for fact in self.facts]
        nodes = [node for pair in ends for node in pair]
        self.plan = Plan(region, on, "new", inputs_of(nodes), (), ())
        self.row = Snapshot(self.plan.inputs, on=on)
        self._types = [low.type for low, _ in ends]
        self._run = closure.compile_nodes(nodes, self.plan)

    def evaluate(self, organisation: Mapping[str, object]) -> dict[str, measuring.Shown | None]:
        """Return fact → value as JSON carries it, as `values` does. Raises ValueRefused."""
        return self.values(self.row(organisation))

    def values(self, row: Row) -> dict[str, measuring.Shown | None]:
        """Return fact → value as JSON carries it, None where it is unknown or only known to lie between bounds.

        row: what `wanqi.rules.snapshot` makes for the inputs of `plan`.
        """
        found = iter(self._run(row))
        answer: dict[str, measuring.Shown | None] = {}
        for fact, kind in zip(self.facts, self._types, strict=True):
            low, high = next(found), next(found)
            known = low is not None and low == high and isinstance(low, str | bool | date | int | Fraction)
            answer[fact] = measuring.shown(low, kind) if known else None  # type: ignore[arg-type]  # checked above
        return answer


def _ends(fact: str, reader: Reader) -> tuple[tree.Node, tree.Node]:
    derived = reader.scope.derived
    expression = derived.get(fact)
    if expression is None:
        raise FactUnknown(fact, derived)
    if not expression.type.numeric:
        node = reader.lowered(expression.root)
        return node, node
    ends = measured(expression.root, reader)
    if ends is None:
        raise FactUnknown(fact, [name for name in derived if name != fact])
    return ends.low, ends.high
