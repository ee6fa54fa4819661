"""Verdicts and masks of a whole population in polars and duckdb, against scanning the same columns in the same run.

As a benchmark of its own it takes as many rows as are asked for; `engine` measures a million.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import polars as pl

from wanqi.rules.backends import duckdb
from wanqi.rules.backends.polars import Staged
from wanqi.rules.plan import Plan

from . import engine_data
from .alone import CACHE, tell
from .ground import Options
from .results import Result

NAME = SECTION = "population"
PACKAGES = ("polars", "duckdb")
GOALS = {"polars": 4.0, "duckdb": 8.0}

Times = dict[str, list[tuple[float, float]]]


def run(options: Options) -> list[Result]:
    """Measure the rows asked for, which are made first."""
    plan, rows = engine_data.plan(), options.population_rows
    tell(f"{len(plan.programmes)} programmes, {len(plan.inputs)} inputs, {rows:,} rows")
    path = CACHE / f"snapshot-{rows}-{engine_data.mark(plan)}.parquet"
    found = population(
        plan, engine_data.snapshot(path, plan, rows), rows=rows, rounds=options.rounds, name=NAME
    )
    if not options.keep:
        path.unlink()
    return found


def population(plan: Plan, path: Path, *, rows: int, rounds: int, name: str = "engine") -> list[Result]:
    """Return the cost of verdicts and masks of every row against the greatest value of every column read."""
    columns = [one.name for one in plan.inputs]
    source = pl.scan_parquet(path)
    scan = source.select(pl.col(columns).max())
    masks = Staged(plan).answered(source).select(pl.all().max())
    layered = duckdb.layered(plan)
    results = layered.answers(plan)
    names = [one.rsplit(" AS ", 1)[1] for one in results]
    quoted = [layered.dialect.quoted(one) for one in columns]
    file = f"read_parquet({layered.dialect.literal(str(path))})"
    inner = layered.query(f"SELECT {', '.join(quoted)} FROM {file}", results)
    with duckdb.connect(memory="4GB") as database:

        def asked(texts: list[str], source: str) -> Callable[[], object]:
            query = f"SELECT {', '.join(f'max({one})' for one in texts)} FROM {source}"
            return lambda: database.execute(query).fetchall()

        times = in_turns(
            {
                "polars scan": lambda: scan.collect(engine="streaming"),
                "polars masks": lambda: masks.collect(engine="streaming"),
                "duckdb scan": asked(quoted, file),
                "duckdb masks": asked(names, f"({inner})"),
            },
            rounds,
        )
    return [one for library in GOALS for one in _ratios(library, times, rows=rows, name=name)]


def _ratios(library: str, times: Times, *, rows: int, name: str) -> list[Result]:
    """Return the ratios of processor time and of time on the clock."""
    scan, masks = times[f"{library} scan"], times[f"{library} masks"]
    found = []
    for place, clock in ((1, "processor time"), (0, "on the clock")):
        ratios = [one[place] / two[place] for one, two in zip(masks, scan, strict=True)]
        found.append(
            Result(
                benchmark=name,
                what=f"masks of {rows:,} rows ÷ scan of the same columns, {library}, {clock}",
                value=median(ratios),
                unit="×",
                goal=GOALS[library],
                more={
                    "masks": f"{median(one[place] for one in masks):.2f} s",
                    "scan": f"{median(one[place] for one in scan):.2f} s",
                    "ratios": " ".join(f"{one:.1f}" for one in ratios),
                },
                note="Parquet in, greatest value of every verdict, mask and score out; scan: of every column"
                * (place == 1),
            )
        )
    return found


def in_turns(calls: dict[str, Callable[[], object]], rounds: int) -> Times:
    """Return seconds on the clock and of the processor of every call in every round."""
    times: Times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start, used = time.perf_counter(), time.process_time()
            call()
            times[name].append((time.perf_counter() - start, time.process_time() - used))
    return times
