"""One organisation at a time: verdicts, and verdicts with every reason.

The p50 is that of the quietest of several rounds over the same organisations: other work on the machine only adds to it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from tests.rules.population.drawing import Drawing

from wanqi.rules.backends import closure
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import Evaluator

from .engine_data import pack
from .results import Result

NAME = "engine"
ORGANISATIONS = 200
ROUNDS = 25


def single(plan: Plan, path: Path) -> list[Result]:
    """Return the times for one organisation; path: a snapshot, of which the first rows are taken."""
    evaluator, made = Evaluator(plan), closure.compile_plan(plan)
    known = pl.scan_parquet(path).drop("id").head(ORGANISATIONS).collect().to_dicts()
    nothing = [evaluator.row({"id": "a", "facts": {}, "records": {}})] * ORGANISATIONS
    drawing = Drawing(plan, pack().rule_scope, seed=1)
    texts = [json.dumps(drawing.one(str(number))) for number in range(ORGANISATIONS)]

    def reasons(row: dict[str, Any]) -> object:
        return [(one.verdict, one.why, one.missing, one.lacking) for one in evaluator.outcomes(row)]

    def everything(row: dict[str, Any]) -> object:
        return [one.as_json("a") for one in evaluator.outcomes(row)]

    def read(text: str) -> object:
        return evaluator.row(json.loads(text))

    count = len(plan.programmes)
    what = f"one organisation × {count} programmes"
    why = "verdict, why, missing facts, and value, threshold, gap, unit, article of every condition that is not met"
    every = "the same with the conditions that are met, as `wanqi evaluate` prints it"
    return [
        _timed(
            f"{what}: verdicts", made.verdicts, known, goal=50e-6, unit="µs", note="nine facts in ten known"
        ),
        _timed(f"{what}, nothing known: verdicts", made.verdicts, nothing, goal=50e-6, unit="µs"),
        _timed(f"{what}: with reasons", reasons, known, goal=1e-3, unit="ms", note=why),
        _timed(f"{what}, nothing known: with reasons", reasons, nothing, goal=1e-3, unit="ms"),
        _timed(f"{what}: with the whole tree", everything, known, unit="ms", note=every),
        _timed(f"{what}, nothing known: with the whole tree", everything, nothing, unit="ms"),
        _timed(
            "one organisation: its JSON to a row",
            read,
            texts,
            unit="ms",
            note="parsing, checking every value, counting records; not in the lines above",
        ),
    ]


def _timed(
    what: str,
    answer: Callable[[Any], object],
    given: Iterable[Any],
    *,
    unit: str,
    goal: float | None = None,
    note: str = "",
) -> Result:
    scale = {"µs": 1e6, "ms": 1e3}[unit]
    rows = list(given)
    for row in rows[:20]:  # compiles what is compiled when first asked
        answer(row)
    rounds = [_round(answer, rows) for _ in range(ROUNDS)]
    wall = [median(one for one, _ in each) for each in rounds]
    used = [median(one for _, one in each) for each in rounds]
    return Result(
        benchmark=NAME,
        what=f"{what}, p50",
        value=min(wall) * scale,
        unit=unit,
        goal=None if goal is None else goal * scale,
        more={
            "over_all_rounds": f"{median(wall) * scale:.3g} {unit}",
            "processor_time": f"{min(used) * scale:.3g} {unit}",
            "the_quickest_one": f"{min(one for each in rounds for one, _ in each) * scale:.3g} {unit}",
        },
        note=note,
    )


def _round(answer: Callable[[Any], object], rows: Iterable[Any]) -> list[tuple[float, float]]:
    """Return seconds on the clock and of the processor for every row."""
    times = []
    for row in rows:
        start, busy = time.perf_counter(), time.thread_time()
        answer(row)
        times.append((time.perf_counter() - start, time.thread_time() - busy))
    return times
