"""The list of organisations with a million rows: what a clerk waits for at ten requests a second, and why."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wanqi.cli.cluster import Urls

from . import companies
from .ground import CACHE, REGION, Options, fresh, let_go, make_clerk, server, tell
from .load import Ask, Load, Visitor, run_load
from .results import Result
from .website import Site, website

GOAL = 150.0  # milliseconds at the 95th percentile
LIST = "/organisations/"
DEEP = 300  # different pages that deep cursors lead to
WARM_UP = 3.0  # seconds of unmeasured load before each kind


@dataclass(frozen=True)
class Kind:
    """One kind of request, with enough variants that no answer repeats often.

    most: requests a second that two cores can bear, where that is less than is asked for.
    """

    name: str
    note: str
    asks: Sequence[Ask]
    most: float = math.inf

    def ask(self, number: int) -> Ask:
        return self.asks[number % len(self.asks)]


def run(options: Options) -> list[Result]:
    """Load the rows, run every kind of request against the web server, and keep the plan of each query."""
    with server() as cluster, fresh(cluster, "bench_organisations", options=options) as urls:
        loading = _loaded(urls, options)
        account = make_clerk()
        kinds = list(_kinds(options.rows))
        plans = {kind.name: list(explained(kind.asks[0], account[0])) for kind in kinds}
        let_go()
        with website(urls, cluster) as site:
            visitor = Visitor(site.port)
            visitor.sign_in(*account)
            loads = {kind.name: _measured(kind, visitor, site, options) for kind in kinds}
    return [
        *loading,
        *(_result(kind, loads[kind.name], loads[kinds[0].name], plans[kind.name], options) for kind in kinds),
    ]


def _loaded(urls: Urls, options: Options) -> list[Result]:
    """Write the rows, unless a kept database has them."""
    from wanqi.registry.models import Organisation

    if Organisation.objects.exists():
        return []
    tell(f"writing {options.rows:,} organisations …")
    began = time.perf_counter()
    companies.load(urls.owner_url, rows=options.rows, areas=_areas(), offices=_offices())
    seconds = time.perf_counter() - began
    return [
        Result(
            benchmark="organisations",
            what=f"{options.rows:,} rows by COPY",
            value=seconds,
            unit="s",
            more={"rows/s": round(options.rows / seconds)},
            note="made, copied in with a history row each, search index built, analysed; part of the preparation",
        )
    ]


def _result(kind: Kind, load: Load, first: Load, plans: Sequence[str], options: Options) -> Result:
    tell(f"{kind.name}: plans in {_keep(kind.name, plans)}")
    return Result(
        benchmark="organisations",
        what=f"{kind.name}, p95",
        value=load.at(0.95) if not load.refusals else math.inf,
        unit="ms",
        goal=GOAL,
        ratio=load.at(0.5) / first.at(0.5),
        against="first page (p50)",
        more={
            "p50": round(load.at(0.5)),
            "p99": round(load.at(0.99)),
            "max": round(load.at(1.0)),
            "processor ms": round(load.processor / len(load.latencies) * 1000),
            "requests": len(load.latencies),
            "failed": len(load.refusals),
            "kB": round(load.octets / max(1, len(load.latencies)) / 1000, 1),
        },
        note=f"{kind.note}; {min(options.rate, kind.most):g} requests a second for {options.seconds:g} s",
    )


def _measured(kind: Kind, visitor: Visitor, site: Site, options: Options) -> Load:
    rate = min(options.rate, kind.most)
    server = {"port": visitor.port, "cookies": visitor.cookies, "rate": rate}
    run_load(kind.ask, **server, seconds=WARM_UP)
    worked = site.processor()
    load = run_load(kind.ask, **server, seconds=options.seconds)
    load.processor = site.processor() - worked
    tell(
        f"{kind.name}: p50 {load.at(0.5):.0f}, p95 {load.at(0.95):.0f}, p99 {load.at(0.99):.0f} ms,"
        f" {load.processor / len(load.latencies) * 1000:.0f} ms of processor a request"
    )
    for refusal in load.refusals[:3]:
        tell(f"  {refusal}")
    return load


def _areas() -> dict[str, int]:
    from wanqi.core.models import Area

    return dict(Area.objects.filter(region_id=REGION).order_by("position").values_list("code", "id"))


def _offices() -> list[int]:
    from wanqi.core.models import Office

    return list(Office.objects.filter(region_id=REGION).order_by("position").values_list("id", flat=True))


# --- the requests -----------------------------------------------------------------------------------------


def _kinds(rows: int) -> Iterator[Kind]:
    """Yield the kinds of requests; their variants come from the rows that were written."""
    from urllib.parse import urlencode

    from wanqi.registry.models import Organisation

    dice = random.Random(1)
    standing = Organisation.objects.filter(region_id=REGION).current()
    ids = [dice.randrange(1, rows + 1) for _ in range(DEEP)]
    some = list(standing.filter(pk__in=ids).values_list("pk", "name", "name_pinyin"))
    row = "data-row"

    def partial(**asked: Any) -> Ask:
        return Ask(f"{LIST}?{urlencode(asked)}", is_partial=True, expect=row)

    yield Kind("first page", "the whole page, 50 rows by name", [Ask(LIST, expect=row)])
    yield Kind(
        "deep page",
        f"the next 50 rows after one of {len(some)} rows from everywhere in the list",
        [partial(after=_cursor(key, pk, dice.randrange(1, rows))) for pk, _, key in some],
    )
    yield Kind(
        "search, many hits",
        "two characters that four thousand to a hundred thousand names hold, spread over the list",
        [partial(q=text) for text in ("科技", "化工", "建材", "贸易", "农业", "浮标", "饲料", "砖茶")],
    )
    yield Kind(
        "search, few hits",
        "brand and trade of a name, four characters or more",
        [partial(q=_brand(name)) for _, name, _ in some],
    )
    yield Kind(
        "area, newest first",
        "one of the areas, sorted by the last change",
        [partial(area=area, sort="-updated") for area in _areas().values()],
    )
    yield Kind(
        "search, a town",
        "two characters with which a fifth to a third of all names begin: all matches stand together, late in the list",
        [partial(q=text) for text in ("临湘", "岳阳", "湖南")],
        most=1.0,
    )
    yield Kind(
        "drawer",
        "one row with its facts and history",
        [Ask(f"{LIST}{pk}/", is_partial=True, expect=name) for pk, name, _ in some],
    )


def _brand(name: str) -> str:
    """Return brand and trade: the name without its place and legal form."""
    form = next(form for form in sorted(companies.FORMS, key=len, reverse=True) if name.endswith(form))
    return name[2 : -len(form)]


def _cursor(key: str, pk: int, number: int) -> str:
    from wanqi.web.console.registers.query import Cursor

    return Cursor(key, pk, number).token()


# --- the plans --------------------------------------------------------------------------------------------


def explained(ask: Ask, username: str) -> Iterator[str]:
    """Yield the executed plan of every query that the page behind `ask` sends to the register."""
    from django.db import connection
    from django.test import Client

    from wanqi.core.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    with _statements() as sent:
        client.get(ask.address, headers={"HX-Request": "true"} if ask.is_partial else {})
    for statement, values in sent:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
            yield "\n".join(line for (line,) in cursor.fetchall())


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """Yield a list that fills with the SELECTs from the register, as sent."""
    from django.db import connection

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, statement: str, values: Any, many: bool, context: Any) -> Any:
        if statement.startswith("SELECT") and '"registry_organisation' in statement:
            sent.append((statement, values))
        return execute(statement, values, many, context)

    with connection.execute_wrapper(note):
        yield sent


def _keep(name: str, plans: Sequence[str]) -> str:
    folder = CACHE / "plans"
    folder.mkdir(exist_ok=True)
    path = folder / f"organisations-{name.replace(',', '').replace(' ', '-')}.txt"
    path.write_text("\n\n".join(plans) + "\n", encoding="utf-8")
    return str(path)
