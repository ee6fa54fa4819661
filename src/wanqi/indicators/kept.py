"""An evaluation that is kept between requests for as long as the registers stand as they stood.

Every register has an append-only history table, so the newest event ids tell whether anything was written. An event of a
transaction that was still open may become visible later under a lower id; such transactions are remembered with the
entry, and once one of them has ended the entry is not used again.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from threading import Lock
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from wanqi.core.packs import current_pack
from wanqi.core.row_sources import registered, source_of

from .evaluate.engine import Evaluation
from .evaluation import evaluation_of

MOST = 8


@dataclass(frozen=True, slots=True)
class State:
    """What the history tables held: newest ids by table, and the transactions that were open beside."""

    database: tuple[Any, ...]
    newest: tuple[int, ...]
    open: frozenset[int]

    def holds_in(self, now: State) -> bool:
        """Return whether nothing was written between this state and a later one.

        The newest ids are the same, and none of the transactions that were open has ended: one that did may have
        brought an event with a lower id.
        """
        return self.database == now.database and self.newest == now.newest and self.open <= now.open


@dataclass(frozen=True, slots=True)
class _Kept:
    state: State
    pack: object  # held, so that its identity stays its own
    evaluation: Evaluation


_kept: dict[tuple[str, str | None, date], _Kept] = {}
_lock = Lock()


def kept_evaluation(region: str, *, area: str | None = None) -> Evaluation:
    """Return an evaluation of a region as it stands now; figures of earlier requests are in it where nothing changed.

    Raises PackMissing. Figures are the same as those of `evaluation_of`.
    """
    pack, state, today = current_pack(region), registers_state(), timezone.localdate()
    key = (region, area, today)
    with _lock:
        known = _kept.get(key)
    if known is None or known.pack is not pack or not known.state.holds_in(state):
        made = evaluation_of(region, area=area)
        _ = made.shelf  # sorted once, for all that share it
        known = _Kept(state, pack, made)
        with _lock:
            _kept.pop(key, None)
            _kept[key] = known
            while len(_kept) > MOST:
                _kept.pop(next(iter(_kept)))
    own = copy(known.evaluation)
    own._open = []  # the figures under way are those of one request
    return own


def registers_state() -> State:
    """Return what the history tables that figures stand on hold now: one query, each table by its key alone."""
    tables = _histories()
    newest = ", ".join(f"(SELECT coalesce(max(pgh_id), 0) FROM {_quoted(table)})" for table in tables)  # noqa: S608
    asked = (
        "SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), pg_postmaster_start_time(),",
        "ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint),",
        f"ARRAY[{newest}]",  # the names are those of our own tables
    )
    with connection.cursor() as cursor:
        cursor.execute(" ".join(asked))
        oid, started, running, ids = cursor.fetchone()
    return State((oid, started), tuple(ids), frozenset(running))


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


@cache
def _histories() -> tuple[str, ...]:
    """Return the history tables of every app whose rows are counted, and of this one."""
    labels = {source_of(kind).model._meta.app_label for kind in registered()} | {"indicators"}
    return tuple(
        sorted(
            model._meta.db_table
            for model in apps.get_models()
            if hasattr(model, "pgh_tracked_model") and model._meta.app_label in labels
        )
    )
