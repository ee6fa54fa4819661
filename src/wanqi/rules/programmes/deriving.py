"""Derived facts of one organisation, asked for by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.lowering import Moment
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import measuring
from wanqi.rules.programmes.columns import inputs_of
from wanqi.rules.programmes.describing import measured
from wanqi.rules.programmes.errors import FactUnknown
from wanqi.rules.programmes.probing import Probe, Row
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
        self._ends = ends
        self._probe = Probe(nodes, self.plan)

    def evaluate(self, organisation: Mapping[str, object]) -> dict[str, measuring.Shown | None]:
        """Return fact → value as JSON carries it, as `values` does. Raises ValueRefused."""
        return self.values(self.row(organisation))

    def values(self, row: Row) -> dict[str, measuring.Shown | None]:
        """Return fact → value as JSON carries it, None where it is unknown or only known to lie between bounds.

        row: what `wanqi.rules.snapshot` makes for the inputs of `plan`.
        """
        values = self._probe.run(row)
        return {fact: self._value(ends, values) for fact, ends in zip(self.facts, self._ends, strict=True)}

    def _value(self, ends: tuple[tree.Node, tree.Node], values: Sequence[object]) -> measuring.Shown | None:
        low = ends[0]
        base = low.type.base
        if not low.type.numeric:
            return measuring.plain(values[self._probe.places[id(low)]])
        least, most = (self._probe.steps(end, values, PLACES[base]) for end in ends)
        if least is None or most is None or least[0] * most[1] != most[0] * least[1]:
            return None
        return measuring.written(measuring.rounded(least), base)


def _ends(fact: str, reader: Reader) -> tuple[tree.Node, tree.Node]:
    derived = reader.scope.derived
    expression = derived.get(fact)
    if expression is None:
        raise FactUnknown(fact, derived)
    root = expression.root
    if fact in reader.scope.given:
        root = tree.Derived(fact, 0, expression.type, root, given=True)
    if not expression.type.numeric:
        node = reader.lowered(root)
        return node, node
    ends = measured(root, reader)
    if ends is None:
        raise FactUnknown(fact, [name for name in derived if name != fact])
    return ends.low, ends.high
