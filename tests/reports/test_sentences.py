"""Clauses: when they are printed, when they are dropped, and their generated words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from wanqi import documents
from wanqi.figures import Interval
from wanqi.indicators.evaluate import Figure, read_period
from wanqi.packs import ClauseSpec
from wanqi.reports.sentences import Dropped, change, written

HALF = read_period("2023H1")


def figure(id: str = "new", value: Fraction | int | None = 120, unit: str = "个", **more) -> Figure:
    exact = None if value is None else Fraction(value)
    interval = None if exact is None else Interval.point(exact)
    given = {"interval": interval, "title": "5G基站建设数", **more}
    return Figure(id=id, unit=unit, period=HALF, as_of=date(2023, 6, 30), value=exact, **given)


def clause(text: str, **more) -> ClauseSpec:
    return ClauseSpec.model_validate({"id": "one", "text": text, **more})


def said(spec: ClauseSpec, *figures: Figure) -> str:
    result = written(spec, {one.id: one for one in figures}, HALF)
    assert not isinstance(result, Dropped), result
    return documents.plain(result)


def test_a_clause_prints_the_period_and_its_figures():
    assert said(clause("{period}，完成5G基站建设{new}"), figure()) == "1—6月，完成5G基站建设120个"


@pytest.mark.parametrize(
    ("form", "shown"),
    [("value", "691个"), ("number", "691"), ("interval", "655—728个"), ("low", "655个"), ("high", "728个"),
     ("title", "5G基站建设数"), ("unit", "个")],
)  # fmt: skip
def test_the_forms_of_a_tag(form: str, shown: str):
    one = figure(value=691, interval=Interval(Fraction(6559, 10), Fraction(7271, 10)), is_forecast=True)
    assert said(clause(f"{{new:{form}}}"), one) == shown


def test_a_missing_figure_drops_the_clause_with_its_reason():
    none = figure(value=None, reason="上年同期无基数，不作比较")
    result = written(clause("同比{new:change}"), {"new": none}, HALF)
    assert result == Dropped("one", "5G基站建设数：上年同期无基数，不作比较")


def test_what_a_clause_needs_must_be_known_even_where_it_is_not_printed():
    result = written(clause("已完成", needs=("new",)), {"new": figure(value=None)}, HALF)
    assert result == Dropped("one", "5G基站建设数：没有数据")


def beyond() -> ClauseSpec:
    when = {"figure": "new", "end": "low", "is": "above", "than": "target"}
    return clause("年内可突破{target}", when=when)


def test_the_target_is_said_to_be_passed_only_if_the_lower_end_passes_it():
    target = figure("target", 800, title="目标")
    high = figure(value=850, interval=Interval.between(801, 900), title="年末预计数")
    assert said(beyond(), high, target) == "年内可突破800个"
    touching = replace(high, interval=Interval.between(800, 900))
    result = written(beyond(), {"new": touching, "target": target}, HALF)
    assert result == Dropped("one", "年末预计数区间下限为800个，没有超过800个，不写这一句")


def test_an_unknown_end_does_not_hold():
    target = figure("target", 800, title="目标")
    open_end = figure(value=None, interval=Interval(None, Fraction(900)), title="年末预计数")
    result = written(beyond(), {"new": open_end, "target": target}, HALF)
    assert result == Dropped("one", "年末预计数区间下限为未知，没有超过800个，不写这一句")


def test_unless_is_the_other_way_round():
    unless = {"figure": "new", "is": "at_least", "number": "100"}
    result = written(clause("尚缺", unless=unless), {"new": figure()}, HALF)
    assert isinstance(result, Dropped)
    assert said(clause("尚缺", unless=unless), figure(value=99)) == "尚缺"


@pytest.mark.parametrize(
    ("value", "comparison", "words"),
    [
        (Fraction(120, 451), "较上年末", "较上年末增长26.61%"),
        (Fraction(-2, 122), "同比", "同比下降1.64%"),
        (Fraction(0), "同比", "同比持平"),
        (Fraction(1, 100_000), "较上年末", "较上年末持平"),
    ],
)
def test_comparison_words_are_generated(value: Fraction, comparison: str, words: str):
    assert change(figure(value=value, unit="%", comparison=comparison)) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [("0.10", "0.20", "同比增长10.00—20.00%"), ("-0.20", "-0.10", "同比下降10.00—20.00%"),
     ("-0.10", "0.20", "同比变化−10.00—20.00%")],
)  # fmt: skip
def test_a_range_of_growth_keeps_its_sign(low: str, high: str, words: str):
    interval = Interval.between(Fraction(low), Fraction(high))
    assert change(figure(value=None, interval=interval, unit="%", comparison="同比")) == words
