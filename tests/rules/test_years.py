"""Years, windows and growth: exact on every threshold, one unit below and one above."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.rules.asking import answer, facts
from tests.rules.organisations import MOMENT, SCOPE
from wanqi.rules import ExpressionRefused, Moment, lower, parse, tree


def yearly(last: int, *values: str | None) -> dict[str, str | None]:
    """Values by year, the latest first."""
    return {str(last - back): value for back, value in enumerate(values)}


def test_bare_and_indexed_facts_are_columns_of_absolute_years() -> None:
    text = "revenue + revenue[0] + revenue[-1] + revenue[1] > margin[-2]"
    assert tree.fields(lower(parse(text, SCOPE), MOMENT)) == (
        "revenue@2025",
        "revenue@2024",
        "revenue@2026",
        "revenue@2023",
        "rd@2023",
    )


def test_a_fixed_base_year_moves_every_year_but_not_the_day() -> None:
    node = lower(parse("revenue > 1 AND established_date <= on", SCOPE), Moment(date(2026, 5, 1), 2023))
    assert tree.fields(node) == ("revenue@2023", "established_date")
    assert date(2026, 5, 1) in [part.value for part in tree.walk(node) if isinstance(part, tree.Literal)]


WINDOWS: list[tuple[str, dict[str, Any], Any]] = [
    ("total(revenue, 3) = 6", {"revenue": yearly(2025, "1", "2", "3")}, True),
    ("total(revenue, 3) = 6", {"revenue": yearly(2025, "1", "2", None)}, None),
    ("total(revenue - rd, 2) = 2", {"revenue": yearly(2025, "3", "3"), "rd": yearly(2025, "2", "2")}, True),
    ("mean(revenue, 3) >= 2", {"revenue": yearly(2025, "1", "2", "3")}, True),
    ("mean(revenue, 3) > 2", {"revenue": yearly(2025, "1", "2", "3")}, False),
    ("mean(revenue, 3) >= 2", {"revenue": yearly(2025, "1", "2", "2.99")}, False),
    ("each(revenue >= 2, 2)", {"revenue": yearly(2025, "2", "2", "1")}, True),
    ("each(revenue >= 2, 2)", {"revenue": yearly(2025, None, "1.99")}, False),
    ("each(revenue >= 2, 2)", {"revenue": yearly(2025, None, "2")}, None),
    ("some(revenue >= 2, 2)", {"revenue": yearly(2025, None, "2")}, True),
    ("some(revenue >= 2, 2)", {"revenue": yearly(2025, None, "1", "2")}, None),
    ("some(revenue >= 2, 2)", {"revenue": yearly(2025, "1", "1", "2")}, False),
    ("first_time(revenue >= 2, 2)", {"revenue": yearly(2025, "2", "1", "1", "9")}, True),
    ("first_time(revenue >= 2, 3)", {"revenue": yearly(2025, "2", "1", "1", "9")}, None),
    (
        "first_time(revenue >= 2, 3)",
        {"revenue": yearly(2025, "2", "1", "1", "9"), "established_date": "2010-01-01"},
        False,
    ),
    ("first_time(revenue >= 2, 2)", {"revenue": yearly(2025, "2", "1")}, None),
    (
        "first_time(revenue >= 2, 2)",
        {"revenue": yearly(2025, "2", "1"), "established_date": "2024-01-01"},
        True,
    ),
    ("first_time(revenue >= 2, 2)", {"revenue": yearly(2025, "1"), "established_date": None}, False),
]


@pytest.mark.parametrize(("text", "values", "wanted"), WINDOWS)
def test_windows(text: str, values: dict[str, Any], wanted: Any) -> None:
    assert answer(text, facts(**values)) is wanted


@pytest.mark.parametrize(
    ("founded", "total", "mean"),
    [("2022-06-01", 6, 2), ("2023-12-31", 6, 2), ("2024-01-01", 4, 2), ("2025-05-05", 3, 3)],
)
def test_years_before_founding_are_absent_where_the_window_says_so(
    founded: str, total: int, mean: int
) -> None:
    organisation = facts(revenue=yearly(2025, "3", "1", "2"), established_date=founded)
    assert answer("total(revenue, 3, 'since_founding')", organisation) == total
    assert answer("mean(revenue, 3, 'since_founding')", organisation) == mean


def test_an_unknown_founding_leaves_the_window_open() -> None:
    organisation = facts(revenue=yearly(2025, "3", "1", "0"))
    assert answer("total(revenue, 2, 'since_founding')", organisation) is None
    assert answer("total(revenue, 2)", organisation) == 4
    assert answer("total(revenue[-2], 1, 'since_founding')", organisation) == 0


def test_a_year_before_founding_needs_no_value() -> None:
    organisation = facts(revenue=yearly(2025, "3", "1"), established_date="2024-03-01")
    assert answer("total(revenue, 3, 'since_founding') = 4", organisation) is True
    assert answer("total(revenue, 3) = 4", organisation) is None
    assert answer("mean(revenue, 3, 'since_founding') = 2", organisation) is True


def test_three_years_of_research_in_sales_stand_exactly_at_five_percent() -> None:
    """32 号文: 675 in 13,500 is 5.00 %."""
    text = "ratio(total(rd, 3, 'since_founding'), total(revenue, 3, 'since_founding')) >= 0.05"
    sales, founded = yearly(2025, "50000000", "45000000", "40000000"), "2015-01-01"
    spent = yearly(2025, "2350000", "2200000", "2200000")
    assert answer(text, facts(revenue=sales, rd=spent, established_date=founded)) is True
    less = {**spent, "2025": "2349999.99"}
    assert answer(text, facts(revenue=sales, rd=less, established_date=founded)) is False


COMPOUND: list[tuple[str, tuple[str, str, str], Any]] = [
    ("cagr(revenue, 2) >= 0.05", ("110.25", "1", "100"), True),
    ("cagr(revenue, 2) > 0.05", ("110.25", "1", "100"), False),
    ("cagr(revenue, 2) = 0.05", ("110.25", "1", "100"), True),
    ("cagr(revenue, 2) >= 0.05", ("110.24", "1", "100"), False),
    ("cagr(revenue, 2) >= 0.05", ("110.26", "1", "100"), True),
    ("0.05 <= cagr(revenue, 2)", ("110.25", "1", "100"), True),
    ("cagr(revenue, 2) BETWEEN 0.05 AND 0.06", ("110.25", "1", "100"), True),
    ("cagr(revenue, 2) >= -0.5", ("25", "1", "100"), True),
    ("cagr(revenue, 2) > -0.5", ("25", "1", "100"), False),
    ("cagr(revenue, 2) >= 0", ("1", "1", "0"), None),
    ("cagr(revenue, 2) >= 0", ("1", "1", "-5"), None),
    ("cagr(revenue, 2) >= -1", ("-5", "1", "100"), False),
    ("cagr(revenue, 2) >= -1", ("0", "1", "100"), True),
    ("cagr(revenue, 2) > -1", ("0", "1", "100"), False),
    ("compound >= 0.05", ("110.25", "1", "100"), True),
]


@pytest.mark.parametrize(("text", "values", "wanted"), COMPOUND)
def test_compound_growth_is_exact_by_powers(text: str, values: tuple[str, ...], wanted: Any) -> None:
    assert answer(text, facts(revenue=yearly(2025, *values))) is wanted


def test_compound_growth_over_the_largest_amounts_does_not_overflow() -> None:
    values = yearly(2025, "9999999999999.99", None, "9999999999999.99")
    assert answer("cagr(revenue, 2) >= 0", facts(revenue=values)) is True
    assert answer("cagr(revenue, 2) >= 0.0001", facts(revenue=values)) is False
    with pytest.raises(ExpressionRefused) as refusal:
        parse("cagr(revenue, 10) >= 0.12345", SCOPE)
    assert refusal.value.code == "expression.overflow"


GROWTH: list[tuple[str, tuple[str | None, ...], Any]] = [
    ("growth(revenue) >= 0.15", ("115", "100"), True),
    ("growth(revenue) >= 0.15", ("114.99", "100"), False),
    ("growth(revenue) < 0", ("99.99", "100"), True),
    ("growth(revenue) >= 0", ("100", "0"), None),
    ("avg_growth(revenue, 2) >= 0.1", ("121", "110", "100"), True),
    ("avg_growth(revenue, 2) > 0.1", ("121", "110", "100"), False),
    ("avg_growth(revenue, 2) >= 0.1", ("120.99", "110", "100"), False),
    # 100 → 50 → 75 grows by −50 % and +50 %: the mean of the rates is 0, the compound rate is not
    ("avg_growth(revenue, 2) = 0", ("75", "50", "100"), True),
    ("cagr(revenue, 2) < 0", ("75", "50", "100"), True),
    ("avg_growth(revenue, 2) >= 0", ("75", "0", "100"), None),
]


@pytest.mark.parametrize(("text", "values", "wanted"), GROWTH)
def test_yearly_and_average_growth(text: str, values: tuple[str, ...], wanted: Any) -> None:
    assert answer(text, facts(revenue=yearly(2025, *values))) is wanted


BAND = [(0.35, 9), (0.25, 7), (0.15, 5), (0.05, 3)]
HNTE: list[tuple[tuple[str | None, ...], str | None, tuple[str, str]]] = [
    (("150", "125", "100"), "2010-01-01", ("0.225", "0.2251")),
    (("130", "100", "0"), "2010-01-01", ("0.3", "0.31")),
    (("130", "0", "100"), "2010-01-01", ("0", "0.0001")),
    (("130", "0", None), "2010-01-01", ("0", "0.0001")),
    (("130", "100", None), "2024-07-01", ("0.3", "0.31")),
    (("130", "0", None), "2024-07-01", ("0", "0.0001")),
    (("130", None, None), "2025-07-01", ("0", "0.0001")),
    (("130", None, None), "2026-01-01", ("0", "0.0001")),
    (("80", "100", "100"), "2010-01-01", ("-0.1", "-0.0999")),
]


@pytest.mark.parametrize(("values", "founded", "around"), HNTE)
def test_growth_of_high_tech_enterprises(values: Any, founded: Any, around: tuple[str, str]) -> None:
    organisation = facts(revenue=yearly(2025, *values), established_date=founded)
    at, above = around
    assert answer(f"hnte_growth(revenue) = {at}", organisation) is True
    assert answer(f"hnte_growth(revenue) >= {above}", organisation) is False


@pytest.mark.parametrize(
    ("values", "founded"),
    [
        (("130", "100", "-5"), "2010-01-01"),
        (("130", "-5", "100"), "2010-01-01"),
        (("130", "100", None), "2010-01-01"),
        ((None, "100", "100"), "2010-01-01"),
        (("130", "100", "0.5"), None),
    ],
)
def test_growth_of_high_tech_enterprises_may_stay_unknown(values: Any, founded: Any) -> None:
    organisation = facts(revenue=yearly(2025, *values), established_date=founded)
    assert answer("hnte_growth(revenue) >= 0.35", organisation) is None


def test_an_unknown_founding_is_no_matter_where_every_case_agrees() -> None:
    organisation = facts(revenue=yearly(2025, "90", "100", "100"), established_date=None)
    assert answer("hnte_growth(revenue) >= 0.05", organisation) is False
    assert answer("hnte_growth(revenue) >= 0", organisation) is None


def test_a_declared_value_stands_for_a_share_of_nothing() -> None:
    organisation = facts(rd=yearly(2025, "1"), revenue=yearly(2025, "0"))
    assert answer("ratio(rd, revenue) >= 0", organisation) is None
    assert answer("ratio(rd, revenue, 0) >= 0", organisation) is True
    assert answer("ratio(rd, revenue, 0) > 0", organisation) is False
    assert answer("ratio(rd, revenue, 0) < 0.5", facts(rd=yearly(2025, "1"))) is None
    assert (
        answer("ratio(rd, revenue, 0) * 100 >= 50", facts(rd=yearly(2025, "1"), revenue=yearly(2025, "2")))
        is True
    )


ROUNDED: list[tuple[str, tuple[str, str], Any]] = [
    ("round_down(100 * growth(revenue)) = 36", ("150", "110"), True),
    ("round_down(100 * growth(revenue)) = -1", ("109.99", "110"), True),
    ("round_down(revenue, 10000) = 120000", ("129999.99", "1"), True),
    ("round_half_up(revenue * 0.01, 0.01) = 0.02", ("1.50", "1"), True),
    ("round_half_up(revenue * 0.01, 0.01) = 0.01", ("1.49", "1"), True),
    ("round_half_up(ratio(revenue, revenue[-1])) = 2", ("3", "2"), True),
]


@pytest.mark.parametrize(("text", "values", "wanted"), ROUNDED)
def test_rounding_is_exact(text: str, values: tuple[str, str], wanted: Any) -> None:
    assert answer(text, facts(revenue=yearly(2025, *values))) is wanted


def test_a_constant_times_a_count_is_money_where_money_is_asked() -> None:
    organisation = facts(revenue=yearly(2025, "10"), staff={"2025": 4})
    assert answer("revenue >= 2.5 * staff", organisation) is True
    assert answer("3 * staff - 1 > revenue", organisation) is True
    assert answer("least(8, 2.5 * staff)", organisation) == 8


def test_dated_parameters_change_with_the_day_asked() -> None:
    organisation = facts(revenue={"2025": "2"})
    assert answer("revenue >= least_revenue", organisation, moment=Moment(date(2026, 3, 31), 2025)) is True
    assert answer("revenue >= least_revenue", organisation, moment=Moment(date(2026, 4, 1), 2025)) is False
    with pytest.raises(ExpressionRefused) as refusal:
        lower(parse("revenue >= later", SCOPE), MOMENT)
    assert (
        str(refusal.value)
        == "1:1 [expression.parameter] 参数 later 在 2026-05-01 还没有值。\n  请补上更早开始的值。"
    )


DAYS: list[tuple[str, date, date]] = [
    ("on", date(2024, 2, 29), date(2024, 2, 29)),
    ("years_before(on, 1)", date(2024, 2, 29), date(2023, 2, 28)),
    ("years_before(on, 4)", date(2024, 2, 29), date(2020, 2, 29)),
    ("months_before(on, 1)", date(2026, 3, 31), date(2026, 2, 28)),
    ("months_before(on, 12)", date(2026, 5, 1), date(2025, 5, 1)),
    ("months_before(on, -6)", date(2026, 8, 31), date(2027, 2, 28)),
    ("days_before(on, 365)", date(2024, 12, 31), date(2024, 1, 1)),
    ("year_end(0)", date(2026, 5, 1), date(2025, 12, 31)),
    ("year_start(-1)", date(2026, 5, 1), date(2024, 1, 1)),
    ("years_before(year_end(0), 2)", date(2026, 5, 1), date(2023, 12, 31)),
    ("days_before(years_before(DATE '2024-02-29', 1), 1)", date(2026, 5, 1), date(2023, 2, 27)),
]


@pytest.mark.parametrize(("text", "on", "wanted"), DAYS)
def test_days_become_constants(text: str, on: date, wanted: date) -> None:
    node = lower(parse(f"established_date <= {text}", SCOPE), Moment(on, 2025))
    assert isinstance(node, tree.Compare)
    assert node.right == tree.Literal(wanted, SCOPE.fields["established_date"])


def test_the_base_year_is_a_number() -> None:
    organisation = facts(established_date="2022-12-31")
    assert answer("base_year - year_of(established_date) >= 3", organisation) is True
    assert answer("year_of(on) = 2026 AND month_of(year_end(0)) = 12", organisation) is True


def test_lowering_twice_changes_nothing() -> None:
    node = lower(parse("hnte_growth(revenue) > 0.1 OR count_where(ip) > 1", SCOPE), MOMENT)
    assert lower(node, MOMENT) == node
