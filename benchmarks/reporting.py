"""The half-year report as JSON, page, Word and PDF: with the demonstration's stations, and with a hundred thousand."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .ground import REGION, Options, fresh, server, tell
from .results import Result

GOAL = 3.0  # seconds for all four formats together
PERIOD = "2023H1"
FORMATS = ("json", "html", "docx", "pdf")
MADE = datetime(2023, 7, 1, tzinfo=UTC)
CHUNK = 2000


def run(options: Options) -> list[Result]:
    """Compile and render in every format from the database; the quickest of the rounds counts, and the first."""
    with server() as cluster, fresh(cluster, "bench_report", options=options):
        from wanqi.cli.demonstration import load
        from wanqi.projects.models import Site

        load(REGION, password="Wq-only-for-benchmarks-7")
        few = Site.objects.count()
        small = [everything() for _ in range(options.rounds + 1)]
        tell(f"writing {options.stations:,} stations …")
        for rows in stations(options.stations - few):
            write(rows)
        large = [everything() for _ in range(options.rounds)]
    best = min(small[1:], key=total)
    return [
        _result(
            f"4 formats, {few} stations, first in a process", small[0], "first, with the imports and fonts"
        ),
        _result(f"4 formats, {few} stations", best, "compiled anew from the database for each format"),
        _result(f"4 formats, {options.stations:,} stations", min(large, key=total), "the same report", best),
    ]


def everything() -> dict[str, float]:
    """Return the seconds that compiling and rendering took, for each format."""
    from wanqi.reports.compile import compile_report
    from wanqi.reports.links import figure_address
    from wanqi.reports.outputs import render

    took = {}
    for form in FORMATS:
        began = time.perf_counter()
        compiled = compile_report(REGION, PERIOD)
        render(compiled, form, made=MADE, link=figure_address(compiled.period.id))
        took[form] = time.perf_counter() - began
    tell(", ".join(f"{form} {seconds:.2f} s" for form, seconds in took.items()))
    return took


def total(took: dict[str, float]) -> float:
    return sum(took.values())


def _result(what: str, took: dict[str, float], note: str, against: dict[str, float] | None = None) -> Result:
    return Result(
        benchmark="report",
        what=what,
        value=total(took),
        unit="s",
        goal=GOAL,
        ratio=total(took) / total(against) if against else None,
        against="the demonstration's stations" if against else "",
        more={form: round(seconds, 2) for form, seconds in took.items()},
        note=note,
    )


def stations(count: int) -> Iterator[list[dict[str, Any]]]:
    """Yield made-up stations, opened on any day of 2019-11 to 2023-06, in lists that are written at once."""
    dice = random.Random(430682)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        opened = date(2019, 11, 1) + timedelta(days=dice.randrange(1337))
        rows.append(
            {
                "site_code": f"测速-{number:06d}",
                "name": f"测速站址{number:06d}",
                "technology": "5G",
                "operator": dice.choice(("移动", "电信", "联通", "广电")),
                "built_on": opened - timedelta(days=dice.randrange(5, 60)),
                "opened_on": opened,
            }
        )
        if len(rows) == CHUNK or number == count - 1:
            yield rows
            rows = []


def write(rows: list[dict[str, Any]]) -> None:
    """Register the stations, marked as demonstration."""
    from wanqi.core.access import command_actor
    from wanqi.projects.actions import create_sites

    create_sites(rows, actor=command_actor("benchmarks"), region=REGION, is_demonstration=True)
