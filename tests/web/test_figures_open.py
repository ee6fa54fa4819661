"""Every figure the region defines opens onto its rows, in the demonstration, for who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast
from wanqi.core.models import Role, User
from wanqi.core.packs import current_pack

pytestmark = pytest.mark.usefixtures("demo")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_figure_opens_is_searched_and_leads_to_its_rows() -> None:
    clerk = signed_in(User.objects.get(username="clerk"))
    wrong: list[tuple[str, str, int]] = []
    opened = 0
    for id, spec in current_pack(cast.REGION).indicators.items():
        if spec.operator == "check":
            continue
        for address in (
            f"{reverse('figure', args=[id])}?period=2023H1",
            f"{reverse('figure.rows', args=[id])}?period=2023H1&q=演示",
        ):
            answer: Any = clerk.get(address)
            opened += 1
            if answer.status_code != 200:
                wrong.append((id, address, answer.status_code))
        if spec.records and spec.records != "listing_plans":  # restricted to its own office
            answer = clerk.get(f"{reverse('figure.file', args=[id])}?period=2023H1")
            content = b"".join(answer.streaming_content) if answer.streaming else b""
            if answer.status_code != 200 or not content.startswith(b"PK"):
                wrong.append((id, "file", answer.status_code))
    assert wrong == []
    assert opened > 90


def test_a_restricted_row_is_counted_and_not_shown_to_another_office() -> None:
    page = signed_in(User.objects.get(username="clerk"))
    address = f"{reverse('figure', args=['listing.preparing'])}?period=2023H1"
    own = page.get(address).content.decode()
    assert "4" in own
    finance = signed_in(cast.user(Role.FINANCE, username="money")).get(address)
    assert "金叶众望" not in finance.content.decode()
