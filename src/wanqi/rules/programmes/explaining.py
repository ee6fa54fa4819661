"""The tree of conditions for one organisation: value, threshold and gap of every condition, points of every item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Part, Plan, Reading
from wanqi.rules.programmes import measuring
from wanqi.rules.programmes.outcome import VERDICTS, Explanation, Why
from wanqi.rules.programmes.probing import Exact, Probe, Row
from wanqi.rules.programmes.reasoning import Reasoner, Reasons, first, kleene
from wanqi.rules.sources import FactAt

_CODES: dict[bool | None, int] = {False: 0, None: 1, True: 2}
_POINTS = PLACES["number"]


class Explainer:
    """Explains one programme; what it must compute is compiled when first asked."""

    def __init__(self, root: Part, reasoner: Reasoner, plan: Plan) -> None:
        self._root = root
        self._reasoner = reasoner
        self._plan = plan
        self._probe: Probe | None = None
        self._given: dict[int, dict[str, str]] = {}

    def explain(
        self, column: Callable[[str], bool | None], row: Row, found: dict[str, Reasons]
    ) -> Explanation:
        """Return the tree for a row whose Boolean columns are given by `column`.

        found: the reasons of leaves already looked into for this row, added to.
        """
        if self._probe is None:
            self._probe = Probe((node for part in self._root.walk() for node in _nodes(part)), self._plan)
            if any(isinstance(one.source, FactAt) and one.source.given for one in self._plan.inputs):
                self._given = {id(part): _given(part) for part in self._root.walk() if not part.children}
        return _One(self._reasoner, self._probe, column, row, found, self._given).part(self._root)[0]


def _nodes(part: Part) -> list[tree.Node]:
    found = [*(part.points or ()), *part.options]
    if part.test is not None and part.column is None:
        found.append(part.test)
    if part.reading is not None:
        found += [*part.reading.value, *(part.reading.threshold or ()), *(part.reading.under or ())]
    return found


def _given(part: Part) -> dict[str, str]:
    """Return column → fact of the derived facts of a leaf or item that an organisation may bring with it."""
    nodes = [*_nodes(part), *(() if part.test is None else (part.test,))]
    fields = (one for node in nodes for one in tree.walk(node) if isinstance(one, tree.Field))
    return {
        one.name: one.source.fact for one in fields if isinstance(one.source, FactAt) and one.source.given
    }


class _One:
    """One organisation's values."""

    def __init__(
        self,
        reasoner: Reasoner,
        probe: Probe,
        column: Callable[[str], bool | None],
        row: Row,
        found: dict[str, Reasons],
        given: dict[int, dict[str, str]],
    ) -> None:
        self._reasoner = reasoner
        self._probe = probe
        self._given = given
        self._values: Sequence[object] = probe.run(row)
        self._column = column
        self._row = row
        self._found = found

    def part(self, part: Part) -> tuple[Explanation, bool | None]:
        """Return the node as JSON, and its value."""
        if part.points is not None:
            return self._scored(part)
        children = [self.part(child) for child in part.children]
        state = self._state(part, [value for _, value in children])
        node = _node(part, part.op, state, self._why(part, state, children))
        if part.reading is not None:
            self._read(node, part.reading, state)
        if part.n is not None:
            node["n"] = part.n
        self._say_given(node, part)
        node["children"] = [child for child, _ in children]
        return node, state

    def _say_given(self, node: Explanation, part: Part) -> None:
        """Name the derived facts whose value was brought along, not computed."""
        names = self._given.get(id(part), {})
        given = dict.fromkeys(fact for name, fact in names.items() if self._row.get(name) is not None)
        if given:
            node["given"] = list(given)

    def _state(self, part: Part, states: Sequence[bool | None]) -> bool | None:
        if part.column is not None:
            return self._column(part.column)
        return kleene(part, states) if part.test is None else self._truth(part.test)

    def _truth(self, node: tree.Node) -> bool | None:
        return self._values[self._probe.places[id(node)]]  # type: ignore[return-value]  # a Boolean node

    def _why(
        self, part: Part, state: bool | None, children: list[tuple[Explanation, bool | None]]
    ) -> Why | None:
        if state is not None:
            return None
        if part.column is not None:
            return first(self._reasoner.leaf(part, self._row, self._found).why)
        if not children:
            return "missing"
        return first(frozenset(child["why"] for child, value in children if value is None))

    # --- points -------------------------------------------------------------------------------

    def _scored(self, part: Part) -> tuple[Explanation, bool | None]:
        """Return a score or one of its items: points as [least, most], the mark or minimum, what is lacking."""
        children = [self.part(child)[0] for child in part.children]
        low, high = (self._steps(end, _POINTS) for end in part.points or ())
        state = self._mark(part, settled=low == high and low is not None)
        why = self._why_open(part, children) if state is None else None
        node = _node(part, "score" if children else "leaf", state, why)
        node["value"] = [_points(low), _points(high)]
        node["threshold"] = None if part.mark is None else _amount(part.mark[1])
        node["gap"] = _lacking(part, high) if state is False else None
        node["unit"] = "分"
        node["max"] = None if part.maximum is None else _amount(part.maximum)
        if part.op == "item":
            node["measured"] = None if part.reading is None else self._value(part.reading)
        self._say_given(node, part)
        node["children"] = children
        return node, state

    def _why_open(self, part: Part, children: list[Explanation]) -> Why | None:
        """Return why a score, or the points of an item, are open."""
        if part.fixed is not None:
            return part.fixed
        if part.op == "score":
            return first(self._reasoner.leaf(part, self._row, self._found).why)
        if children:
            return first(frozenset(one["why"] for one in children if one["why"] is not None))
        if not part.options or part.options[0].type.numeric:  # the two ends of a formula
            return "missing"
        for option in part.options:
            state = self._truth(option)
            if state is None:
                return "missing"
            if state and part.first:
                break
        return "judgement"

    def _mark(self, part: Part, *, settled: bool) -> bool | None:
        """Return whether a score passes or an item reaches its minimum; one without any fails nothing."""
        if part.column is not None:
            return self._column(part.column)
        if part.test is None:
            return True if settled else None
        return self._truth(part.test)

    # --- what is compared ---------------------------------------------------------------------

    def _value(self, reading: Reading) -> object:
        if not reading.value[0].type.numeric:
            return self._plain(reading.value[0])
        base = _base(reading)
        low, high = (
            None if end is None else measuring.written(measuring.rounded(end, reading.operator), base)
            for end in self._ends(reading, base)
        )
        return low if low == high else [low, high]

    def _ends(self, reading: Reading, base: str) -> tuple[Exact | None, Exact | None]:
        """Return both ends of the value in steps of its type."""
        places = PLACES[base]
        if reading.under is None:
            low, high = (self._steps(end, places) for end in reading.value)
            return low, high
        over = [self._steps(end, places) for end in reading.value]
        under = [self._steps(end, 0) for end in reading.under]
        one, other = over[0], under[0]
        if one is None or other is None or over[0] != over[1] or under[0] != under[1] or other[0] <= 0:
            return None, None
        quotient = one[0] * other[1], one[1] * other[0]
        return quotient, quotient

    def _steps(self, node: tree.Node, places: int) -> Exact | None:
        return self._probe.steps(node, self._values, places)

    def _plain(self, node: tree.Node) -> measuring.Shown | None:
        return measuring.plain(self._values[self._probe.places[id(node)]])

    def _read(self, node: Explanation, reading: Reading, state: bool | None) -> None:
        """Add value, threshold, gap and unit to a node."""
        operator = reading.operator
        node["value"] = self._value(reading)
        node["unit"] = reading.unit
        if reading.choices:
            node["threshold"] = list(reading.choices)
        if reading.threshold is None or operator is None:
            return
        # The nearest ends: what is needed at the least.
        upward = operator in (">=", ">")
        limit = reading.threshold[0 if upward else 1]
        if not limit.type.numeric:
            node["threshold"] = self._plain(limit)
            return
        base = _base(reading)
        want = self._steps(limit, PLACES[base])
        if want is None:
            return
        # Rounded the other way than the value, so that the two as written compare as they are.
        outward = "<=" if operator in (">=", "<") else ">="
        node["threshold"] = measuring.written(measuring.rounded(want, outward), base)
        have = self._ends(reading, base)[1 if upward else 0] if state is False else None
        if have is not None:
            lacking = measuring.gap(operator, have, want)
            node["gap"] = None if lacking is None else measuring.written(lacking, base)


def _base(reading: Reading) -> str:
    """Return the type in whose steps value, threshold and gap are written: a count beside a fraction is a ratio."""
    if reading.under is not None:
        both_money = reading.value[0].type.base == reading.under[0].type.base
        return "money" if reading.value[0].type.base == "money" and not both_money else "ratio"
    bases = {reading.value[0].type.base, *(one.type.base for one in reading.threshold or ())}
    return "ratio" if {"count", "ratio"} <= bases else reading.value[0].type.base


def _node(part: Part, op: str, state: bool | None, why: Why | None) -> Explanation:
    return {
        "id": part.id,
        "op": op,
        "title": part.title,
        "article": part.article,
        "tag": part.tag,
        "verdict": VERDICTS[_CODES[state]],
        "why": why,
        "value": None,
        "threshold": None,
        "gap": None,
        "unit": None,
    }


def _lacking(part: Part, high: Exact | None) -> int | float | None:
    """Return the points by which the most that can be reached falls short of the mark; None if it does not."""
    if part.mark is None or high is None:
        return None
    operator, bound = part.mark
    unit = int((part.step or Decimal(1)).scaleb(_POINTS))
    lacking = measuring.gap(operator, (high[0], high[1] * unit), (_in_steps(bound), unit))
    return None if lacking is None or lacking <= 0 else measuring.points(lacking * unit)


def _points(steps: Exact | None) -> int | float | None:
    return None if steps is None else measuring.points(measuring.rounded(steps))


def _amount(points: Decimal) -> int | float:
    return measuring.points(_in_steps(points))


def _in_steps(points: Decimal) -> int:
    return int(points.scaleb(_POINTS))
