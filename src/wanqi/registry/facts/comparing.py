"""What an entry says beside what its source said before."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Fact
from . import values
from .entries import Entry, Key, key_of


def standing_rows(given: Iterable[Entry], *, lock: bool = False) -> dict[Key, Fact]:
    """Return the row that now stands for each entry's organisation, fact, period and source, withdrawals included."""
    listed = list(given)
    rows = Fact.objects.filter(
        organisation__in={one.organisation for one in listed},
        fact__in={one.fact for one in listed},
        superseded_at__isnull=True,
    ).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    wanted = {one.key for one in listed}
    return {key_of(row): row for row in rows if key_of(row) in wanted}


def corrects(one: Entry, before: Fact) -> bool:
    """Return whether an entry changes what its source said for the same day, rather than saying it again or later."""
    if values.same(one.value, before.value):
        return False
    return bool(one.period) or one.as_of == before.as_of


def says_nothing_new(one: Entry, before: Fact) -> bool:
    """Return whether the standing row says the same: value, day, and evidence where some is given."""
    if before.withdrawn or not values.same(one.value, before.value):
        return False
    if one.evidence is not None and one.evidence != before.evidence_id:
        return False
    return one.as_of is None or one.as_of == before.as_of
