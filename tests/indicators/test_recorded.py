"""A register's past states can be counted again."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from tests import cast
from wanqi.indicators.evaluation import evaluate_indicators
from wanqi.projects.actions import correct_site, withdraw_site


def new(**options) -> str:
    return evaluate_indicators(cast.REGION, ["infra.5g.new"], "2023H1", **options)["infra.5g.new"].display


def test_what_was_known_at_a_moment(committed_db: str):
    row = cast.site("a", opened_on=date(2023, 6, 20))
    registered = timezone.now()
    row = correct_site(row, {"opened_on": date(2023, 7, 2)}, actor=cast.machine(), reason="核对")
    corrected = timezone.now()
    withdraw_site(row, actor=cast.machine(), reason="重复登记")
    assert new(recorded=registered) == "1个"
    assert new(recorded=corrected) == "0个"
    assert new(recorded=registered - timedelta(days=1)) == new() == "—"
