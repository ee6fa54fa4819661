"""Nominations as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Nomination

FIELDS = {
    "holder": "holder_name",
    "holder_kind": "holder_kind",
    "credit_code": "organisation__credit_code",
    "programme": "programme",
    "level": "level",
    "batch": "batch",
    "purpose": "purpose",
    "stage": "stage",
    "stage_on": "stage_on",
    "area": "area",
}


def provide() -> None:
    """Register nominations as a record kind."""
    register(of_model("nominations", Nomination, FIELDS))
