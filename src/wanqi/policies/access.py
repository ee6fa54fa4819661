"""Who may see or do what with documents."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row

from .models import Document


def get_document(actor: Actor, pk: Any, *, to: str = "view") -> Document:
    """Return the document; raises RowMissing or AccessRefused."""
    rows: QuerySet[Document] = Document.objects.select_related("office", "unit", "created_by", "file")
    return get_row(rows, actor, pk, to=to)
