"""An evaluation is kept only as long as nothing that it stands on was written."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.indicators.evaluate import read_period
from wanqi.indicators.evaluation import evaluation_of
from wanqi.indicators.kept import kept_evaluation, registers_state
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


def test_what_nobody_wrote_is_taken_from_before():
    cast.site("S-1", opened_on=date(2023, 5, 1))
    one, other = kept_evaluation(cast.REGION), kept_evaluation(cast.REGION)
    if registers_state().open:
        pytest.skip("somebody else writes on this server; nothing is promised then")
    assert one.figure(TOTAL, JUNE) is other.figure(TOTAL, JUNE)
    assert one is not other


def test_areas_are_kept_apart():
    cast.site("S-1", opened_on=date(2023, 5, 1))
    area = cast.area()
    assert kept_evaluation(cast.REGION, area="nowhere").figure(TOTAL, JUNE).display == "0个"
    assert shown() == "1个"
    assert kept_evaluation(cast.REGION, area=area.code).area == area.code
