"""Reported values as clerks write them: a percentage with its sign, digits as the input method gives them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tests import cast
from wanqi.core.models import Role
from wanqi.indicators.actions import create_observation
from wanqi.indicators.models import Observation

pytestmark = pytest.mark.django_db


def filled(indicator: str, value: str) -> dict[str, str]:
    return {
        "indicator": indicator,
        "period": "2023H1",
        "nature": "reported",
        "value": value,
        "bound": "=",
        "source": "铁塔公司月报",
        "office": str(cast.offices()[0].pk),
    }


@pytest.fixture
def clerk() -> Client:
    client = Client()
    client.force_login(cast.user(Role.CLERK), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("indicator", "written", "kept"),
    [
        ("infra.5g.new", "120", Decimal("120")),
        ("infra.5g.new", "１，２００", Decimal("1200")),
        ("infra.5g.completion", "38.8%", Decimal("0.388")),
        ("infra.5g.completion", "３８.８％", Decimal("0.388")),
    ],
)
def test_a_value_is_read_as_it_is_meant(clerk: Client, indicator: str, written: str, kept: Decimal) -> None:
    answer = clerk.post("/observations/new/", filled(indicator, written))
    assert answer.status_code == 302
    assert Observation.objects.get().value == kept


def test_a_percentage_without_its_sign_is_asked_about_and_nothing_is_kept(clerk: Client) -> None:
    answer = clerk.post("/observations/new/", filled("infra.5g.completion", "38.8"))
    assert answer.status_code == 422
    assert "请写明百分号，如38.8%" in answer.content.decode()
    assert Observation.objects.count() == 0


def test_a_kept_percentage_comes_back_with_its_sign(clerk: Client) -> None:
    values = {
        "indicator": "infra.5g.completion", "period": "2023H1", "value": Decimal("1.2792"), "source": "总结",
        "office": cast.offices()[0],
    }  # fmt: skip
    row = create_observation(values, actor=cast.machine(), region=cast.REGION)
    assert 'value="127.92%"' in clerk.get(f"/observations/{row.pk}/correct/").content.decode()
