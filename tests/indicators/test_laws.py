"""Laws that hold for any rows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.figures import Interval, display
from wanqi.indicators.evaluate import Figure, evaluate, read_period
from wanqi.indicators.evaluate.engine import Evaluation

from .stations import DEFINITIONS, station, table

days = st.dates(date(2021, 10, 1), date(2023, 12, 31))
certain = st.lists(st.builds(station, days, st.sampled_from(["5G", "4G"])), max_size=25)
uncertain = st.lists(st.builds(station, st.none() | days, st.sampled_from(["5G", "4G", None])), max_size=25)


def one(rows, id: str, period: str) -> Figure:
    tables = {"sites": table([*rows, station(date(2020, 1, 1), "4G")])}
    return evaluate(DEFINITIONS, [id], read_period(period), tables=tables)[id]


@given(certain, st.integers(2, 12))
@settings(deadline=None)
def test_cumulative_is_the_last_one_and_the_flow(rows, month: int):
    now = one(rows, "total", f"2023-{month:02d}").value
    before = one(rows, "total", f"2023-{month - 1:02d}").value
    assert now == before + one(rows, "new", f"2023-{month:02d}").value


@given(certain)
@settings(deadline=None)
def test_the_stock_is_the_year_end_and_the_year_so_far(rows):
    assert one(rows, "total", "2023H1").value == (
        one(rows, "total.year_end", "2023H1").value + one(rows, "new", "2023H1").value
    )


@given(certain, st.integers(1, 12))
@settings(deadline=None)
def test_growth_of_the_year_to_date_is_the_year_to_date_of_growth(rows, month: int):
    of_the_months = one(rows, "new.yoy", f"2023-01..{month:02d}")
    tables = {"sites": table([*rows, station(date(2020, 1, 1), "4G")])}
    turned = dict(DEFINITIONS)
    turned["turned"] = DEFINITIONS["new.yoy"].model_copy(update={"id": "turned", "of": "new.ytd"})
    other = evaluate(turned, ["turned"], read_period(f"2023-{month:02d}"), tables=tables)["turned"]
    assert (of_the_months.value, of_the_months.reason) == (other.value, other.reason)


@given(uncertain, st.data())
@settings(deadline=None)
def test_whatever_the_unknown_turns_out_to_be_the_figure_was_inside(rows, data):
    settled = [
        station(
            row["opened_on"] or data.draw(days), row["technology"] or data.draw(st.sampled_from(["5G", "4G"]))
        )
        for row in rows
    ]
    for id in ("new", "total", "total.growth", "operators"):
        wide, sharp = one(rows, id, "2023H1"), one(settled, id, "2023H1")
        if wide.interval is not None and sharp.value is not None:
            assert sharp.value in wide.interval


@given(certain)
@settings(deadline=None)
def test_rows_known_throughout_give_points_and_records_that_count_them(rows):
    figure = one(rows, "new", "2023H1")
    assert figure.interval == Interval.point(len(figure.records))
    assert figure.uncertain == ()


@given(st.integers(-(10**9), 10**9))
def test_display_rounds_half_away_from_zero(hundredths: int):
    shown = display(Fraction(hundredths, 1000), decimals=2).replace("−", "-")
    exact, printed = Fraction(hundredths, 1000), Fraction(shown)
    assert abs(printed - exact) <= Fraction(1, 200)
    if abs(printed - exact) == Fraction(1, 200):
        assert abs(printed) > abs(exact)


def test_a_figure_is_computed_once_per_period():
    evaluation = Evaluation(DEFINITIONS, {"sites": table([station(date(2023, 1, 1))])})
    half = read_period("2023H1")
    assert evaluation.figure("new", half) is evaluation.figure("new", half)
