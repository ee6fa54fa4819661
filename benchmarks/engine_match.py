"""A population by the run of `match` itself, in a process of its own, so that its memory is its own.

`python -m benchmarks.engine_match` takes the engine, the folder of facts and one for the
answers; prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl

from wanqi.rules.population import Run, match
from wanqi.rules.population.files import ORGANISATIONS
from wanqi.rules.population.running import Engine

from . import engine_data, engine_files
from .alone import CACHE
from .ground import Options
from .results import Result

NAME = "match"
SECTION = "match"
PACKAGES = ("polars", "duckdb")


def run(options: Options) -> list[Result]:
    """Match as many organisations as asked for, from Parquet to Parquet, with each engine; the facts are made before."""
    asked, rows = engine_data.plan(), options.match_rows
    facts = engine_files.folder(CACHE / f"facts-{rows}-{engine_data.mark(asked)}", asked, rows)
    found, counts = [], []
    for engine, most in (("polars", 4.0), ("duckdb", 2.0)):
        out = CACHE / f"answers-{engine}"
        scan, done = measured(f"scan-{engine}", facts, out), measured(engine, facts, out)
        counts.append(done["counts"])
        found.append(_result(engine, most, len(asked.programmes), scan, done, folder=out))
    assert counts[0] == counts[1], "the engines count differently"
    if not options.keep:
        shutil.rmtree(facts)
        for engine in ("polars", "duckdb"):
            shutil.rmtree(CACHE / f"answers-{engine}")
    return found


def _result(
    engine: str, most: float, programmes: int, scan: dict[str, Any], done: dict[str, Any], *, folder: Path
) -> Result:
    size = sum(one.stat().st_size for one in folder.glob("*.parquet")) / 1e6
    return Result(
        benchmark=NAME,
        what=f"`match`, {done['rows']:,} organisations × {programmes} programmes, {engine}: peak memory",
        value=done["peak_gb"],
        unit="GB",
        goal=most,
        more={
            "time": f"{done['seconds']:.0f} s",
            "processor_time": f"{done['processor']:.0f} s",
            "scan": f"{scan['seconds']:.0f} s",
            "scan_processor_time": f"{scan['processor']:.0f} s",
            "times_the_scan": f"{done['seconds'] / scan['seconds']:.1f}",
            "in_processor_time": f"{done['processor'] / scan['processor']:.1f}",
            "answers": f"{size:.0f} MB",
        },
        note="organisations and records in Parquet in, checked before, verdicts, masks and scores in Parquet out; "
        "resident memory of the whole process; scan: greatest value of every column of every file",
    )


def measured(engine: str, facts: Path, out: Path) -> dict[str, Any]:
    """Return rows, seconds, processor seconds, peak GB and counts of an engine, or of a scan, in a new process."""
    command = [sys.executable, "-m", "benchmarks.engine_match", engine, str(facts), str(out)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def once(engine: str, facts: Path, out: Path) -> dict[str, Any]:
    """Scan every column of the facts, or match them."""
    shutil.rmtree(out, ignore_errors=True)
    start, used = time.perf_counter(), time.process_time()
    counts: list[tuple[int, int, int]] = []
    if engine == "scan-polars":
        rows = _scan_polars(facts)
    elif engine == "scan-duckdb":
        rows = _scan_duckdb(facts)
    else:
        asked, scope = engine_data.plan(), engine_data.pack().rule_scope
        start, used = time.perf_counter(), time.process_time()
        chosen: Engine = "duckdb" if engine == "duckdb" else "polars"
        summary = match(Run(plan=asked, scope=scope, facts=facts, out=out, engine=chosen))
        rows, counts = summary.rows, [(one.met, one.unmet, one.unknown) for one in summary.counts]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {
        "rows": rows,
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - used,
        "peak_gb": peak,
        "counts": counts,
    }


def _scan_polars(facts: Path) -> int:
    rows = 0
    for path in sorted(facts.glob("*.parquet")):
        found = pl.scan_parquet(path).select(pl.all().max(), pl.len().alias("~rows"))
        count = found.collect(engine="streaming")["~rows"][0]
        rows = count if path.stem == ORGANISATIONS else rows
    return rows


def _scan_duckdb(facts: Path) -> int:
    from wanqi.rules.backends.duckdb import connect

    rows = 0
    with connect() as database:
        for path in sorted(facts.glob("*.parquet")):
            query = f"SELECT max(COLUMNS(*)), count(*) FROM read_parquet('{path}')"
            found = database.execute(query).fetchone() or (0,)
            rows = found[-1] if path.stem == ORGANISATIONS else rows
    return rows


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
