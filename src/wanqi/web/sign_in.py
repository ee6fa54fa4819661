"""Sign-in: accounts are made by the system administrator; lock-out after repeated failures."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up by oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Return the page that says how long the account stays locked; the password is not looked at."""
    pause = get_cool_off(request)
    minutes = int(pause.total_seconds() // 60) if pause else 0
    return render(request, "account/locked.html", {"minutes": minutes}, status=429)


def username_of(request: HttpRequest, credentials: Any = None) -> str | None:
    """Return whose attempt this is: the form calls it login, the failed-login signal username.

    Both must count as one, or the failures of an account would never lock that account.
    """
    given = credentials or {}
    return given.get("login") or given.get("username") or request.POST.get("login")
