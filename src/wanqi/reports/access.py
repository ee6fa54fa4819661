"""Who may see or do what with drafts of reports, saved checks and explanations."""

from __future__ import annotations

from typing import Any

from wanqi.core.access import Actor, get_row

from .models import Draft, Explanation, SavedCheck


def get_draft(actor: Actor, pk: Any, *, to: str = "view") -> Draft:
    """Return the draft; raises RowMissing or AccessRefused."""
    return get_row(Draft.objects.select_related("office", "unit", "created_by"), actor, pk, to=to)


def draft_of(actor: Actor, *, region: str, report: str, period: str) -> Draft | None:
    """Return the current draft of a report and period that the actor may see, None where there is none."""
    rows = Draft.objects.filter(region_id=region, report=report, period=period).current()
    return rows.visible_to(actor).first()


def get_check(actor: Actor, pk: Any, *, to: str = "view") -> SavedCheck:
    """Return the saved check; raises RowMissing (also for another office's) or AccessRefused."""
    return get_row(SavedCheck.objects.select_related("office", "created_by"), actor, pk, to=to)


def get_explanation(actor: Actor, pk: Any, *, to: str = "view") -> Explanation:
    """Return the explanation; raises RowMissing or AccessRefused."""
    return get_row(Explanation.objects.select_related("office", "created_by"), actor, pk, to=to)
