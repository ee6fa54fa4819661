"""The life of one row: acts from the audit trail, and row states from the history tables that no act explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from .models import AuditEvent

SILENT = "未经系统操作的改动"


@dataclass(frozen=True)
class Entry:
    """One step of a row's life; `changes` are {label, old, new} as shown."""

    at: datetime
    who: str
    verb: str
    reason: str
    changes: Sequence[dict[str, str]]
    number: int


def timeline(row: models.Model, *, limit: int = 200) -> list[Entry]:
    """Return the row's entries, newest first.

    A history state without an act in the same transaction (same instant) was made past the system, by SQL; it is
    shown as such rather than left out.
    """
    acts = list(
        AuditEvent.objects.filter(target_kind=row._meta.label_lower, target_id=str(row.pk)).order_by("-id")[
            :limit
        ]
    )
    entries = [Entry(act.at, act.actor_name, act.verb, act.reason, act.changes, act.pk) for act in acts]
    explained = {act.at for act in acts}
    for state in states(row, limit=limit):
        if state.pgh_created_at not in explained and len(acts) < limit:
            entries.append(Entry(state.pgh_created_at, "数据库", SILENT, "", (), 0))
            explained.add(state.pgh_created_at)
    return sorted(entries, key=lambda entry: (entry.at, entry.number), reverse=True)


def states(row: models.Model, *, limit: int = 200) -> Sequence[Any]:
    """Return the recorded states of a tracked row, newest first (pghistory event rows)."""
    for relation in row._meta.related_objects:
        tracked = getattr(relation.related_model, "pgh_tracked_model", None)
        if tracked is type(row) and relation.field.name == "pgh_obj":
            model: Any = relation.related_model
            return list(model._default_manager.filter(pgh_obj_id=row.pk).order_by("-pgh_id")[:limit])
    return ()


def state_at(row: models.Model, moment: datetime) -> Any | None:
    """Return the state the database held for the row at `moment`, or None when it did not exist yet."""
    for state in states(row, limit=10_000):
        if state.pgh_created_at <= moment:
            return state
    return None
