"""Verdicts for one organisation: the closure decides, and only what is open is looked into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial

from wanqi.rules.backends import closure
from wanqi.rules.plan import Compiled, Pair, Part, Plan
from wanqi.rules.programmes.errors import ProgrammeUnknown
from wanqi.rules.programmes.explaining import Explainer
from wanqi.rules.programmes.outcome import VERDICTS, Ends, Explanation, Masked, Outcome, Step
from wanqi.rules.programmes.probing import Probe, Row
from wanqi.rules.programmes.reasoning import Leaves, Reasoner, Reasons, first, joined
from wanqi.rules.programmes.turning import next_turn
from wanqi.rules.snapshot import Snapshot

Organisation = Mapping[str, object]


class Evaluator:
    """One plan, prepared for many organisations one after the other.

    A row is what `wanqi.rules.snapshot` makes for the plan's inputs; an organisation is as contracts have it:
    {"facts": {id: value or {year: value}}, "records": {kind: [row, …]}}.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.row = Snapshot(plan.inputs, on=plan.on)
        self._closure = closure.compile_plan(plan)
        self._index = self._closure.index
        self._steps: dict[str, Probe] = {}
        self._compiled = {one.id: one for one in plan.programmes}
        self._open: dict[tuple[str, int, int], tuple[Part, ...]] = {}
        leaves: Leaves = {}
        blank = self.row({})
        self._reasoners = {
            one.id: Reasoner(one.conditions, plan, leaves, blank=blank)
            for one in plan.programmes
            if one.conditions is not None
        }
        self._explainers = {
            one.id: Explainer(one.conditions, self._reasoners[one.id], plan, self._index)
            for one in plan.programmes
            if one.conditions is not None
        }

    def evaluate(self, organisation: Organisation) -> list[Outcome]:
        """Return the outcome of every programme of the plan, in its order. Raises ValueRefused."""
        return self.outcomes(self.row(organisation))

    def verdicts(self, row: Row) -> tuple[int, ...]:
        """Return 0 unmet, 1 unknown or 2 met for every programme of the plan, in its order."""
        return self._closure.verdicts(row)

    @property
    def places(self) -> Mapping[str, int]:
        """Where the plan's named columns stand among `values`."""
        return self._index

    def values(self, row: Row) -> Sequence[object]:
        """Return every named column of the plan for a row: truths of conditions, numbers as the plan carries them."""
        return self._closure.run(row)

    def outcomes(self, row: Row) -> list[Outcome]:
        """Return the outcome of every programme of the plan, in its order; explanations are made when asked for."""
        values = self._closure.run(row)
        found: dict[str, Reasons] = {}
        return [self._outcome(one, values, row, found) for one in self.plan.programmes]

    def masked(self, row: Row) -> list[Masked]:
        """Return what a population run keeps of a row, for every programme of the plan in its order."""
        values = self._closure.run(row)
        return [self._masked(one, values) for one in self.plan.programmes]

    def reasons(
        self, programme: str, unmet: int, unknown: int, row: Row, found: dict[str, Reasons]
    ) -> Reasons:
        """Return why a programme is unknown whose leaves are in these states: bit i is its leaf i.

        found: the reasons of leaves already looked into for this row, added to.
        """
        open_leaves = self._open.get((programme, unmet, unknown))
        if open_leaves is None:
            states = self._states(programme, unmet, unknown)
            open_leaves = self._reasoners[programme].open_leaves(states.__getitem__)
            if len(self._open) >= _MOST_OPEN:
                self._open.clear()
            self._open[programme, unmet, unknown] = open_leaves
        reasoner = self._reasoners[programme]
        return joined([reasoner.leaf(part, row, found) for part in open_leaves])

    def _states(self, programme: str, unmet: int, unknown: int) -> dict[str, bool | None]:
        one = self._compiled[programme]
        states: dict[str, bool | None] = {}
        for bit, (_, column) in enumerate(one.leaves):
            states[column] = False if unmet >> bit & 1 else None if unknown >> bit & 1 else True
        return states

    def _masked(self, one: Compiled, values: Sequence[object]) -> Masked:
        unmet = unknown = 0
        for bit, (_, column) in enumerate(one.leaves):
            state = values[self._index[column]]
            if state is None:
                unknown |= 1 << bit
            elif not state:
                unmet |= 1 << bit
        verdict = values[self._index[one.verdict]]
        code = 1 if verdict is None else 2 if verdict else 0
        return Masked(code, unmet, unknown, self._ends(one.score, values), self._ends(one.amount, values))

    def _outcome(
        self, one: Compiled, values: Sequence[object], row: Row, found: dict[str, Reasons]
    ) -> Outcome:
        index = self._index
        verdict = values[index[one.verdict]]
        if one.version is None or one.conditions is None:
            return Outcome(one.id, None, "unmet", "not_in_force", None, None, (), _nothing, tuple)
        why, missing = None, tuple[str, ...]()
        if verdict is None:
            value = partial(self._column, values)
            reasons = self._reasoners[one.id].reasons(value, row, found)
            why, missing = first(reasons.why), reasons.facts
        return Outcome(
            one.id,
            one.version,
            VERDICTS[1 if verdict is None else 2 if verdict else 0],
            why,
            self._ends(one.score, values),
            self._ends(one.amount, values),
            missing,
            partial(self._explained, one.id, values, row, found),
            partial(self._stepped, one, row) if one.steps else tuple,
        )

    def _explained(
        self, programme: str, values: Sequence[object], row: Row, found: dict[str, Reasons], brief: bool
    ) -> Explanation:
        return self._explainers[programme].explain(values, row, found, brief=brief)

    def _stepped(self, one: Compiled, row: Row) -> tuple[Step, ...]:
        if one.id not in self._steps:
            self._steps[one.id] = Probe((end for _, _, ends in one.steps for end in ends), self.plan)
        probe = self._steps[one.id]
        values = probe.run(row)
        return tuple(
            (id, title, probe.exact(low, values), probe.exact(high, values))
            for id, title, (low, high) in one.steps
        )

    def _column(self, values: Sequence[object], name: str) -> bool | None:
        return values[self._index[name]]  # type: ignore[return-value]  # Boolean columns only

    def _ends(self, pair: Pair | None, values: Sequence[object]) -> Ends | None:
        if pair is None:
            return None
        low, high = pair
        return self._exact(low, values), self._exact(high, values)

    def _exact(self, name: str, values: Sequence[object]) -> Fraction | None:
        return self._closure.exact(name, values[self._index[name]])


def _nothing(brief: bool) -> None:
    return None


_MOST_OPEN = 100_000  # states of leaves whose open ones are kept
_prepared: dict[int, Evaluator] = {}
_KEPT = 8


def prepared(plan: Plan) -> Evaluator:
    """Return the plan's evaluator; the last few are kept."""
    found = _prepared.get(id(plan))
    if found is None or found.plan is not plan:
        while len(_prepared) >= _KEPT:
            _prepared.pop(next(iter(_prepared)), None)
        found = _prepared[id(plan)] = Evaluator(plan)
    return found


def evaluate(plan: Plan, organisation: Organisation) -> list[Outcome]:
    """Return the outcome of every programme of the plan for one organisation, in the plan's order.

    Raises ValueRefused for a value its type does not allow.
    """
    return prepared(plan).evaluate(organisation)


def holds_until(plan: Plan, organisation: Organisation, *, programme: str | None = None) -> date | None:
    """Return the next date on which a verdict could change while no fact does; None if there is none.

    The rule may change (a version, a parameter, the base year at new year), a day at a distance from the day asked
    about may pass a date of the organisation, a list may reach its end. programme: of that one only; else of any.
    Before the returned date nothing changes; on it, something may. Raises ProgrammeUnknown.
    """
    chosen = [one for one in plan.programmes if programme in (None, one.id)]
    if not chosen and programme is not None:
        raise ProgrammeUnknown(programme, [one.id for one in plan.programmes])
    turns = [next_turn(one.turns, organisation, on=plan.on) for one in chosen]
    return min((one for one in turns if one is not None), default=None)
