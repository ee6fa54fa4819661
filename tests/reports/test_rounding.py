"""Printed figures either give the printed result, or a note says that they may not."""

from __future__ import annotations

from fractions import Fraction

from wanqi.indicators.evaluate import Reported, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.packs import IndicatorSpec
from wanqi.reports.rounding import PARTS, notes, visible

HALF = read_period("2023H1")
AMOUNT = {"unit": "亿元", "decimals": 1, "nature": "flow"}
DEFINITIONS = {
    spec["id"]: IndicatorSpec.model_validate(spec)
    for spec in (
        {"id": "one", "title": "甲", **AMOUNT},
        {"id": "two", "title": "乙", **AMOUNT},
        {"id": "both", "title": "合计", "unit": "亿元", "decimals": 1, "operator": "sum", "parts": ("one", "two")},
        {"id": "share", "title": "甲占比", "unit": "%", "decimals": 1, "operator": "share", "of": "one",
         "target": "both"},
        {"id": "more", "title": "甲同比", "unit": "%", "decimals": 1, "operator": "growth_same_period", "of": "one"},
        {"id": "before", "title": "甲上年", "unit": "亿元", "decimals": 1, "operator": "same_period", "of": "one"},
    )
}  # fmt: skip


def said(printed: list[str], **values: str) -> tuple[str, ...]:
    reported = [
        Reported(id=key, indicator=key.partition("@")[0], period=key.partition("@")[2] or "2023H1", nature="reported",
                 value=Fraction(value), source="月报")
        for key, value in values.items()
    ]  # fmt: skip
    evaluation = Evaluation(DEFINITIONS, {}, reported)
    figures = {id: evaluation.figure(id, HALF) for id in printed}
    return notes(printed, figures, visible(figures.values(), evaluation), evaluation)


def test_printed_parts_that_give_the_printed_whole_need_no_note() -> None:
    assert said(["one", "two", "both"], one="1.2", two="3.4") == ()


def test_parts_that_were_rounded_apart_are_told() -> None:
    assert said(["one", "two", "both"], one="1.14", two="3.14") == (PARTS,)  # 1.1 + 3.1, 4.3


def test_a_whole_whose_parts_are_not_all_printed_cannot_be_recomputed() -> None:
    assert said(["one", "both"], one="1.14", two="3.14") == ()


def test_a_rate_of_rounded_figures_is_told() -> None:
    given = {"one": "1.14", "two": "3.14"}
    told = said(["one", "both", "share"], **given)  # 26.6% exactly, 25.6% of what is printed
    assert told == ("甲占比按未四舍五入的数计算，与按所列数字计算的结果可能略有差异。",)
    assert said(["one", "both", "share"], one="1", two="3") == ()


def test_a_growth_is_recomputed_where_its_base_is_printed() -> None:
    given = {"one": "1.14", "one@2022H1": "1.06"}
    assert said(["one", "more"], **given) == ()
    assert said(["one", "before", "more"], **given) == (
        "甲同比按未四舍五入的数计算，与按所列数字计算的结果可能略有差异。",
    )
