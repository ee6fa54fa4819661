"""Who may see or do what with organisations, their data and what they ask to have corrected, and import batches."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row
from wanqi.core.errors import RowMissing

from .models import Fact, FactCorrection, ImportBatch, Organisation


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


def get_checked(actor: Actor, pk: Any, *, to: str = "view") -> Organisation:
    """Return the enterprise whose check-up the actor may see: an enterprise's user its own; raises RowMissing."""
    rows: QuerySet[Organisation] = Organisation.objects.filter(actor.rows_of("checkup", to=to))
    found = rows.select_related("area", "office").filter(pk=pk).first()
    if found is None:
        raise RowMissing("没有找到这家企业，或您无权查看。", hint="请返回列表核对。")
    return found


def get_correction(actor: Actor, pk: Any, *, to: str = "view") -> FactCorrection:
    """Return what an enterprise asked to have corrected; raises RowMissing or AccessRefused."""
    rows: QuerySet[FactCorrection] = FactCorrection.objects.select_related("organisation", "office")
    return get_row(rows, actor, pk, to=to)
