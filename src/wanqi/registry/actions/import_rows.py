"""Bulk writers of imported rows: each chunk is one transaction with its rows, changes, audit rows and cursor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, cast

from django.db import connection, models, transaction
from psycopg import sql

from wanqi.core.access import Actor
from wanqi.core.actions import shown
from wanqi.core.errors import StepRefused
from wanqi.core.masking import masked
from wanqi.core.models import AuditEvent, Job, Owned

from ..deciding import Decisions, Place, as_json, from_json, stored_cells
from ..importing import Sink, Target
from ..models import ImportBatch, ImportChange, RejectedRow

CREATED, CORRECTED = "created", "corrected"
WITHDRAWN, RESTORED = "withdrawn", "restored"  # what undo made of them


def save_over(rows: Sequence[Owned], *, fields: Iterable[str]) -> None:
    """Write `fields` and the version of existing rows in one statement.

    Columns travel as arrays: bulk_update builds a case for every row and field, and takes five times as long.
    """
    if not rows:
        return
    model = type(rows[0])
    chosen = [column_of(model, name) for name in ("id", *sorted(set(fields)), "version")]
    columns = [sql.Identifier(str(field.column)) for field in chosen]
    arrays = [sql.SQL("%s::{}[]").format(sql.SQL(column_type(field))) for field in chosen]
    statement = sql.SQL(
        "UPDATE {table} AS held SET {values}, updated_at = now() FROM unnest({arrays}) AS given ({names})"
        " WHERE held.id = given.id"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        values=sql.SQL(", ").join([sql.SQL("{0} = given.{0}").format(column) for column in columns[1:]]),
        arrays=sql.SQL(", ").join(arrays),
        names=sql.SQL(", ").join(columns),
    )
    given = [[getattr(row, field.attname) for row in rows] for field in chosen]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def column_of(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """Return a field that has a column of its own."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def column_type(field: models.Field[Any, Any]) -> LiteralString:
    """Return a column's type in SQL; it comes from the model, never from a request."""
    return cast(LiteralString, field.db_type(connection))


def copy_in(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows by COPY, `names` being attributes of the model; history triggers see them like any other.

    bulk_create spends four fifths of its time on writing and splitting the statement.
    """
    fields = [field for field in model._meta.concrete_fields if field.attname in names]
    places = [names.index(field.attname) for field in fields]
    packed = {at for field, at in zip(fields, places, strict=True) if isinstance(field, models.JSONField)}
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
    )
    # COPY is the driver's own: without the wrapper a code taken meanwhile would not be the IntegrityError that is met.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [json.dumps(row[at], ensure_ascii=False) if at in packed else row[at] for at in places]
            )


def insert(rows: Sequence[Owned]) -> None:
    """Append new register rows and give them their ids."""
    if not rows:
        return
    model = type(rows[0])
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        ids = [number for (number,) in cursor.fetchall()]
    for row, number in zip(rows, ids, strict=True):
        row.pk = number
        row._state.adding = False
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.generated and field.db_default is models.NOT_PROVIDED
    ]
    copy_in(model, names, ([getattr(row, name) for name in names] for row in rows))


AUDITED = (
    *("actor_id", "actor_name", "region_id", "verb", "target_kind", "target_id", "target_label"),
    *("changes", "reason", "address"),
)


def audit(rows: Iterable[tuple[Owned, str, list[dict[str, str]]]], *, actor: Actor, reason: str) -> None:
    """Append one audit row for each (row, verb, changes)."""
    who = (actor.user.pk if actor.user else None, actor.name)
    kept = (
        (
            *who,
            row.region_id,
            verb,
            row._meta.label_lower,
            str(row.pk),
            str(row)[:300],
            changes,
            reason,
            actor.address,
        )
        for row, verb, changes in rows
    )
    copy_in(AuditEvent, AUDITED, kept)


@cache
def label(model: type[Owned], name: str) -> str:
    """Return a field's title on screen."""
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def apply_chunk(
    batch: ImportBatch,
    decisions: Decisions,
    *,
    target: Target,
    place: Place,
    actor: Actor,
) -> None:
    """Write what was decided for one chunk; call it inside the chunk's transaction."""
    if target.sink.writer is not None:
        target.sink.writer.apply(batch, decisions, target=target, place=place, actor=actor)
        reject(batch, decisions)
        return
    reason = f"导入第{batch.pk}批"
    created, corrected = write_rows(decisions, target=target)
    done: list[tuple[int, Owned, str, dict[str, Any]]] = [(line, row, CREATED, {}) for line, row in created]
    done += [
        (line, row, CORRECTED, {name: as_json(old) for name, old in before.items()})
        for line, row, before in corrected
    ]
    copy_in(
        ImportChange,
        ("batch_id", "line", "target_kind", "target_id", "verb", "before", "version_after"),
        (
            (batch.pk, line, row._meta.label_lower, row.pk, verb, before, row.version)
            for line, row, verb, before in done
        ),
    )
    acts = [(row, "导入登记", first_values(row, target=target, place=place)) for _, row in created]
    acts += [(row, "导入更正", differences(row, before, target=target)) for _, row, before in corrected]
    audit(acts, actor=actor, reason=reason)
    reject(batch, decisions)


def write_rows(
    decisions: Decisions, *, target: Target
) -> tuple[list[tuple[int, Owned]], list[tuple[int, Owned, dict[str, Any]]]]:
    """Write the rows of a chunk; returns what was created and corrected."""
    new = [row for _, row in decisions.created]
    target.sink.complete(new)
    insert(new)
    changed = {name for _, _, before in decisions.corrected for name in before}
    save_over([row for _, row, _ in decisions.corrected], fields=changed)
    return decisions.created, decisions.corrected


def first_values(row: Owned, *, target: Target, place: Place) -> list[dict[str, str]]:
    """Return what a new row says, as the trail shows it."""
    if target.sink.writer is not None:
        return target.sink.writer.told(row)
    said = {
        name: target.shown(name, getattr(row, target.sink.attribute(name))) for name in target.kind.fields
    }
    said |= {"source": place.source, "office": place.office_name, "unit": place.unit_name}
    model = target.sink.model
    return [
        {"field": name, "label": label(model, name), "old": "—", "new": shown(masked(name, value))}
        for name, value in said.items()
        if value not in (None, "")
    ]


def differences(row: Owned, before: Mapping[str, Any], *, target: Target) -> list[dict[str, str]]:
    """Return old and new of the corrected fields, as the trail shows them."""
    if target.sink.writer is not None:
        return target.sink.writer.told(row)
    return [
        {
            "field": name,
            "label": label(target.sink.model, name),
            "old": shown(masked(name, target.shown(name, old))),
            "new": shown(masked(name, target.shown(name, getattr(row, target.sink.attribute(name))))),
        }
        for name, old in before.items()
    ]


def reject(batch: ImportBatch, decisions: Decisions) -> None:
    """Keep the rows that were not taken, with their reasons."""
    copy_in(
        RejectedRow,
        ("batch_id", "line", "cells", "reasons"),
        ((batch.pk, row.line, stored_cells(row), row.problems) for row in decisions.rejected),
    )


def claim(job: Job, *, at: Mapping[str, int]) -> Job:
    """Lock the Job for a chunk. Raises StepRefused when another process has moved its cursor on."""
    held = Job.objects.select_for_update().get(pk=job.pk)
    if held.cursor != dict(at):
        raise StepRefused("这一批正由另一个进程处理。", hint="请稍后刷新查看进度。")
    return held


def advance(job: Job, *, to: Mapping[str, int], done: int) -> None:
    """Move the Job's cursor; it commits with the chunk it stands behind."""
    job.cursor, job.done = dict(to), done
    Job.objects.filter(pk=job.pk).update(cursor=dict(to), done=done)


@transaction.atomic
def undo_chunk(
    batch: ImportBatch,
    applied: Sequence[ImportChange],
    *,
    target: Target,
    actor: Actor,
    job: Job,
) -> dict[str, int]:
    """Take back what some rows of a batch did; returns {withdrawn, restored, kept} and moves the Job on.

    A row that was changed or withdrawn since, or is no longer within the actor's reach, is kept as it is.
    """
    held = claim(job, at=job.cursor)
    reason = f"撤销导入第{batch.pk}批"
    if target.sink.writer is not None:
        withdrawn, restored = target.sink.writer.take_back(
            applied, actor=actor, reason=reason, region=batch.region_id
        )
    else:
        withdrawn, restored = rows_taken_back(applied, target=target, actor=actor, reason=reason)
    ImportChange.objects.filter(pk__in=withdrawn).update(verb=WITHDRAWN)
    ImportChange.objects.filter(pk__in=restored).update(verb=RESTORED)
    done = len(withdrawn) + len(restored)
    counts = {"withdrawn": len(withdrawn), "restored": len(restored), "kept": len(applied) - done}
    for name, number in counts.items():
        batch.counts[name] = batch.counts.get(name, 0) + number
    ImportBatch.objects.filter(pk=batch.pk).update(counts=batch.counts)
    advance(held, to={"change": applied[-1].pk}, done=held.done + len(applied))
    job.cursor, job.done = held.cursor, held.done
    return counts


def rows_taken_back(
    applied: Sequence[ImportChange], *, target: Target, actor: Actor, reason: str
) -> tuple[list[int], list[int]]:
    """Withdraw the rows a batch made and restore those it corrected; returns the changes of each."""
    withdrawn, restored = taken_back(applied, target=target, actor=actor, reason=reason)
    save_over([row for _, row in withdrawn], fields=("withdrawn_at", "withdrawn_reason"))
    save_over([row for _, row, _ in restored], fields={name for _, _, now in restored for name in now})
    state = [{"field": "withdrawn_at", "label": "状态", "old": "在册", "new": "已撤销"}]
    acts = [(row, "撤销导入", state) for _, row in withdrawn]
    acts += [(row, "撤销导入", differences(row, now, target=target)) for _, row, now in restored]
    audit(acts, actor=actor, reason=reason)
    return [one.pk for one, _ in withdrawn], [one.pk for one, _, _ in restored]


Withdrawn = list[tuple[ImportChange, Owned]]
Restored = list[tuple[ImportChange, Owned, dict[str, Any]]]  # with the values a moment ago


def taken_back(
    applied: Sequence[ImportChange], *, target: Target, actor: Actor, reason: str
) -> tuple[Withdrawn, Restored]:
    """Return the locked rows of these changes set back, in memory, to what they were before the batch."""
    rows = {
        row.pk: row
        for row in target.sink.model._default_manager.filter(pk__in=[one.target_id for one in applied])
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    now = transaction_time()
    withdrawn: Withdrawn = []
    restored: Restored = []
    for one in applied:
        row = rows.get(one.target_id)
        if row is None or not may_undo(row, one, actor=actor):
            continue
        row.version += 1
        if one.verb == CREATED:
            row.withdrawn_at, row.withdrawn_reason = now, reason
            withdrawn.append((one, row))
        else:
            restored.append((one, row, put_back(row, one.before, target.sink)))
    return withdrawn, restored


def transaction_time() -> datetime:
    """Return the instant that history and audit rows of this transaction carry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
    return found


def may_undo(row: Owned, one: ImportChange, *, actor: Actor) -> bool:
    """Return whether a row still stands as the batch left it and may be changed back by the actor."""
    verb = "withdraw" if one.verb == CREATED else "correct"
    return (
        row.version == one.version_after
        and row.withdrawn_at is None
        and actor.may_place(
            row.resource,
            verb,
            region=row.region_id,
            office=row.office_id,
            area=getattr(row, "area_id", None),
            unit=row.unit_id,
        )
    )


def put_back(row: Owned, before: Mapping[str, Any], sink: Sink) -> dict[str, Any]:
    """Set a row's fields to what they were; returns what they were a moment ago."""
    now = {}
    for name, kept in before.items():
        field: models.Field[Any, Any] = row._meta.get_field(name)  # type: ignore[assignment]
        now[name] = getattr(row, sink.attribute(name))
        setattr(row, sink.attribute(name), from_json(field, kept))
    return now
