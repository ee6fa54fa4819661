"""A sign-in lasts half an hour from the last request, and a page does not write to prolong it every time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from wanqi.core.models import Role
from wanqi.web.middleware import SEEN


def _aged(client: Client, *, seconds: int) -> Session:
    """Make the client's session as old as that, and return how it is kept."""
    session = client.session
    session[SEEN] -= seconds
    session.save()
    kept = Session.objects.get(session_key=session.session_key)
    kept.expire_date = timezone.now() + timedelta(minutes=30, seconds=-seconds)
    kept.save()
    return kept


def test_a_second_page_within_a_minute_writes_nothing(signed_in: Callable[[Role], Client]) -> None:
    client = signed_in(Role.CLERK)
    assert "sessionid" in client.get("/organisations/").cookies
    kept = _aged(client, seconds=30)
    answer = client.get("/organisations/")
    assert "sessionid" not in answer.cookies
    assert Session.objects.get(pk=kept.pk).expire_date == kept.expire_date


def test_a_page_after_a_minute_starts_the_half_hour_anew(signed_in: Callable[[Role], Client]) -> None:
    client = signed_in(Role.CLERK)
    client.get("/organisations/")
    kept = _aged(client, seconds=25 * 60)
    answer = client.get("/organisations/")
    assert answer.cookies["sessionid"]["max-age"] == 30 * 60
    assert Session.objects.get(pk=kept.pk).expire_date > kept.expire_date + timedelta(minutes=24)


def test_a_visitor_who_is_not_signed_in_gets_no_session(client: Client, db: None) -> None:
    client.get("/accounts/login/")
    assert Session.objects.count() == 0
