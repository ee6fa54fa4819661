"""Writers of rows: a locked return of rows becomes one import batch of its register, undoable as a whole."""

from __future__ import annotations

import io

from wanqi.core.access import Actor
from wanqi.core.errors import RowInvalid
from wanqi.documents.sheets import Field, xlsx
from wanqi.packs import FormSpec
from wanqi.registry.actions import import_now, match_columns, receive_table, undo_now
from wanqi.registry.models import ImportBatch

from ..models import Return
from ..rows import target_for

_MOST_SHOWN = 5


def import_rows(row: Return, spec: FormSpec, *, actor: Actor) -> ImportBatch | None:
    """Put a return's rows into their register and return the batch; None where there are none.

    A revision undoes the batch before it first. Raises RowInvalid, and with the caller's transaction nothing stands,
    where a row is refused.
    """
    if row.batch is not None and row.batch.state == ImportBatch.State.DONE:
        undo_now(row.batch, actor=actor)
    if not row.rows:
        return None
    target = target_for(row.region_id, spec)
    columns = target.profile.columns
    out = io.BytesIO()
    assert row.submitted_at is not None
    xlsx(
        out,
        [Field(column.headers[0]) for column in columns],
        ([str(one.get(column.field, "")) for column in columns] for one in row.rows),
        made=row.submitted_at,
    )
    assert spec.rows is not None
    batch = receive_table(
        f"{row.unit}{spec.title}{row.round.period}第{row.revision}版.xlsx",
        out.getvalue(),
        profile=spec.rows.profile,
        region=row.region_id,
        actor=actor,
        office=row.office_id,
        unit=row.unit_id,
        is_demonstration=row.is_demonstration,
    )
    batch = match_columns(batch, {column.field: at for at, column in enumerate(columns)}, actor=actor)
    batch = import_now(batch, actor=actor)
    taken = sum(batch.counts[name] for name in ("created", "corrected", "unchanged"))
    if taken != len(row.rows):
        raise RowInvalid({"rows": _refused(batch, len(row.rows) - taken)}, hint="请退回单位改正后再锁定。")
    return batch


def _refused(batch: ImportBatch, number: int) -> list[str]:
    said = [f"有{number}行不能登记，本次没有锁定。"]
    for one in batch.rejected.order_by("line")[:_MOST_SHOWN]:
        why = "；".join(f"{reason['column']}：{reason['message']}" for reason in one.reasons)
        said.append(f"第{one.line - 1}行 {why}。")
    return said
