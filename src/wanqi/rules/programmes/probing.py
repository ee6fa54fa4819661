"""Values of any core nodes of a plan, compiled together: whole numbers, so that nothing is lost and little computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from wanqi.rules import tree
from wanqi.rules.backends.closure import Closure
from wanqi.rules.plan import Named, Plan

Row = Mapping[str, object]
# A number over the power of ten of its scale; a quotient as two of them. None is unknown.
Exact = tuple[int, int]


class Probe:
    """The values of some nodes for one row after another."""

    def __init__(self, nodes: Iterable[tree.Node], plan: Plan) -> None:
        distinct = {id(node): node for node in nodes}
        self._kept = tuple(distinct.values())  # identities are the keys, so the nodes stay
        named = tuple((f"p{index}", node) for index, node in enumerate(self._kept))
        closure = Closure(replace(plan, stages=(needed(self._kept, plan), named), programmes=()))
        first = closure.index[named[0][0]] if named else 0
        self.places = {key: first + index for index, key in enumerate(distinct)}
        self.run = closure.run
        """Return the values of a row, to be looked up by `places`."""
        self._scales = {key: closure.scale.get(f"p{index}", 0) for index, key in enumerate(distinct)}

    def exact(self, node: tree.Node, values: Sequence[object]) -> Fraction | None:
        """Return a number in its own unit, None where it is unknown."""
        pair = self.steps(node, values, 0)
        return None if pair is None else Fraction(*pair)

    def steps(self, node: tree.Node, values: Sequence[object], places: int) -> Exact | None:
        """Return a number in steps of 10^-places as (over, under), None where it is unknown."""
        return self.reader(node, places)(values)

    def reader(self, node: tree.Node, places: int) -> Callable[[Sequence[object]], Exact | None]:
        """Return what gives a number in steps of 10^-places as (over, under), None where it is unknown."""
        place, shift = self.places[id(node)], places - self._scales[id(node)]
        up, down = 10 ** max(shift, 0), 10 ** max(-shift, 0)

        def read(values: Sequence[object]) -> Exact | None:
            raw: Any = values[place]
            if raw is None:
                return None
            if type(raw) is tuple:
                return raw[0] * up, raw[1] * down
            return raw * up, down

        return read


def needed(nodes: Iterable[tree.Node], plan: Plan) -> tuple[Named, ...]:
    """Return the named columns of the plan that the nodes read, directly or through others, in their order."""
    wanted = {name for node in nodes for name in tree.fields(node)}
    kept: list[Named] = []
    for stage in reversed(plan.stages):
        for name, node in reversed(stage):
            if name in wanted:
                kept.append((name, node))
                wanted.update(tree.fields(node))
    return tuple(reversed(kept))
