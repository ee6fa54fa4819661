"""Puts the actor on the request, and turns the house's errors and a lapsed sign-in into answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject

from wanqi.core.access import Actor, actor_of
from wanqi.core.enterprise import own_rows
from wanqi.core.errors import WanqiError

from . import errors

SEEN = "seen"
PROLONG_AFTER = 60  # seconds


class ActorMiddleware:
    """`request.actor` is who acts; lazily read, so that pages without sign-in cost no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        _prolong(request)
        response = self.get_response(request)
        if getattr(request, "htmx", False) and _goes_to_sign_in(response):
            # htmx would put the sign-in page into a drawer; the browser has to go there itself.
            away = HttpResponse(status=204)
            back = urlsplit(request.htmx.current_url_abs_path or "/")  # type: ignore[attr-defined]
            target = f"{back.path}?{back.query}" if back.query else back.path
            away["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': target})}"
            return away
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer a request of an enterprise's user under the database role that sees that enterprise alone."""
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor.organisation is None or actor.user is None or _own_account(request):
            return None
        try:
            with own_rows(actor.organisation, user=actor.user.pk):
                response = view(request, *args, **kwargs)
        except WanqiError as error:
            response = errors.answer(request, error)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer one of the house's errors with its page; leave everything else to Django."""
        return errors.answer(request, exception) if isinstance(exception, WanqiError) else None


def _own_account(request: HttpRequest) -> bool:
    """Return whether this is about the visitor's own sign-in: password and sign-out, which hold no enterprise's rows."""
    return request.path.startswith("/accounts/")


def _prolong(request: HttpRequest) -> None:
    """Start the half hour of a sign-in anew, at most once a minute.

    Every page would otherwise wait for a write to reach the disk.
    """
    if SESSION_KEY in request.session and time.time() - request.session.get(SEEN, 0) >= PROLONG_AFTER:
        request.session[SEEN] = int(time.time())


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return Actor(user=None, name="")
    return actor_of(request.user, address=request.META.get("REMOTE_ADDR") or None)


def _goes_to_sign_in(response: HttpResponse) -> bool:
    target = response.get("Location", "")
    return response.status_code == 302 and target.split("?")[0] == resolve_url(settings.LOGIN_URL)
