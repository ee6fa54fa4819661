"""Days that have not come count as nothing: no figure of a period to come, and a running one up to today."""

from __future__ import annotations

from datetime import date

from wanqi.indicators.evaluate import read_period
from wanqi.indicators.evaluate.engine import Evaluation

from .stations import DEFINITIONS, TARGET, reported_half_year, table


def seen_on(today: date) -> Evaluation:
    return Evaluation(
        DEFINITIONS, tables={"sites": table(reported_half_year())}, reported=(TARGET,), today=today
    )


def test_a_running_period_counts_up_to_today() -> None:
    evaluation = seen_on(date(2023, 3, 31))
    half = read_period("2023H1")
    new, total, pace = (evaluation.figure(id, half) for id in ("new", "total", "pace"))
    assert (new.display, total.display, pace.display) == ("53个", "504个", "25.00%")
    assert new.as_of == date(2023, 3, 31)


def test_a_period_to_come_has_no_figure_and_says_so() -> None:
    evaluation = seen_on(date(2023, 3, 31))
    for id in ("new", "total", "total.growth", "completion", "pace"):
        figure = evaluation.figure(id, read_period("2023H2"))
        assert (figure.known, figure.display, figure.reason) == (False, "—", "2023年下半年还没有开始"), id


def test_a_target_may_be_set_for_a_period_to_come() -> None:
    assert seen_on(date(2022, 12, 31)).figure("target", read_period("2023")).display == "800个"


def test_a_period_that_is_over_is_whole() -> None:
    assert seen_on(date(2026, 11, 22)).figure("total", read_period("2023H1")).display == "571个"
