"""Stations and definitions for the tests of evaluation: 451 opened before 2023, 120 in its first half."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import polars as pl

from wanqi import rules
from wanqi.indicators.evaluate import Reported, Table
from wanqi.packs import IndicatorSpec
from wanqi.rules import DATE, MONEY, TEXT, Type

SCOPE = rules.Scope(
    {"technology": Type("enum", ("5G", "4G")), "opened_on": DATE, "operator": TEXT, "cost": MONEY}
)
LABELS = {"technology": "制式", "opened_on": "开通日期", "operator": "运营商", "cost": "造价"}
MONTHS_2023 = {1: 15, 2: 18, 3: 20, 4: 22, 5: 21, 6: 24}
MONTHS_2022 = {1: 20, 2: 20, 3: 20, 4: 21, 5: 20, 6: 20, 7: 25, 8: 25, 9: 25, 10: 25, 11: 25, 12: 20}

_COUNTED: dict[str, object] = {
    "unit": "个", "records": "sites", "where": "technology = '5G'", "measure": "count", "date": "opened_on",
}  # fmt: skip
DEFINITIONS: Mapping[str, IndicatorSpec] = {
    spec["id"]: IndicatorSpec.model_validate(spec)
    for spec in (
        {"id": "new", "title": "5G基站建设数", "nature": "flow", **_COUNTED},
        {"id": "total", "title": "5G基站累计数", "nature": "stock", **_COUNTED},
        {"id": "target", "title": "5G基站全年目标", "unit": "个", "nature": "target"},
        {"id": "new.same_period", "title": "上年同期", "unit": "个", "operator": "same_period", "of": "new"},
        {"id": "new.yoy", "title": "同比", "unit": "%", "operator": "growth_same_period", "of": "new"},
        {"id": "new.ytd", "title": "本年累计", "unit": "个", "operator": "year_to_date", "of": "new"},
        {"id": "new.ever", "title": "历年累计", "unit": "个", "operator": "cumulative", "of": "new"},
        {"id": "total.year_end", "title": "上年末", "unit": "个", "operator": "year_end", "of": "total"},
        {"id": "total.growth", "title": "较上年末", "unit": "%", "operator": "growth_year_end", "of": "total"},
        {"id": "completion", "title": "完成率", "unit": "%", "operator": "completion", "of": "total",
         "target": "target"},
        {"id": "pace", "title": "序时进度", "unit": "%", "operator": "pace"},
        {"id": "rank", "title": "名次", "unit": "名", "operator": "rank", "of": "new", "peers": "six"},
        {"id": "share", "title": "占比", "unit": "%", "operator": "share", "of": "new", "target": "total"},
        {
            "id": "forecast", "title": "年末预计", "unit": "个", "operator": "forecast", "of": "total", "flow": "new",
            "method": "run_rate", "level": "0.90", "min_points": 6,
        },
        {"id": "spent", "title": "投资", "unit": "元", "nature": "flow", **_COUNTED, "measure": "sum(cost)"},
        {"id": "operators", "title": "运营商数", "unit": "家", "nature": "stock",
         **_COUNTED, "measure": "count_distinct(operator)"},
        {"id": "latest", "title": "最近造价", "unit": "元", "nature": "stock", **_COUNTED, "measure": "last(cost)"},
        {"id": "loop", "title": "自指", "unit": "%", "operator": "growth_year_end", "of": "loop"},
    )
}  # fmt: skip
TARGET = Reported(
    id="t1", indicator="target", period="2023", nature="target", value=Fraction(800), source="工作报告"
)


def table(rows: Iterable[Mapping[str, object]]) -> Table:
    """Return rows as the table `sites`; missing ids are numbered."""
    listed = list(rows)
    frame = rules.frame(listed, SCOPE).with_columns(
        pl.Series("id", [str(row.get("id", n)) for n, row in enumerate(listed, 1)], dtype=pl.String),
        pl.Series("is_demonstration", [bool(row.get("demo")) for row in listed], dtype=pl.Boolean),
        pl.lit(False).alias("evidence"),
    )
    return Table("sites", "5G基站", frame, SCOPE, LABELS)


def station(opened: date | None, technology: str | None = "5G", **more: object) -> dict[str, object]:
    return {"technology": technology, "opened_on": opened, **more}


def opened(year: int, months: Mapping[int, int]) -> list[dict[str, object]]:
    """Return that many stations of each month."""
    return [station(date(year, month, 1 + n % 28)) for month, count in months.items() for n in range(count)]


def reported_half_year() -> list[dict[str, object]]:
    """Return 571 stations: 185 before 2022, 266 in 2022, 120 in the first half of 2023."""
    return [
        *(station(date(2021, 6, 1)) for _ in range(185)),
        *opened(2022, MONTHS_2022),
        *opened(2023, MONTHS_2023),
    ]
