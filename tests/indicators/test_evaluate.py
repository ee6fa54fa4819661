"""Each nature and operator over known rows, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from wanqi.figures import Interval
from wanqi.indicators.errors import DefinitionRefused, IndicatorMissing
from wanqi.indicators.evaluate import Figure, Reported, evaluate, read_period

from .stations import DEFINITIONS, TARGET, opened, reported_half_year, station, table

HALF = read_period("2023H1")


def figures(rows, *ids: str, period=HALF, reported=(TARGET,), **options) -> list[Figure]:
    found = evaluate(DEFINITIONS, ids, period, tables={"sites": table(rows)}, reported=reported, **options)
    return [found[id] for id in ids]


def test_the_sentence_of_the_half_year():
    new, total, growth, completion, year_end, pace = figures(
        reported_half_year(), "new", "total", "total.growth", "completion", "total.year_end", "pace"
    )
    assert [one.display for one in (new, total, growth, completion, year_end, pace)] == [
        "120个", "571个", "26.61%", "71.38%", "451个", "50.00%",
    ]  # fmt: skip
    assert growth.value == Fraction(120, 451)
    assert completion.value == Fraction(571, 800)
    assert len(new.records) == 120
    assert len(total.records) == 571


def test_a_station_moved_to_july_leaves_the_half_year_but_not_the_year_end():
    rows = reported_half_year()
    rows[-1] = {**rows[-1], "opened_on": date(2023, 7, 2)}
    new, total, growth, completion, year_end = figures(
        rows, "new", "total", "total.growth", "completion", "total.year_end"
    )
    assert [one.display for one in (new, total, growth, completion, year_end)] == [
        "119个", "570个", "26.39%", "71.25%", "451个",
    ]  # fmt: skip


def test_sums_are_written_out():
    new, total, growth, completion = figures(
        reported_half_year(), "new", "total", "total.growth", "completion"
    )
    assert new.arithmetic == ("1月15＋2月18＋3月20＋4月22＋5月21＋6月24＝120个",)
    assert total.arithmetic == ("上年末451个＋本年120个＝571个",)
    assert growth.arithmetic == ("（571−451）÷451＝26.61%",)
    assert completion.arithmetic == (
        "571÷800＝71.38%",
        "今年需新增800−451＝349个",
        "今年已新增571−451＝120个",
        "今年新增任务完成120÷349＝34.38%",
    )
    assert [one.label for one in new.inputs] == ["1月", "2月", "3月", "4月", "5月", "6月"]
    assert [(one.id, one.period.id, one.display) for one in growth.inputs] == [
        ("total", "2023H1", "571个"),
        ("total", "2022-12-31", "451个"),
    ]


def test_definition_and_grade_are_said():
    (new,) = figures(reported_half_year(), "new")
    assert new.definition == "5G基站中制式为“5G”的，按开通日期（2023年1月1日至2023年6月30日）计数。"
    assert new.grade == "有台账"


def test_same_period_and_growth_on_it():
    same, growth = figures(reported_half_year(), "new.same_period", "new.yoy")
    assert same.display == "121个"
    assert same.inputs[0].period.id == "2022H1"
    assert growth.display == "−0.83%"
    assert growth.comparison == "同比"


def test_a_base_of_zero_gives_a_sentence_and_no_figure():
    (growth,) = figures(opened(2023, {1: 3}), "new.yoy")
    assert (growth.value, growth.interval, growth.display) == (None, None, "—")
    assert growth.reason == "上年同期无基数，不作比较"
    (growth,) = figures(opened(2023, {1: 3}), "total.growth")
    assert growth.reason == "上年末无基数，不作比较"


def test_an_undated_row_widens_every_figure_it_may_touch():
    rows = [*reported_half_year(), station(None, id="undated")]
    new, total, growth, completion = figures(rows, "new", "total", "total.growth", "completion")
    assert (new.value, new.interval, new.display) == (None, Interval.between(120, 121), "120—121个")
    assert total.display == "571—572个"
    assert new.uncertain == total.uncertain == ("undated",)
    assert "1条没有日期" in new.note
    assert growth.value is None
    # The row may have been there already at the year-end: 571/452 − 1 up to 572/451 − 1.
    assert growth.interval == Interval.between(Fraction(119, 452), Fraction(121, 451))
    assert completion.display == "71.37—71.50%"


def test_a_row_whose_condition_is_unknown_widens_too_but_not_outside_the_dates():
    rows = [
        *opened(2023, {1: 2}),
        station(date(2023, 2, 1), technology=None),
        station(date(2023, 8, 1), technology=None),
        station(None, technology="4G"),
    ]
    (new,) = figures(rows, "new")
    assert new.interval == Interval.between(2, 3)


def test_rows_after_the_asked_day_do_not_count():
    new, total = figures(reported_half_year(), "new", "total", as_of=date(2023, 5, 31))
    assert (new.display, total.display) == ("96个", "547个")
    assert new.as_of == date(2023, 5, 31)


def test_year_to_date_and_everything_ever():
    june = read_period("2023-06")
    month, to_date, ever = figures(reported_half_year(), "new", "new.ytd", "new.ever", period=june)
    assert (month.display, to_date.display, ever.display) == ("24个", "120个", "571个")


def test_share_of_a_whole():
    (share,) = figures(reported_half_year(), "share")
    assert share.value == Fraction(120, 571)
    assert share.display == "21.02%"


def test_without_a_target_there_is_no_completion_and_it_says_so():
    (completion,) = figures(reported_half_year(), "completion", reported=())
    assert completion.display == "—"
    assert completion.reason == "缺少5G基站全年目标（2023年上半年）：没有登记2023年目标"


def test_without_rows_the_reported_value_stands_with_its_grade_and_sources_are_compared():
    first = Reported(
        id="1", indicator="total", period="2023H1", nature="reported", value=Fraction(571), source="工作报告"
    )
    second = replace(first, id="2", value=Fraction(569), source="铁塔报表", grade="有佐证")
    (total,) = figures([], "total", reported=(first, second))
    assert (total.display, total.grade, total.records) == ("569个", "有佐证", ())
    assert "工作报告为571个" in total.note
    (nothing,) = figures([], "total")
    assert nothing.reason == "未关联数据：5G基站没有登记记录，也没有填报值"


def test_a_reported_bound_is_no_number():
    over = Reported(
        id="1", indicator="total", period="2023-06-30", nature="reported", value=Fraction(800), source="报告",
        bound=">",
    )  # fmt: skip
    (total,) = figures([], "total", reported=(over,))
    assert total.value is None
    assert total.display == "超过800个"


def test_sum_of_money_is_exact_and_an_unknown_amount_makes_it_unknown():
    rows = [station(date(2023, 1, 5), cost="0.10"), station(date(2023, 1, 6), cost="0.20")]
    (spent,) = figures(rows, "spent")
    assert spent.value == Fraction(3, 10)
    (spent,) = figures([*rows, station(date(2023, 1, 7))], "spent")
    assert (spent.interval, spent.display) == (None, "—")
    (spent,) = figures([*rows, station(None, cost="5.00")], "spent")
    assert spent.interval == Interval.between(Fraction(3, 10), Fraction(53, 10))


def test_distinct_values_and_the_newest():
    rows = [
        station(date(2023, 1, 1), operator="移动", cost="7.00"),
        station(date(2023, 3, 1), operator="移动", cost="9.00"),
        station(date(2023, 2, 1), cost="8.00"),
        station(None, operator="电信", cost="9.00"),
    ]
    operators, latest = figures(rows, "operators", "latest")
    assert operators.interval == Interval.between(1, 3)
    assert latest.value == 9


def test_a_demonstration_row_marks_the_figure_and_what_is_computed_from_it():
    rows = [*opened(2022, {12: 2}), station(date(2023, 1, 1), demo=True)]
    new, growth, year_end = figures(rows, "new", "total.growth", "total.year_end")
    assert new.is_demonstration
    assert growth.is_demonstration
    assert not year_end.is_demonstration


def test_unknown_ids_and_circles_are_refused():
    with pytest.raises(IndicatorMissing, match="没有“nothing”这个指标"):
        figures([], "nothing")
    with pytest.raises(DefinitionRefused, match="用到了它自己"):
        figures([], "loop", period=read_period("2023-12-31"))
