"""Which period is asked for, and by when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wanqi.collection.errors import FormRefused
from wanqi.collection.schedule import a_year_before, checked_period, choices, due_on, latest, previous
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
