"""Why a verdict is open, and which facts would settle it: only what still matters to it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from wanqi.rules import tree
from wanqi.rules.backends.closure import reading
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Part, Plan
from wanqi.rules.programmes.opening import Opening
from wanqi.rules.programmes.outcome import REASONS, Why
from wanqi.rules.programmes.probing import Probe, Row, needed
from wanqi.rules.sources import Aggregate


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why something is unknown (never empty for what is), and the facts and record kinds that are missing."""

    why: frozenset[Why]
    facts: tuple[str, ...] = ()


NOTHING = Reasons(frozenset())
_KEPT = 2_000  # rows of one leaf whose reasons are remembered
_FIXED: Mapping[Why, Reasons] = {why: Reasons(frozenset({why})) for why in REASONS}


@cache
def first(why: frozenset[Why]) -> Why | None:
    """Return the reason to tell where there are several."""
    return next((one for one in REASONS if one in why), None)


def joined(found: Sequence[Reasons]) -> Reasons:
    """Return all reasons and all facts, each once, in order."""
    if len(found) == 1:
        return found[0]
    facts = dict.fromkeys(fact for one in found for fact in one.facts)
    return Reasons(frozenset(why for one in found for why in one.why), tuple(facts))


Value = Callable[[str], bool | None]


class Reasoner:
    """Finds the reasons of one programme's condition tree; prepared once, asked for many organisations.

    shared: what is known of leaves by column, so that a condition of several programmes is looked into once.
    blank: the row of an organisation of which nothing is known; what it lacks is found once.
    """

    def __init__(self, root: Part, plan: Plan, shared: Leaves, *, blank: Row) -> None:
        self._root = root
        self._leaves = shared
        for part in root.walk():
            if part.column is not None and part.column not in shared:
                shared[part.column] = _Leaf(part, plan, blank)

    def reasons(self, value: Value, row: Row, found: dict[str, Reasons]) -> Reasons:
        """Return why the tree is unknown. found: the leaves already looked into for this row, added to.

        Precondition: the verdict is unknown.
        """
        return joined([self.leaf(part, row, found) for part in self.open_leaves(value)])

    def open_leaves(self, value: Value) -> tuple[Part, ...]:
        """Return the unknown leaves that leave the tree unknown, in reading order."""
        found: list[Part] = []
        self._visit(self._root, value, found)
        return tuple(found)

    def leaf(self, part: Part, row: Row, found: dict[str, Reasons]) -> Reasons:
        """Return why a leaf or score is unknown."""
        if part.fixed is not None:
            return _FIXED[part.fixed]
        column = part.column or ""
        known = found.get(column)
        if known is None:
            known = found[column] = self._leaves[column].reasons(row)
        return known

    def _visit(self, part: Part, value: Value, open_leaves: list[Part]) -> bool | None:
        """Return the part's value; keep the unknown leaves below it, unless the part is decided without them."""
        if part.column is not None:
            found = value(part.column)
            if found is None:
                open_leaves.append(part)
            return found
        start = len(open_leaves)
        states = [self._visit(child, value, open_leaves) for child in part.children]
        state = kleene(part, states)
        if state is not None:
            del open_leaves[start:]
        return state


def kleene(part: Part, states: Sequence[bool | None]) -> bool | None:
    """Return the value of a group from those of its parts."""
    sure, possible = states.count(True), len(states) - states.count(False)
    needed = 1 if part.op == "any" else (part.n or 1) if part.op == "n_of" else len(states)
    if sure >= needed:
        return True
    return None if possible >= needed else False


class _Leaf:
    """One leaf or score, looked into only when it is unknown."""

    def __init__(self, part: Part, plan: Plan, blank: Row) -> None:
        self._part = part
        self._plan = plan
        self._openings: dict[int, Opening] = {}
        self._probe: Probe | None = None
        self._blank = blank
        self._read: Callable[[Row], tuple[object, ...]] | None = None
        self._nothing: tuple[object, ...] = ()
        self._without = NOTHING
        self._known: dict[tuple[object, ...], Reasons] = {}

    def reasons(self, row: Row) -> Reasons:
        """Return why the leaf is open; found once for all rows that hold the same of what the leaf reads."""
        if self._read is None:
            self._read = reading(self._inputs())
            self._nothing, self._without = self._read(self._blank), self._found(self._blank)
        held = self._read(row)
        if held == self._nothing:
            return self._without
        known = self._known.get(held)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[held] = self._found(row)
        return known

    def _inputs(self) -> tuple[str, ...]:
        """Return the columns of the snapshot that the leaf reads."""
        nodes = [node for part in self._part.walk() for node in _nodes(part)]
        named = [node for _, node in needed(nodes, self._plan)]
        fields = (one for root in (*nodes, *named) for one in tree.walk(root) if isinstance(one, tree.Field))
        own = {name: None for one in fields if one.source is not None for name in _both_ends(one)}
        return tuple(own)

    def _found(self, row: Row) -> Reasons:
        part = self._part
        if part.op == "score":
            return self._score(row)
        assert part.test is not None
        facts = tuple(self._opened(part.test, row))
        # Nothing is missing and still nothing follows, as for an industry no document classes: somebody must judge.
        return Reasons(frozenset({"missing" if facts else "judgement"}), facts)

    def _opened(self, node: tree.Node, row: Row) -> list[str]:
        if id(node) not in self._openings:
            self._openings[id(node)] = Opening(node, self._plan)
        return self._openings[id(node)].facts(row)

    def _score(self, row: Row) -> Reasons:
        if self._probe is None:
            nodes = [node for part in self._part.walk() for node in _nodes(part)]
            self._probe = Probe(nodes, self._plan)
        values = _Values(self._probe, self._probe.run(row))
        found: list[Reasons] = []
        total = self._part.test is not None and values.truth(self._part.test) is None
        for item in self._part.children:
            self._item(item, row, values, found, wanted=total)
        return joined(found) if found else NOTHING

    def _item(self, item: Part, row: Row, values: _Values, found: list[Reasons], *, wanted: bool) -> None:
        """Add why the points of an item are open, if they matter: to the total or to a minimum above them."""
        wanted = wanted or (item.test is not None and values.truth(item.test) is None)
        if values.settled(item):
            return
        if item.fixed is not None:
            found += [Reasons(frozenset({item.fixed}))] if wanted else []
            return
        for child in item.children:
            self._item(child, row, values, found, wanted=wanted)
        if wanted and not item.children:
            found.append(self._options(item, row, values))

    def _options(self, item: Part, row: Row, values: _Values) -> Reasons:
        facts: dict[str, None] = {}
        if item.options and item.options[0].type.numeric:  # the two ends of a formula
            facts.update(dict.fromkeys(fact for end in item.options for fact in self._opened(end, row)))
            return Reasons(frozenset({"missing"}), tuple(facts))
        open_options = False
        for option in item.options:
            state = values.truth(option)
            if state is None:
                open_options = True
                facts.update(dict.fromkeys(self._opened(option, row)))
            if state is True and item.first:
                break
        return Reasons(frozenset({"missing" if open_options else "judgement"}), tuple(facts))


def _nodes(part: Part) -> list[tree.Node]:
    return [node for node in (part.test, *(part.points or ()), *part.options) if node is not None]


def _both_ends(field: tree.Field) -> tuple[str, ...]:
    """Return the columns looked at for a field: of a count or sum of records both ends."""
    if not isinstance(field.source, Aggregate):
        return (field.name,)
    stem = field.name.rsplit("#", 1)[0]
    return f"{stem}#low", f"{stem}#high"


class _Values:
    """The values of a score's nodes for one row."""

    def __init__(self, probe: Probe, values: Sequence[object]) -> None:
        self._probe = probe
        self._values = values

    def truth(self, node: tree.Node) -> bool | None:
        return self._values[self._probe.places[id(node)]]  # type: ignore[return-value]  # a Boolean node

    def settled(self, item: Part) -> bool:
        """Whether the points of an item are one number."""
        low, high = (self._probe.steps(end, self._values, PLACES["number"]) for end in item.points or ())
        return low is not None and low == high


Leaves = dict[str, _Leaf]
