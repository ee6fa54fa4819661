"""One enterprise's page with ten years of data, as a clerk opens it; and the whole register as Parquet."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import companies, tables
from .ground import REGION, Options, fresh, let_go, make_clerk, server, tell
from .load import Ask, Visitor, run_load
from .results import Result
from .website import website

NAME = "enterprise"
SECTION, PAGE, PACKAGES = "enterprise", tables.PERFORMANCE, ("django", "granian", "psycopg")
PAGE_GOAL, EXPORT_GOAL = 300.0, 60.0  # milliseconds at the 95th percentile; seconds
YEARS = range(2014, 2024)
ROWS = 40  # rows of each register that the page's enterprise has
DEMO: dict[str, Any] = {"region_id": REGION, "is_demonstration": True}


def run(options: Options) -> list[Result]:
    """Fill one enterprise and its neighbours, ask for the page again and again, write the population."""
    with server() as cluster, fresh(cluster, "bench_enterprise", options=options) as urls:
        pk, facts = prepared(urls.owner_url, enterprises=options.enterprises)
        account = make_clerk()
        exported = _exported()
        let_go()
        with website(urls, cluster) as site:
            visitor = Visitor(site.port)
            visitor.sign_in(*account)
            ask = Ask(f"/enterprise/{pk}/", expect='class="spark"')
            asked = {"port": visitor.port, "cookies": visitor.cookies, "rate": 2.0}
            run_load(
                lambda number: ask, **asked, seconds=10.0
            )  # every process of the server reads its packs once
            load = run_load(lambda number: ask, **asked, seconds=min(options.seconds, 30.0))
    return [
        Result(
            benchmark=NAME,
            what=f"the page, {len(YEARS)} years, {facts:,} facts of it, p95",
            value=load.at(0.95) if not load.refusals else float("inf"),
            unit="ms",
            goal=PAGE_GOAL,
            more={"p50": round(load.at(0.5)), "requests": len(load.latencies), "failed": len(load.refusals)},
            note=f"every annual fact in each year from two sources, {ROWS} rows of each register; two requests a second",
        ),
        exported,
    ]


def _exported() -> Result:
    from wanqi.registry.facts.population import population_parquet
    from wanqi.registry.models import Fact

    number = Fact.objects.count()
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        organisations = population_parquet(REGION, Path(folder), on=date(2023, 6, 30))
        seconds = time.perf_counter() - began
    return Result(
        benchmark=NAME,
        what=f"{organisations:,} enterprises with {number:,} facts as Parquet",
        value=seconds,
        unit="s",
        goal=EXPORT_GOAL,
        more={"facts/s": round(number / seconds)},
        note="everything wanqi match reads of a region, by COPY in chunks",
    )


def prepared(owner_url: str, *, enterprises: int) -> tuple[int, int]:
    """Write the enterprises, ten years of facts and the registers' rows of one; returns its id and its facts."""
    from django.db import connection

    from wanqi.core.models import Area, Office
    from wanqi.registry.models import Fact, Organisation

    areas = dict(Area.objects.filter(region_id=REGION).order_by("position").values_list("code", "id"))
    offices = list(Office.objects.filter(region_id=REGION).order_by("position").values_list("id", flat=True))
    if not Organisation.objects.exists():
        tell(f"writing {enterprises:,} enterprises and their facts …")
        companies.load(owner_url, rows=enterprises, areas=areas, offices=offices)
        chosen = Organisation.objects.current().order_by("pk")[0]
        _fill(chosen, offices[0])
        _neighbours(chosen.pk)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    chosen = Organisation.objects.current().order_by("pk")[0]
    return chosen.pk, Fact.objects.filter(organisation=chosen).count()


def _fill(organisation: Any, office: int) -> None:
    from wanqi.core.packs import current_pack
    from wanqi.registry.facts.homes import facts_kept
    from wanqi.registry.models import (
        Activity,
        Fact,
        Nomination,
        Patent,
        Problem,
        Recognition,
        RecordRow,
        Trademark,
    )

    dice = random.Random(7)
    numeric = [
        name
        for name, spec in facts_kept(current_pack(REGION)).items()
        if spec.period == "annual" and spec.type in ("money", "count", "number", "ratio")
    ]
    common = {**DEMO, "office_id": office, "organisation": organisation}
    Fact.objects.bulk_create(
        Fact(
            **common,
            fact=name,
            period=str(year),
            number=Decimal(dice.randrange(1, 90)),
            source_class=source,
            source=f"{year}年{source}",
        )
        for name in numeric
        for year in YEARS
        for source in ("审计报告", "企业自报")
    )
    first = date(2014, 1, 1)
    days = [first + timedelta(days=80 * number) for number in range(ROWS)]
    name = organisation.name
    term = timedelta(days=1095)
    each: tuple[Callable[[date], Any], ...] = (
        lambda day: Recognition(
            **common, holder_name=name, programme="cn.high-tech", granted_on=day, valid_until=day + term
        ),
        lambda day: Nomination(**common, holder_name=name, programme="cn.srdi-sme", batch=day.isoformat()),
        lambda day: Patent(
            **common, number=f"B{day}", title="一种浮标", kind="发明专利", granted_on=day, owner_name=name
        ),
        lambda day: Trademark(**common, number=f"B{day}", name="万帆", registered_on=day, owner_name=name),
        lambda day: Activity(**common, kind="走访", title="走访企业", on=day),
        lambda day: Problem(**common, enterprise_name=name, title="用电", raised_on=day),
        lambda day: RecordRow(
            **common, kind="standards", values={"number": f"GB/T {day}", "level": "国家"}, label=f"GB/T {day}"
        ),
    )
    made = [[make(day) for day in days] for make in each]
    for rows in made:
        type(rows[0])._default_manager.bulk_create(rows)


def _neighbours(chosen: int) -> None:
    """Give every other enterprise six facts in each year."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_fact (region_id, organisation_id, fact, period, number, source_class, source,"
            " is_demonstration, withdrawn, reason)"
            " SELECT region_id, organisation.id, fact, year::text, (organisation.id + year) %% 1000, '企业自报',"
            " '性能测试数据', true, false, ''"
            " FROM registry_organisation AS organisation,"
            " unnest(%s::text[]) AS fact, generate_series(%s, %s) AS year WHERE organisation.id <> %s",
            [
                ["revenue", "employees_total", "rd_expense", "total_assets", "net_profit", "tax_paid"],
                YEARS[0],
                YEARS[-1],
                chosen,
            ],
        )
