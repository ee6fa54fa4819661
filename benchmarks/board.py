"""The board with ten years of rows: as it opens when nothing was written, and as it opens just after something was."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .ground import REGION, Options, fresh, let_go, make_clerk, server, tell
from .load import Ask, Visitor, run_load
from .results import Result
from .website import Site, website

NAME = SECTION = "board"
PACKAGES = ("django", "granian", "psycopg", "polars")
GOAL = 300.0  # milliseconds at the 95th percentile
YEARS = range(2014, 2024)
PATENTS, TITLES = 4_000, 3_000
CHUNK = 2_000
WRITES = 25
PERIOD = "2023H1"
BOARD = Ask(f"/board/?period={PERIOD}", expect="年底5G基站累计能否达到")


def run(options: Options) -> list[Result]:
    """Fill the registers and the reported values of ten years, then ask for the board again and again."""
    with server() as cluster, fresh(cluster, "bench_board", options=options) as urls:
        counts = prepared(options.stations)
        account = make_clerk()
        let_go()
        with website(urls, cluster) as site:
            visitor = Visitor(site.port)
            visitor.sign_in(*account)
            asked = {"port": visitor.port, "cookies": visitor.cookies, "rate": 2.0}
            run_load(
                lambda number: BOARD, **asked, seconds=15.0
            )  # every process reads its packs and rows once
            load = run_load(lambda number: BOARD, **asked, seconds=min(options.seconds, 30.0))
            visitor = Visitor(site.port, visitor.cookies)
            station = _after(lambda number: _write_stations(900_000 + number, 1), visitor, site)
            value = _after(_write_value, visitor, site)
        whole = [_every_indicator() for _ in range(max(options.rounds, 3))]
        let_go()
    rows = f"{counts['rows']:,} rows and {counts['reported']:,} reported values of {len(YEARS)} years"
    quiet = Result(
        benchmark=NAME,
        what="the board, p95",
        value=load.at(0.95) if not load.refusals else float("inf"),
        unit="ms",
        goal=GOAL,
        more={"p50": round(load.at(0.5)), "requests": len(load.latencies), "failed": len(load.refusals)},
        note=f"{rows}; nothing is written between two requests, two requests a second",
    )
    return [
        quiet,
        _first("a station", station, f"{rows}; every station is counted anew in the process that answers"),
        _first("a reported value", value, f"{rows}; only what stands on that indicator is counted anew"),
        Result(
            benchmark=NAME,
            what=f"every indicator of the pack for {PERIOD}, p50",
            value=statistics.median(whole),
            unit="ms",
            more={"slowest": round(max(whole)), "rounds": len(whole)},
            note=f"{rows}; all rows and values are read anew, in one process",
        ),
    ]


def _first(written: str, took: list[tuple[float, float]], note: str) -> Result:
    """Return the line of the first board after each writing. took: milliseconds on the clock and of processor time."""
    clock, worked = (sorted(column) for column in zip(*took, strict=True))
    return Result(
        benchmark=NAME,
        what=f"the board just after {written} was written, p50",
        value=statistics.median(clock),
        unit="ms",
        goal=GOAL,
        more={
            "p95": round(clock[max(0, round(len(clock) * 0.95) - 1)]),
            "processor, web server and database": f"{statistics.mean(worked):.0f} ms",
            "requests": len(clock),
        },
        note=note,
    )


def _after(write: Callable[[int], None], visitor: Visitor, site: Site) -> list[tuple[float, float]]:
    """Return the milliseconds of the first board after each of some writings: on the clock, of processor time."""
    took = []
    for number in range(WRITES):
        write(number)
        let_go()
        before, began = site.processor(), time.perf_counter()
        status, page = visitor.get(BOARD)
        clock = (time.perf_counter() - began) * 1000
        took.append((clock, (site.processor() - before) * 1000))
        if status != 200 or BOARD.expect.encode() not in page:
            raise RuntimeError(f"the board was answered by {status}")
    return took


def _every_indicator() -> float:
    """Return the milliseconds that all figures of a half-year take from the database."""
    from wanqi.indicators.evaluate import read_period
    from wanqi.indicators.evaluation import evaluation_of

    began = time.perf_counter()
    evaluation = evaluation_of(REGION)
    for id in evaluation.definitions:
        evaluation.figure(id, read_period(PERIOD))
    return (time.perf_counter() - began) * 1000


def prepared(stations: int) -> dict[str, int]:
    """Write the rows of ten years through the registers' own writers; returns how many rows and reported values."""
    from wanqi.cli.demonstration import load
    from wanqi.indicators.models import Observation
    from wanqi.projects.models import Site
    from wanqi.registry.models import Patent, Recognition

    if not Site.objects.exists():
        load(REGION, password="Wq-only-for-benchmarks-7")
        tell("writing ten years of rows …")
        for first in range(0, stations, CHUNK):
            _write_stations(first, min(CHUNK, stations - first))
        _write_patents()
        _write_titles()
        _write_reported()
    rows = sum(model.objects.count() for model in (Site, Patent, Recognition))
    return {"rows": rows, "reported": Observation.objects.count()}


def _actor() -> Any:
    from wanqi.core.access import command_actor

    return command_actor("benchmarks")


def _day(dice: random.Random) -> date:
    return date(YEARS[0], 1, 1) + timedelta(days=dice.randrange(365 * len(YEARS) - 190))


def _write_stations(first: int, count: int) -> None:
    from wanqi.projects.actions import create_sites

    dice = random.Random(first)
    rows = [
        {
            "site_code": f"测速-{first + number:06d}",
            "name": f"测速站址{first + number:06d}",
            "technology": "5G",
            "operator": dice.choice(("移动", "电信", "联通", "广电")),
            "opened_on": _day(dice),
        }
        for number in range(count)
    ]
    create_sites(rows, actor=_actor(), region=REGION, is_demonstration=True)


def _write_value(number: int) -> None:
    from wanqi.indicators.actions import create_observation

    given = {
        "indicator": "industry.output",
        "period": "2023-05",
        "value": Decimal(number),
        "source": f"测速快报{number}",
    }
    create_observation(given, actor=_actor(), region=REGION, is_demonstration=True)


def _write_patents() -> None:
    from wanqi.registry.models import Patent

    dice = random.Random(2)
    Patent.objects.bulk_create(
        [
            Patent(
                region_id=REGION,
                is_demonstration=True,
                title=f"测速专利{number:05d}",
                number=f"测速{number:09d}",
                kind="发明专利",
                applied_on=(granted := _day(dice)) - timedelta(days=400),
                granted_on=granted,
            )
            for number in range(PATENTS)
        ],
        batch_size=1000,
    )


def _write_titles() -> None:
    from wanqi.registry.models import Recognition

    dice = random.Random(3)
    programmes = ("cn.tech-sme", "cn.innovative-sme", "cn.srdi-sme", "cn.high-tech")
    Recognition.objects.bulk_create(
        [
            Recognition(
                region_id=REGION,
                is_demonstration=True,
                programme=dice.choice(programmes),
                holder_name=f"测速企业{number:05d}",
                granted_on=_day(dice),
                batch="测速",
            )
            for number in range(TITLES)
        ],
        batch_size=1000,
    )


def _write_reported() -> None:
    """Write every month of every reported indicator, ours and the peers'."""
    from wanqi.core.packs import current_pack
    from wanqi.indicators.models import Observation

    pack, dice = current_pack(REGION), random.Random(4)
    named = [
        one.id for one in pack.indicators.values() if one.nature in ("flow", "rate") and one.records is None
    ]
    peers = ["", *(code for code in pack.peers["six-counties"].members if not REGION.endswith(code))]
    Observation.objects.bulk_create(
        [
            Observation(
                region_id=REGION,
                is_demonstration=True,
                indicator=id,
                period=f"{year}-{month:02d}",
                value=Decimal(dice.randrange(10, 1000)),
                source="测速月报",
                peer=peer,
                as_of=date(year, month, 28),
            )
            for id in named
            for year in YEARS
            for month in range(1, 13)
            for peer in peers
        ],
        batch_size=1000,
    )
