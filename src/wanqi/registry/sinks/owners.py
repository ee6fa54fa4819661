"""Whose a row is, found from the printed name: exactly one organisation of that name now, else nobody's."""

from __future__ import annotations

from collections.abc import Sequence

from wanqi.core.models import Owned

from ..models import Organisation


def link_organisations(rows: Sequence[Owned], *, name: str) -> None:
    """Set `organisation_id` of rows without one where `name` is an organisation's whole present name.

    Former and similar names are left to a person: 名单匹配 shows the candidates.
    """
    lacking = [row for row in rows if row.organisation_id is None and getattr(row, name)]  # type: ignore[attr-defined]
    if not lacking:
        return
    wanted = {getattr(row, name) for row in lacking}
    found: dict[str, list[int]] = {}
    region = lacking[0].region_id
    known = Organisation.objects.filter(region=region, withdrawn_at__isnull=True, name__in=wanted)
    for pk, printed in known.values_list("pk", "name"):
        found.setdefault(printed, []).append(pk)
    for row in lacking:
        ids = found.get(getattr(row, name), [])
        if len(ids) == 1:
            row.organisation_id = ids[0]  # type: ignore[attr-defined]
