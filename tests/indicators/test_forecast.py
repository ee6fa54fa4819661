"""The forecast: its formula, its interval, and when it is refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.figures import Interval
from wanqi.indicators.evaluate import evaluate, read_period
from wanqi.indicators.evaluate.forecast import root, run_rate, run_rate_between, student_quantile

from .stations import DEFINITIONS, TARGET, opened, reported_half_year, station, table

LEVEL = Fraction("0.90")


@pytest.mark.parametrize(
    ("share", "freedom", "expected"),
    [("0.95", 1, "6.313752"), ("0.975", 2, "4.302653"), ("0.95", 5, "2.015048"), ("0.9", 10, "1.372184"),
     ("0.975", 11, "2.200985"), ("0.995", 4, "4.604095"), ("0.5", 3, "0")],
)  # fmt: skip
def test_quantiles_of_the_tables(share: str, freedom: int, expected: str):
    assert student_quantile(Fraction(share), freedom) == Fraction(expected)


def test_six_months_of_the_demonstration():
    made = run_rate(Fraction(571), [Fraction(x) for x in (15, 18, 20, 22, 21, 24)], months=6, level=LEVEL)
    assert made.value == 691
    assert made.mean == 20
    # s² = 50/5 = 10; half² = 2.015048² × 10 × (6 + 36/6)
    assert made.interval.high - made.value == root(Fraction("2.015048") ** 2 * 120)
    assert float(made.interval.low) == pytest.approx(668.926255)


def test_the_figure_says_what_was_done():
    found = evaluate(
        DEFINITIONS, ["forecast"], read_period("2023H1"), tables={"sites": table(reported_half_year())}
    )["forecast"]
    assert (found.hedged, found.range) == ("约691个", "668—714个")
    assert found.arithmetic == (
        "1—6月逐月15、18、20、22、21、24个，月均20个，标准差3.16个",
        "571＋6×20＝691个",
        "区间半宽＝2.015×3.16×√（6＋6²÷6）＝22.07个（t分布，自由度5，90%），两端向外取整",
    )
    assert found.series == {
        f"2023-0{n}": x for n, x in zip(range(1, 7), (15, 18, 20, 22, 21, 24), strict=True)
    }


def forecast(rows, period: str, **options):
    return evaluate(
        DEFINITIONS, ["forecast"], read_period(period), tables={"sites": table(rows)}, reported=[TARGET], **options
    )["forecast"]  # fmt: skip


def test_five_months_are_too_few():
    found = forecast(reported_half_year(), "2023-01..05")
    assert (found.value, found.interval) == (None, None)
    assert found.reason == "只有5个月的数据，少于6个月，不作预测"


def test_only_whole_months_count():
    found = forecast(reported_half_year(), "2023H1", as_of=date(2023, 6, 29))
    assert found.reason == "只有5个月的数据，少于6个月，不作预测"
    rows = [*reported_half_year(), *opened(2023, {7: 40})]
    assert forecast(rows, "2023-07-15").value == 691


def test_a_full_year_is_no_forecast_any_more():
    found = forecast(reported_half_year(), "2023")
    assert (found.display, found.range) == ("571个", "571—571个")


def test_an_undated_row_leaves_only_a_range():
    exact = forecast(reported_half_year(), "2023H1")
    found = forecast([*reported_half_year(), station(None)], "2023H1")
    assert found.value is None
    assert found.interval.low < exact.interval.low
    assert found.interval.high > exact.interval.high + 1


def test_the_lower_end_is_not_below_what_stands():
    found = forecast([*opened(2022, {5: 100}), *opened(2023, {6: 30})], "2023H1")
    assert found.interval.low == 130
    assert "下限不低于现有数" in found.note


flows = st.lists(st.integers(0, 60).map(Fraction), min_size=2, max_size=12)


@given(st.integers(0, 900).map(Fraction), flows, st.integers(1, 11))
def test_the_middle_is_the_straight_line_and_lies_inside(stock, months, rest):
    made = run_rate(stock, months, months=rest, level=LEVEL)
    assert made.value == stock + rest * sum(months) / len(months)
    assert made.value in made.interval


@given(st.integers(0, 900).map(Fraction), flows, st.integers(1, 11))
def test_a_higher_level_is_wider_and_equal_months_have_no_scatter(stock, months, rest):
    narrow = run_rate(stock, months, months=rest, level=Fraction("0.80")).interval
    wide = run_rate(stock, months, months=rest, level=Fraction("0.95")).interval
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    if len(set(months)) == 1:
        assert wide.low == wide.high


ranges = st.tuples(st.integers(0, 30), st.integers(0, 3)).map(
    lambda pair: Interval.between(pair[0], sum(pair))
)


@given(ranges, st.lists(ranges, min_size=2, max_size=5), st.data())
def test_a_range_covers_every_forecast_inside_it(stock, months, data):
    covered = run_rate_between(stock, months, months=6, level=LEVEL)
    chosen = [Fraction(data.draw(st.integers(int(one.low), int(one.high)))) for one in months]
    inside = run_rate(stock.low, chosen, months=6, level=LEVEL).interval
    assert covered.low <= inside.low
    assert inside.high <= covered.high


def test_a_year_without_gain_is_not_projected_and_equal_months_claim_nothing():
    assert forecast(opened(2022, {5: 3}), "2023H1").reason == "今年以来没有新增，不作预测"
    even = forecast(opened(2023, dict.fromkeys(range(1, 7), 10)), "2023H1")
    assert (even.value, even.range) == (120, "120—120个")
    assert even.note == "各月新增相同，估计不出波动，区间只有一个数，不能当作把握。"
