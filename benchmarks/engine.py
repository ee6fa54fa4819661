"""The rule engine: one organisation, a population in polars and duckdb against scanning it, one threshold moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import median

import polars as pl
from tests.rules.backends.rows import Rows

from wanqi.rules import tree
from wanqi.rules.backends import closure, duckdb
from wanqi.rules.backends.polars import Staged
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import Evaluator

from . import engine_data
from .ground import CACHE, Options, tell
from .results import Result

SIZE = 1_000_000
ORGANISATIONS = 200
NAME = "engine"


def run(options: Options) -> list[Result]:
    """Measure all of it; ratios come from rounds in which both sides took turns."""
    plan = engine_data.plan()
    tell(f"{len(plan.programmes)} programmes, {len(plan.inputs)} inputs, {len(plan.nodes)} columns")
    path = engine_data.snapshot(CACHE / f"snapshot-{SIZE}.parquet", plan, SIZE)
    return [*single(plan), *population(plan, path, options.rounds), *moved(plan, path, options.rounds)]


def single(plan: Plan) -> list[Result]:
    """Return the time for one organisation: verdicts alone, and with reasons."""
    made, drawn = closure.compile_plan(plan), Rows(plan, seed=1)
    rows = [drawn.one() for _ in range(ORGANISATIONS)]
    evaluator = Evaluator(plan)
    what = f"one organisation, {len(plan.programmes)} programmes"
    status = _p50(made.verdicts, rows) * 1e6
    reasons = _p50(evaluator.evaluate, [{"id": "a", "facts": {}, "records": {}}] * 50) * 1e3
    return [
        Result(benchmark=NAME, what=f"{what}: verdicts, p50", value=status, unit="µs", goal=50),
        Result(
            benchmark=NAME,
            what=f"{what}: from JSON, with every reason, p50",
            value=reasons,
            unit="ms",
            note="an organisation of which nothing is known: reading it and the whole tree of every programme",
        ),
    ]


def _p50(answer: Callable[..., object], rows: list[dict[str, object]]) -> float:
    times = []
    for row in rows * 5:
        start = time.perf_counter()
        answer(row)
        times.append(time.perf_counter() - start)
    return median(times)


def population(plan: Plan, path: Path, rounds: int) -> list[Result]:
    """Return the cost of verdicts and masks of every row against the greatest value of every column read."""
    columns = [one.name for one in plan.inputs]
    staged = Staged(plan)
    source = pl.scan_parquet(path)
    scan = source.select(pl.col(columns).max())
    masks = staged.answered(source).select(pl.all().max())
    layered = duckdb.layered(plan)
    results = layered.answers(plan)
    names = [one.rsplit(" AS ", 1)[1] for one in results]
    file = f"read_parquet('{path}')"
    select = ", ".join(layered.dialect.quoted(one) for one in columns)
    inner = layered.query(f"SELECT {select} FROM {file}", results)
    with duckdb.connect() as database:

        def asked(texts: list[str], source: str) -> Callable[[], object]:
            query = f"SELECT {', '.join(f'max({one})' for one in texts)} FROM {source}"
            return lambda: database.execute(query).fetchall()

        quoted = [layered.dialect.quoted(one) for one in columns]
        sides = {
            "polars": (lambda: scan.collect(engine="streaming"), lambda: masks.collect(engine="streaming")),
            "duckdb": (asked(quoted, file), asked(names, f"({inner})")),
        }
        times = _in_turns(
            {
                f"{library} {side}": call
                for library, calls in sides.items()
                for side, call in zip(("scan", "masks"), calls, strict=True)
            },
            rounds,
        )
    return [_masks(library, times, goal) for library, goal in (("polars", 4.0), ("duckdb", 8.0))]


def _masks(library: str, times: dict[str, list[float]], goal: float) -> Result:
    scan, masks = times[f"{library} scan"], times[f"{library} masks"]
    ratio = median(one / two for one, two in zip(masks, scan, strict=True))
    more = {"masks_s": round(median(masks), 2), "scan_s": round(median(scan), 2)}
    return Result(
        benchmark=NAME,
        what=f"masks of {SIZE:,} rows, times the scan of the same columns, {library}",
        value=ratio,
        unit="×",
        goal=goal,
        more=more,
        note="Parquet in, greatest value of every answer out; scan: greatest value of every column; taken in turns",
    )


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
    times = _in_turns({"again": again, "whole": whole}, rounds)
    ratio = median(one / two for one, two in zip(times["whole"], times["again"], strict=True))
    share = 1 / ratio
    more = {"again_ms": round(median(times["again"]) * 1e3, 1), "whole_s": round(median(times["whole"]), 2)}
    return [
        Result(
            benchmark=NAME,
            what=f"one threshold moved, {SIZE:,} rows counted again: share of a full run",
            value=share * 100,
            unit="%",
            goal=2,
            more=more,
            note="from the columns kept in memory; the counts are equal",
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


def _in_turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(max(rounds, 3)):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return times
