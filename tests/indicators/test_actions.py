"""Who may report what: a unit its own numbers, the bureau its targets and what documents say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests import cast
from wanqi.core.errors import AccessRefused, RowInvalid
from wanqi.core.models import AuditEvent, Role
from wanqi.indicators.actions import correct_observation, create_observation, withdraw_observation
from wanqi.indicators.models import Observation

pytestmark = pytest.mark.django_db


def given(**values: Any) -> dict[str, Any]:
    return {
        "indicator": "infra.5g.total",
        "period": "2023H1",
        "value": Decimal(571),
        "source": "月报",
        "unit": cast.units()[0],
        "office": cast.offices()[0],
        **values,
    }


FOREIGN: list[dict[str, Any]] = [
    {"nature": Observation.Nature.TARGET},
    {"source_document": "2023-half-year"},
]


@pytest.mark.parametrize("values", FOREIGN)
def test_a_reporter_sets_no_target_and_speaks_for_no_document(values: dict[str, Any]) -> None:
    reporter = cast.actor(Role.REPORTER)
    with pytest.raises(AccessRefused, match="填报员不能"):
        create_observation(given(**values), actor=reporter, region=cast.REGION)
    own = create_observation(given(), actor=reporter, region=cast.REGION)
    with pytest.raises(AccessRefused, match="填报员不能"):
        correct_observation(own, values, actor=reporter, reason="改")
    other = create_observation(given(source="文件", **values), actor=cast.machine(), region=cast.REGION)
    before, events = list(Observation.objects.order_by("id").values()), AuditEvent.objects.count()
    with pytest.raises(AccessRefused, match="填报员不能"):
        correct_observation(other, {"value": Decimal(1)}, actor=reporter, reason="改")
    with pytest.raises(AccessRefused, match="填报员不能"):
        withdraw_observation(other, actor=reporter, reason="改")
    assert (list(Observation.objects.order_by("id").values()), AuditEvent.objects.count()) == (before, events)


@pytest.mark.parametrize("values", FOREIGN)
def test_the_office_does(values: dict[str, Any]) -> None:
    create_observation(given(**values), actor=cast.actor(Role.CLERK), region=cast.REGION)
    assert Observation.objects.count() == 1


@pytest.mark.parametrize("period", ["2023H3", "0001", "9999", "下半年", ""])
def test_a_period_that_is_none_is_refused(period: str) -> None:
    with pytest.raises(RowInvalid) as refused:
        create_observation(given(period=period), actor=cast.machine(), region=cast.REGION)
    assert list(refused.value.fields) == ["period"]
    assert Observation.objects.count() == 0
