"""What a million organisations cost on Spark: two sizes of one population, so that the fixed part falls out.

`PYTHONPATH=.spark python -m benchmarks.engine_spark [rows]` (after `make spark`) prints one line of JSON: seconds of
processors for either size, and from their difference those for a million more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from wanqi.rules.backends import spark
from wanqi.rules.population import by_spark, files

from . import engine_data, engine_files
from .alone import CACHE

MASTER, MEMORY = "local[2]", "8g"
PART = 5


def main(rows: int) -> None:
    """Match a fifth of the rows and all of them, in a Java machine each, and print what they cost."""
    small, large = measured(rows // PART), measured(rows)
    per_million = (large["cpu_s"] - small["cpu_s"]) / (rows - rows // PART) * 1e6
    told = {"master": MASTER, "small": small, "large": large, "cpu_s_per_million": round(per_million, 1)}
    print(json.dumps(told))


def measured(rows: int) -> dict[str, float]:
    """Return the seconds on the clock and of processors from the first statement to the last file written."""
    asked = engine_data.plan()
    folder = engine_files.folder(CACHE / f"facts-{rows}-{engine_data.mark(asked)}", asked, rows)
    facts = files.read(folder, asked, engine_data.pack().rule_scope)
    with TemporaryDirectory(dir=CACHE) as place:
        session = spark.session(MASTER, folder=Path(place), memory=MEMORY)
        java = session.sparkContext._gateway.proc.pid
        before, began = cpu(java), time.perf_counter()
        by_spark.write(session, asked, facts, f"{place}/verdicts")
        found = {
            "rows": rows,
            "programmes": len(asked.programmes),
            "start_cpu_s": round(before, 1),
            "cpu_s": round(cpu(java) - before, 1),
            "clock_s": round(time.perf_counter() - began, 1),
        }
        session.stop()
        session.sparkContext._gateway.shutdown()
        type(session.sparkContext)._gateway = None
        type(session.sparkContext)._jvm = None
    return found


def cpu(pid: int) -> float:
    """Return the seconds of processors a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
