"""Standings as screens and pages read them, and whether they are up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Q, QuerySet

from wanqi.core.errors import RowMissing
from wanqi.core.models import Job
from wanqi.core.packs import current_pack
from wanqi.registry.models import Organisation

from ..models import Bucket, Kind, Standing, StandingBook, StandingDue, Track
from ..models.standings import WORD


@dataclass(frozen=True)
class Currency:
    """How far the standings of a region are. waiting: organisations that are due; oldest: since when the first is.

    kept: whether anything is compared at all; filled_at: when every organisation had been compared once.
    """

    kept: bool
    filled_at: datetime | None = None
    waiting: int = 0
    oldest: datetime | None = None
    job: Job | None = None

    @property
    def current(self) -> bool:
        """Whether every standing follows everything that is known."""
        return self.kept and self.filled_at is not None and not self.waiting


def currency(region: str) -> Currency:
    """Return how far the standings of a region are: two queries."""
    book = StandingBook.objects.select_related("job").filter(pk=region).first()
    if book is None:
        return Currency(kept=False)
    due = StandingDue.objects.filter(region=region).aggregate(
        waiting=Count("organisation", distinct=True), oldest=Min("noted_at")
    )
    running = book.job if book.job and book.job.state in (Job.State.QUEUED, Job.State.RUNNING) else None
    return Currency(True, book.filled_at, due["waiting"], due["oldest"], running)


def track(region: str, programme: str, kind: str = Kind.NEW) -> Track:
    """Return a programme for one kind of application, in force or not. Raises RowMissing."""
    try:
        return Track.objects.select_related("rule").get(region_id=region, programme=programme, kind=kind)
    except Track.DoesNotExist:
        raise RowMissing("本地区没有这个事项的比对结果。", hint="请从事项目录中选择。") from None


def tracks(region: str, kind: str | None = None, *, in_force: bool = True) -> list[Track]:
    """Return the tracks of a region in the order of the pack, of one kind or of all."""
    rows = Track.objects.filter(region_id=region).select_related("rule")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if in_force:
        rows = rows.filter(rule__isnull=False)
    places = {id: place for place, id in enumerate(current_pack(region).programme_files)}
    kinds = list(Kind.values)
    return sorted(rows, key=lambda one: (places.get(one.programme, len(places)), kinds.index(one.kind)))


def of_track(one: Track) -> QuerySet[Standing]:
    """Return the standings on a track."""
    return Standing.objects.filter(track=one)


def of_organisation(organisation: Organisation) -> list[Standing]:
    """Return the standings of one organisation, track and rule with them, in the order of the pack."""
    rows = {
        row.track_id: row
        for row in Standing.objects.filter(organisation=organisation).select_related("track", "rule")
    }
    listed = tracks(organisation.region_id)
    return [rows[one.pk] for one in listed if one.pk in rows]


def counts(one: Track, organisations: Q | None = None) -> dict[Bucket, int]:
    """Return how many organisations stand in each bucket. organisations: a condition on `organisation__…`.

    Without a condition the index alone is read.
    """
    rows = of_track(one)
    if organisations is not None:
        rows = rows.filter(organisations)
    found = dict(rows.order_by().values_list("bucket").annotate(Count("organisation_id")))
    return {bucket: found.get(bucket, 0) for bucket in Bucket}


def with_bit(rows: QuerySet[Standing], which: str, place: int) -> QuerySet[Standing]:
    """Keep the standings of which a bit is set. which: unmet, unknown or missing; place: in leaves or asks of the rule.

    Raises ValueError for a bit beyond the first word.
    """
    if place >= WORD:
        raise ValueError(f"bit {place} of {which} stands in `further`: ask the rows themselves")
    return rows.alias(bit=F(which).bitand(1 << place)).filter(bit__gt=0)


def leaf_counts(one: Track) -> Sequence[tuple[int, int]]:
    """Return for every leaf of a track's rule how many organisations do not meet it, and of how many it is open."""
    if one.rule is None:
        return []
    rows = of_track(one).filter(rule=one.rule_id)
    asked = {}
    for place in range(min(len(one.rule.leaves), WORD)):
        for which in ("unmet", "unknown"):
            asked[f"{which}_{place}"] = Count("organisation_id", filter=Q(**{f"bit_{which}_{place}__gt": 0}))
            rows = rows.alias(**{f"bit_{which}_{place}": F(which).bitand(1 << place)})
    found = rows.aggregate(**asked)
    return [
        (found[f"unmet_{place}"], found[f"unknown_{place}"])
        for place in range(min(len(one.rule.leaves), WORD))
    ]
