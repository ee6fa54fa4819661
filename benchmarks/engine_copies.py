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
    times: dict[str, tuple[float, float]] = {}
    for name, query in queries.items():
        start, used = time.perf_counter(), time.process_time()
        query.collect(engine="streaming")
        times[name] = time.perf_counter() - start, time.process_time() - used
    answers = staged.answered(source.gather_every(EACH).lazy()).collect(engine="streaming")
    rows = source.gather_every(EACH).to_dicts()
    wrong = differing(many, answers, said_by_reference(many, rows))
    assert not wrong, wrong[:3]
    return [
        Result(
            benchmark=NAME,
            what=f"{COPIES:,} jittered copies × {ROWS:,} rows, polars: verdicts",
            value=times["verdicts"][0],
            unit="s",
            more={
                "processor_time": f"{times['verdicts'][1]:.1f} s",
                "with_masks": f"{times['with masks'][0]:.1f} s",
                "with_masks,_processor_time": f"{times['with masks'][1]:.1f} s",
                "prepared_in": f"{prepared:.1f} s",
                "conditions": str(conditions),
                "rows_equal_to_the_reference": f"{len(rows):,}",
            },
            note="rows in memory, sum of every answer; every hundredth row equals the reference, masks included",
        )
    ]
