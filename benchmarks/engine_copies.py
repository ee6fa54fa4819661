"""Thousands of programmes at once: jittered copies over one population, a sample equal to the reference."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
from tests.rules.backends.copies import jittered, said_by_reference
from tests.rules.backends.test_copies import differing

from wanqi.rules.backends.polars import Staged
from wanqi.rules.plan import Plan

from .alone import tell
from .results import Result

NAME = "engine"
COPIES = 3_000
ROWS = 100_000
EACH = 100


def copied(plan: Plan, path: Path) -> list[Result]:
    """Return the time of all copies; path: a snapshot of the plan's inputs. Raises AssertionError for a wrong answer."""
    many = jittered(plan, COPIES)
    conditions = len({column for one in many.programmes for _, column in one.leaves})
    tell(f"{COPIES:,} copies, {conditions} conditions; the reference answers {ROWS // EACH:,} rows …")
    source = pl.scan_parquet(path).head(ROWS).drop("id").collect()
    start = time.perf_counter()
    staged = Staged(many)
    queries = {
        "verdicts": staged.answered(source.lazy(), masks=False).select(pl.all().sum()),
        "with masks": staged.answered(source.lazy()).select(pl.all().sum()),
    }
    prepared = time.perf_counter() - start
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in queries}
    for _ in range(3):
        for name, query in queries.items():
            start, used = time.perf_counter(), time.process_time()
            query.collect(engine="streaming")
            times[name].append((time.perf_counter() - start, time.process_time() - used))
    answers = staged.answered(source.gather_every(EACH).lazy()).collect(engine="streaming")
    rows = source.gather_every(EACH).to_dicts()
    wrong = differing(many, answers, said_by_reference(many, rows))
    assert not wrong, wrong[:3]
    more = {name.replace(" ", "_"): f"{min(found)[0]:.2f} s" for name, found in times.items()}
    more |= {"prepared": f"{prepared:.1f} s", "conditions": str(conditions), "equal_rows": f"{len(rows):,}"}
    return [
        Result(
            benchmark=NAME,
            what=f"{COPIES:,} jittered copies × {ROWS:,} rows, polars: verdicts",
            value=min(times["verdicts"])[0],
            unit="s",
            more={**more, "processor": f"{min(one for _, one in times['verdicts']):.2f} s"},
            note="rows in memory, sum of every answer; every hundredth row equals the reference, masks included",
        )
    ]
