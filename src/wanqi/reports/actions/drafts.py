"""Writers of drafts: a draft is begun with its paragraphs and a baseline, and taken as read again with a reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor, require
from wanqi.core.actions import checked_reason, create_row, record
from wanqi.core.errors import AccessRefused, StepRefused
from wanqi.core.models import Office
from wanqi.packs import ReportSpec

from ..access import may_compile, may_draft
from ..changes import baseline_of
from ..compile import compile_report
from ..drafted import kept, template_of
from ..models import Draft, DraftParagraph, DraftPart
from .checks import own_office
from .held import locked_draft, write


@transaction.atomic
def create_draft(
    report: str,
    *,
    actor: Actor,
    region: str,
    period: str,
    office: Office | None = None,
    is_demonstration: bool = False,
) -> Draft:
    """Begin the draft of a report for a period; its figures of this moment are its baseline.

    Its paragraphs are the template's, each with the office that drafts it. office: who compiles it; the actor's own
    where none is given. Raises RowInvalid where the draft exists, AccessRefused outside the actor's office,
    ReportMissing, PeriodMismatch, PeriodRefused.
    """
    require(actor, "report", "create")
    spec = template_of(region, report)
    compiled = compile_report(region, period, spec=spec)
    draft = Draft(
        region_id=region,
        report=report,
        period=period,
        title=compiled.title,
        office=office or own_office(actor),
        definition=kept(spec),
        sections=[{"id": one.id, "title": one.title} for one in spec.sections],
        baseline=baseline_of(compiled.figures),
        baseline_digest=compiled.digest,
        is_demonstration=is_demonstration,
    )
    create_row(draft, actor=actor, verb="建立材料")
    _begin_paragraphs(draft, spec, actor=actor)
    return draft


def _begin_paragraphs(draft: Draft, spec: ReportSpec, *, actor: Actor) -> None:
    """Write the draft's paragraphs and one part per office; their beginning stands in the draft's own audit row."""
    offices = {one.code: one for one in Office.objects.filter(region_id=draft.region_id)}
    placed = [(section, paragraph) for section in spec.sections for paragraph in section.paragraphs]
    rows = [
        DraftParagraph(
            region_id=draft.region_id,
            draft=draft,
            office=offices.get(paragraph.office or section.office or "", draft.office),
            section=section.id,
            code=paragraph.id,
            position=number,
            created_by=actor.user,
            is_demonstration=draft.is_demonstration,
        )
        for number, (section, paragraph) in enumerate(placed, start=1)
    ]
    DraftParagraph.objects.bulk_create(rows)
    involved = {row.office.pk: row.office for row in rows if row.office is not None}
    DraftPart.objects.bulk_create(
        DraftPart(
            region_id=draft.region_id,
            draft=draft,
            office=one,
            created_by=actor.user,
            is_demonstration=draft.is_demonstration,
        )
        for one in sorted(involved.values(), key=lambda one: (one.position, one.pk))
    )


@transaction.atomic
def begin_writing(draft: Draft, *, actor: Actor) -> Draft:
    """Give a draft that was begun from the pack alone its paragraphs by office. Raises AccessRefused, StepRefused."""
    held = locked_draft(draft)
    if not may_draft(actor, held, held.office_id):
        raise AccessRefused("这份材料不归您的股室。", hint="请联系责任股室。")
    if held.paragraphs.exists():
        raise StepRefused("这份材料已经可以分段起草。", hint="请刷新后核对。")
    spec = template_of(held.region_id, held.report)
    held.definition = kept(spec)
    held.sections = [{"id": one.id, "title": one.title} for one in spec.sections]
    _begin_paragraphs(held, spec, actor=actor)
    record(held, "分股室起草", actor=actor)
    return write(held, "definition", "sections")


@transaction.atomic
def rebase_draft(draft: Draft, *, actor: Actor, reason: str, seen: int | None = None) -> Draft:
    """Take the figures of this moment as read: later changes are told against them. The history keeps the old ones.

    Raises ReasonMissing, AccessRefused, StepRefused where the draft was withdrawn, signed or somebody was quicker.
    """
    reason = checked_reason(reason)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if not may_draft(actor, draft, draft.office_id):
        raise AccessRefused("这份材料不归您的股室，不能确认改动。", hint="请联系责任股室。")
    if draft.withdrawn_at is not None:
        raise StepRefused("这份材料已撤销。")
    if draft.is_signed:
        raise StepRefused("这份材料已签发，正文不再随台账变动。", hint="签发以后的改动见数据修订说明。")
    if seen is not None and seen != draft.version:
        raise StepRefused("这份材料的改动刚被他人确认过。", hint="请刷新后核对。")
    compiled = compile_report(draft.region_id, draft.period, report=draft.report, draft=draft)
    changes = [
        {"field": change.figure, "label": change.title, "old": change.before, "new": change.after}
        for change in compiled.changes
    ]
    draft.baseline = baseline_of(compiled.figures)
    draft.baseline_digest = compiled.digest
    draft.version += 1
    draft.baseline_at = draft.updated_at = Now()
    draft.save(update_fields=["baseline", "baseline_digest", "baseline_at", "version", "updated_at"])
    draft.refresh_from_db()
    record(draft, "确认改动", actor=actor, changes=changes, reason=reason)
    return draft


@transaction.atomic
def withdraw_draft(draft: Draft, *, actor: Actor, reason: str, seen: int | None = None) -> Draft:
    """Take a draft out of work before it is signed; its text stays readable in the history.

    Raises ReasonMissing, AccessRefused, StepRefused, RowStale.
    """
    reason = checked_reason(reason)
    held = locked_draft(draft, seen=seen)
    if not may_compile(actor, held):
        raise AccessRefused(f"撤销材料由{held.office or '责任股室'}负责人办理。", hint="请联系责任股室。")
    if held.is_signed:
        raise StepRefused("这份材料已签发，不能撤销。", hint="签发以后的改动见数据修订说明。")
    held.withdrawn_at, held.withdrawn_reason = Now(), reason
    change = {"field": "withdrawn_at", "label": "状态", "old": "在编", "new": "已撤销"}
    record(held, "撤销材料", actor=actor, changes=[change], reason=reason)
    return write(held, "withdrawn_at", "withdrawn_reason")
