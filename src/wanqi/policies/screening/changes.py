"""变动提醒: which enterprises of a kept screen newly meet it, no longer do or became one short, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.values import in_words
from wanqi.registry.models import Fact, Organisation
from wanqi.registry.models.facts import SourceClass

from ..models import Bucket, SavedScreen, ScreenLook, StandingChange
from .asked import BUCKETS, Screen, kept_screen
from .reasons import datum_title
from .rows import standings, track_of

SHOWN = 200  # enterprises told by name
READ = 20_000  # changes read back; more are told as "at least"
NEWLY, GONE, NEAR = "新符合", "不再符合", "变为差1项"


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
    """What changed in a screen since `since`: counts by kind, and the enterprises, the newest first."""

    since: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[Moved, ...] = ()

    @property
    def many(self) -> int:
        """How many enterprises changed."""
        return sum(self.counts.values())


def screen_of(row: SavedScreen) -> Screen:
    """Return the screen that is kept, asked of today."""
    return kept_screen(row.programme, row.purpose, row.asked)


def changes(row: SavedScreen, actor: Actor, *, today: date, named: bool = True) -> Changes:
    """Return what changed since the actor last looked (since it was kept, where they never did).

    Of enterprises the actor may see and that pass the screen's filters of place, size and cluster; the screen's
    group is not regarded, for a move is one out of it or into it. named: without it only the counts.
    """
    looked = (
        ScreenLook.objects.filter(screen=row, user=actor.user).values_list("looked_at", flat=True).first()
    )
    since = looked or row.created_at
    screen = screen_of(row).but(bucket="", lack="", missing="", text="", held="", nominated="")
    track = track_of(row.region_id, screen)
    if track is None:
        return Changes(since)
    moved = _moved(track.pk, since)
    wanted = {pk: kind for pk, (old, new, *_) in moved.items() if (kind := kind_of(old, new))}
    if not wanted:
        return Changes(since)
    seen = standings(actor, track, screen, on=today).filter(organisation__in=list(wanted))
    allowed = set(seen.values_list("organisation", flat=True))
    chosen = BUCKETS.get(screen_of(row).bucket)
    if chosen is not None:  # a kept group tells of moves into it and out of it
        allowed = {pk for pk in allowed if chosen in moved[pk][:2]}
    counts: dict[str, int] = {}
    for pk in allowed:
        counts[wanted[pk]] = counts.get(wanted[pk], 0) + 1
    if not named:
        return Changes(since, counts)
    return Changes(since, counts, tuple(_rows(row, moved, wanted, allowed, since)))


def _moved(track: int, since: datetime) -> dict[int, tuple[Any, Any, list[str], datetime]]:
    """Return organisation → (group at the time, group now, what changed, when last), of those that ended elsewhere."""
    found: dict[int, tuple[Any, Any, list[str], datetime]] = {}
    log = StandingChange.objects.filter(track_id=track, at__gt=since).order_by("-at", "-pk")[:READ]
    for one in reversed(log.values_list("organisation_id", "old", "new", "cause", "at")):
        organisation, old, new, cause, at = one
        before = found.get(organisation)
        causes = [*(before[2] if before else ()), *(cause or ["all"])]
        found[organisation] = (before[0] if before else old, new, list(dict.fromkeys(causes)), at)
    return {pk: told for pk, told in found.items() if told[0] != told[1]}


def kind_of(old: int | None, new: int | None) -> str:
    """Return how a move is told; "" for one that no reminder is about."""
    if new == Bucket.MET:
        return NEWLY
    if old == Bucket.MET:
        return GONE
    return NEAR if new == Bucket.ONE else ""


def _rows(
    row: SavedScreen,
    moved: Mapping[int, tuple[Any, Any, list[str], datetime]],
    wanted: Mapping[int, str],
    allowed: set[int],
    since: datetime,
) -> list[Moved]:
    newest = sorted(allowed, key=lambda pk: (moved[pk][3], pk), reverse=True)[:SHOWN]
    organisations = Organisation.objects.select_related("area").in_bulk(newest)
    pack = current_pack(row.region_id)
    causes = {pk: moved[pk][2] for pk in newest}
    facts = _facts(newest, causes, since)
    return [
        Moved(
            organisations[pk],
            wanted[pk],
            None if moved[pk][0] is None else Bucket(moved[pk][0]),
            None if moved[pk][1] is None else Bucket(moved[pk][1]),
            tuple(_told(pack, causes[pk], facts.get(pk, ()))),
            moved[pk][3],
        )
        for pk in newest
    ]


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
