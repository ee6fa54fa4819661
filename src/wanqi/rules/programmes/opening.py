"""Which facts leave a condition open: those that are unknown where their value could still decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wanqi.rules import tree
from wanqi.rules.sources import Aggregate
from wanqi.rules.types import BOOL

Row = Mapping[str, object]
Compile = Callable[[Sequence[tree.Node]], Callable[[Row], Sequence[object]]]


class Opening:
    """Looks into one core node; what it must compute for that is compiled when first needed."""

    def __init__(self, node: tree.Node, compile: Compile) -> None:
        self._node = node
        self._compile = compile
        self._places: dict[int, int] = {}
        self._run: Callable[[Row], Sequence[object]] | None = None

    def facts(self, row: Row) -> list[str]:
        """Return the facts and record kinds that leave the node open for the row, each once, in reading order.

        Precondition: the node is unknown, or the two ends of a number differ.
        """
        if self._run is None:
            self._run = self._prepared()
        found: dict[str, None] = {}
        self._walk(self._node, row, self._run(row), found)
        return list(found)

    def _prepared(self) -> Callable[[Row], Sequence[object]]:
        nodes = [one for one in tree.walk(self._node) if not isinstance(one, tree.Field | tree.Literal)]
        distinct = {id(one): one for one in nodes}
        self._places = {key: place for place, key in enumerate(distinct)}
        return self._compile(list(distinct.values()))

    def _value(self, node: tree.Node, row: Row, values: Sequence[object]) -> object:
        if isinstance(node, tree.Field):
            return row.get(node.name)
        return node.value if isinstance(node, tree.Literal) else values[self._places[id(node)]]

    def _walk(self, node: tree.Node, row: Row, values: Sequence[object], found: dict[str, None]) -> None:
        match node:
            case tree.Field():
                self._field(node, row, found)
            case tree.All(parts=parts) if any(isinstance(one, tree.Unknown) for one in parts):
                for (
                    part
                ) in parts:  # "may be": true is not enough, so what keeps its numbers apart leaves it open
                    self._spread(part, row, values, found)
            case (
                tree.Case(branches=branches, otherwise=otherwise)
                | tree.Reach(branches=branches, otherwise=otherwise)
            ):
                self._branches(branches, otherwise, row, values, found)
            case tree.Ratio(numerator=over, denominator=under):
                self._quotient(over, under, row, values, found)
            case _:
                for child in tree.children(node):
                    if isinstance(child, tree.Field) or self._value(child, row, values) is None:
                        self._walk(child, row, values, found)

    def _spread(self, node: tree.Node, row: Row, values: Sequence[object], found: dict[str, None]) -> None:
        """Add what keeps the two ends of the numbers in the node apart, known as this end may be."""
        match node:
            case tree.Field():
                self._field(node, row, found)
            case (
                tree.Case(branches=branches, otherwise=otherwise)
                | tree.Reach(branches=branches, otherwise=otherwise)
            ):
                for condition, outcome in (*branches, (tree.Literal(True, BOOL), otherwise)):
                    holds = self._value(condition, row, values)
                    if holds is None:
                        self._walk(condition, row, values, found)
                    if holds is not False:
                        self._spread(outcome, row, values, found)
                    if holds is True:
                        return
            case _:
                for child in tree.children(node):
                    self._spread(child, row, values, found)

    def _field(self, field: tree.Field, row: Row, found: dict[str, None]) -> None:
        source = field.source
        if isinstance(source, Aggregate):
            name = field.name.rsplit("#", 1)[0]
            if row.get(f"{name}#low") != row.get(f"{name}#high") or row.get(field.name) is None:
                found[source.kind] = None
        elif source is not None and row.get(field.name) is None:
            found[source.fact] = None

    def _branches(
        self,
        branches: tuple[tuple[tree.Node, tree.Node], ...],
        otherwise: tree.Node,
        row: Row,
        values: Sequence[object],
        found: dict[str, None],
    ) -> None:
        for condition, outcome in branches:
            holds = self._value(condition, row, values)
            if holds is None:
                self._walk(condition, row, values, found)
            if holds is not False and self._value(outcome, row, values) is None:
                self._walk(outcome, row, values, found)
            if holds is True:
                return
        if self._value(otherwise, row, values) is None:
            self._walk(otherwise, row, values, found)

    def _quotient(
        self,
        over: tree.Node,
        under: tree.Node,
        row: Row,
        values: Sequence[object],
        found: dict[str, None],
    ) -> None:
        known = True
        for part in (over, under):
            if self._value(part, row, values) is None:
                known = False
                self._walk(part, row, values, found)
        if known:  # a denominator of zero or below says nothing: it has to be looked at again
            found.update(
                (one.source.kind if isinstance(one.source, Aggregate) else one.source.fact, None)
                for one in tree.walk(under)
                if isinstance(one, tree.Field) and one.source is not None
            )
