"""Carriers as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Carrier

FIELDS = {
    "name": "name",
    "kind": "kind",
    "level": "level",
    "act": "act",
    "programme": "programme",
    "host_name": "host_name",
    "credit_code": "organisation__credit_code",
    "authority": "authority",
    "document_number": "document_number",
    "since": "since",
    "valid_until": "valid_until",
    "ended_on": "ended_on",
    "tags": "tags",
    "area": "area",
}


def provide() -> None:
    """Register carriers as a record kind."""
    register(of_model("carriers", Carrier, FIELDS))
