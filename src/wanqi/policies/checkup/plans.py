"""Rules prepared for a day: programmes compiled together, and what every condition of theirs reads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from wanqi.packs import Pack
from wanqi.rules import tree
from wanqi.rules.plan import Aggregate, Compiled, FactAt, Input, Member, Part, Plan, Size
from wanqi.rules.programmes import Evaluator, compile_plan
from wanqi.rules.programmes.model import Basis, Leaf, Programme

from .model import Chance

# What an enterprise is, not what it does: nothing of it is ever advice.
FIXED = frozenset({"gbt4754_code", "region_code", "uscc", "legal_type", "registered_mainland"})
# What only time changes.
AGEING = frozenset({"established_date"})
_UPWARD = (">=", ">")
Kept = TypeVar("Kept")


class Prepared:
    """The programmes of a region in force on a day for one kind of application."""

    def __init__(
        self, pack: Pack, on: date, kind: str, programmes: Iterable[Programme] | None = None
    ) -> None:
        given = pack.programmes.values() if programmes is None else programmes
        asked = [one for one in given if one.version_for(on, kind) is not None]
        self.pack, self.on, self.kind = pack, on, kind
        self.plan: Plan = compile_plan(asked, region=pack.region, on=on, kind=kind, scope=pack.rule_scope)
        self.evaluator = Evaluator(self.plan)
        self.inputs = {one.name: one for one in self.plan.inputs}
        self.compiled: dict[str, Compiled] = {one.id: one for one in self.plan.programmes}
        self._nodes = self.plan.nodes
        self._read: dict[int, tuple[Input, ...]] = {}

    def reads(self, part: Part) -> tuple[Input, ...]:
        """Return the columns of the snapshot that a condition's own comparison reads, in reading order."""
        found = self._read.get(id(part))
        if found is None:
            nodes = [self._nodes[part.column]] if part.column else []
            nodes += [part.test] if part.test is not None else []
            found = self._read[id(part)] = tuple(self._columns([*nodes, *(part.points or ()), *part.options]))
        return found

    def paid_by(self, programme: str) -> tuple[Input, ...]:
        """Return the columns of the snapshot that the sums of a programme read."""
        steps = self.compiled[programme].steps
        return tuple(self._columns([node for _, _, ends in steps for node in ends]))

    def _columns(self, nodes: Sequence[tree.Node]) -> Iterator[Input]:
        pending = [name for node in nodes for name in tree.fields(node)][::-1]
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.inputs:
                yield self.inputs[name]
            elif name in self._nodes:
                pending.extend(reversed(tree.fields(self._nodes[name])))

    def chance(self, part: Part) -> Chance:
        """Return what could be done about a condition if it were not met: a closed year cannot be changed.

        It depends on what the condition reads, never on the enterprise's values.
        """
        read = self.reads(part)
        kinds = [one.source for one in read if isinstance(one.source, Aggregate)]
        facts = [one.source for one in read if not isinstance(one.source, Aggregate)]
        own = [one for one in facts if one.fact not in FIXED]
        if not kinds and not own:
            return Chance.FIXED
        if part.op in ("score", "item") and (chance := self._points(kinds, own)):
            return chance
        if any(one.fact in AGEING for one in own):
            return Chance.WAIT
        closed = any(one.year is not None and one.year < self.on.year for one in own)
        reading = part.reading
        if kinds and not own:
            if reading is None or reading.operator not in _UPWARD:
                return Chance.WAIT
            aged = all(_must_be_older(one.where, self.on) for one in kinds)
            return Chance.NEXT_YEAR if aged else Chance.NOW
        if closed and reading is not None and reading.choices and not kinds:
            return Chance.WAIT  # a class that is read off a closed year, such as the size of the enterprise
        return Chance.NEXT_YEAR if closed else Chance.NOW

    def _points(self, kinds: Sequence[object], facts: Sequence[FactAt | Member | Size]) -> Chance | None:
        """Return what could be done about points: they come from several things, of which one can still be raised."""
        able = [one for one in facts if one.fact not in AGEING]
        if kinds or any(one.year is None or one.year >= self.on.year for one in able):
            return Chance.NOW
        return Chance.NEXT_YEAR if able else None


def _must_be_older(where: tree.Node | None, on: date) -> bool:
    """Return whether a record counts only if a date of it lies before the day asked about, such as two years back."""
    parts = where.parts if isinstance(where, tree.All) else (where,)
    return any(
        isinstance(one, tree.Compare)
        and one.operator in ("<=", "<")
        and isinstance(one.left, tree.Field)
        and isinstance(one.right, tree.Literal)
        and isinstance(one.right.value, date)
        and one.right.value < on
        for one in parts
    )


class _Least(OrderedDict[tuple[object, ...], tuple[Pack, Kept]]):
    """What was prepared last, by what it was prepared for; a pack is kept with it so that its id stays its own."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def found(self, key: tuple[object, ...], pack: Pack) -> Kept | None:
        kept = self.get(key)
        if kept is None or kept[0] is not pack:
            return None
        self.move_to_end(key)
        return kept[1]

    def keep(self, key: tuple[object, ...], pack: Pack, value: Kept) -> Kept:
        self[key] = (pack, value)
        while len(self) > self.most:
            self.popitem(last=False)
        return value


_whole: _Least[Prepared] = _Least(6)
_single: _Least[Prepared] = _Least(400)


def prepared(pack: Pack, on: date, kind: str) -> Prepared:
    """Return all programmes in force, prepared once for a pack, day and kind."""
    key = (id(pack), on, kind)
    found = _whole.found(key, pack)
    return found if found is not None else _whole.keep(key, pack, Prepared(pack, on, kind))


def prepared_one(pack: Pack, programme: str, on: date, kind: str) -> Prepared:
    """Return one programme prepared for a day. Raises KeyError for an unknown one."""
    key = (id(pack), on, kind, programme)
    found = _single.found(key, pack)
    if found is not None:
        return found
    return _single.keep(key, pack, Prepared(pack, on, kind, [pack.programmes[programme]]))


def prepared_if_met(pack: Pack, programme: str, on: date, kind: str) -> Prepared:
    """Return one programme with its conditions taken as met: what it then pays."""
    key = (id(pack), on, kind, programme, "met")
    found = _single.found(key, pack)
    if found is not None:
        return found
    given = pack.programmes[programme]
    always = Leaf(Basis("always", "视为全部符合"), when="1 = 1")
    versions = tuple(replace(one, conditions=always) for one in given.versions)
    return _single.keep(key, pack, Prepared(pack, on, kind, [replace(given, versions=versions)]))
