"""A draft under lock: whether it moved on meanwhile, and the step written with its audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, record
from wanqi.core.errors import AccessRefused, RowStale, StepRefused

from ..access import may_compile, may_sign
from ..models import Draft, DraftParagraph
from ..states import STEPS, TITLES, target_of


def locked_draft(draft: Draft, *, seen: int | None = None) -> Draft:
    """Return the draft under lock, its paragraphs too, so that nothing is written while a step is taken.

    Raises RowStale when it moved on since version `seen`, StepRefused when it was withdrawn.
    """
    held: Draft = Draft.objects.select_for_update(of=("self",)).select_related("office").get(pk=draft.pk)
    if held.withdrawn_at is not None:
        raise StepRefused("这份材料已撤销。", hint="请返回列表核对。")
    if seen is not None and seen != held.version:
        raise RowStale(
            f"这份材料已在{held.updated_at.astimezone():%Y-%m-%d %H:%M}变动，现在是“{held.get_state_display()}”。",
            hint="请刷新后核对最新内容，再办理。",
        )
    list(DraftParagraph.objects.select_for_update(of=("self",)).filter(draft=held).order_by("pk"))
    return held


def require_step(draft: Draft, step: str, *, actor: Actor) -> str:
    """Return the state after a step. Raises AccessRefused where it is not the actor's, StepRefused by state."""
    allowed = may_sign if STEPS[step].verb == "sign" else may_compile
    if not allowed(actor, draft):
        who = "分管领导" if STEPS[step].verb == "sign" else f"{draft.office or '汇总股室'}负责人"
        raise AccessRefused(f"{STEPS[step].title}由{who}办理。", hint=f"请联系{who}。")
    return target_of(step, draft.state)


def take_step(
    draft: Draft, step: str, *, actor: Actor, reason: str = "", changes: Sequence[Mapping[str, str]] = ()
) -> str:
    """Move a locked draft, in memory, to the step's state and append the audit row; returns the reason as kept.

    Raises StepRefused, ReasonMissing, AccessRefused. The caller saves.
    """
    target = require_step(draft, step, actor=actor)
    kept = checked_reason(reason) if STEPS[step].needs_reason else reason.strip()
    moved = {"field": "state", "label": "状态", "old": TITLES[draft.state], "new": TITLES[target]}
    draft.state = target
    record(draft, STEPS[step].title, actor=actor, changes=[moved, *changes], reason=kept)
    return kept


def write(draft: Draft, *fields: str) -> Draft:
    """Save the named fields, count the version on, and return the draft as it stands."""
    draft.version += 1
    draft.updated_at = Now()
    draft.save(update_fields=[*fields, "version", "updated_at"])
    draft.refresh_from_db()
    return draft
