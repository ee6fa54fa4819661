"""Addresses below /api/. Who may ask is decided here, by each operation, and never by a redirect to a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path

from . import catalogue, checks, screens  # noqa: F401 - their operations register themselves
from .door import api


def _patterns() -> Iterator[Any]:
    found, _, _ = api.urls
    for pattern in found:
        if isinstance(pattern, URLPattern) and pattern.callback is not None:
            vars(pattern.callback)["login_required"] = False
        yield pattern


urlpatterns = [path("", (list(_patterns()), "ninja", api.urls_namespace))]
