"""The tree of conditions for one organisation: value, threshold and gap of every condition, points of every item.

A tree is prepared once: what does not depend on the organisation is written then, and only the rest each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Part, Plan
from wanqi.rules.programmes import points
from wanqi.rules.programmes.compared import Compared, compared, value_of
from wanqi.rules.programmes.outcome import VERDICTS, Explanation, Why
from wanqi.rules.programmes.probing import Probe, Row
from wanqi.rules.programmes.reasoning import Reasoner, Reasons, first, kleene
from wanqi.rules.sources import FactAt

_WORDS: dict[bool | None, str] = {False: VERDICTS[0], None: VERDICTS[1], True: VERDICTS[2]}
_POINTS = PLACES["number"]


@dataclass(slots=True)
class _One:
    """One organisation: the plan's columns, the values of the tree's nodes, its row, reasons found so far.

    brief: what is met is left out.
    """

    columns: Sequence[object]
    values: Sequence[object]
    row: Row
    found: dict[str, Reasons]
    brief: bool


Answered = tuple[Explanation, bool | None]
_MET: Answered = ({}, True)
Look = Callable[[_One], Answered]
State = Callable[[_One], bool | None]


class Explainer:
    """Explains one programme; what it must compute is compiled when first asked. index: column → its place."""

    def __init__(self, root: Part, reasoner: Reasoner, plan: Plan, index: Mapping[str, int]) -> None:
        self._root = root
        self._reasoner = reasoner
        self._plan = plan
        self._index = index
        self._prepared: tuple[Probe, Look] | None = None

    def explain(
        self, columns: Sequence[object], row: Row, found: dict[str, Reasons], *, brief: bool = False
    ) -> Explanation:
        """Return the tree for a row whose named columns are given in the order of the index.

        found: the reasons of leaves already looked into for this row, added to. brief: leave out every node that is
        met with all below it, but no item of a score that is not; the tree of a programme that is met is empty.
        """
        if self._prepared is None:
            probe = Probe((node for part in self._root.walk() for node in _nodes(part)), self._plan)
            self._prepared = probe, _Preparing(probe, self._reasoner, self._index).part(self._root)
        probe, look = self._prepared
        return look(_One(columns, probe.run(row), row, found, brief))[0]


def _nodes(part: Part) -> list[tree.Node]:
    found = [*(part.points or ()), *part.options]
    if part.test is not None and part.column is None:
        found.append(part.test)
    if part.reading is not None:
        found += [*part.reading.value, *(part.reading.threshold or ()), *(part.reading.under or ())]
    return found


class _Preparing:
    """Turns the parts of a tree into functions."""

    def __init__(self, probe: Probe, reasoner: Reasoner, index: Mapping[str, int]) -> None:
        self._probe = probe
        self._reasoner = reasoner
        self._index = index

    def part(self, part: Part) -> Look:
        """Return what gives the node as JSON, and its value."""
        if part.points is not None:
            return self._scored(part)
        return self._group(part) if part.children else self._leaf(part)

    def _leaf(self, part: Part) -> Look:
        state_of, why_of, given = self._state(part), self._why(part), self._given(part)
        measured = None if part.reading is None else compared(part.reading, self._probe)
        empty = _empty(part, part.op, measured)

        def leaf(one: _One) -> Answered:
            state = state_of(one)
            if state and one.brief:
                return _MET
            node = empty.copy()
            node["verdict"] = _WORDS[state]
            if state is None:
                node["why"] = why_of(one)
            if measured is not None:
                measured.read(node, one.values, state is False)
            if given:
                _say_given(node, given, one.row)
            node["children"] = []
            return node, state

        return leaf

    def _group(self, part: Part) -> Look:
        children, decided = [self.part(child) for child in part.children], self._decided(part)
        measured = None if part.reading is None else compared(part.reading, self._probe)
        empty, why_of = _empty(part, part.op, measured), self._why(part)
        own = part.column is not None

        def group(one: _One) -> Answered:
            answered = [child(one) for child in children]
            state = kleene(part, [value for _, value in answered]) if decided is None else decided(one)
            if state and one.brief:
                return _MET
            node = empty.copy()
            node["verdict"] = _WORDS[state]
            if state is None:
                open_ = (child["why"] for child, value in answered if value is None)
                node["why"] = why_of(one) if own else first(frozenset(open_))
            if measured is not None:
                measured.read(node, one.values, state is False)
            node["children"] = [child for child, value in answered if not (value and one.brief)]
            return node, state

        return group

    def _decided(self, part: Part) -> State | None:
        """Return what gives the value of a part with a column or a test of its own, None where its parts decide."""
        return None if part.column is None and part.test is None else self._state(part)

    def _state(self, part: Part) -> State:
        if part.column is not None:
            place = self._index[part.column]
            return lambda one: one.columns[place]  # type: ignore[return-value]  # a Boolean column
        if part.test is None:
            return lambda _: kleene(part, ())
        return self._truth(part.test)

    def _truth(self, node: tree.Node) -> State:
        place = self._probe.places[id(node)]
        return lambda one: one.values[place]  # type: ignore[return-value]  # a Boolean node

    def _why(self, part: Part) -> Callable[[_One], Why | None]:
        if part.column is None or part.fixed is not None:
            why: Why = part.fixed or "missing"
            return lambda _: why
        reasoner = self._reasoner
        return lambda one: first(reasoner.leaf(part, one.row, one.found).why)

    def _given(self, part: Part) -> dict[str, str]:
        """Return column → fact of the derived facts of a leaf or item that an organisation may bring with it."""
        nodes = [*_nodes(part), *(() if part.test is None else (part.test,))]
        fields = (one for node in nodes for one in tree.walk(node) if isinstance(one, tree.Field))
        return {
            one.name: one.source.fact for one in fields if isinstance(one.source, FactAt) and one.source.given
        }

    # --- points -------------------------------------------------------------------------------

    def _scored(self, part: Part) -> Look:
        """Return what gives a score or one of its items: [least, most], the mark or minimum, what is lacking."""
        children, given = [self.part(child) for child in part.children], self._given(part)
        low_of, high_of = (self._probe.reader(end, _POINTS) for end in part.points or ())
        mark, why_open, empty = self._mark(part), self._why_open(part), _empty_score(part)
        measured = value_of(part.reading, self._probe) if part.op == "item" and part.reading else None

        def scored(one: _One) -> Answered:
            low, high = low_of(one.values), high_of(one.values)
            state = mark(one) if mark is not None else True if low == high and low is not None else None
            if state and one.brief:
                return _MET
            node = empty.copy()
            brief, one.brief = one.brief, False  # every item counts towards the points that are lacking
            answered = [child(one)[0] for child in children]
            one.brief = brief
            node["verdict"] = _WORDS[state]
            if state is None:
                node["why"] = why_open(one, answered)
            node["value"] = [points.written(low), points.written(high)]
            if state is False:
                node["gap"] = points.lacking(part, high)
            if measured is not None:
                node["measured"] = measured(one.values)
            if given and not answered:
                _say_given(node, given, one.row)
            node["children"] = answered
            return node, state

        return scored

    def _mark(self, part: Part) -> State | None:
        """Return what tells whether a score passes or an item reaches its minimum; one without any fails nothing."""
        return None if part.column is None and part.test is None else self._state(part)

    def _why_open(self, part: Part) -> Callable[[_One, list[Explanation]], Why | None]:
        """Return what tells why a score, or the points of an item, are open."""
        fixed, reasoner = part.fixed, self._reasoner
        if fixed is not None:
            return lambda *_: fixed
        if part.op == "score":
            return lambda one, _: first(reasoner.leaf(part, one.row, one.found).why)
        if part.children:
            return lambda _, below: first(frozenset(one["why"] for one in below if one["why"] is not None))
        if not part.options or part.options[0].type.numeric:  # the two ends of a formula
            return lambda *_: "missing"
        options = [self._truth(option) for option in part.options]

        def why(one: _One, _: list[Explanation]) -> Why:
            for option in options:
                state = option(one)
                if state is None:
                    return "missing"
                if state and part.first:
                    break
            return "judgement"

        return why


def _say_given(node: Explanation, names: Mapping[str, str], row: Row) -> None:
    """Name the derived facts whose value was brought along, not computed."""
    given = dict.fromkeys(fact for name, fact in names.items() if row.get(name) is not None)
    if given:
        node["given"] = list(given)


def _empty(part: Part, op: str, measured: Compared | None) -> Explanation:
    """Return what a node of any organisation holds."""
    node: Explanation = {
        "id": part.id,
        "op": op,
        "title": part.title,
        "article": part.article,
        "tag": part.tag,
        "verdict": None,
        "why": None,
        "value": None,
        "threshold": None,
        "gap": None,
        "unit": None,
    }
    if measured is not None:
        node |= measured.fixed
    if part.n is not None:
        node["n"] = part.n
    return node


def _empty_score(part: Part) -> Explanation:
    node = _empty(part, "score" if part.children else "leaf", None)
    node.pop("n", None)
    node["threshold"] = None if part.mark is None else points.amount(part.mark[1])
    node["unit"] = "分"
    node["max"] = None if part.maximum is None else points.amount(part.maximum)
    if part.op == "item":
        node["measured"] = None
    return node
