"""Who may see or do what with forms, rounds and returns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row

from .models import Form, Return, Round


def get_form(actor: Actor, pk: Any, *, to: str = "view") -> Form:
    """Return a form made in the browser; raises RowMissing or AccessRefused."""
    rows: QuerySet[Form] = Form.objects.select_related("office", "created_by")
    return get_row(rows, actor, pk, to=to)


def get_round(actor: Actor, pk: Any, *, to: str = "view") -> Round:
    """Return the round; raises RowMissing or AccessRefused."""
    rows: QuerySet[Round] = Round.objects.select_related("office", "created_by")
    return get_row(rows, actor, pk, to=to)


def get_return(actor: Actor, pk: Any, *, to: str = "view") -> Return:
    """Return one unit's return; raises RowMissing or AccessRefused."""
    rows: QuerySet[Return] = Return.objects.select_related(
        "round", "office", "unit", "evidence", "workbook", "submitted_by", "reviewed_by", "batch"
    ).defer("evidence__content", "workbook__content")
    return get_row(rows, actor, pk, to=to)
