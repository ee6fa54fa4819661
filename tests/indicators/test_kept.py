"""An evaluation is kept only as long as nothing that it stands on was written."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.indicators.evaluate import read_period
from wanqi.indicators.evaluation import evaluation_of
from wanqi.indicators.kept import State, kept_evaluation
from wanqi.projects.actions import correct_site, withdraw_site

pytestmark = pytest.mark.django_db
JUNE = read_period("2023H1")
TOTAL = "infra.5g.total"


def shown() -> str:
    return kept_evaluation(cast.REGION).figure(TOTAL, JUNE).display


def test_every_kind_of_writing_is_seen_at_once():
    station = cast.site("S-1", opened_on=date(2023, 5, 1))
    assert shown() == "1个"
    cast.site("S-2", opened_on=date(2023, 5, 2))
    assert shown() == "2个"
    correct_site(station, {"opened_on": date(2023, 7, 1)}, actor=cast.machine(), reason="核对")
    assert shown() == "1个"
    station.refresh_from_db()
    withdraw_site(station, actor=cast.machine(), reason="重复")
    assert shown() == evaluation_of(cast.REGION).figure(TOTAL, JUNE).display == "1个"


@pytest.mark.parametrize(
    ("database", "newest", "running", "holds"),
    [
        ("a", (3, 7), {41}, True),
        ("a", (3, 7), {41, 50}, True),  # somebody else began since, and has not ended
        ("a", (3, 8), {41}, False),
        ("a", (3, 7), set(), False),  # the open one ended: an event of a lower id may be there now
        ("b", (3, 7), {41}, False),
    ],
)
def test_a_state_holds_until_an_event_or_the_end_of_an_open_transaction(
    database: str, newest: tuple[int, ...], running: set[int], *, holds: bool
):
    known = State(("a",), (3, 7), frozenset({41}))
    assert known.holds_in(State((database,), newest, frozenset(running))) is holds


def test_each_reader_has_the_figures_and_not_the_work_under_way():
    cast.site("S-1", opened_on=date(2023, 5, 1))
    one, other = kept_evaluation(cast.REGION), kept_evaluation(cast.REGION)
    assert one is not other
    assert one._open is not other._open
    assert one.figure(TOTAL, JUNE) == other.figure(TOTAL, JUNE)


def test_areas_are_kept_apart():
    cast.site("S-1", opened_on=date(2023, 5, 1))
    area = cast.area()
    assert kept_evaluation(cast.REGION, area="nowhere").figure(TOTAL, JUNE).display == "0个"
    assert shown() == "1个"
    assert kept_evaluation(cast.REGION, area=area.code).area == area.code
