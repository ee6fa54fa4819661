"""The board and the reports before there is anything to show, and for periods that are too short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from tests import cast
from wanqi.core.models import Role

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Role | None], Client]


def test_an_empty_board_says_what_it_is_and_the_first_step(signed_in: SignedIn):
    page = signed_in(Role.CLERK).get("/board/").content.decode()
    assert "还没有可以调度的数据" in page
    assert "到5G基站台账" in page
    assert "data-chart" not in page


def test_an_empty_list_of_reports_says_so(signed_in: SignedIn):
    page = signed_in(Role.LEADER).get("/reports/").content.decode()
    assert "还没有材料" in page
    assert "开始编写</button>" not in page


def test_without_target_and_forecast_the_card_says_why(signed_in: SignedIn):
    today = date.today()  # noqa: DTZ011 - what the board of a real installation opens on
    cast.site("a", opened_on=date(today.year - 1, 3, 1), built_on=None)
    page = signed_in(Role.CLERK).get("/board/").content.decode()
    assert "1个" in page
    assert f"没有登记{today.year}年目标" in page or f"没有登记{today.year - 1}年目标" in page
    assert "5G基站累计逐月怎样变化？" in page


def test_somebody_without_a_role_sees_nothing(signed_in: SignedIn):
    for path in ("/board/", "/reports/", "/figures/infra.5g.total/"):
        assert signed_in(None).get(path).status_code == 403
