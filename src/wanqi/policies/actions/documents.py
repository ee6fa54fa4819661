"""Writers of the document register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, correct_row, create_row, record, restore_row, withdraw_row

from ..clauses import Piece, split_clauses
from ..models import Clause, Document


def _write_clauses(row: Document, pieces: Sequence[Piece]) -> None:
    row.clauses.all().delete()
    Clause.objects.bulk_create(
        Clause(document=row, position=position, label=piece.label[:40], text=piece.text)
        for position, piece in enumerate(pieces, start=1)
    )


@transaction.atomic
def create_document(
    values: Mapping[str, Any],
    *,
    actor: Actor,
    region: str,
    text: str = "",
    pieces: Sequence[Piece] | None = None,
    is_demonstration: bool = False,
) -> Document:
    """Register a document with its clauses, given as pieces or split from `text`."""
    row = create_row(Document(region_id=region, is_demonstration=is_demonstration, **values), actor=actor)
    _write_clauses(row, split_clauses(text) if pieces is None else pieces)
    return row


@transaction.atomic
def correct_document(
    row: Document,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
    text: str | None = None,
) -> Document:
    """Correct a document; with `text` its clauses are replaced as a whole and the history keeps the old ones."""
    reason = checked_reason(reason)
    row = correct_row(row, values, actor=actor, reason=reason, seen=seen)
    if text is None:
        return row
    pieces = split_clauses(text)
    old = [(clause.label, clause.text) for clause in row.clauses.order_by("position")]
    if old != [(piece.label[:40], piece.text) for piece in pieces]:
        _write_clauses(row, pieces)
        # A replaced text moves the row on, so that a second editor of the old text is told.
        Document.objects.filter(pk=row.pk).update(version=F("version") + 1, updated_at=Now())
        row.refresh_from_db()
        change = {"field": "clauses", "label": "条款", "old": f"{len(old)}条", "new": f"{len(pieces)}条"}
        record(row, "更正条款", actor=actor, changes=[change], reason=reason)
    return row


def withdraw_document(row: Document, *, actor: Actor, reason: str) -> Document:
    """Take a document out of the register; it stays readable."""
    return withdraw_row(row, actor=actor, reason=reason)


def restore_document(row: Document, *, actor: Actor, reason: str) -> Document:
    """Bring a withdrawn document back."""
    return restore_row(row, actor=actor, reason=reason)
