"""Who may see or do what with organisations and import batches."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row

from .models import Fact, ImportBatch, Organisation


def get_organisation(actor: Actor, pk: Any, *, to: str = "view") -> Organisation:
    """Return the organisation; raises RowMissing or AccessRefused."""
    rows: QuerySet[Organisation] = Organisation.objects.select_related("area", "office", "unit", "created_by")
    return get_row(rows, actor, pk, to=to)


def get_batch(actor: Actor, pk: Any, *, to: str = "view") -> ImportBatch:
    """Return the import batch, without its file's bytes; raises RowMissing or AccessRefused."""
    rows: QuerySet[ImportBatch] = ImportBatch.objects.select_related(
        "file", "job", "created_by", "unit", "office"
    ).defer("file__content")
    return get_row(rows, actor, pk, to=to)


def get_fact(actor: Actor, pk: Any, *, to: str = "view") -> Fact:
    """Return one recorded value with its organisation; raises RowMissing or AccessRefused."""
    rows: QuerySet[Fact] = Fact.objects.select_related("organisation", "evidence", "office", "unit").defer(
        "evidence__content"
    )
    return get_row(rows, actor, pk, to=to)
