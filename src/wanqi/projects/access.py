"""Who may see or do what with sites."""

from __future__ import annotations

from typing import Any

from wanqi.core.access import Actor, get_row

from .models import Site


def get_site(actor: Actor, pk: Any, *, to: str = "view") -> Site:
    """Return the site; raises RowMissing or AccessRefused."""
    return get_row(
        Site.objects.select_related("area", "office", "unit", "created_by", "evidence"), actor, pk, to=to
    )
