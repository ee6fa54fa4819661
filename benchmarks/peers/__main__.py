"""`python -m benchmarks.peers [--rows N] [--rounds N] [--dry]`: measure, and write the section of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

import polars as pl

from ..alone import ROOT, alone
from ..results import machine
from ..tables import write_section
from .measuring import population, single
from .programmes import programmes
from .report import PACKAGES, missed, text


def main() -> int:
    """Measure what the command line asks for; 0 when both goals were met, 1 when one was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="organisations of the population")
    parser.add_argument("--rounds", type=int, default=9, help="rounds in which all take their turn")
    parser.add_argument("--dry", action="store_true", help="print the section instead of writing it")
    given = parser.parse_args()
    if pl.thread_pool_size() != 1:  # Polars reads it once, when it is imported
        threads = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
        os.execve(
            sys.executable,
            [sys.executable, "-m", "benchmarks.peers", *sys.argv[1:]],
            {**os.environ, **threads},
        )
    os.chdir(ROOT)
    with alone():
        facts, at = machine(PACKAGES), datetime.now(UTC)
        asked = programmes()
        one = single(asked, rounds=given.rounds)
        many = population(asked, rows=given.rows, rounds=given.rounds)
    facts["load_after"] = [round(load, 2) for load in os.getloadavg()]
    section = text(one, many, asked=asked, facts=facts, at=at)
    if given.dry:
        print(section)
    else:
        write_section("peers", section)
    return int(missed(one, many))


if __name__ == "__main__":
    sys.exit(main())
