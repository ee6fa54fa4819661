"""Writers of locking: only now do figures become reported values, and rows records; each lock is a version."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.indicators.actions import correct_observation, create_observation, withdraw_observation
from wanqi.indicators.evaluate import read_period
from wanqi.packs import FormSpec, LineSpec

from ..content import as_json, digest_of
from ..forms import spec_of
from ..models import Entry, LockedVersion, Return, Round
from .held import locked_return, now, take_step, write
from .row_batches import import_rows
from .totals import refresh_totals


@transaction.atomic
def lock_return(row: Return, *, actor: Actor, seen: int | None = None) -> Return:
    """Lock an approved return: every figure becomes a reported value, every row a record; all or nothing.

    A locked return is given back as it is. Raises StepRefused unless approved, RowStale, RowInvalid where a figure or
    row cannot be registered, AccessRefused.
    """
    # The round first, always: two last units locked at once would each miss the other in the sum.
    round = Round.objects.select_for_update(of=("self",)).get(pk=row.round_id)
    standing = Return.objects.filter(pk=row.pk).values_list("state", flat=True).get()
    is_locked = standing == Return.State.LOCKED
    held = locked_return(row, "lock", actor=actor, seen=None if is_locked else seen)
    if held.state == Return.State.LOCKED:
        return held
    spec = spec_of(round)
    take_step(held, "lock", actor=actor)
    held.locked_at = now()
    if spec.rows is not None:
        held.batch = import_rows(held, spec, actor=actor)
    else:
        for line in spec.lines_for(held.unit.code if held.unit else ""):
            if line.combine is None:
                _observe(held, spec, line, actor=actor)
    content = as_json(held)
    LockedVersion.objects.create(
        belongs_to=held,
        number=held.revision,
        content=content,
        digest=digest_of(content),
        reason=held.revision_reason,
        locked_by=actor.user,
    )
    held = write(held, "state", "locked_at", "batch")
    refresh_totals(round, actor=actor, reason=held.revision_reason)
    return held


def lock_round(round: Round, *, actor: Actor) -> list[Return]:
    """Lock every approved return of a round, each in a transaction of its own; returns those locked now."""
    approved = Return.objects.filter(round=round, state=Return.State.APPROVED).current()
    return [lock_return(row, actor=actor) for row in approved.order_by("unit__position", "pk")]


def _observe(row: Return, spec: FormSpec, line: LineSpec, *, actor: Actor) -> None:
    """Register a line's figure, or correct or withdraw the one an earlier version registered."""
    entry = (
        Entry.objects.select_related("observation", "evidence")
        .defer("evidence__content")
        .filter(belongs_to=row, line=line.id)
        .first()
    )
    if entry is None:
        return
    if entry.value is None:
        if entry.observation is not None:
            withdraw_observation(entry.observation, actor=actor, reason=_why(row))
            entry.observation = None
            entry.save(update_fields=["observation"])
        return
    values = _values(row, entry, line)
    if entry.observation is not None:
        correct_observation(entry.observation, values, actor=actor, reason=_why(row))
        return
    entry.observation = create_observation(
        {
            **values,
            "indicator": line.indicator,
            "period": row.round.period,
            "source": f"{row.unit}《{spec.title}》",
            "unit": row.unit,
            "office": row.office,
        },
        actor=actor,
        region=row.region_id,
        is_demonstration=row.is_demonstration,
    )
    entry.save(update_fields=["observation"])


def _values(row: Return, entry: Entry, line: LineSpec) -> dict[str, Any]:
    said = [line.note or "", f"填报说明：{entry.reason}" if entry.reason else ""]
    if entry.answer == Entry.Answer.CONFIRMED:
        said.append("报送单位确认台账数。")
    return {
        "value": entry.value,
        "as_written": entry.as_written,
        "reported_by": row.reported_by,
        "as_of": row.as_of or _period_end(row),
        "assumption": "".join(part for part in said if part),
        "evidence": entry.evidence or row.evidence,
    }


def _period_end(row: Return) -> date:
    return read_period(row.round.period).end


def _why(row: Return) -> str:
    return f"报数修订第{row.revision}版：{row.revision_reason}"[:500]
