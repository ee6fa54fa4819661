"""One check-up through the API, as a program of the bureau asks for it; and the first one after a start."""

from __future__ import annotations

import time

from wanqi.cli.cluster import Cluster, Urls

from . import standing_data
from .ground import REGION, Options, fresh, let_go, make_clerk, server
from .load import Ask, Load, Visitor, run_load
from .results import Result
from .standings import make_enterprises
from .website import website

NAME = SECTION = "check"
PACKAGES = ("django", "granian", "psycopg")
ENTERPRISES = 10_000
ASKED = 500  # enterprises asked about in turn
RATE = 4.0  # requests a second
GOAL, FIRST_GOAL = 300.0, 1_000.0  # milliseconds
READY = 20.0  # seconds after which a server has made its rules ready on a machine with other work


def run(options: Options) -> list[Result]:
    """Fill a county, ask for check-ups at a constant rate, and for one right after a start of the server."""
    with (
        server() as cluster,
        fresh(cluster, "bench_check", options=options) as urls,
    ):
        make_enterprises(urls.owner_url, ENTERPRISES)
        facts = standing_data.facts(urls.owner_url) or standing_data.fill(urls.owner_url)
        asks, account = _asks(), make_clerk()
        let_go()
        with website(urls, cluster) as site:
            visitor = Visitor(site.port)
            visitor.sign_in(*account)
            asked = {"port": site.port, "cookies": visitor.cookies, "rate": RATE}
            run_load(lambda number: asks[number % len(asks)], **asked, seconds=READY)
            load = run_load(
                lambda number: asks[number % len(asks)], **asked, seconds=min(options.seconds, 60.0)
            )
        at_once = _first(urls, cluster, visitor, asks[0], pause=0.0)
        later = _first(urls, cluster, visitor, asks[0], pause=READY)
    return [_through(load, facts), *_started(at_once, later)]


def _asks() -> list[Ask]:
    from wanqi.registry.models import Organisation

    ids = Organisation.objects.current().filter(region_id=REGION).order_by("pk").values_list("pk", flat=True)
    return [Ask(f"/api/organisations/{pk}/check", expect='"disclaimer"') for pk in ids[:ASKED]]


def _first(urls: Urls, cluster: Cluster, visitor: Visitor, ask: Ask, *, pause: float) -> float:
    """Return the milliseconds of the first check-up of a server that has been answering for `pause` seconds."""
    with website(urls, cluster) as site:
        time.sleep(pause)
        asking = Visitor(site.port, visitor.cookies)
        began = time.perf_counter()
        status, page = asking.get(ask)
        took = (time.perf_counter() - began) * 1000
        asking.close()
    if status != 200 or ask.expect.encode() not in page:
        raise RuntimeError(f"{ask.address} was answered by {status}")
    return took


def _through(load: Load, facts: int) -> Result:
    return Result(
        benchmark=NAME,
        what="one check-up through the API, p95",
        value=load.at(0.95) if not load.refusals else float("inf"),
        unit="ms",
        goal=GOAL,
        more={
            "p50": f"{load.at(0.5):,.0f} ms",
            "requests": len(load.latencies),
            "failed": len(load.refusals),
            "octets of an answer": round(load.octets / max(1, len(load.latencies))),
        },
        note=f"{ENTERPRISES:,} enterprises with {facts:,} facts, {ASKED} of them in turn, {RATE:.0f} requests a second; "
        "every programme in force with its conditions, and what to ask for next",
    )


def _started(at_once: float, later: float) -> list[Result]:
    return [
        Result(
            benchmark=NAME,
            what="the first check-up of a server that has been there for a while",
            value=later,
            unit="ms",
            goal=FIRST_GOAL,
            note=f"{READY:.0f} seconds after the first answer; packs and rules were made ready beside it",
        ),
        Result(
            benchmark=NAME,
            what="the first check-up, sent the moment the server answers",
            value=at_once,
            unit="ms",
            note="packs and rules are read while it waits",
        ),
    ]
