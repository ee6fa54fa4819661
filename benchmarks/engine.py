"""The rule engine: one organisation, a population against scanning it, one threshold moved, thousands of copies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import median

import polars as pl

from wanqi.rules import tree
from wanqi.rules.backends.polars import Staged
from wanqi.rules.plan import Plan

from . import engine_data
from .alone import CACHE, tell
from .engine_copies import copied
from .engine_population import in_turns, population
from .engine_single import single
from .ground import Options
from .results import Result

SIZE = 1_000_000
ROUNDS = 5
NAME = "engine"
SECTION = "engine"
PACKAGES = ("polars", "duckdb")


def run(options: Options) -> list[Result]:
    """Measure all of it; ratios come from rounds in which both sides took turns."""
    plan = engine_data.plan()
    columns = sum(len(stage) for stage in plan.stages)
    tell(f"{len(plan.programmes)} programmes, {len(plan.inputs)} inputs, {columns} columns")
    path = engine_data.snapshot(CACHE / f"snapshot-{SIZE}-{engine_data.mark(plan)}.parquet", plan, SIZE)
    rounds = max(options.rounds, ROUNDS)
    found = [
        *single(plan, path),
        *population(plan, path, rows=SIZE, rounds=rounds),
        *moved(plan, path, rounds),
    ]
    return [*found, *copied(plan, path)]


def moved(plan: Plan, path: Path, rounds: int) -> list[Result]:
    """Return how much quicker all is counted again after one threshold moved, from kept columns, than from nothing."""
    changed, name = _with_moved_threshold(plan)
    kept = Staged(plan).run(pl.scan_parquet(path)).collect(engine="streaming")
    touched = _depending(changed, name)
    untouched = {one for stage in plan.stages for one, _ in stage} - touched
    staged, anew = Staged(changed), Staged(changed, given=untouched).layers()
    verdicts = list(dict.fromkeys(one.verdict for one in changed.programmes))

    def again() -> pl.DataFrame:
        frame = kept
        for layer in anew:
            frame = frame.with_columns(layer)
        return frame.select(pl.col(one).sum() for one in verdicts)

    def whole() -> pl.DataFrame:
        counted = staged.run(pl.scan_parquet(path)).select(pl.col(one).sum() for one in verdicts)
        return counted.collect(engine="streaming")

    assert again().equals(whole())
    times = in_turns({"again": again, "whole": whole}, rounds)
    pairs = list(zip(times["whole"], times["again"], strict=True))
    more = {
        "again": f"{median(one for one, _ in times['again']) * 1e3:.1f} ms",
        "whole": f"{median(one for one, _ in times['whole']):.2f} s",
        "times_quicker": f"{median(one[0] / two[0] for one, two in pairs):.0f}",
    }
    return [
        Result(
            benchmark=NAME,
            what=f"one threshold moved, {SIZE:,} rows counted again: share of a full run",
            value=median(two[0] / one[0] for one, two in pairs) * 100,
            unit="%",
            goal=2,
            more=more,
            note="from the columns kept in memory; the counts of all programmes are equal",
        )
    ]


def _with_moved_threshold(plan: Plan) -> tuple[Plan, str]:
    """Return the plan with the first plain threshold of money raised by a tenth, and the column it stands in."""
    for stage in plan.stages:
        for name, node in stage:
            if not isinstance(node, tree.Compare) or not isinstance(node.right, tree.Literal):
                continue
            if node.left.type.base == "money" and isinstance(node.right.value, Decimal) and node.right.value:
                raised = replace(node, right=replace(node.right, value=node.right.value * Decimal("1.1")))
                stages = tuple(
                    tuple((one, raised if one == name else old) for one, old in each) for each in plan.stages
                )
                return replace(plan, stages=stages), name
    raise LookupError("no plain threshold of money")


def _depending(plan: Plan, name: str) -> set[str]:
    found = {name}
    for stage in plan.stages:
        found |= {one for one, node in stage if found & set(tree.fields(node))}
    return found
