"""A return under lock: whose turn it is, whether it moved on meanwhile, and the step written with its audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, record
from wanqi.core.errors import AccessRefused, RowStale, StepRefused

from ..models import Return
from ..states import STEPS, TITLES, target_of


def locked_return(row: Return, verb: str, *, actor: Actor, seen: int | None) -> Return:
    """Return the row under lock, within the actor's reach and as it was seen.

    Raises AccessRefused, RowStale when it moved on since version `seen`, StepRefused when it was withdrawn.
    """
    held: Return = (
        Return.objects.select_for_update(of=("self",))
        .select_related("round", "unit", "office")
        .get(pk=row.pk)
    )
    if not actor.may_place(
        held.resource, verb, region=held.region_id, office=held.office_id, area=None, unit=held.unit_id
    ):
        raise AccessRefused("这份报数不归您的股室或单位办理。", hint="请联系责任股室，或该单位的填报员。")
    if seen is not None and seen != held.version:
        raise RowStale(
            f"这份报数已在{held.updated_at.astimezone():%Y-%m-%d %H:%M}变动，现在是“{held.get_state_display()}”。",
            hint="请刷新后核对最新内容，再办理。",
        )
    if held.withdrawn_at is not None:
        raise StepRefused("这份报数已免报或撤销。", hint="请刷新后核对。")
    return held


def take_step(
    row: Return, step: str, *, actor: Actor, reason: str = "", changes: Sequence[Mapping[str, str]] = ()
) -> str:
    """Move a locked row, in memory, to the step's state and append the audit row; returns the reason as kept.

    Raises StepRefused, ReasonMissing. The caller saves.
    """
    known = STEPS[step]
    target = target_of(step, row.state)
    kept = checked_reason(reason) if known.needs_reason else ""
    said = list(changes)
    if target != row.state:
        said.insert(0, {"field": "state", "label": "状态", "old": TITLES[row.state], "new": TITLES[target]})
    row.state = target
    record(row, known.title, actor=actor, changes=said, reason=kept)
    return kept


def write(row: Return, *fields: str) -> Return:
    """Save the named fields, count the version on, and return the row as it stands."""
    row.version += 1
    row.updated_at = Now()
    row.save(update_fields=[*fields, "version", "updated_at"])
    row.refresh_from_db()
    return row


def now() -> Any:
    """Return the database's own moment, the one of the audit row."""
    return Now()
