"""Ids of periods, their ends, their words, and the periods beside them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.indicators.errors import PeriodRefused
from wanqi.indicators.evaluate import periods, read_period


@pytest.mark.parametrize(
    ("id", "start", "end", "words"),
    [
        ("2025", "2025-01-01", "2025-12-31", "2025年"),
        ("2023H1", "2023-01-01", "2023-06-30", "2023年上半年"),
        ("2025H2", "2025-07-01", "2025-12-31", "2025年下半年"),
        ("2025Q1", "2025-01-01", "2025-03-31", "2025年第一季度"),
        ("2025Q4", "2025-10-01", "2025-12-31", "2025年第四季度"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024年2月"),
        ("2025-06-30", "2025-06-30", "2025-06-30", "2025年6月30日"),
        ("2025-01..05", "2025-01-01", "2025-05-31", "2025年1—5月"),
    ],
)
def test_a_period_has_its_ends_and_words(id: str, start: str, end: str, words: str):
    period = read_period(id)
    assert (period.start.isoformat(), period.end.isoformat(), period.words) == (start, end, words)
    assert str(period) == id


def test_the_half_year_in_months():
    assert read_period("2023H1").full_months == "2023年1—6月"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023H3",
        "0001",
        "1899H2",
        "2201-01..02",
        "9999-12-31",
        "2023Q5",
        "2023-13",
        "2023-02-30",
        "2023-03..05",
        "2023-05..01",
        "23",
        "2023h1",
        "２０２３",
    ],
)
def test_anything_else_is_refused(text: str):
    with pytest.raises(PeriodRefused, match="不是时期"):
        read_period(text)


def test_periods_beside_it():
    half = read_period("2023H1")
    assert periods.same_period_last_year(half).id == "2022H1"
    assert periods.last_year_end(half).id == "2022-12-31"
    assert periods.year_of(half).id == "2023"
    assert periods.to_date(read_period("2023-05")).id == "2023-01..05"
    assert periods.same_period_last_year(read_period("2024-02-29")).id == "2023-02-28"
    assert periods.same_period_last_year(read_period("2023-01..05")).id == "2022-01..05"


@pytest.mark.parametrize(
    ("on", "share"), [("2023-06-30", "1/2"), ("2023-12-31", "1"), ("2023-04-15", "7/24")]
)
def test_the_share_of_the_year_goes_by_months(on: str, share: str):
    assert periods.elapsed_share(date.fromisoformat(on)) == Fraction(share)


@given(st.dates(date(1999, 1, 1), date(2099, 12, 31)))
def test_the_share_grows_and_ends_at_one(on: date):
    assert 0 < periods.elapsed_share(on) <= 1
    assert (periods.elapsed_share(on) == 1) == ((on.month, on.day) == (12, 31))
