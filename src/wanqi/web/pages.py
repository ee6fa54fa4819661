"""How a view answers: the whole page, or only its fragment when htmx asks for a part of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return `template`, or the `fragment` that it includes when htmx asked for that part.

    The fragment is a file of its own (`registers/_results.html`), included by the page, so that its body is a part
    of the full page's body. The answer varies by HX-Request.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    wanted = fragment and htmx and not htmx.boosted and not htmx.history_restore_request
    context = {**context, "is_fragment": bool(wanted)}
    response = render(request, fragment if wanted and fragment else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where the visitor asked to go on to, if it is an address of this installation; else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and allowed else default
