"""Activities as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Activity

FIELDS = ("title", "kind", "topic", "on", "until", "place", "people", "attendance", "area")


def provide() -> None:
    """Register activities as a record kind."""
    register(of_model("activities", Activity, FIELDS))
