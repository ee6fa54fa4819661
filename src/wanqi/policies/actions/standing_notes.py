"""The notes of what changed: which organisations are due, and who takes their notes away.

The row of the region's book is the lock under which notes are taken and standings written. Whoever holds it also knows
whether rules and day are still those that were worked with.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count

from wanqi.registry.models import Organisation

from ..models import StandingBook, StandingDue

DENSE = 5  # comparing a range together pays where at least one in so many of its organisations is due
TOGETHER = 200  # organisations from which on it pays at all
RECENT = 20_000  # notes among which single changes are looked for
Items = list[str] | None  # what changed of an organisation; None is everything

_SMALL = """
WITH recent AS (
    SELECT organisation, noted_at FROM policies_standingdue WHERE region = %s ORDER BY id DESC LIMIT %s
), small AS (
    SELECT noted_at, count(DISTINCT organisation) AS many FROM recent GROUP BY noted_at
    HAVING count(DISTINCT organisation) <= %s
)
SELECT organisation FROM recent JOIN small USING (noted_at)
GROUP BY organisation ORDER BY min(many), max(noted_at) DESC, organisation LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The notes of one organisation as they were read: their numbers, and what changed."""

    ids: frozenset[int]
    items: Items


def locked(region: str, *, on: date, digest: str) -> bool:
    """Lock a region's book to the end of the transaction; returns whether it is of this day and pack.

    Where it is not, rules or day have moved on since they were made ready: nothing worked out with them may be written.
    """
    rows = StandingBook.objects.select_for_update().filter(pk=region)
    return rows.values_list("looked_on", "pack_digest").first() == (on, digest)


def taken(region: str, organisations: Collection[int]) -> dict[int, Items]:
    """Take every note of some organisations away and return what changed of each. Precondition: `locked`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM policies_standingdue WHERE region = %s AND organisation = ANY(%s) "
            "RETURNING id, organisation, items",
            [region, list(organisations)],
        )
        return {one: seen.items for one, seen in _by_organisation(cursor.fetchall()).items()}


def seen(region: str, organisations: Collection[int]) -> dict[int, Seen]:
    """Return the notes of some organisations; what is read after this call says at least what they are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, organisation, items FROM policies_standingdue WHERE region = %s AND organisation = ANY(%s)",
            [region, list(organisations)],
        )
        return _by_organisation(cursor.fetchall())


def taken_as_seen(known: Mapping[int, Seen]) -> list[int]:
    """Take the notes away that were seen, and return the organisations of which all were still there.

    Of the others somebody else has compared newer data since; what is left of their notes stays. Notes written after
    they were seen stay as well. Precondition: `locked`.
    """
    listed = [id for one in known.values() for id in one.ids]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM policies_standingdue WHERE id = ANY(%s)", [listed])
        there = {id for (id,) in cursor.fetchall()}
        whole = [organisation for organisation, one in known.items() if one.ids <= there]
        gone = [id for organisation in whole for id in known[organisation].ids]
        cursor.execute("DELETE FROM policies_standingdue WHERE id = ANY(%s)", [gone])
    return whole


def _by_organisation(rows: Sequence[tuple[int, int, Items]]) -> dict[int, Seen]:
    ids: dict[int, set[int]] = {}
    found: dict[int, set[str] | None] = {}
    for id, organisation, items in rows:
        ids.setdefault(organisation, set()).add(id)
        known = found.setdefault(organisation, set())
        found[organisation] = None if items is None or known is None else known | set(items)
    return {
        one: Seen(frozenset(ids[one]), None if items is None else sorted(items))
        for one, items in found.items()
    }


# --- what is due ----------------------------------------------------------------------------------


def waiting(region: str) -> int:
    """Return how many organisations are due."""
    rows = StandingDue.objects.filter(region=region)
    return int(rows.aggregate(n=Count("organisation", distinct=True))["n"])


def is_due(region: str) -> bool:
    """Return whether any organisation is due."""
    return StandingDue.objects.filter(region=region).exists()


def next_due(region: str, most: int) -> list[int]:
    """Return the first due organisations, by number."""
    rows = StandingDue.objects.filter(region=region)
    return list(rows.order_by("organisation").values_list("organisation", flat=True).distinct()[:most])


def next_single(region: str, most: int) -> list[int]:
    """Return organisations due for statements that changed at most so many of them.

    Those of the smallest statement come first, of equal ones those of the newest: somebody has just typed it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SMALL, [region, RECENT, most, most])
        return [organisation for (organisation,) in cursor.fetchall()]


def dense(region: str, organisations: Sequence[int]) -> bool:
    """Return whether so many of a range of numbers are due that comparing the range together pays."""
    within = Organisation.objects.current().filter(
        region_id=region, pk__range=(organisations[0], organisations[-1])
    )
    return len(organisations) > TOGETHER and within.count() <= len(organisations) * DENSE
