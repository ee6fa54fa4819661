"""What was counted is kept between requests, for as long as nothing was written that it stands on.

Triggers note, in the transaction itself, which tables it wrote into (`Change`, migration 0005). What is kept remembers
the snapshot before it was read; whatever noted transaction that snapshot does not see makes the figures over those
tables be counted again, and no others. A write that is taken back leaves no note; every process asks for itself.
"""

from __future__ import annotations

from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from django.db import connection
from django.utils import timezone

from wanqi.core.packs import current_pack
from wanqi.core.row_sources import registered, source_of
from wanqi.packs import Pack

from .evaluate import Announced, Reported, Table
from .evaluate.engine import Evaluation
from .evaluate.reporting import Shelf
from .evaluate.standing_on import ANNOUNCED, Source
from .evaluation import Tables, announced_ranks, evaluation_of, evaluation_over, reported_values
from .models import Observation, Ranking

MOST = 8  # areas of a region, and regions
FIGURES = 50_000  # of an area; whoever asks for more spans than anybody looks at has them counted again
VALUES, RANKS = Observation._meta.db_table, Ranking._meta.db_table

_OWN = "(SELECT pg_current_xact_id_if_assigned()::text::bigint)"
# Only numbers below the newest ended transaction's are of this database's own time: a copy brought back has later ones.
_ASKED = f"""
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), pg_postmaster_start_time(),
       pg_current_snapshot()::text, {_OWN},
       EXISTS (SELECT FROM indicators_change WHERE transaction = {_OWN} AND source <> ''),
       ARRAY(SELECT DISTINCT source || ' ' || part FROM indicators_change
             WHERE source <> ''
               AND transaction >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
               AND transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
               AND (transaction = %(own)s
                    OR NOT pg_visible_in_snapshot(transaction::text::xid8, %(since)s::pg_snapshot)))
"""  # noqa: S608  # nothing in it comes from outside


@dataclass(frozen=True, slots=True)
class State:
    """A moment of the database, as one connection sees it.

    own: the number of the transaction under way, where it has one; a snapshot counts it among the ended ones.
    writing: it wrote into something that figures stand on. changed: (table, part) since the moment asked about.
    """

    database: tuple[Any, ...]
    snapshot: str
    own: int | None
    writing: bool
    changed: frozenset[tuple[str, str]] = frozenset()


def state(since: State | None = None) -> State:
    """Return the database's state now, with what was written since an earlier one that this connection can see."""
    asked = {"since": since.snapshot if since else None, "own": since.own if since else None}
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, asked)
        oid, started, snapshot, own, writing, changed = cursor.fetchone()
    named = frozenset((source, part) for source, _, part in (one.partition(" ") for one in changed))
    return State((oid, started), snapshot, own, writing, named)


class _KeptTables(Tables):
    """Tables that notice when one was read inside a transaction that had written: others must not have it."""

    is_spoilt = False

    def _table(self, kind: str) -> Table:
        table = super()._table(kind)
        if connection.in_atomic_block and state().writing:
            self.is_spoilt = True
        return table


@dataclass(frozen=True)
class _Kept:
    """Evaluations by area over one state of the registers; they share its rows and values."""

    state: State
    pack: Pack
    day: date
    tables: _KeptTables
    reported: tuple[Reported, ...]
    announced: tuple[Announced, ...]
    shelf: Shelf
    evaluations: OrderedDict[str | None, Evaluation] = field(default_factory=OrderedDict)

    def leads_to(self, now: State, pack: Pack, day: date) -> bool:
        """Whether this can be brought up to date; else all of it has to be counted again."""
        same = self.state.database == now.database and self.pack is pack and self.day == day
        return same and not self.tables.is_spoilt and (VALUES, "") not in now.changed

    def of_area(self, area: str | None) -> Evaluation:
        """Return the evaluation of an area, of the whole region for None."""
        with _lock:
            known = self.evaluations.get(area)
            if known is None or len(known._done) > FIGURES:
                known = evaluation_over(
                    self.pack,
                    tables=self.tables,
                    reported=self.reported,
                    announced=self.announced,
                    area=area,
                    today=self.day,
                )
                known._shelves = [self.shelf]
                self.evaluations[area] = known
                while len(self.evaluations) > MOST:
                    self.evaluations.popitem(last=False)
        own = copy(known)
        own._open = []  # the figures under way are those of one request
        return own


_kept: OrderedDict[str, _Kept] = OrderedDict()
_lock = Lock()


def kept_evaluation(region: str, *, area: str | None = None) -> Evaluation:
    """Return an evaluation of a region as it stands now; figures of earlier requests are in it where nothing changed.

    Raises PackMissing. Figures are the same as those of `evaluation_of`. Inside a transaction that has written into what
    figures stand on, nothing is kept.
    """
    pack, day = current_pack(region), timezone.localdate()
    with _lock:
        known = _kept.get(region)
    now = state(known.state if known else None)
    if now.writing:
        return evaluation_of(region, area=area)
    if known is None or not known.leads_to(now, pack, day):
        known = _read(region, pack, day, now)
    elif now.changed:
        known = _brought_up_to_date(region, known, now)
    with _lock:
        _kept[region] = known
        _kept.move_to_end(region)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return known.of_area(area)


def _read(region: str, pack: Pack, day: date, now: State) -> _Kept:
    """Return what is kept of a region without anything counted yet."""
    reported = reported_values(region)
    return _Kept(now, pack, day, _KeptTables(pack), reported, announced_ranks(region), Shelf(reported))


def _brought_up_to_date(region: str, known: _Kept, now: State) -> _Kept:
    """Return what is kept without the rows, values and figures that stand on what was written."""
    written = {table for table, _ in now.changed}
    kinds = {kind for kind in registered() if source_of(kind).tables & written}
    changed: set[Source] = {("rows", kind) for kind in kinds}
    reported, announced, shelf = known.reported, known.announced, known.shelf
    if RANKS in written:
        changed.add(ANNOUNCED)
        announced = announced_ranks(region)
    if VALUES in written:
        ids = {part for table, part in now.changed if table == VALUES}
        changed |= {("reported", id) for id in ids}
        again = reported_values(region, ids)
        shelf = shelf.changed(ids, again)
        others = (one for one in reported if one.indicator not in ids)
        reported = tuple(sorted((*others, *again), key=lambda one: int(one.id)))
    read = {kind: table for kind, table in known.tables.read.items() if kind not in kinds}
    tables = _KeptTables(known.pack, known=read)
    with _lock:
        before = list(known.evaluations.items())
    later = _Kept(now, known.pack, known.day, tables, reported, announced, shelf)
    for area, one in before:
        later.evaluations[area] = one.changed(
            changed, tables=tables, reported=reported, announced=announced, shelf=shelf
        )
    return later
