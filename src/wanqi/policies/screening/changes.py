"""变动提醒: which enterprises of a kept screen newly meet it, no longer do or became one short, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max, OuterRef, Subquery

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.values import in_words
from wanqi.registry.models import Fact, Organisation
from wanqi.registry.models.facts import SourceClass

from ..models import Bucket, SavedScreen, ScreenLook, StandingChange, Track
from .asked import BUCKETS, Screen, kept_screen
from .reasons import datum_title
from .rows import among

SHOWN = 200  # enterprises told by name
NEWLY, GONE, NEAR = "新符合", "不再符合", "变为差1项"

# What moved on a track, first state against last, of those that ended in another group that a reminder is about.
_MOVED = """
WITH ends AS (
    SELECT organisation_id, min(id) AS first, max(id) AS last FROM policies_standingchange
    WHERE track_id = %s AND at > %s GROUP BY organisation_id
), moved AS (
    SELECT ends.organisation_id, one.old, other.new, other.at
    FROM ends JOIN policies_standingchange AS one ON one.id = first
    JOIN policies_standingchange AS other ON other.id = last
    WHERE one.old IS DISTINCT FROM other.new AND (other.new IN (%s, %s) OR one.old = %s)
)
"""
_COUNTED = "SELECT old, new, count(*) FROM moved WHERE {kept} GROUP BY old, new"
_NEWEST = "SELECT organisation_id, old, new, at FROM moved WHERE {kept} ORDER BY at DESC, organisation_id DESC LIMIT %s"
_OF_GROUP = " AND (old = %s OR new = %s)"  # a kept group tells of moves into it and out of it
Ends = tuple[int | None, int | None, datetime]  # group at the time, group now, when last


@dataclass(frozen=True)
class Moved:
    """One enterprise that moved between the last look and now. causes: what changed, in words."""

    organisation: Organisation
    kind: str
    old: Bucket | None
    new: Bucket | None
    causes: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Changes:
    """What changed in a screen since `since`: counts by kind, and the enterprises, the newest first.

    upto: the moment of the last change that was read; whoever has seen this has seen everything up to then.
    """

    since: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[Moved, ...] = ()
    upto: datetime | None = None

    @property
    def many(self) -> int:
        """How many enterprises changed."""
        return sum(self.counts.values())


def screen_of(row: SavedScreen) -> Screen:
    """Return the screen that is kept, asked of today."""
    return kept_screen(row.programme, row.purpose, row.asked)


def changes(row: SavedScreen, actor: Actor, *, today: date, named: bool = True) -> Changes:
    """Return what changed since the actor last looked (since it was kept, where they never did).

    Of enterprises the actor may see and that pass the screen's filters of place, size, cluster, name, title and
    nomination; the screen's group, conditions and data are not regarded, for a move is one out of them or into them.
    Those that are no longer compared have moved as well. named: without it only the counts.
    """
    return all_changes([row], actor, today=today, named=named)[0]


def all_changes(
    rows: Sequence[SavedScreen], actor: Actor, *, today: date, named: bool = False
) -> list[Changes]:
    """Return what changed in each of some screens, as `changes`; those in which nothing moved cost nothing each."""
    looks = ScreenLook.objects.filter(screen__in=rows, user=actor.user)
    looked = dict(looks.values_list("screen", "looked_at"))
    newest = StandingChange.objects.filter(track=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]
    tracks = {
        (one.region_id, one.programme, one.kind): (one.pk, one.latest)
        for one in Track.objects.filter(programme__in={row.programme for row in rows}).annotate(
            latest=Subquery(newest)
        )
    }
    found = []
    for row in rows:
        since = looked.get(row.pk) or row.created_at
        track, latest = tracks.get((row.region_id, row.programme, row.purpose), (None, None))
        if track is None or latest is None or latest <= since:
            found.append(Changes(since))
        else:
            found.append(_since(row, actor, track, since, today, named))
    return found


def _since(row: SavedScreen, actor: Actor, track: int, since: datetime, today: date, named: bool) -> Changes:
    # Before the rows: what comes meanwhile is told again.
    upto = StandingChange.objects.filter(track_id=track).aggregate(upto=Max("at"))["upto"]
    screen = screen_of(row)
    try:
        query = among(actor, row.region_id, screen, on=today).order_by().values("pk").query
        seen, given = query.sql_with_params()
    except EmptyResultSet:  # nothing is in reach
        return Changes(since, upto=upto)
    kept, asked = f"organisation_id IN ({seen})", [track, since, Bucket.MET, Bucket.ONE, Bucket.MET, *given]
    group = BUCKETS.get(screen.bucket)
    if group is not None:
        kept, asked = kept + _OF_GROUP, [*asked, group, group]
    counts = dict.fromkeys((NEWLY, GONE, NEAR), 0)
    with connection.cursor() as cursor:
        cursor.execute(_MOVED + _COUNTED.format(kept=kept), asked)
        for old, new, many in cursor.fetchall():
            counts[kind_of(old, new)] += many
        newest: dict[int, Ends] = {}
        if named:
            cursor.execute(_MOVED + _NEWEST.format(kept=kept), [*asked, SHOWN])
            newest = {pk: (old, new, at) for pk, old, new, at in cursor.fetchall()}
    told = {kind: many for kind, many in counts.items() if many}
    return Changes(since, told, tuple(_rows(row, track, newest, since)), upto)


def kind_of(old: int | None, new: int | None) -> str:
    """Return how a move is told; "" for one that no reminder is about."""
    if new == Bucket.MET:
        return NEWLY
    if old == Bucket.MET:
        return GONE
    return NEAR if new == Bucket.ONE else ""


def _rows(row: SavedScreen, track: int, moved: Mapping[int, Ends], since: datetime) -> Iterator[Moved]:
    if not moved:
        return
    newest = list(moved)
    organisations = Organisation.objects.select_related("area").in_bulk(newest)
    pack = current_pack(row.region_id)
    causes = _causes(track, newest, since)
    facts = _facts(newest, causes, since)
    for pk, (old, new, at) in moved.items():
        told = tuple(_told(pack, causes[pk], facts.get(pk, ())))
        yield Moved(organisations[pk], kind_of(old, new), _bucket(old), _bucket(new), told, at)


def _bucket(kept: int | None) -> Bucket | None:
    return None if kept is None else Bucket(kept)


def _causes(track: int, organisations: Sequence[int], since: datetime) -> dict[int, list[str]]:
    """Return organisation → what changed, in the order it did."""
    log = StandingChange.objects.filter(track_id=track, at__gt=since, organisation__in=organisations)
    found: dict[int, dict[str, None]] = {pk: {} for pk in organisations}
    for organisation, cause in log.order_by("at", "pk").values_list("organisation_id", "cause"):
        found[organisation].update(dict.fromkeys(cause or ["all"]))
    return {pk: list(told) for pk, told in found.items()}


def _facts(ids: Sequence[int], causes: Mapping[int, list[str]], since: datetime) -> dict[int, list[Fact]]:
    """Return the values recorded since, of the facts that changed; statistical micro-data are left out."""
    named = {name for told in causes.values() for name in told}
    rows = Fact.objects.filter(organisation__in=ids, fact__in=named, recorded_at__gt=since)
    found: dict[int, list[Fact]] = {}
    for one in rows.exclude(source_class=SourceClass.STATISTICS).order_by("recorded_at", "pk"):
        if one.fact in causes[one.organisation_id]:
            found.setdefault(one.organisation_id, []).append(one)
    return found


def _told(pack: Pack, causes: Sequence[str], facts: Sequence[Fact]) -> list[str]:
    told = [_fact(pack, one) for one in facts[-5:]]
    named = {one.fact for one in facts}
    for cause in causes:
        if cause in named:
            continue
        told.append(_WORDS.get(cause) or f"{datum_title(pack, cause)}有变动")
    return told or ["数据有变动"]


_WORDS = {
    "rule": "政策适用版本变更",
    "day": "到了期限（年度更替、称号到期或年限届满）",
    "all": "企业信息整体更新",
    "organisation": "企业基本信息有变动",
}


def _fact(pack: Pack, one: Fact) -> str:
    spec = pack.facts.get(one.fact)
    title = f"{spec.title if spec else one.fact}{f'（{one.period}年）' if one.period else ''}"
    if one.withdrawn or spec is None:
        return f"{title}已撤销"
    return f"{title}登记为{in_words(spec, one.value)}（{one.source_class}，{one.recorded_at.date().isoformat()}）"
