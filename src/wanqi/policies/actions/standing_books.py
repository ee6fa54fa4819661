"""Writers of the rules that standings follow: which versions are in force, and who has to be compared again for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from wanqi.core.models import Job, PackFile
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.rules.plan import Compiled, Part

from ..checkup.plans import prepared
from ..models import Kind, RuleVersion, Standing, StandingBook, Track
from ..standings.ready import today
from ..standings.working import asks

RULE, DAY = "rule", "day"  # causes that are no data

_DUE_ALL = """
INSERT INTO policies_standingdue (region, organisation, items)
SELECT region_id, id, %s::varchar[] FROM registry_organisation WHERE region_id = %s AND withdrawn_at IS NULL
"""
_DUE_HOLDERS = """
INSERT INTO policies_standingdue (region, organisation, items)
SELECT DISTINCT region_id, organisation_id, %s::varchar[] FROM registry_recognition
WHERE region_id = %s AND programme = ANY(%s) AND organisation_id IS NOT NULL AND withdrawn_at IS NULL
"""
_DUE_BY_DAY = """
INSERT INTO policies_standingdue (region, organisation, items)
SELECT DISTINCT track.region_id, standing.organisation_id, %s::varchar[]
FROM policies_standing AS standing JOIN policies_track AS track ON track.id = standing.track_id
WHERE track.region_id = %s AND standing.holds_until <= %s
"""
_LEAVING = """
INSERT INTO policies_standingchange (track_id, organisation_id, old, new, cause)
SELECT track_id, organisation_id, bucket, NULL, %s::varchar[] FROM policies_standing WHERE track_id = %s
"""


@transaction.atomic
def begin_standings(region: str, *, day: date | None = None) -> StandingBook:
    """Keep the standings of a region from now on; every organisation is due. What is kept already stays as it is.

    day: the day they are of where it is not today, as in the demonstration; another day makes everything due again.
    """
    book, created = StandingBook.objects.select_for_update().get_or_create(
        region_id=region, defaults={"day": day}
    )
    if not created and day is not None and book.day != day:
        book.day, book.looked_on = day, None
        book.save(update_fields=["day", "looked_on"])
        created = True
    if created:
        note_everything(region)
    return book


def note_everything(region: str, *, cause: str | None = None) -> None:
    """Make every organisation of a region due, for all its programmes unless there is a cause."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_ALL, [None if cause is None else [cause], region])


@transaction.atomic
def follow(region: str) -> StandingBook | None:
    """Bring tracks and due organisations up to the rules and the day; None where no standings are kept."""
    book = StandingBook.objects.select_for_update().filter(pk=region).first()
    if book is None:
        return None
    pack, on = current_pack(region), today(region)
    if book.pack_digest != pack.digest or book.looked_on != on:
        _follow_rules(region, pack, on)
        if book.looked_on is not None and book.looked_on < on:
            with connection.cursor() as cursor:
                cursor.execute(_DUE_BY_DAY, [[DAY], region, on])
        elif book.looked_on is not None and book.looked_on > on:
            # A clock that ran ahead was put right: how everything stood before that, nobody has kept.
            note_everything(region)
        book.pack_digest, book.looked_on = pack.digest, on
        book.save(update_fields=["pack_digest", "looked_on"])
    return book


def _follow_rules(region: str, pack: Pack, on: date) -> None:
    known = {(one.programme, one.kind): one for one in Track.objects.filter(region_id=region)}
    everybody, holders = False, list[str]()
    for programme in pack.programmes.values():
        for kind in Kind.values:
            if not any(kind in one.applies_to for one in programme.versions):
                continue
            version = programme.version_for(on, kind)
            rule = None if version is None else rule_of(region, pack, programme.id, kind, on)
            track = known.pop((programme.id, kind), None) or Track(
                region_id=region, programme=programme.id, kind=kind, holders_only=kind != Kind.NEW
            )
            moved = track.rule_id != (rule and rule.pk)
            if track.pk is None or moved or track.title != programme.title:
                _turn(track, rule, programme.title)
            if moved and rule is not None:
                everybody = everybody or not track.holders_only
                holders += [programme.id] if track.holders_only else []
    for track in known.values():  # of programmes the pack has no more
        _turn(track, None, track.title)
    with connection.cursor() as cursor:
        if everybody:
            cursor.execute(_DUE_ALL, [[RULE], region])
        if holders:
            cursor.execute(_DUE_HOLDERS, [[RULE], region, holders])


def _turn(track: Track, rule: RuleVersion | None, title: str) -> None:
    """Give a track its rule; without one its standings are taken away."""
    if rule is None and track.rule_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(_LEAVING, [[RULE], track.pk])
        Standing.objects.filter(track=track).delete()
    track.rule, track.title = rule, title
    track.save()


def rule_of(region: str, pack: Pack, programme: str, kind: str, on: date) -> RuleVersion:
    """Return the version in force on a day as a row; written when it is first used."""
    compiled = prepared(pack, on, kind).compiled[programme]
    rule = RuleVersion.objects.filter(
        region_id=region, programme=programme, kind=kind, digest=compiled.digest
    ).first()
    if rule is not None:
        return rule
    return RuleVersion.objects.create(
        region_id=region,
        programme=programme,
        kind=kind,
        digest=compiled.digest,
        **_described(pack, programme, compiled),
        pack_digest=pack.digest,
        files=files_in_use(),
        recorded_at=Now(),
    )


def _described(pack: Pack, programme: str, compiled: Compiled) -> dict[str, Any]:
    version = next(one for one in pack.programmes[programme].versions if one.version == compiled.version)
    return {
        "version": version.version,
        "title": pack.programmes[programme].title,
        "document": version.document,
        "valid_from": version.valid_from,
        "valid_to": None if version.valid_to == date.max else version.valid_to,
        "leaves": _leaves(compiled),
        "asks": asks(pack, programme, version.version),
    }


def _leaves(compiled: Compiled) -> Sequence[Mapping[str, Any]]:
    root = compiled.conditions
    assert root is not None
    parts: dict[str, tuple[Part, str]] = {}
    for top in root.children if root.column is None else (root,):
        for part in top.walk():
            parts.setdefault(part.id, (part, top.id))
    told = [parts.get(id, (root, root.id)) for id, _ in compiled.leaves]
    return [
        {"id": id, "title": part.title, "article": part.article, "fixed": part.fixed, "top": top}
        for (id, _), (part, top) in zip(compiled.leaves, told, strict=True)
    ]


def files_in_use() -> list[int]:
    """Return the ids of the pack files in use, from which a rule can be resolved again."""
    return list(PackFile.objects.filter(active=True).order_by("path").values_list("pk", flat=True))


def filled(region: str) -> None:
    """Note that every organisation has been compared once, when that is so for the first time."""
    StandingBook.objects.filter(pk=region, filled_at__isnull=True).update(filled_at=Now())


@transaction.atomic
def long_run(region: str, total: int) -> Job:
    """Return the job that shows how far a long run is: the one a killed run left, or a new one."""
    book = StandingBook.objects.select_for_update().get(pk=region)
    if book.job_id is not None:
        job = Job.objects.get(pk=book.job_id)
        if job.state in (Job.State.QUEUED, Job.State.RUNNING):
            return job
    job = Job.objects.create(
        kind="standings", region_id=region, state=Job.State.RUNNING, total=total, started_at=Now()
    )
    book.job = job
    book.save(update_fields=["job"])
    return job


def kept_regions() -> list[str]:
    """Return the regions whose standings are kept."""
    return list(StandingBook.objects.order_by("pk").values_list("pk", flat=True))
