"""Indicators, table and report; signing, rebuilding, packing: with the demonstration, and with 100,000 stations."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .ground import REGION, Options, fresh, server, tell
from .results import Result

NAME = SECTION = "report"
PACKAGES = ("django", "psycopg", "polars", "typst", "python-docx")
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
        steps = quickest([every_step() for _ in range(options.rounds)])
        tell(f"writing {options.stations:,} stations …")
        for rows in stations(options.stations - few):
            write(rows)
        large = [everything() for _ in range(options.rounds)]
        heavy = quickest([every_step() for _ in range(options.rounds)])
    best = min(small[1:], key=total)
    return [
        _result(
            f"4 formats, {few} stations, first in a process", small[0], "first, with the imports and fonts"
        ),
        _result(f"4 formats, {few} stations", best, "compiled anew from the database for each format"),
        _result(f"4 formats, {options.stations:,} stations", min(large, key=total), "the same report", best),
        *_steps(steps, f"{few} stations", None),
        *_steps(heavy, f"{options.stations:,} stations", steps),
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


# what is measured → what is done, in a sentence
STEPS = {
    "indicators": "every indicator of the pack for the half-year, rows read anew",
    "table": "调度表 of the half-year, computed and written as XLSX",
    "freeze": "定稿锁定: kept by digest, computed again from it, four files written, in one transaction",
    "rebuild": "computed and written again from the archive alone, and compared",
    "restate": "数据修订说明 over the registers of now",
    "package": "佐证材料包 of the signed report: 目录, rows, hashes",
}


def every_step() -> dict[str, float]:
    """Return the seconds that each step of `STEPS` took."""
    from datetime import UTC
    from io import BytesIO

    from wanqi.core.access import command_actor
    from wanqi.indicators.evaluate import read_period
    from wanqi.indicators.evaluation import evaluation_of
    from wanqi.reports.actions.evidence import take_package
    from wanqi.reports.actions.freezing import freeze_report
    from wanqi.reports.archives.keeping import contents_of
    from wanqi.reports.archives.rebuilding import rebuild
    from wanqi.reports.archives.restating import restated
    from wanqi.reports.evidence.subjects import Subject
    from wanqi.reports.models import Archive, Draft
    from wanqi.reports.table import monthly_table, table_xlsx

    actor, draft = command_actor("benchmarks"), Draft.objects.get(period=PERIOD)

    def indicators() -> None:
        evaluation = evaluation_of(REGION)
        for id in evaluation.definitions:
            evaluation.figure(id, read_period(PERIOD))

    def signed() -> Archive:
        return Archive.objects.filter(draft=draft).latest("pk")

    doing: dict[str, Callable[[], object]] = {
        "indicators": indicators,
        "table": lambda: table_xlsx(monthly_table(REGION, PERIOD), made=MADE),
        "freeze": lambda: freeze_report(draft, actor=actor),
        "rebuild": lambda: _sound(rebuild(contents_of(signed()))),
        "restate": lambda: restated(signed(), at=datetime.now(UTC)),
        "package": lambda: take_package(
            BytesIO(), Subject(REGION, archive=signed().pk), actor=actor, made=MADE
        ),
    }
    took = {}
    for name, do in doing.items():
        began = time.perf_counter()
        do()
        took[name] = time.perf_counter() - began
    tell(", ".join(f"{name} {seconds:.2f} s" for name, seconds in took.items()))
    return took


def _sound(again: Any) -> None:
    assert again.sound, again.differences


def quickest(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: min(one[name] for one in rounds) for name in STEPS}


def _steps(took: dict[str, float], where: str, against: dict[str, float] | None) -> list[Result]:
    return [
        Result(
            benchmark=NAME,
            what=f"{name}, {where}",
            value=took[name],
            unit="s",
            ratio=took[name] / against[name] if against else None,
            against="the demonstration's stations" if against else "",
            note=STEPS[name],
        )
        for name in STEPS
    ]


def total(took: dict[str, float]) -> float:
    return sum(took.values())


def _result(what: str, took: dict[str, float], note: str, against: dict[str, float] | None = None) -> Result:
    return Result(
        benchmark=NAME,
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
