"""The tree of conditions for one organisation: value, threshold and gap of every condition, points of every item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from wanqi.rules import tree
from wanqi.rules.plan import Part, Reading
from wanqi.rules.programmes import measuring
from wanqi.rules.programmes.opening import Compile, Row
from wanqi.rules.programmes.outcome import VERDICTS, Explanation, Why
from wanqi.rules.programmes.reasoning import Reasoner, Reasons, first, kleene

_CODES: dict[bool | None, int] = {False: 0, None: 1, True: 2}
_OPEN_KEYS = {"value": None, "threshold": None, "gap": None, "unit": None}


class Explainer:
    """Explains one programme; what it must compute is compiled when first asked."""

    def __init__(self, root: Part, reasoner: Reasoner, compile: Compile) -> None:
        self._root = root
        self._reasoner = reasoner
        self._compile = compile
        self._places: dict[int, int] = {}
        self._run: Callable[[Row], Sequence[object]] | None = None

    def explain(self, value: Callable[[str], bool | None], row: Row) -> Explanation:
        """Return the tree for a row whose Boolean columns are given by `value`."""
        if self._run is None:
            nodes = {id(node): node for part in self._root.walk() for node in _nodes(part)}
            self._places = {key: place for place, key in enumerate(nodes)}
            self._run = self._compile(list(nodes.values()))
        one = _One(self._reasoner, self._places, self._run(row), value, row)
        return one.part(self._root)[0]


def _nodes(part: Part) -> list[tree.Node]:
    found = [*(part.points or ())]
    if part.test is not None and part.column is None:
        found.append(part.test)
    if part.reading is not None:
        found += [*part.reading.value, *(part.reading.threshold or ())]
    return found


class _One:
    """One organisation's values."""

    def __init__(
        self,
        reasoner: Reasoner,
        places: dict[int, int],
        values: Sequence[object],
        column: Callable[[str], bool | None],
        row: Row,
    ) -> None:
        self._reasoner = reasoner
        self._places = places
        self._values = values
        self._column = column
        self._row = row
        self._found: dict[str, Reasons] = {}

    def part(self, part: Part) -> tuple[Explanation, bool | None]:
        """Return the node as JSON, and its value."""
        if part.op in ("score", "item"):
            return self._scored(part)
        children = [self.part(child) for child in part.children]
        state = self._state(part, [value for _, value in children])
        node = self._node(part, state, self._why(part, state, children))
        node |= _OPEN_KEYS if part.reading is None else self._reading(part.reading, state)
        if part.n is not None:
            node["n"] = part.n
        node["children"] = [child for child, _ in children]
        return node, state

    def _node(self, part: Part, state: bool | None, why: Why | None) -> Explanation:
        return {
            "id": part.id,
            "op": "leaf"
            if part.op == "item" and not part.children
            else "score"
            if part.op == "item"
            else part.op,
            "title": part.title,
            "article": part.article,
            "tag": part.tag,
            "verdict": VERDICTS[_CODES[state]],
            "why": why,
        }

    def _state(self, part: Part, states: Sequence[bool | None]) -> bool | None:
        if part.column is not None:
            return self._column(part.column)
        if part.test is not None:
            return self._values[self._places[id(part.test)]]  # type: ignore[return-value]  # a Boolean node
        return kleene(part, states)

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

    def _scored(self, part: Part) -> tuple[Explanation, bool | None]:
        """Return a score or one of its items: points as [least, most], the mark or minimum, what is lacking."""
        children = [self.part(child)[0] for child in part.children]
        low, high = (self._values[self._places[id(end)]] for end in part.points or ())
        state = self._mark(part, settled=low == high and low is not None)
        why: Why | None = part.fixed if low != high or low is None else None
        if part.op == "score" and state is None:
            why = first(self._reasoner.leaf(part, self._row, self._found).why)
        node = self._node(part, state, why)
        node["value"] = [_points(low), _points(high)]
        node["threshold"] = None if part.mark is None else measuring.points(Fraction(part.mark[1]))
        node["gap"] = _points(_lacking(part, high)) if state is False else None
        node["unit"] = "分"
        node["max"] = None if part.maximum is None else measuring.points(Fraction(part.maximum))
        if part.op == "item":
            node["measured"] = self._reading(part.reading, None)["value"] if part.reading else None
        node["children"] = children
        return node, state

    def _mark(self, part: Part, *, settled: bool) -> bool | None:
        """Return whether a score passes or an item reaches its minimum; one without any fails nothing."""
        if part.column is not None:
            return self._column(part.column)
        if part.test is None:
            return True if settled else None
        return self._values[self._places[id(part.test)]]  # type: ignore[return-value]  # a Boolean node

    def _reading(self, reading: Reading, state: bool | None) -> Explanation:
        low, high = (self._values[self._places[id(end)]] for end in reading.value)
        kind, operator = reading.value[0].type, reading.operator
        value: object = measuring.shown(_known(low), kind, operator=operator)
        if low != high:
            value = [value, measuring.shown(_known(high), kind, operator=operator)]
        found: Explanation = {"value": value, "threshold": None, "gap": None, "unit": reading.unit}
        if reading.choices:
            found["threshold"] = list(reading.choices)
        if reading.threshold is None or operator is None:
            return found
        near, far = (self._values[self._places[id(end)]] for end in reading.threshold)
        nearest = high
        if operator not in (">=", ">"):
            near, nearest = far, low
        found["threshold"] = measuring.shown(_known(near), reading.threshold[0].type)
        if state is False and kind.numeric and _number(nearest) is not None and _number(near) is not None:
            step = measuring.STEPS[kind.base]
            lacking = measuring.gap(operator, _sure(nearest), _sure(near), step=step)
            found["gap"] = None if lacking is None else measuring.written(lacking, kind)
        return found


def _lacking(part: Part, high: object) -> Fraction | None:
    """Return the points by which the most that can be reached falls short of the mark."""
    if part.mark is None or _number(high) is None:
        return None
    operator, bound = part.mark
    value, limit = _sure(high), Fraction(bound)
    if value >= limit if operator == ">=" else value > limit:
        return None
    return measuring.gap(operator, value, limit, step=Fraction(part.step or 1))


def _points(value: object) -> int | float | None:
    return None if _number(value) is None else measuring.points(_sure(value))


def _number(value: object) -> Fraction | None:
    return Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def _sure(value: object) -> Fraction:
    number = _number(value)
    assert number is not None
    return number


def _known(value: object) -> measuring.Known | None:
    return value if isinstance(value, str | bool | date | int | Fraction) else None
