"""Operators and reported series: sums before rounding, months put together, changes of definition, retirements."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi import rules
from wanqi.indicators.evaluate import Figure, Reported, Table, evaluate, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.periods import previous
from wanqi.packs import IndicatorSpec
from wanqi.rules import DATE, Type

SCOPE = rules.Scope({"opened_on": DATE, "closed_on": DATE})
ROWS = {"unit": "家", "records": "places", "measure": "count", "date": "opened_on"}
CLOSED = {**ROWS, "date": "closed_on"}
REPORTED = {"unit": "亿元", "nature": "flow"}
DEFINITIONS = {
    spec["id"]: IndicatorSpec.model_validate(spec)
    for spec in (
        {"id": "came", "title": "新增", "nature": "flow", **ROWS},
        {"id": "gone", "title": "退出", "nature": "flow", **CLOSED},
        {"id": "standing", "title": "在册数", "nature": "stock", **ROWS, "until": "closed_on"},
        {"id": "ever", "title": "累计数", "unit": "家", "operator": "cumulative", "of": "came", "retired": "gone"},
        {"id": "output", "title": "产值", "begins": 2, **REPORTED},
        {"id": "output.yoy", "title": "产值同比", "unit": "%", "operator": "growth_same_period", "of": "output"},
        {"id": "output.more", "title": "产值增加", "unit": "亿元", "operator": "delta", "of": "output",
         "against": "same_period"},
        {"id": "output.chain", "title": "产值环比", "unit": "%", "operator": "growth_previous", "of": "output"},
        {"id": "output.before", "title": "上月产值", "unit": "亿元", "operator": "previous", "of": "output"},
        {"id": "loans", "title": "贷款", "unit": "万元", "nature": "flow"},
        {"id": "firms", "title": "规工数", "unit": "家", "nature": "stock",
         "breaks": ({"on": date(2023, 1, 1), "note": "规模标准调整"},)},
        {"id": "firms.growth", "title": "规工较上年末", "unit": "%", "operator": "growth_year_end", "of": "firms"},
        {"id": "firms.base", "title": "上年同期规工", "unit": "家", "operator": "same_period", "of": "firms"},
        {"id": "each", "title": "户均产值", "unit": "万元", "operator": "ratio", "of": "output", "target": "firms"},
        {"id": "first", "title": "甲", "unit": "亿元", "decimals": 1, "nature": "flow"},
        {"id": "second", "title": "乙", "unit": "亿元", "decimals": 1, "nature": "flow"},
        {"id": "both", "title": "合计", "unit": "亿元", "decimals": 1, "operator": "sum", "parts": ("first", "second")},
    )
}  # fmt: skip


def said(indicator: str, period: str, value: str, **more) -> Reported:
    return Reported(
        id=f"{indicator}@{period}", indicator=indicator, period=period, nature="reported", value=Fraction(value),
        source="统计月报", **more,
    )  # fmt: skip


def figure(
    id: str, period: str, *reported: Reported, rows: list[dict[str, date | None]] | None = None
) -> Figure:
    tables = {} if rows is None else {"places": places(rows)}
    return evaluate(DEFINITIONS, [id], read_period(period), tables=tables, reported=reported)[id]


def places(rows: list[dict[str, date | None]]) -> Table:
    filled = [{"closed_on": date(9999, 12, 31), **row} for row in rows]
    frame = rules.frame(filled, SCOPE).with_columns(
        pl.Series("id", [str(number) for number in range(len(rows))], dtype=pl.String),
        pl.lit(False).alias("is_demonstration"),
        pl.lit(False).alias("evidence"),
    )
    return Table("places", "名录", frame, SCOPE, {"opened_on": "入库日期", "closed_on": "退出日期"})


MONTHS = (
    said("output", "2023-01..02", "30"),
    said("output", "2023-03", "16.5"),
    said("output", "2023-01..04", "60"),
)


def test_a_series_that_begins_with_january_and_february_has_no_january() -> None:
    january, february = (figure("output", f"2023-0{month}", *MONTHS) for month in (1, 2))
    assert (january.known, january.reason) == (False, "1—2月合并统计，不单独列出")
    assert (february.known, february.reason) == (False, "1—2月合并统计，不单独列出")
    assert figure("output", "2023-01..01", *MONTHS).reason == "1—2月合并统计，不单独列出"
    assert figure("output", "2023-01..02", *MONTHS).display == "30亿元"


def test_months_that_were_reported_make_the_year_so_far_and_the_other_way_round() -> None:
    march = figure("output", "2023-01..03", *MONTHS)
    assert (march.display, march.arithmetic) == ("46.5亿元", ("1—2月30＋3月16.5＝46.5亿元",))
    april = figure("output", "2023-04", *MONTHS)
    assert (april.display, april.arithmetic) == ("13.5亿元", ("1—4月60−1—2月30−3月16.5＝13.5亿元",))
    assert figure("output", "2023-01..05", *MONTHS).reason == "2023年1—5月没有填报值"
    assert figure("output", "2023Q1", *MONTHS).value == Fraction("46.5")


def test_growth_and_increase_on_the_same_months_and_on_the_month_before() -> None:
    last_year = (said("output", "2022-01..04", "50"),)
    growth = figure("output.yoy", "2023-01..04", *MONTHS, *last_year)
    assert (growth.display, growth.comparison) == ("20.00%", "同比")
    assert figure("output.more", "2023-01..04", *MONTHS, *last_year).display == "10亿元"
    assert figure("output.yoy", "2023-01..04", *MONTHS, said("output", "2022-01..04", "0")).reason == (
        "上年同期无基数，不作比较"
    )
    chain = figure("output.chain", "2023-04", *MONTHS)
    assert (chain.value, chain.comparison) == (Fraction(27, 33) - 1, "环比")
    assert figure("output.chain", "2023-01..04", *MONTHS).reason == "累计数不作环比"
    assert figure("output.before", "2023-04", *MONTHS).display == "16.5亿元"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("2023-01", "2022-12"), ("2023Q1", "2022Q4"), ("2023H2", "2023H1"), ("2023", "2022"),
        ("2023-01..05", "2023-01..04"), ("2023-03-01", "2023-02-28"),
    ],
)  # fmt: skip
def test_the_span_before(now: str, before: str) -> None:
    assert previous(read_period(now)) == read_period(before)


def test_a_new_definition_is_a_break() -> None:
    reported = (said("firms", "2022-12-31", "100"), said("firms", "2023-06-30", "90"))
    growth = figure("firms.growth", "2023H1", *reported)
    assert (growth.known, growth.reason) == (
        False,
        "2023年1月1日起口径调整（规模标准调整），与上年末不可比，不作比较",
    )
    base = figure("firms.base", "2023H1", *reported, said("firms", "2022-06-30", "95"))
    assert (base.display, base.note.endswith("与上年同期不可比，不作比较。")) == ("95家", True)
    after = (said("firms", "2023-12-31", "100"), said("firms", "2024-06-30", "110"))
    assert figure("firms.growth", "2024H1", *after).display == "10.00%"


def test_a_ratio_is_given_in_its_own_unit() -> None:
    reported = (said("output", "2023-01..06", "90"), said("firms", "2023-06-30", "100"))
    each = figure("each", "2023H1", *reported)
    assert (each.value, each.display) == (9000, "9000万元")
    assert (
        figure("each", "2023H1", reported[0]).reason == "缺少规工数（2023年上半年）：2023年上半年没有填报值"
    )


def test_amounts_print_in_their_unit() -> None:
    assert figure("loans", "2023H1", said("loans", "2023H1", "2000")).display == "2000万元"


@given(st.lists(st.integers(0, 999), min_size=2, max_size=2))
@settings(max_examples=30, deadline=None)
def test_parts_are_added_before_they_are_rounded(hundredths: list[int]) -> None:
    values = [Fraction(one, 100) for one in hundredths]
    parts = [said(id, "2023H1", str(one)) for id, one in zip(("first", "second"), values, strict=True)]
    both = figure("both", "2023H1", *parts)
    assert both.value == sum(values)
    assert abs(both.rounded - both.value) <= Fraction(1, 20)


def test_an_unknown_part_leaves_the_whole_unknown() -> None:
    both = figure("both", "2023H1", said("first", "2023H1", "1"))
    assert (both.known, both.reason) == (False, "缺少乙（2023年上半年）：2023年上半年没有填报值")


days = st.dates(date(2022, 6, 1), date(2023, 8, 31))
rows = st.lists(
    st.builds(
        lambda opened, later: {"opened_on": opened, **({} if later is None else {"closed_on": max(opened, later)})},
        days, st.none() | days,
    ),
    min_size=1, max_size=15,
)  # fmt: skip


@given(rows, st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_a_stock_is_the_last_one_and_what_came_less_what_went(kept, month: int) -> None:
    evaluation = Evaluation(DEFINITIONS, {"places": places(kept)})
    now, before = (read_period(f"2023-{number:02d}") for number in (month, month - 1))

    def value(id: str, period=now) -> Fraction:
        found = evaluation.figure(id, period).value
        assert found is not None
        return found

    assert value("standing") == value("standing", before) + value("came") - value("gone")
    assert value("ever") == value("ever", before) + value("came") - value("gone")
    assert value("ever") == value("standing")


def test_a_stock_tells_what_came_and_what_went() -> None:
    kept = [{"opened_on": date(2022, 1, 1)}, {"opened_on": date(2022, 2, 1), "closed_on": date(2023, 2, 1)},
            {"opened_on": date(2023, 3, 1)}]  # fmt: skip
    standing = figure("standing", "2023H1", rows=kept)
    assert (standing.display, standing.arithmetic) == ("2家", ("上年末2家＋本年新增1家−本年退出1家＝2家",))
    assert figure("ever", "2023H1", rows=kept).arithmetic == ("3−1＝2家",)


def test_the_months_of_a_year() -> None:
    evaluation = Evaluation(DEFINITIONS, {"places": places([{"opened_on": date(2023, 2, 1)}])}, MONTHS)
    stock = evaluation.series("standing", 2023, date(2023, 3, 31))
    assert [(one.period.id, one.cumulative.display, one.month) for one in stock] == [
        ("2023-01", "0家", None), ("2023-02", "1家", None), ("2023-03", "1家", None),
    ]  # fmt: skip
    months = evaluation.series("output", 2023, date(2023, 4, 30))
    assert [(one.cumulative.display, one.month.display if one.month else "") for one in months] == [
        ("—", "—"), ("30亿元", "—"), ("46.5亿元", "16.5亿元"), ("60亿元", "13.5亿元"),
    ]  # fmt: skip
    assert evaluation.series("output", 2024, date(2023, 4, 30)) == ()


AREAS = ("north", "south", "nobody")
AREA_SCOPE = rules.Scope({"opened_on": DATE, "area": Type("area", AREAS)})
AREA_FLOW = IndicatorSpec.model_validate(
    {"id": "came", "title": "新增", "nature": "flow", "area": "area", **ROWS}
)


@given(st.lists(st.tuples(days, st.none() | st.sampled_from(AREAS[:2])), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_no_area_is_missing_and_no_row_is_lost_between_them(kept) -> None:
    listed = [{"opened_on": opened, "area": area} for opened, area in kept]
    frame = rules.frame(listed, AREA_SCOPE).with_columns(
        pl.Series("id", [str(number) for number in range(len(listed))], dtype=pl.String),
        pl.lit(False).alias("is_demonstration"),
        pl.lit(False).alias("evidence"),
    )
    tables = {"places": Table("places", "名录", frame, AREA_SCOPE, {})}
    half = read_period("2023H1")
    whole = evaluate({"came": AREA_FLOW}, ["came"], half, tables=tables)["came"]
    parts = [
        evaluate({"came": AREA_FLOW}, ["came"], half, tables=tables, area=area)["came"] for area in AREAS
    ]
    assert all(one.known for one in parts)  # an area without a row has its 0, or what may belong to it
    assert parts[2].interval is not None
    assert parts[2].interval.low == 0
    sure = [id for one in parts for id in one.records]
    assert len(sure) == len(set(sure))
    unplaced = set(whole.records) - set(sure)
    assert all(unplaced <= set(one.uncertain) for one in parts)
    assert set(sure) | unplaced == set(whole.records)
