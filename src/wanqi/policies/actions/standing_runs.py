"""Writers that bring standings up to what changed, chunk by chunk; every chunk is one transaction and can be lost.

A chunk first takes the notes of its organisations away and then reads their data, so that whatever is committed later
leaves a note of its own. Killed at any point, nothing of the chunk was done and its notes still stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Count

from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.deriving import CLUSTER, SIZE
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.facts.population import population_parquet
from wanqi.registry.models import Organisation
from wanqi.rules.errors import ValueRefused
from wanqi.rules.population import FactsRefused, given
from wanqi.rules.programmes import Derivation, OrganisationRefused, check_organisation

from ..models import Grouping, StandingDue, Track
from ..standings.population import rows_of
from ..standings.ready import derivation, holders, own_turns, tracks_of, working
from ..standings.working import Answer, Working
from .standing_books import DAY, RULE
from .standing_rows import Held, Values, held, values_of, write_few, write_groups, write_many

ALONE = 50  # organisations among which one whose data are refused is found by looking at each
FEW = 200  # organisations compared one by one in a transaction
MANY = 4_000  # organisations compared together in one
DENSE = 5  # together pays where at least one in so many of a range of ids is due
CAUSES = 20  # what is kept of what caused a change
Causes = Mapping[int, list[str] | None]  # organisation → what changed of it; None is everything
ORGANISATION, NAMES, TITLES = "organisation", "former_names", "titles"


@dataclass(frozen=True)
class Day:
    """The rules of one region on one day. tracks: (programme, kind) → track."""

    region: str
    on: date
    pack: Pack
    tracks: Mapping[tuple[str, str], Track]
    workings: Mapping[str, Working]
    derivation: Derivation

    @classmethod
    def of(cls, region: str, on: date) -> Day:
        """Return what is in force now."""
        tracks, pack = tracks_of(region), current_pack(region)
        kinds = dict.fromkeys(one.kind for one in tracks)
        workings = {kind: working(region, kind, on, tracks=tracks) for kind in kinds}
        by_name = {(one.programme, one.kind): one for one in tracks}
        return cls(region, on, pack, by_name, workings, derivation(pack, on))

    @property
    def homed(self) -> frozenset[str]:
        """The facts that are columns of the register, and the former names."""
        facts = (name for name, one in self.pack.facts.items() if one.home.startswith("organisation."))
        return frozenset((*facts, NAMES))


def work_few(day: Day, organisations: Sequence[int]) -> int:
    """Compare some due organisations with what their changes touch; returns how many rows were written."""
    with transaction.atomic():
        causes = _taken(day.region, organisations)
        return _each(day, causes)


def work_many(day: Day, organisations: Sequence[int]) -> int:
    """Compare many due organisations with everything, together; returns how many organisations there were."""
    with transaction.atomic():
        causes = _taken(day.region, organisations)
        if not causes:
            return 0
        _parted(day, causes, sorted(causes))
        return len(causes)


def _parted(day: Day, causes: Causes, listed: Sequence[int]) -> None:
    """Compare organisations together; where a value is refused, in halves, until the one that has it stands alone."""
    try:
        _together(day, causes, listed)
    except FactsRefused:
        if len(listed) <= ALONE:
            _each(day, dict.fromkeys(listed), causes)
            return
        middle = len(listed) // 2
        _parted(day, causes, listed[:middle])
        _parted(day, causes, listed[middle:])


def _taken(region: str, organisations: Sequence[int]) -> dict[int, list[str] | None]:
    """Take the notes of some organisations away and return what changed of each; None is everything.

    One transaction at a time works on a region; the others wait.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"standings:{region}"])
        cursor.execute(
            "DELETE FROM policies_standingdue WHERE region = %s AND organisation = ANY(%s) "
            "RETURNING organisation, items",
            [region, list(organisations)],
        )
        found: dict[int, set[str] | None] = {}
        for organisation, items in cursor.fetchall():
            known = found.setdefault(organisation, set())
            found[organisation] = None if items is None or known is None else known | set(items)
    return {one: None if items is None else sorted(items) for one, items in found.items()}


# --- one by one -----------------------------------------------------------------------------------


def _each(
    day: Day,
    causes: Causes,
    told: Causes | None = None,
) -> int:
    """Compare organisations one by one. told: what is kept as the cause, where it is not why they are compared."""
    rows = list(Organisation.objects.current().filter(region_id=day.region, pk__in=causes).order_by("pk"))
    before = held(list(causes))
    data = organisations_json(rows, day.on)
    turns = own_turns([one.pk for one in rows], day.on)
    written: list[Values] = []
    kept: set[tuple[int, int]] = set()
    groups: list[Values] = []
    for organisation, line in zip(rows, data, strict=True):
        try:
            check_organisation(line, day.pack.rule_scope)
            found, asked = _compared(day, organisation.pk, line, causes[organisation.pk], before, turns)
            groups.append((organisation.pk, day.region, *_grouped(day, line), None))
        except (OrganisationRefused, ValueRefused) as refused:
            groups.append((organisation.pk, day.region, None, [], _told(refused)))
            continue
        written += found
        kept |= asked
    write_groups(groups)
    gone = {key for key in before if key not in kept}
    named = causes if told is None else told
    return write_few(written, sorted(gone), before, {one: _short(named[one]) for one in causes})


def _compared(
    day: Day,
    organisation: int,
    line: Mapping[str, Any],
    items: list[str] | None,
    before: Held,
    turns: Mapping[int, date],
) -> tuple[list[Values], set[tuple[int, int]]]:
    """Return the rows of what is touched, and the keys of everything the organisation is asked."""
    titles = line["records"].get(TITLES) or ()
    holds = {one["programme"] for one in titles if one.get("programme")}
    asked = {
        (id, kind): track for (id, kind), track in day.tracks.items() if not track.holders_only or id in holds
    }
    rows: list[Values] = []
    for kind, ready in day.workings.items():
        touched = [
            id
            for (id, of), track in asked.items()
            if of == kind and _touched(ready, track, items, before.get((organisation, track.pk)), day)
        ]
        answers: Iterable[Answer] = (
            ready.answers(organisation, line, programmes=touched, turn=turns.get(organisation))
            if touched
            else ()
        )
        rows += [values_of(one, asked[one.programme, kind], day.on) for one in answers]
    return rows, {(organisation, track.pk) for track in asked.values()}


def _touched(ready: Working, track: Track, items: list[str] | None, old: Values | None, day: Day) -> bool:
    """Return whether a standing has to be worked out again: its rule, its day or something it reads has changed."""
    if items is None or old is None or old[2] != track.rule_id:
        return True
    until = old[-2]
    if until is not None and until <= day.on:
        return True
    read = ready.ruled[track.programme].read
    changed = set(items)
    return bool(changed & read) or (ORGANISATION in changed and bool(day.homed & read))


def _grouped(day: Day, line: Mapping[str, Any]) -> tuple[Any, list[str]]:
    return _group(day.derivation.evaluate(line))


def _group(found: Mapping[str, Any]) -> tuple[Any, list[str]]:
    return found.get(SIZE), sorted(
        name for name, value in found.items() if name.startswith(CLUSTER) and value
    )


def _told(refused: OrganisationRefused | ValueRefused) -> str:
    if isinstance(refused, OrganisationRefused):
        return f"{refused.place}：{refused.cause}。{refused.hint}"
    return f"{refused.field}：{refused.message}{refused.hint}"


def _short(items: list[str] | None) -> list[str] | None:
    return None if items is None else items[:CAUSES]


# --- together -------------------------------------------------------------------------------------


def _together(day: Day, causes: Causes, listed: Sequence[int]) -> None:
    first, last = listed[0], listed[-1]
    with TemporaryDirectory(prefix="wanqi-standings-") as held_in:
        folder = Path(held_in)
        population_parquet(day.region, folder, on=day.on, among=(first, last))
        titled = holders(day.region, first, last)
        turns = own_turns(listed, day.on)
        frames = [_frame(day, folder, kind, ready, titled, turns) for kind, ready in day.workings.items()]
        groups = _groups(day, folder)
    wanted = set(listed)
    found = pl.concat(frames).filter(pl.col("organisation").is_in(list(listed)))
    write_many(found, listed, day.on, {one: _short(causes[one]) for one in listed})
    write_groups([row for row in groups if row[0] in wanted])
    there = set(found["organisation"].unique())
    Grouping.objects.filter(organisation__in=[one for one in listed if one not in there]).delete()


def _frame(
    day: Day,
    folder: Path,
    kind: str,
    ready: Working,
    titled: Mapping[str, set[int]],
    turns: Mapping[int, date],
) -> pl.DataFrame:
    tracks = {id: track for (id, of), track in day.tracks.items() if of == kind}
    only = any(one.holders_only for one in tracks.values())
    asked = {id: titled.get(id, set()) for id in tracks} if only else None
    rows = rows_of(folder, ready, holders=asked, turns=turns)
    ids = {id: one.pk for id, one in tracks.items()}
    rules = {id: one.rule_id for id, one in tracks.items()}
    rows = rows.filter(pl.col("programme").is_in(list(ids)))
    return rows.with_columns(
        pl.col("programme").replace_strict(ids, default=None, return_dtype=pl.Int64).alias("track_id"),
        pl.col("programme").replace_strict(rules, default=None, return_dtype=pl.Int64).alias("rule_id"),
    )


def _groups(day: Day, folder: Path) -> list[Values]:
    rows = given(folder, day.derivation.plan, day.pack.rule_scope)
    found = []
    for row in rows.iter_rows(named=True):
        size, clusters = _group(day.derivation.values(row))
        found.append((row["id"], day.region, size, clusters, None))
    return found


# --- what is due ----------------------------------------------------------------------------------


def waiting(region: str) -> int:
    """Return how many organisations are due."""
    rows = StandingDue.objects.filter(region=region)
    return int(rows.aggregate(n=Count("organisation", distinct=True))["n"])


def next_due(region: str, most: int, *, since: Any = None) -> list[int]:
    """Return due organisations, by number. since: only those that something changed of after a moment."""
    rows = StandingDue.objects.filter(region=region)
    if since is not None:
        rows = rows.filter(noted_at__gt=since).exclude(items__overlap=[RULE, DAY]).exclude(items=None)
    return list(rows.order_by("organisation").values_list("organisation", flat=True).distinct()[:most])


def dense(region: str, organisations: Sequence[int]) -> bool:
    """Return whether so many of a range of numbers are due that comparing the range together pays."""
    within = Organisation.objects.current().filter(
        region_id=region, pk__range=(organisations[0], organisations[-1])
    )
    return len(organisations) > FEW and within.count() <= len(organisations) * DENSE
