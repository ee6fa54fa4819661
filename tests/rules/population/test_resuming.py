"""A run that was killed goes on where it was, and gives the same bytes as one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.rules.population.small import FACTS, PLAN, SCOPE, run, write
from wanqi.rules.population import FactsRefused, Run, match
from wanqi.rules.population.errors import DiskFull

ENGINES = ["polars", "duckdb"]
ROOT = Path(__file__).resolve().parents[3]

# Runs chunks of one row and ends itself without a word after the second one.
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.rules.population.small import PLAN, SCOPE
from wanqi.rules.population import Run, match

def moved(done, total):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

facts, out, engine = sys.argv[1:]
match(Run(plan=PLAN, scope=SCOPE, facts=Path(facts), out=Path(out), engine=engine, chunk=1), moved=moved)
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_after_a_kill_the_rest_is_answered(tmp_path: Path, engine: str) -> None:
    facts, out, whole = write(tmp_path / "facts"), tmp_path / "out", tmp_path / "whole"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(facts), str(out), engine],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "parts"]
    (out / "parts" / "part-00002.unfinished").write_bytes(b"half a part")
    assert run(facts, out, engine=engine, chunk=1).resumed == 2
    run(facts, whole, engine=engine, chunk=1)
    for name in ("verdicts.parquet", "plan.json", "manifest.json"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finished_run_is_not_repeated_and_other_facts_start_over(tmp_path: Path, engine: str) -> None:
    facts, out = write(tmp_path / "facts"), tmp_path / "out"
    first = run(facts, out, engine=engine, chunk=2)
    written = (out / "verdicts.parquet").stat().st_mtime_ns
    again = run(facts, out, engine=engine, chunk=2)
    assert (first.resumed, again.resumed) == (0, 5)
    assert (out / "verdicts.parquet").stat().st_mtime_ns == written
    assert again.counts == first.counts
    write(tmp_path / "facts", **{"revenue@2025": [0, 0, 0, 0, 0]})
    assert run(facts, out, engine=engine, chunk=2).resumed == 0
    found = pl.read_parquet(out / "verdicts.parquet")
    assert (found["cn.sample.unmet"] % 2).to_list() == [1] * 5


def test_both_engines_write_the_same_rows_in_the_order_of_the_file(tmp_path: Path) -> None:
    size = 1000
    changed: dict[str, Any] = {name: values * (size // 5) for name, values in FACTS.items()}
    changed["id"] = [f"{(number * 7919) % size:04d}" for number in range(size)]
    facts = write(tmp_path / "facts", **changed)
    for engine in ENGINES:
        run(facts, tmp_path / engine, engine=engine, chunk=300)
    one, two = (pl.read_parquet(tmp_path / engine / "verdicts.parquet") for engine in ENGINES)
    assert one.equals(two)
    assert one.schema == two.schema
    assert one["id"].to_list() == changed["id"]
    plans = [json.loads((tmp_path / engine / "plan.json").read_text(encoding="utf-8")) for engine in ENGINES]
    assert plans[0] == plans[1]


def test_no_organisations_at_all(tmp_path: Path) -> None:
    empty = {name: pl.Series(values).head(0) for name, values in FACTS.items()}
    for engine in ENGINES:
        summary = run(write(tmp_path / "facts", **empty), tmp_path / engine, engine=engine)
        assert summary.rows == 0
        assert (summary.counts[0].met, summary.counts[0].unmet, summary.counts[0].unknown) == (0, 0, 0)


def test_a_file_changed_while_it_is_read_leaves_no_answers(tmp_path: Path) -> None:
    facts, out = write(tmp_path / "facts"), tmp_path / "out"

    def moved(done: int, total: int) -> None:
        if done == 2:
            os.utime(facts / "ip.parquet", ns=(1, 1))

    with pytest.raises(FactsRefused) as caught:
        match(Run(plan=PLAN, scope=SCOPE, facts=facts, out=out, engine="duckdb", chunk=1), moved=moved)
    assert (caught.value.code, caught.value.place) == ("facts.changed", str(facts / "ip.parquet"))
    assert not (out / "verdicts.parquet").exists()
    assert run(facts, out, engine="duckdb", chunk=1).resumed == 0


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        pl.exceptions.ComputeError("underlying IO error: No space left on device (os error 28)"),
        duckdb.IOException("Could not write file: No space left on device"),
    ],
)
def test_a_full_disk_says_that_the_rest_can_wait(tmp_path: Path, error: Exception) -> None:
    facts, out = write(tmp_path / "facts"), tmp_path / "out"

    def moved(done: int, total: int) -> None:
        if done == 2:
            raise error

    with pytest.raises(DiskFull, match="腾出空间后再运行一次同样的命令") as caught:
        match(Run(plan=PLAN, scope=SCOPE, facts=facts, out=out, chunk=1), moved=moved)
    assert caught.value.exit_status == 3
    assert run(facts, out, engine="polars", chunk=1).resumed == 2
