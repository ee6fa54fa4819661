"""The rows of this app that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from .models import Site

SITE_FIELDS = ("site_code", "name", "technology", "operator", "area", "built_on", "opened_on")


def provide() -> None:
    """Register sites as a record kind."""
    register(of_model("sites", Site, SITE_FIELDS))
