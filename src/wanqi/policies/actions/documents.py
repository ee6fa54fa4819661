"""Writers of the document register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, correct_row, create_row, record, restore_row, withdraw_row
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Attachment

from ..clauses import Piece, misplaced, parents, shallow, split_clauses
from ..models import Clause, Document, DocumentStep


def _write_clauses(row: Document, pieces: Sequence[Piece]) -> None:
    """Replace the clauses; each is linked to the one it belongs to. Raises RowInvalid for one that hangs on nothing."""
    depths = [piece.depth for piece in pieces]
    hanging = misplaced(depths)
    if hanging:
        said = "、".join(f"第{at + 1}行" for at in hanging[:10])
        raise RowInvalid({"clauses": [f"{said}的层次比上一行深了不止一层，请先调整。"]})
    row.clauses.all().delete()
    made = [
        Clause(document=row, position=at, label=piece.label[:40], text=piece.text, depth=piece.depth)
        for at, piece in enumerate(pieces, start=1)
    ]
    Clause.objects.bulk_create(made)
    for clause, above in zip(made, parents(depths), strict=True):
        clause.parent = None if above is None else made[above]
    Clause.objects.bulk_update([one for one in made if one.parent_id], ["parent"], batch_size=500)


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
    pieces: Sequence[Piece] | None = None,
) -> Document:
    """Correct a document; with `text`, or `pieces` as a person put them in order, its clauses are replaced as a whole.

    The history keeps the old ones.
    """
    reason = checked_reason(reason)
    row = correct_row(row, values, actor=actor, reason=reason, seen=seen)
    if text is None and pieces is None:
        return row
    pieces = split_clauses(text or "") if pieces is None else pieces
    old = [(clause.label, clause.text, clause.depth) for clause in row.clauses.order_by("position")]
    if old != shallow(pieces):
        _write_clauses(row, pieces)
        # A replaced text moves the row on, so that a second editor of the old text is told.
        Document.objects.filter(pk=row.pk).update(version=F("version") + 1, updated_at=Now())
        row.refresh_from_db()
        change = {"field": "clauses", "label": "条款", "old": f"{len(old)}条", "new": f"{len(pieces)}条"}
        record(row, "更正条款", actor=actor, changes=[change], reason=reason)
    return row


@transaction.atomic
def reach_stage(
    row: Document,
    stage: str,
    *,
    on: date | None,
    today: date,
    actor: Actor,
    note: str = "",
    file: Attachment | None = None,
) -> DocumentStep:
    """Note the day a document reached a stage of its life, and let it stand there if no later day is noted.

    印发 and 废止 are its own dates too. Raises RowInvalid for a day that is missing or has not come, AccessRefused.
    """
    if stage not in Document.Stage.values:
        raise RowInvalid({"stage": ["请选择阶段。"]})
    if on is None or on > today:
        raise RowInvalid(
            {"on": ["请填写日期。" if on is None else f"{on.isoformat()}还没有到，到了再登记。"]}
        )
    if stage == Document.Stage.REPEALED and not note.strip():
        raise RowInvalid({"note": ["请写明废止的依据，如文号。"]})
    held = Document.objects.select_for_update(of=("self",)).get(pk=row.pk)
    values: dict[str, Any] = {}
    if not held.steps.filter(on__gt=on).exists() and held.stage != stage:
        values["stage"] = stage
    if stage == Document.Stage.ISSUED and held.issued_on is None:
        values["issued_on"] = on
    if stage == Document.Stage.REPEALED and held.repealed_on != on:
        values["repealed_on"] = on
    held = correct_row(held, values, actor=actor, reason=f"登记阶段：{stage}{on.isoformat()}")
    step = DocumentStep(
        document=held, stage=stage, on=on, note=note.strip()[:300], file=file, recorded_by=actor.user
    )
    step.save(force_insert=True)
    day = {"field": "steps", "label": stage, "old": "—", "new": on.isoformat()}
    record(held, "登记文件阶段", actor=actor, changes=[day], reason=note.strip()[:300])
    return step


def withdraw_document(row: Document, *, actor: Actor, reason: str) -> Document:
    """Take a document out of the register; it stays readable."""
    return withdraw_row(row, actor=actor, reason=reason)


def restore_document(row: Document, *, actor: Actor, reason: str) -> Document:
    """Bring a withdrawn document back."""
    return restore_row(row, actor=actor, reason=reason)
