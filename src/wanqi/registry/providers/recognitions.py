"""Recognitions as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Recognition

FIELDS = {
    "holder": "holder_name",
    "holder_kind": "holder_kind",
    "credit_code": "organisation__credit_code",
    "programme": "programme",
    "act": "act",
    "level": "level",
    "kind": "kind",
    "authority": "authority",
    "batch": "batch",
    "document_number": "document_number",
    "certificate_number": "certificate_number",
    "granted_on": "granted_on",
    "valid_until": "valid_until",
    "is_unlimited": "is_unlimited",
    "revoked_on": "revoked_on",
    "tags": "tags",
    "area": "area",
}


def provide() -> None:
    """Register recognitions as a record kind."""
    register(of_model("recognitions", Recognition, FIELDS))
