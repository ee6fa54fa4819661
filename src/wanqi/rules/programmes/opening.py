"""Which facts leave a condition open: those that are unknown where their value could still decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wanqi.rules import tree
from wanqi.rules.plan import Plan
from wanqi.rules.programmes.probing import Probe, Row
from wanqi.rules.sources import Aggregate
from wanqi.rules.types import BOOL

Found = dict[str, None]
# Adds the facts that leave something open, for a row and the values of its nodes.
Look = Callable[[Row, Sequence[object], Found], None]
_ALWAYS = tree.Literal(True, BOOL)
# Unknown exactly where a field in it is, or a denominator is not above zero.
_STRICT = (
    tree.Field,
    tree.Literal,
    tree.Compare,
    tree.OneOf,
    tree.Not,
    tree.Arithmetic,
    tree.Ratio,
    tree.Floor,
)


class Opening:
    """Looks into one core node; what it must compute for that is compiled when first needed."""

    def __init__(self, node: tree.Node, plan: Plan) -> None:
        self._node = node
        self._plan = plan
        self._prepared: tuple[Callable[[Row], Sequence[object]], Look] | None = None

    def facts(self, row: Row) -> list[str]:
        """Return the facts and record kinds that leave the node open for the row, each once, in reading order.

        Precondition: the node is unknown, or the two ends of a number differ.
        """
        if self._prepared is None:
            writer = _Writer()
            look = writer.unknown(self._node)
            self._prepared = writer.computed(self._plan), look
        run, look = self._prepared
        found: Found = {}
        look(row, run(row), found)
        return list(found)


class _Writer:
    """Turns nodes into functions once, so that looking costs little, and only what they ask for is computed."""

    def __init__(self) -> None:
        self._wanted: list[tree.Node] = []
        self._places: list[int] = []

    def computed(self, plan: Plan) -> Callable[[Row], Sequence[object]]:
        """Return what computes the values that the functions ask for."""
        if not self._wanted:
            return lambda _: ()
        probe = Probe(self._wanted, plan)
        self._places.extend(probe.places[id(node)] for node in self._wanted)
        return probe.run

    def value(self, node: tree.Node) -> Callable[[Row, Sequence[object]], object]:
        """Return what gives the value of a node; only whether a number is known is told, and that a truth is true."""
        if isinstance(node, tree.Field):
            name = node.name
            return lambda row, _: row.get(name)
        if isinstance(node, tree.Literal):
            constant = node.value
            return lambda *_: constant
        place, places = len(self._wanted), self._places
        self._wanted.append(node)
        return lambda _, values: values[places[place]]

    def unknown(self, node: tree.Node) -> Look:
        """Return what adds the facts that leave an unknown node open."""
        if all(isinstance(one, _STRICT) for one in tree.walk(node)):
            return _strict(node)
        match node:
            case tree.Field():
                return _field(node)
            case tree.All(parts=parts) if any(isinstance(one, tree.Unknown) for one in parts):
                # "may be": true is not enough, so what keeps its numbers apart leaves it open
                return _each([self.spread(part) for part in parts])
            case (
                tree.Case(branches=branches, otherwise=otherwise)
                | tree.Reach(branches=branches, otherwise=otherwise)
            ):
                return self._branches(
                    branches, otherwise, lambda outcome: self._where_unknown(outcome, self.unknown(outcome))
                )
            case tree.Ratio():
                return self._quotient(node)
            case _:
                return self._where_each_unknown(tree.children(node))

    def spread(self, node: tree.Node) -> Look:
        """Return what adds the facts that keep the two ends of the numbers in a node apart, this end known or not."""
        match node:
            case tree.Field():
                return _field(node)
            case (
                tree.Case(branches=branches, otherwise=otherwise)
                | tree.Reach(branches=branches, otherwise=otherwise)
            ):
                return self._branches(branches, otherwise, self.spread)
            case _:
                return _each([self.spread(child) for child in tree.children(node)])

    def _where_unknown(self, node: tree.Node, look: Look) -> Look:
        value = self.value(node)

        def looked(row: Row, values: Sequence[object], found: Found) -> None:
            if value(row, values) is None:
                look(row, values, found)

        return looked

    def _where_each_unknown(self, nodes: Iterable[tree.Node]) -> Look:
        # A field is looked at even where it is known: the end of an interval may be known and the other open.
        return _each(
            [
                _field(one) if isinstance(one, tree.Field) else self._where_unknown(one, self.unknown(one))
                for one in nodes
                if not isinstance(one, tree.Literal)
            ]
        )

    def _branches(
        self,
        branches: tuple[tuple[tree.Node, tree.Node], ...],
        otherwise: tree.Node,
        outcome: Callable[[tree.Node], Look],
    ) -> Look:
        """Return what looks into the branches still reachable, and into the conditions that leave several of them."""
        steps = [
            (self.value(when), self.unknown(when), outcome(value))
            for when, value in (*branches, (_ALWAYS, otherwise))
        ]

        def looked(row: Row, values: Sequence[object], found: Found) -> None:
            for holds, open_condition, open_outcome in steps:
                state = holds(row, values)
                if state is None:
                    open_condition(row, values, found)
                if state is not False:
                    open_outcome(row, values, found)
                if state is True:
                    return

        return looked

    def _quotient(self, node: tree.Ratio) -> Look:
        over, under = self.value(node.numerator), self.value(node.denominator)
        inside = self._where_each_unknown((node.numerator, node.denominator))
        # A denominator of zero or below says nothing: it has to be looked at again.
        names = _sources(one for one in tree.walk(node.denominator) if isinstance(one, tree.Field))

        def looked(row: Row, values: Sequence[object], found: Found) -> None:
            if over(row, values) is None or under(row, values) is None:
                inside(row, values, found)
            else:
                found.update(names)

        return looked


def _each(looks: Sequence[Look]) -> Look:
    if len(looks) == 1:
        return looks[0]

    def looked(row: Row, values: Sequence[object], found: Found) -> None:
        for look in looks:
            look(row, values, found)

    return looked


def _strict(node: tree.Node) -> Look:
    """Return what adds the unknown fields of a strict node, or where all are known those of its denominators."""
    nodes = list(tree.walk(node))
    looks = [_field(one) for one in nodes if isinstance(one, tree.Field)]
    under = [inside for one in nodes if isinstance(one, tree.Ratio) for inside in tree.walk(one.denominator)]
    names = _sources(one for one in under if isinstance(one, tree.Field))

    def looked(row: Row, values: Sequence[object], found: Found) -> None:
        own: Found = {}
        for look in looks:
            look(row, values, own)
        found.update(own or names)

    return looked


def _field(field: tree.Field) -> Look:
    """Return what adds the fact of a column that is unknown, or the kind of a count whose ends differ."""
    name, names = field.name, _sources((field,))
    if isinstance(field.source, Aggregate):
        low, high = (f"{name.rsplit('#', 1)[0]}#{side}" for side in ("low", "high"))

        def apart(row: Row, values: Sequence[object], found: Found) -> None:
            end = row.get(high)
            if end is None or row.get(low) != end:
                found.update(names)

        return apart

    def looked(row: Row, values: Sequence[object], found: Found) -> None:
        if row.get(name) is None:
            found.update(names)

    return looked


def _sources(fields: Iterable[tree.Field]) -> Found:
    return {
        one.source.kind if isinstance(one.source, Aggregate) else one.source.fact: None
        for one in fields
        if one.source is not None
    }
