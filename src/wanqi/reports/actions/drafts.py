"""Writers of drafts: a draft is begun with a baseline, and taken as read again with a reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor, require
from wanqi.core.actions import checked_reason, create_row, record
from wanqi.core.errors import AccessRefused, StepRefused
from wanqi.core.models import Office

from ..changes import baseline_of
from ..compile import compile_report
from ..models import Draft
from .checks import own_office


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

    office: who answers for it; the actor's own where none is given. Raises RowInvalid where the draft exists,
    AccessRefused outside the actor's office, ReportMissing, PeriodMismatch, PeriodRefused.
    """
    require(actor, "report", "create")
    compiled = compile_report(region, period, report=report)
    draft = Draft(
        region_id=region,
        report=report,
        period=period,
        title=compiled.title,
        office=office or own_office(actor),
        baseline=baseline_of(compiled.figures),
        baseline_digest=compiled.digest,
        is_demonstration=is_demonstration,
    )
    return create_row(draft, actor=actor, verb="建立材料")


@transaction.atomic
def rebase_draft(draft: Draft, *, actor: Actor, reason: str, seen: int | None = None) -> Draft:
    """Take the figures of this moment as read: later changes are told against them. The history keeps the old ones.

    Raises ReasonMissing, AccessRefused, StepRefused where the draft was withdrawn or somebody else was quicker.
    """
    reason = checked_reason(reason)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if not actor.may_place(
        "report", "correct", region=draft.region_id, office=draft.office_id, area=None, unit=None
    ):
        raise AccessRefused("这份材料不归您的股室，不能确认改动。", hint="请联系责任股室。")
    if draft.withdrawn_at is not None:
        raise StepRefused("这份材料已撤销。")
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
