"""This engine as it is measured beside the others: from the same dict, or the same columns, to its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from wanqi.rules import tree
from wanqi.rules.backends.closure import Closure, compile_plan
from wanqi.rules.backends.polars import Staged
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import Evaluator, Outcome

from .programmes import Programmes
from .translating import EPOCH

Facts = Mapping[str, Any]
_EPOCH = EPOCH.toordinal()


class One:
    """One organisation at a time, by the generated function. Its row is the dict itself, with dates made of days.

    The plan is the product's own; only its columns carry the names of the facts.
    """

    def __init__(self, asked: Programmes) -> None:
        plan = named(asked.plan, asked.facts)
        self._dates = [asked.facts[one.name] for one in asked.plan.inputs if one.type.base == "date"]
        self._closure: Closure = compile_plan(plan)
        self._places = [self._closure.index[one.verdict] for one in plan.programmes]
        self._columns = [(one.name, asked.facts[one.name]) for one in asked.plan.inputs]
        self._evaluator = Evaluator(asked.plan)

    def _row(self, facts: Facts) -> dict[str, Any]:
        row = dict(facts)
        for name in self._dates:
            day = row[name]
            row[name] = None if day is None else date.fromordinal(day + _EPOCH)
        return row

    def conditions(self, facts: Facts) -> tuple[Any, ...]:
        """Return every condition, score and verdict: true, false or unknown; what is unmet is the reason."""
        return self._closure.run(self._row(facts))

    def verdicts(self, facts: Facts) -> tuple[int, ...]:
        """Return 0 unmet, 1 unknown or 2 met for every programme."""
        return self._closure.verdicts(self._row(facts))

    def outcomes(self, facts: Facts) -> list[Outcome]:
        """Return what the product shows of every programme: verdict, why, missing facts, ends of the score."""
        row = self._row(facts)
        return self._evaluator.outcomes({name: row[key] for name, key in self._columns})

    def truths_of_conditions(self, found: tuple[Any, ...]) -> list[bool]:
        """Return the verdicts among what `conditions` found."""
        return [found[place] is True for place in self._places]


class Many:
    """A population at once, by Polars, made for the inputs of which its rows have every value.

    As with the others, making it ready is not counted; asking the columns what they lack is.
    """

    def __init__(self, asked: Programmes) -> None:
        self._asked = asked
        self._held: dict[frozenset[str], Staged] = {}

    def masks(self, columns: pl.DataFrame) -> pl.DataFrame:
        """Return verdicts, the bits of unmet and unknown conditions, and both ends of scores."""
        return self._answered(columns, masks=True)

    def verdicts(self, columns: pl.DataFrame) -> pl.DataFrame:
        """Return verdicts and both ends of scores."""
        return self._answered(columns, masks=False)

    def _answered(self, columns: pl.DataFrame, *, masks: bool) -> pl.DataFrame:
        source = columns.lazy().select(pl.col(key).alias(name) for name, key in self._asked.facts.items())
        full = frozenset(name for name, key in self._asked.facts.items() if columns[key].null_count() == 0)
        staged = self._held.get(full)
        if staged is None:
            staged = self._held[full] = Staged(self._asked.plan, full=full)
        return staged.answered(source, masks=masks).collect(engine="streaming")


def named(plan: Plan, names: Mapping[str, str]) -> Plan:
    """Return the plan with its inputs under other names."""
    stages = tuple(tuple((name, _named(node, names)) for name, node in stage) for stage in plan.stages)
    inputs = {names[one.name]: replace(one, name=names[one.name]) for one in plan.inputs}
    return replace(plan, stages=stages, inputs=tuple(inputs.values()))


def _named(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, tree.Field):
        return replace(part, name=names.get(part.name, part.name))
    if isinstance(part, tuple):
        return tuple(_named(one, names) for one in part)
    if is_dataclass(part) and type(part).__module__ == tree.__name__:
        return replace(part, **{one.name: _named(getattr(part, one.name), names) for one in fields(part)})  # type: ignore[type-var]
    return part


def truths(found: pl.DataFrame, asked: Programmes) -> list[Any]:
    """Return the verdicts of a population as Boolean columns."""
    return [found[f"{one.id}.verdict"] == 2 for one in asked.plan.programmes]
