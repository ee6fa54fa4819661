"""How rounds stand, for the office that asks; what is to be done, for the unit that answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from wanqi.core.access import Actor

from .models import Return, ReturnQuerySet, Round
from .states import STATES


@dataclass(frozen=True)
class Counts:
    """Returns of one round. by_state: state → how many, all six; waiting: still with the unit; excused: 免报."""

    total: int = 0
    by_state: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    waiting: int = 0
    overdue: int = 0
    excused: int = 0

    @property
    def handed_in(self) -> int:
        return self.total - self.waiting


def counts_of(rounds: Iterable[Round], *, on: date) -> dict[int, Counts]:
    """Return the counts of rounds by their id, in one query."""
    ids = [round.pk for round in rounds]
    stands = Q(withdrawn_at__isnull=True)
    late = stands & Q(state__in=Return.OPEN_STATES, due_on__lt=on, revision=1)
    numbers: dict[str, Any] = {state: Count("pk", filter=stands & Q(state=state)) for state in STATES}
    rows = (
        Return.objects.filter(round__in=ids)
        .values("round")
        .annotate(**numbers, late=Count("pk", filter=late), excused=Count("pk", filter=~stands))
    )
    found = {row["round"]: _counts(row) for row in rows}
    return {id: found.get(id, Counts()) for id in ids}


def _counts(row: Mapping[str, int]) -> Counts:
    by_state = {state: row[state] for state in STATES}
    return Counts(
        total=sum(by_state.values()),
        by_state=by_state,
        waiting=sum(by_state[state] for state in Return.OPEN_STATES),
        overdue=row["late"],
        excused=row["excused"],
    )


def tasks_of(actor: Actor) -> ReturnQuerySet:
    """Return what the actor's own units still have to hand in, the nearest deadline first."""
    rows: ReturnQuerySet = Return.objects.visible_to(actor, to="submit").filter(unit__in=actor.units())
    return rows.with_the_unit().select_related("round", "unit", "office").order_by("due_on", "pk")


def reviews_of(actor: Actor) -> ReturnQuerySet:
    """Return what waits for the actor's review or lock, the earliest submitted first."""
    rows: ReturnQuerySet = Return.objects.visible_to(actor, to="review").current()
    waiting = rows.filter(state__in=(Return.State.SUBMITTED, Return.State.APPROVED))
    return waiting.select_related("round", "unit", "office").order_by("submitted_at", "pk")
