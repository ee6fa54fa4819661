"""Writers of import batches on their way in: received, matched, checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import attach, record
from wanqi.core.errors import AccessRefused, StepRefused

from ..batches import matching_of, proposed, table_of
from ..deciding import Decisions
from ..importing import Matching, Target, check_matching, target_of
from ..models import ImportBatch, ImportMapping, RejectedRow
from ..sheets import open_table
from ..values import Table
from .import_rows import differences, first_values, reject
from .import_runs import CHECK, Progress, Run, enqueue, locked, require_batch, tally

State = ImportBatch.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
INLINE_BYTES = 400_000  # a larger file is checked by the worker, not while somebody waits for the page
SHOWN = 12  # rows of a preview


def receive_table(
    name: str,
    content: bytes,
    *,
    profile: str,
    region: str,
    actor: Actor,
    office: int | None = None,
    unit: int | None = None,
    table: Table | None = None,
    is_demonstration: bool = False,
) -> ImportBatch:
    """Keep a file or pasted text and propose how its columns match; returns the batch.

    table: what `content` was already opened as. is_demonstration: its rows are marked 演示, whoever imports them.

    Raises TableRefused, ProfileMissing, AccessRefused when the actor may not import for that office and unit.
    """
    target = target_of(region, profile)
    require_place(target, actor=actor, office=office, unit=unit)
    table = table or open_table(content, name=name)
    sheet, mapping = proposed(table, target)
    if is_demonstration:
        mapping["demonstration"] = True
    kind = XLSX if content.startswith(b"PK") else "text/plain"
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            region_id=region,
            office_id=office,
            unit_id=unit,
            profile=profile,
            kind=target.profile.kind,
            file=attach(name, content, content_type=kind, region=region, actor=actor),
            sheet=sheet,
            mapping=mapping,
            created_by=actor.user,
        )
        record(batch, "上传表格", actor=actor)
    return batch


def require_place(target: Target, *, actor: Actor, office: int | None, unit: int | None) -> None:
    """Raise AccessRefused unless the actor may import rows for this office and unit."""
    resource = target.sink.model.resource
    for name, verb in ((resource, "import"), ("batch", "create")):
        if not actor.may_place(name, verb, region=target.region, office=office, area=None, unit=unit):
            raise AccessRefused(
                "只能导入本股室或本单位的数据。", hint="请核对责任股室、报送单位，或联系安全管理员授权。"
            )


@transaction.atomic
def choose_sheet(batch: ImportBatch, sheet: str, *, actor: Actor) -> ImportBatch:
    """Look at another sheet of the file and propose its columns. Raises TableRefused, StepRefused."""
    require_batch(batch, "create", actor=actor)
    batch = locked(batch, State.RECEIVED, State.MAPPED)
    batch.sheet, batch.mapping = proposed(
        table_of(batch), target_of(batch.region_id, batch.profile), sheet=sheet
    )
    batch.state, batch.counts = State.RECEIVED, {}
    batch.save(update_fields=["sheet", "mapping", "state", "counts"])
    RejectedRow.objects.filter(batch=batch).delete()
    return batch


@transaction.atomic
def match_columns(
    batch: ImportBatch, columns: Mapping[str, int], *, actor: Actor, units: Mapping[str, str] | None = None
) -> ImportBatch:
    """Confirm field → column, remember it for files with this head, and check the rows; returns the batch.

    units: field → unit of amounts of which the table says none.

    A small file is checked at once, a large one by the worker (batch.job). Raises MappingRefused, StepRefused.
    """
    require_batch(batch, "create", actor=actor)
    batch = locked(batch, State.RECEIVED, State.MAPPED)
    matching = Matching(batch.sheet, matching_of(batch).head, dict(columns), dict(units or {}))
    check_matching(matching, target_of(batch.region_id, batch.profile))
    batch.mapping = {**batch.mapping, **matching.as_json(), "guessed": []}
    batch.state, batch.counts, batch.message = State.MAPPED, {}, ""
    batch.save(update_fields=["mapping", "state", "counts", "message"])
    ImportMapping.objects.update_or_create(
        region_id=batch.region_id,
        profile=batch.profile,
        headers_digest=matching.head.digest,
        defaults={"mapping": dict(columns), "used_at": Now()},
    )
    return batch


def check(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Find out what importing would do: at once for a small file, by the worker for a large one."""
    if batch.file.size > INLINE_BYTES:
        with transaction.atomic():
            batch = locked(batch, State.MAPPED)
            enqueue(batch, CHECK, "check_import", actor=actor)
        return batch
    return run_check(batch.pk, actor=actor)


def run_check(batch_id: int, *, actor: Actor, progress: Progress | None = None) -> ImportBatch:
    """Decide about every row without touching the register; keeps the numbers, samples and rejected rows."""
    batch = ImportBatch.objects.select_related("file", "created_by").defer("file__content").get(pk=batch_id)
    run = Run(batch, actor=actor)
    counts: dict[str, Any] = {"read": 0, "new": [], "changes": []}
    # Progress can only be watched when it commits; without it, two clicks at once wait for each other instead.
    with transaction.atomic() if progress is None else nullcontext():
        if progress is None:
            locked(batch, State.MAPPED)
        RejectedRow.objects.filter(batch=batch).delete()
        for rows in run.chunks():
            decisions = run.judge.decide(rows, lock=False)
            tally(counts, decisions)
            reject(batch, decisions)
            sample(counts, decisions, run=run)
            if progress is not None:
                progress(counts["read"], run.table.height)
        return checked(batch, {**counts, "checked": True})


def sample(counts: dict[str, Any], decisions: Decisions, *, run: Run) -> None:
    """Keep the first new rows and the first corrections for the preview."""
    for line, row in decisions.created[: SHOWN - len(counts["new"])]:
        said = first_values(row, target=run.target, place=run.place)
        counts["new"].append({"line": line, "label": str(row), "values": said})
    asked = counts.setdefault("asked", [])
    for line, row in decisions.created:
        question = run.target.sink.ask(row) if len(asked) < SHOWN else None
        if question:
            asked.append({"line": line, "label": str(row), "said": question})
    for line, row, before in decisions.corrected[: SHOWN - len(counts["changes"])]:
        said = differences(row, before, target=run.target)
        counts["changes"].append({"line": line, "label": str(row), "values": said})


@transaction.atomic
def checked(batch: ImportBatch, counts: dict[str, Any]) -> ImportBatch:
    """Keep what a check found. Raises StepRefused when the columns were matched anew meanwhile."""
    now = locked(batch, State.MAPPED)
    if (now.sheet, now.mapping) != (batch.sheet, batch.mapping):
        raise StepRefused("核对期间重新匹配了列。", hint="请以最新一次核对的结果为准。")
    now.counts = counts
    now.save(update_fields=["counts"])
    return now
