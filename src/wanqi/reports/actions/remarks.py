"""Writers of what is said about a paragraph: remarks, and why a number that is linked to nothing stands."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor, require
from wanqi.core.actions import checked_reason, create_row, record
from wanqi.core.errors import RowInvalid, StepRefused

from ..models import Draft, DraftParagraph, Remark, UnlinkedFigure
from .paragraphs import require_turn

MOST_WORDS = 1000


@transaction.atomic
def add_remark(row: DraftParagraph, words: str, *, actor: Actor, quote: str = "") -> Remark:
    """Say something about a paragraph (批注); quote: the words that are meant.

    Raises RowInvalid without words, AccessRefused, StepRefused once the draft is signed.
    """
    require(actor, "remark", "create")
    draft = Draft.objects.get(pk=row.draft_id)
    if draft.is_signed or draft.withdrawn_at is not None:
        raise StepRefused("这份材料已签发或撤销，不能再写批注。")
    said = words.replace("\x00", "").strip()
    if not said:
        raise RowInvalid({"words": ["请写批注。"]})
    if len(said) > MOST_WORDS:
        raise RowInvalid({"words": [f"批注有{len(said)}字，请写在{MOST_WORDS}字以内。"]})
    remark = Remark(
        region_id=draft.region_id,
        office_id=row.office_id,
        draft=draft,
        paragraph=row,
        quote=" ".join(quote.replace("\x00", "").split())[:200],
        words=said,
        author_name=actor.name[:60],
        is_demonstration=draft.is_demonstration,
    )
    return create_row(remark, actor=actor, verb="批注")


@transaction.atomic
def resolve_remark(remark: Remark, *, actor: Actor, answer: str = "") -> Remark:
    """Mark a remark as dealt with, with an answer where one is wanted. Raises StepRefused, AccessRefused."""
    require(actor, "remark", "correct")
    held: Remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if held.resolved_at is not None:
        raise StepRefused("这条批注已处理。", hint="请刷新后核对。")
    held.answer = answer.replace("\x00", "").strip()[:MOST_WORDS]
    held.resolved_at, held.resolved_by = Now(), actor.user
    held.resolved_by_name = actor.name[:60]
    held.version += 1
    held.updated_at = Now()
    held.save(
        update_fields=["answer", "resolved_at", "resolved_by", "resolved_by_name", "version", "updated_at"]
    )
    held.refresh_from_db()
    record(held, "处理批注", actor=actor, reason=held.answer)
    return held


@transaction.atomic
def explain_figure(row: DraftParagraph, words: str, *, actor: Actor, reason: str) -> UnlinkedFigure:
    """Say why a number that is linked to nothing stands in a paragraph (未关联数据).

    Whoever may write the paragraph now may say it. Raises ReasonMissing, RowInvalid where somebody was quicker,
    AccessRefused, StepRefused.
    """
    reason = checked_reason(reason)
    held = require_turn(row, actor=actor)
    if UnlinkedFigure.objects.filter(paragraph=held, words=words[:80]).current().exists():
        raise RowInvalid({"words": ["这处数字已有人说明，请刷新后查看。"]})
    kept: UnlinkedFigure = UnlinkedFigure.objects.create(
        region_id=held.region_id,
        office_id=held.office_id,
        paragraph=held,
        words=words[:80],
        reason=reason,
        author_name=actor.name[:60],
        created_by=actor.user,
        is_demonstration=held.is_demonstration,
    )
    change = {"field": "words", "label": "未关联数据", "old": "—", "new": kept.words}
    record(held, "说明未关联数据", actor=actor, changes=[change], reason=reason)
    return kept


@transaction.atomic
def take_explanation_back(kept: UnlinkedFigure, *, actor: Actor) -> UnlinkedFigure:
    """Ask again why a number stands. Raises AccessRefused, StepRefused."""
    row = require_turn(kept.paragraph, actor=actor)
    if kept.withdrawn_at is not None:
        raise StepRefused("这条说明已撤回。", hint="请刷新后核对。")
    kept.withdrawn_at, kept.withdrawn_reason = Now(), "撤回说明"
    kept.version += 1
    kept.save(update_fields=["withdrawn_at", "withdrawn_reason", "version"])
    change = {"field": "words", "label": "未关联数据", "old": kept.words, "new": "—"}
    record(row, "撤回未关联数据说明", actor=actor, changes=[change])
    return kept
