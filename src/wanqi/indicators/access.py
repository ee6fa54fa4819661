"""Who may see or do what with observations."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row

from .models import Observation


def get_observation(actor: Actor, pk: Any, *, to: str = "view") -> Observation:
    """Return the observation; raises RowMissing or AccessRefused."""
    rows: QuerySet[Observation] = Observation.objects.select_related(
        "office", "unit", "created_by", "evidence"
    )
    return get_row(rows, actor, pk, to=to)
