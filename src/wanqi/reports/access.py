"""Who may see or do what with drafts of reports and their paragraphs, saved checks and explanations."""

from __future__ import annotations

from typing import Any

from wanqi.core.access import Actor, get_row

from .models import (
    Draft,
    DraftParagraph,
    DraftPart,
    Explanation,
    Remark,
    ReportTemplate,
    SavedCheck,
)


def get_draft(actor: Actor, pk: Any, *, to: str = "view") -> Draft:
    """Return the draft; raises RowMissing or AccessRefused."""
    rows = Draft.objects.select_related("office", "unit", "created_by", "submitted_by", "signed_by")
    return get_row(rows, actor, pk, to=to)


def draft_of(actor: Actor, *, region: str, report: str, period: str) -> Draft | None:
    """Return the current draft of a report and period that the actor may see, None where there is none."""
    rows = Draft.objects.filter(region_id=region, report=report, period=period).current()
    return rows.visible_to(actor).first()


def get_paragraph(actor: Actor, pk: Any, *, draft: Draft) -> DraftParagraph:
    """Return a paragraph of a draft the actor may see, its removed ones too; raises RowMissing."""
    rows = DraftParagraph.objects.filter(draft=draft).select_related("office", "author", "draft")
    return get_row(rows, actor, pk, to="view")


def get_remark(actor: Actor, pk: Any, *, draft: Draft) -> Remark:
    """Return a remark on a draft; raises RowMissing."""
    return get_row(Remark.objects.filter(draft=draft).select_related("paragraph"), actor, pk, to="view")


def get_template(actor: Actor, pk: Any, *, to: str = "view") -> ReportTemplate:
    """Return a template of the bureau's own; raises RowMissing or AccessRefused."""
    return get_row(ReportTemplate.objects.current().select_related("office"), actor, pk, to=to)


def may_draft(actor: Actor, draft: Draft, office: int | None) -> bool:
    """Return whether the actor writes for an office in a draft; where none is named, for the draft's own."""
    place = office if office is not None else draft.office_id
    return actor.may_place("report", "correct", region=draft.region_id, office=place, area=None, unit=None)


def may_compile(actor: Actor, draft: Draft) -> bool:
    """Return whether the actor sees to 汇总 and 送审 of a draft: the heads of the office that compiles it."""
    return actor.may_place(
        "report", "compile", region=draft.region_id, office=draft.office_id, area=None, unit=None
    )


def may_sign(actor: Actor, draft: Draft) -> bool:
    """Return whether the actor changes words of a 送审稿, sends it back and signs it."""
    return actor.may_place(
        "report", "sign", region=draft.region_id, office=draft.office_id, area=None, unit=None
    )


def may_freeze_table(actor: Actor, region: str) -> bool:
    """Return whether the actor locks monthly tables of a region: who signs its reports."""
    return actor.may_place("report", "sign", region=region, office=None, area=None, unit=None)


def may_write(actor: Actor, draft: Draft, office: int | None, part: DraftPart | None) -> bool:
    """Return whether the actor may now change a paragraph of an office.

    Until 汇总 its own office while it is not done; at 汇总 the compiling heads, and an office it was sent back to;
    at 送审 the leaders; once signed nobody.
    """
    if draft.withdrawn_at is not None:
        return False
    if draft.state == Draft.State.REVIEW:
        return may_sign(actor, draft)
    if draft.state == Draft.State.COMPILING:
        sent_back = part is not None and part.state == DraftPart.State.SENT_BACK
        return may_compile(actor, draft) or (sent_back and may_draft(actor, draft, office))
    if draft.state == Draft.State.DRAFTING:
        return may_draft(actor, draft, office) and (part is None or part.is_open)
    return False


def get_check(actor: Actor, pk: Any, *, to: str = "view") -> SavedCheck:
    """Return the saved check; raises RowMissing (also for another office's) or AccessRefused."""
    return get_row(SavedCheck.objects.select_related("office", "created_by"), actor, pk, to=to)


def get_explanation(actor: Actor, pk: Any, *, to: str = "view") -> Explanation:
    """Return the explanation; raises RowMissing or AccessRefused."""
    return get_row(Explanation.objects.select_related("office", "created_by"), actor, pk, to=to)
