"""Every figure the region defines opens onto its rows, in the demonstration, for who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast
from wanqi.core.models import Office, Role, User
from wanqi.core.packs import current_pack
from wanqi.registry.models import ListingPlan

pytestmark = [pytest.mark.usefixtures("demo"), pytest.mark.slow]


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
    """The report itself names a company; the register's other rows stay with its own office."""
    names = set(
        ListingPlan.objects.exclude(company_name__contains="金叶众望").values_list("company_name", flat=True)
    )
    address = f"{reverse('figure', args=['listing.preparing'])}?period=2023H1"
    office = ListingPlan.objects.filter(company_name__in=names).values_list("office", flat=True).first()
    own = signed_in(cast.user(Role.CLERK, username="own", office=Office.objects.get(pk=office)))
    shown = own.get(address).content.decode()
    assert names
    assert all(name in shown for name in names)
    finance = signed_in(cast.user(Role.FINANCE, username="money")).get(address).content.decode()
    assert not any(name in finance for name in names)
    assert "4家" in finance
