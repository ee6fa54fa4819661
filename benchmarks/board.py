"""The board with ten years of rows: as it opens when nothing was written, and as it opens just after something was."""

from __future__ import annotations

import random
import statistics
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .ground import REGION, Options, fresh, let_go, make_clerk, server, tell
from .load import Ask, Visitor, run_load
from .results import Result
from .website import website

GOAL = 300.0  # milliseconds at the 95th percentile
YEARS = range(2014, 2024)
STATIONS, PATENTS, TITLES = 6_000, 4_000, 3_000
WRITES = 15
BOARD = Ask("/board/?period=2023H1", expect="年底5G基站累计能否达到")


def run(options: Options) -> list[Result]:
    """Fill the registers and the reported values of ten years, then ask for the board again and again."""
    with server() as cluster, fresh(cluster, "bench_board", options=options) as urls:
        counts = prepared()
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
            after = _after_writes(Visitor(site.port, visitor.cookies))
    rows = f"{counts['rows']:,} rows and {counts['reported']:,} reported values of {len(YEARS)} years"
    return [
        Result(
            benchmark="board",
            what="the board, p95",
            value=load.at(0.95) if not load.refusals else float("inf"),
            unit="ms",
            goal=GOAL,
            more={"p50": round(load.at(0.5)), "requests": len(load.latencies), "failed": len(load.refusals)},
            note=f"{rows}; nothing is written between two requests, two requests a second",
        ),
        Result(
            benchmark="board",
            what="the board just after a row was written, p95",
            value=after[max(0, round(len(after) * 0.95) - 1)],
            unit="ms",
            more={"p50": round(statistics.median(after)), "requests": len(after)},
            note=f"{rows}; every figure is counted anew in the process that answers",
        ),
    ]


def _after_writes(visitor: Visitor) -> list[float]:
    """Return the milliseconds of the first board after each of some writes, smallest first."""
    took = []
    for number in range(WRITES):
        _write_stations(900_000 + number, 1)
        let_go()
        began = time.perf_counter()
        status, page = visitor.get(BOARD)
        took.append((time.perf_counter() - began) * 1000)
        if status != 200 or BOARD.expect.encode() not in page:
            raise RuntimeError(f"the board was answered by {status}")
    return sorted(took)


def prepared() -> dict[str, int]:
    """Write the rows of ten years through the registers' own writers; returns how many rows and reported values."""
    from wanqi.cli.demonstration import load
    from wanqi.indicators.models import Observation
    from wanqi.projects.models import Site
    from wanqi.registry.models import Patent, Recognition

    if not Site.objects.exists():
        load(REGION, password="Wq-only-for-benchmarks-7")
        tell("writing ten years of rows …")
        _write_stations(0, STATIONS)
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
