"""Which period is asked for, and by when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wanqi.collection.errors import FormRefused
from wanqi.collection.schedule import (
    a_year_before,
    checked_period,
    choices,
    due_after,
    due_on,
    following,
    latest,
    previous,
)
from wanqi.indicators.evaluate import read_period
from wanqi.packs import DeadlineSpec, FormSpec, LineSpec
from wanqi.packs.specs.region import Calendar


def form(cadence: str = "month", *, deadline: DeadlineSpec | None = None, **given: Any) -> FormSpec:
    return FormSpec.model_validate(
        {
            "id": "demo",
            "version": "2026-1",
            "title": "示例",
            "office": "science",
            "units": ("market",),
            "cadence": cadence,
            "deadline": deadline or DeadlineSpec(day=5),
            "lines": (LineSpec(id="a", indicator="a.b"),),
            **given,
        }
    )


@pytest.mark.parametrize(
    ("spec", "on", "period"),
    [
        (form(), date(2023, 7, 3), "2023-01..06"),
        (form(), date(2023, 6, 30), "2023-01..06"),
        (form(), date(2023, 6, 29), "2023-01..05"),
        (form(), date(2023, 2, 10), "2023-01"),
        (form(start_month=2), date(2023, 2, 10), "2022-01..12"),
        (form(start_month=2), date(2023, 3, 1), "2023-01..02"),
        (form(months="single"), date(2023, 7, 3), "2023-06"),
        (form("quarter"), date(2023, 7, 3), "2023Q2"),
        (form("quarter"), date(2023, 6, 29), "2023Q1"),
        (form("half"), date(2023, 7, 3), "2023H1"),
        (form("half"), date(2023, 3, 3), "2022H2"),
        (form("year"), date(2023, 12, 31), "2023"),
        (form("year"), date(2023, 12, 30), "2022"),
        (form("once"), date(2023, 5, 8), "2023-05-08"),
    ],
)
def test_the_latest_period_is_the_last_that_is_over(spec: FormSpec, on: date, period: str) -> None:
    assert latest(spec, on).id == period


@pytest.mark.parametrize(
    ("spec", "period", "before"),
    [
        (form(), "2023-01..06", "2023-01..05"),
        (form(), "2023-01..02", "2023-01"),
        (form(), "2023-01", "2022-01..12"),
        (form(start_month=2), "2023-01..02", "2022-01..12"),
        (form(months="single"), "2023-01", "2022-12"),
        (form("quarter"), "2023Q1", "2022Q4"),
        (form("half"), "2023H2", "2023H1"),
        (form("year"), "2023", "2022"),
    ],
)
def test_the_period_before(spec: FormSpec, period: str, before: str) -> None:
    found = previous(spec, read_period(period))
    assert found is not None
    assert found.id == before


def test_a_form_asked_once_has_no_period_before() -> None:
    assert previous(form("once"), read_period("2023")) is None
    assert a_year_before(form("once"), read_period("2023")) is None


def test_periods_to_choose_from_begin_with_the_one_running() -> None:
    found = [one.id for one in choices(form(), date(2023, 2, 10), most=3)]
    assert found == ["2023-01..02", "2023-01", "2022-01..12", "2022-01..11"]


def test_a_period_of_another_cadence_is_refused() -> None:
    with pytest.raises(FormRefused, match="没有“2023年第二季度”这一期"):
        checked_period(form(), "2023Q2")
    with pytest.raises(FormRefused, match="没有“2023年1月”这一期"):
        checked_period(form(start_month=2), "2023-01")
    assert checked_period(form(), "2023-01..06").id == "2023-01..06"


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (DeadlineSpec(day=5), date(2023, 7, 5)),
        (DeadlineSpec(day=31, months=0), date(2023, 6, 30)),
        (DeadlineSpec(day=8, rest_days="keep"), date(2023, 7, 8)),  # a Saturday
        (DeadlineSpec(day=8, rest_days="before"), date(2023, 7, 7)),
        (DeadlineSpec(day=8, rest_days="after"), date(2023, 7, 10)),
        (DeadlineSpec(day=5, months=7), date(2024, 1, 5)),
    ],
)
def test_the_deadline_follows_its_rule(rule: DeadlineSpec, due: date) -> None:
    assert due_on(form(deadline=rule), read_period("2023-01..06"), calendar=Calendar()) == due


def test_the_calendar_makes_and_unmakes_rest_days() -> None:
    spec = form(deadline=DeadlineSpec(day=8, rest_days="after"))
    worked = Calendar(work_days=(date(2023, 7, 8),))
    assert due_on(spec, read_period("2023-01..06"), calendar=worked) == date(2023, 7, 8)
    closed = Calendar(rest_days=(date(2023, 7, 10),))
    assert due_on(spec, read_period("2023-01..06"), calendar=closed) == date(2023, 7, 11)


@pytest.mark.parametrize(
    ("spec", "period", "later"),
    [
        (form(), "2023-01..06", "2023-01..07"),
        (form(), "2023-01", "2023-01..02"),
        (form(), "2023-01..12", "2024-01"),
        (form(start_month=2), "2023-01..12", "2024-01..02"),
        (form(start_month=2), "2023-01..02", "2023-01..03"),
        (form(months="single"), "2023-12", "2024-01"),
        (form("quarter"), "2023Q4", "2024Q1"),
        (form("half"), "2023H1", "2023H2"),
        (form("year"), "2023", "2024"),
        (form("once"), "2023-05-08", None),
    ],
)
def test_the_period_after(spec: FormSpec, period: str, later: str | None) -> None:
    found = following(spec, read_period(period))
    assert (found.id if found else None) == later
    if found is not None:
        before = previous(spec, found)
        assert before is not None
        assert before.id == read_period(period).id


def on_rest(rule: str) -> DeadlineSpec:
    return DeadlineSpec.model_validate({"day": 5, "rest_days": rule})


@pytest.mark.parametrize(
    ("spec", "period", "due", "later"),
    [
        # by the rule: 5 July stays the 5th, also where a rest day had moved it
        (form(), "2023-01..06", date(2023, 7, 5), date(2023, 8, 5)),
        (form(deadline=on_rest("after")), "2023-01..07", date(2023, 8, 7), date(2023, 9, 5)),
        # another day: one period later, the end of a month to the end of a month
        (form(), "2023-01..06", date(2023, 7, 20), date(2023, 8, 20)),
        (form(), "2023-01..06", date(2023, 6, 30), date(2023, 7, 31)),
        (form(), "2023-01", date(2023, 2, 28), date(2023, 3, 31)),
        (form(), "2023-01", date(2023, 1, 30), date(2023, 2, 28)),
        (form(), "2023-01..12", date(2024, 1, 31), date(2024, 2, 29)),
        (form(start_month=2), "2023-01..12", date(2024, 1, 10), date(2024, 3, 10)),
        (form("quarter"), "2023Q2", date(2023, 6, 30), date(2023, 9, 30)),
        (form("quarter"), "2023Q3", date(2023, 9, 30), date(2023, 12, 31)),
        (form("half"), "2023H1", date(2023, 7, 15), date(2024, 1, 15)),
        (form("half"), "2023H2", date(2024, 2, 29), date(2024, 8, 31)),
        (form("year"), "2023", date(2024, 2, 29), date(2025, 2, 28)),
        # a moved day on a rest day goes where the form's rule sends it: 20 August 2023 is a Sunday
        (form(deadline=on_rest("after")), "2023-01..06", date(2023, 7, 20), date(2023, 8, 21)),
        (form(deadline=on_rest("before")), "2023-01..06", date(2023, 7, 20), date(2023, 8, 18)),
    ],
)
def test_the_deadline_moves_by_one_period(spec: FormSpec, period: str, due: date, later: date) -> None:
    span = read_period(period)
    after = following(spec, span)
    assert after is not None
    assert due_after(spec, due, span, after, calendar=Calendar()) == later
