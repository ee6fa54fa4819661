"""Who may see or do what with sites."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row

from .models import Site


def get_site(actor: Actor, pk: Any, *, to: str = "view") -> Site:
    """Return the site; raises RowMissing or AccessRefused."""
    rows: QuerySet[Site] = Site.objects.select_related("area", "office", "unit", "created_by", "evidence")
    return get_row(rows, actor, pk, to=to)
