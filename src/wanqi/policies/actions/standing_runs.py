"""Writers that bring standings up to what changed: a few by name, or many together.

A few are one transaction: their notes are taken away, then their data are read, so that whatever is committed later
leaves a note of its own. Many are read and worked out while nothing is locked; what comes out is written part by part,
of those only whose notes are still the ones seen before, so that single changes are followed meanwhile and neither
undoes what the other wrote. Killed at any point, nothing of the part was done and its notes still stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.db import transaction

from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.deriving import CLUSTER, SIZE
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.facts.population import population_parquet
from wanqi.registry.models import Organisation
from wanqi.rules.errors import ValueRefused
from wanqi.rules.population import FactsRefused, given
from wanqi.rules.programmes import Derivation, OrganisationRefused, check_organisation

from ..models import Grouping, Track
from ..standings.population import SCHEMA, rows_of
from ..standings.ready import derivation, holders, own_turns, tracks_of, working
from ..standings.working import Answer, Working
from . import standing_notes as notes
from .standing_rows import (
    Causes,
    Held,
    Values,
    held,
    stored_tracks,
    values_of,
    write_few,
    write_groups,
    write_many,
)

ALONE = 50  # organisations among which one whose data are refused is found by looking at each
FEW = 50  # organisations compared one by one in a transaction, a fraction of a second
MANY = 4_000  # organisations worked out together
WRITTEN = 500  # of them written in one transaction
CAUSES = 20  # what is kept of what caused a change
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

    def locked(self) -> bool:
        """Lock the region's standings to the end of the transaction; returns whether these are still its rules."""
        return notes.locked(self.region, on=self.on, digest=self.pack.digest)

    @property
    def homed(self) -> frozenset[str]:
        """The facts that are columns of the register, and the former names."""
        facts = (name for name, one in self.pack.facts.items() if one.home.startswith("organisation."))
        return frozenset((*facts, NAMES))


def work_few(day: Day, organisations: Sequence[int]) -> int:
    """Compare some due organisations with what their changes touch; returns how many there were.

    None where rules or day have moved on, nor are their notes taken then.
    """
    with transaction.atomic():
        if not day.locked():
            return 0
        causes = notes.taken(day.region, organisations)
        _each(day, causes)
        return len(causes)


def work_many(day: Day, organisations: Sequence[int]) -> int:
    """Compare many due organisations with everything, together; returns how many were written.

    Not among them are those that somebody else has compared meanwhile.
    """
    seen = notes.seen(day.region, organisations)
    return _parted(day, seen, sorted(seen)) if seen else 0


def _parted(day: Day, seen: Mapping[int, notes.Seen], listed: Sequence[int]) -> int:
    """Compare organisations together; where a value is refused, in halves, until the one that has it stands alone."""
    try:
        return _together(day, seen, listed)
    except FactsRefused:
        if len(listed) <= ALONE:
            return work_few(day, listed)
        middle = len(listed) // 2
        return _parted(day, seen, listed[:middle]) + _parted(day, seen, listed[middle:])


# --- one by one -----------------------------------------------------------------------------------


def _each(day: Day, causes: Causes) -> None:
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
    write_few(written, sorted(gone), before, {one: _short(items) for one, items in causes.items()})


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


def _together(day: Day, seen: Mapping[int, notes.Seen], listed: Sequence[int]) -> int:
    first, last = listed[0], listed[-1]
    titled = holders(day.region, first, last)
    tracks = _tracks(day, seen, listed, titled)
    with TemporaryDirectory(prefix="wanqi-standings-") as held_in:
        folder = Path(held_in)
        population_parquet(day.region, folder, on=day.on, among=(first, last))
        turns = own_turns(listed, day.on)
        asked = [one for one in tracks if not one.holders_only or titled.get(one.programme)]
        frames = [
            _frame(day, folder, [one for one in asked if one.kind == kind], titled, turns)
            for kind in dict.fromkeys(one.kind for one in asked)
        ]
        groups = _groups(day, folder)
    found = (
        pl.concat(frames)
        if frames
        else pl.DataFrame(schema={**SCHEMA, "track_id": pl.Int64, "rule_id": pl.Int64})
    )
    found = found.filter(pl.col("organisation").is_in(list(listed)))
    touched = None if len(tracks) == len(day.tracks) else [one.pk for one in tracks]
    return sum(
        _written(day, {one: seen[one] for one in listed[start : start + WRITTEN]}, found, groups, touched)
        for start in range(0, len(listed), WRITTEN)
    )


def _tracks(
    day: Day, seen: Mapping[int, notes.Seen], listed: Sequence[int], titled: Mapping[str, set[int]]
) -> list[Track]:
    """Return the tracks that what changed of any of some organisations touches; all where everything may have."""
    changed: set[str] = set()
    for one in listed:
        items = seen[one].items
        if items is None or not {ORGANISATION, TITLES}.isdisjoint(items):
            return list(day.tracks.values())
        changed.update(items)
    stored = stored_tracks(listed, day.on)
    if stored is None:
        return list(day.tracks.values())
    among = set(listed)
    found = []
    for (programme, kind), track in day.tracks.items():
        asked = len(titled.get(programme, set()) & among) if track.holders_only else len(listed)
        here = stored.get(track.pk)
        current = here == (asked, track.rule_id, track.rule_id, False) if asked else here is None
        if not current or changed & day.workings[kind].ruled[programme].read:
            found.append(track)
    return found


def _written(
    day: Day,
    seen: Mapping[int, notes.Seen],
    found: pl.DataFrame,
    groups: Mapping[int, Values],
    tracks: Sequence[int] | None,
) -> int:
    """Write what was found of a part of the organisations, in a transaction of its own; returns of how many."""
    with transaction.atomic():
        if not day.locked():
            return 0
        listed = notes.taken_as_seen(seen)
        if not listed:
            return 0
        own = found.filter(pl.col("organisation").is_in(listed))
        causes = {one: _short(seen[one].items) for one in listed}
        write_many(own, listed, on=day.on, causes=causes, tracks=tracks)
        write_groups([groups[one] for one in listed if one in groups])
        there = set(groups)
        Grouping.objects.filter(organisation__in=[one for one in listed if one not in there]).delete()
        return len(listed)


def _frame(
    day: Day, folder: Path, tracks: Sequence[Track], titled: Mapping[str, set[int]], turns: Mapping[int, date]
) -> pl.DataFrame:
    """Return the rows of some tracks of one kind."""
    by_name = {one.programme: one for one in tracks}
    only = {id: titled.get(id, set()) for id, one in by_name.items() if one.holders_only}
    if len(only) == len(by_name):  # few hold a title: only they are looked at
        folder = _narrowed(folder, set().union(*only.values()), name=tracks[0].kind)
    rows = rows_of(folder, day.workings[tracks[0].kind], programmes=by_name, holders=only, turns=turns)
    ids = {id: one.pk for id, one in by_name.items()}
    rules = {id: one.rule_id for id, one in by_name.items()}
    return rows.with_columns(
        pl.col("programme").replace_strict(ids, default=None, return_dtype=pl.Int64).alias("track_id"),
        pl.col("programme").replace_strict(rules, default=None, return_dtype=pl.Int64).alias("rule_id"),
    )


def _narrowed(folder: Path, organisations: set[int], *, name: str) -> Path:
    """Return a folder below with the files of these organisations alone."""
    below = folder / name
    below.mkdir()
    for path in folder.glob("*.parquet"):
        rows = pl.read_parquet(path).filter(pl.col("id").is_in(list(organisations)))
        rows.write_parquet(below / path.name)
    return below


def _groups(day: Day, folder: Path) -> dict[int, Values]:
    rows = given(folder, day.derivation.plan, day.pack.rule_scope)
    found: dict[int, Values] = {}
    for row in rows.iter_rows(named=True):
        size, clusters = _group(day.derivation.values(row))
        found[row["id"]] = (row["id"], day.region, size, clusters, None)
    return found
