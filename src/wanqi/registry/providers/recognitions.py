"""Recognitions as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Recognition
from ..models.recognitions import Holder
from .held import worded

SAME = (
    *("holder_name", "holder_kind", "programme", "act", "level", "kind", "authority", "batch"),
    *("document_number", "document_title", "certificate_number"),
    *("granted_on", "valid_until", "is_unlimited", "revoked_on", "area"),
)
FIELDS = {**{name: name for name in SAME}, "credit_code": "organisation__credit_code"}


def provide() -> None:
    """Register recognitions as a record kind."""
    source = of_model("recognitions", Recognition, FIELDS)
    register(worded(source, {"holder_kind": dict(Holder.choices)}))
