"""Writers that carry a checked batch into its register chunk by chunk, and take it back as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import jobs, record
from wanqi.core.errors import AccessRefused, StepRefused, WanqiError
from wanqi.core.models import Job

from ..batches import matching_of, place_of, table_of
from ..deciding import CHUNK, Decisions, Judge, chunks
from ..importing import Candidate, Deciding, Reading, Skipped, target_of
from ..models import ImportBatch, ImportChange, RejectedRow
from ..values import Table, plain
from .import_rows import CORRECTED, CREATED, advance, apply_chunk, claim, undo_chunk

State = ImportBatch.State
Progress = Callable[[int, int], None]
CHECK, IMPORT, UNDO = "import-check", "import", "import-undo"
TASK = "wanqi.registry.tasks."


def require_batch(batch: ImportBatch, verb: str, *, actor: Actor) -> None:
    """Raise AccessRefused unless the batch is the actor's to go on with."""
    if not actor.may_place(
        "batch", verb, region=batch.region_id, office=batch.office_id, area=None, unit=batch.unit_id
    ):
        raise AccessRefused("这一批不归您的股室或单位。", hint="请联系导入人，或其股室负责人。")


def locked(batch: ImportBatch, *states: str) -> ImportBatch:
    """Return the batch under lock. Raises StepRefused unless it is in one of the states."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state not in states:
        raise StepRefused(
            f"第{batch.pk}批{held.get_state_display()}，不能再做这一步。", hint="请刷新页面查看最新状态。"
        )
    return held


def enqueue(batch: ImportBatch, kind: str, task: str, *, actor: Actor) -> None:
    """Hand the batch to the worker with a Job of its own."""
    batch.job = jobs.start(kind, task=TASK + task, region=batch.region_id, actor=actor, batch_id=batch.pk)
    batch.save(update_fields=["job", "state", "message"])


class Run:
    """One pass over a batch's rows; `judge` decides, the caller writes."""

    def __init__(self, batch: ImportBatch, *, actor: Actor, table: Table | None = None) -> None:
        self.batch = batch
        self.target = target_of(batch.region_id, batch.profile)
        self.place = place_of(batch)
        self.reading = Reading(self.target, matching_of(batch))
        self.table = table or table_of(batch)
        self.judge = self._judge(actor)

    def _judge(self, actor: Actor) -> Deciding:
        writer = self.target.sink.writer
        if writer is None:
            return Judge(self.target, self.reading, place=self.place, actor=actor)
        matching = matching_of(self.batch)
        above = self.table.rows(matching.sheet, most=max(0, matching.head.first - 1))
        texts = [plain(cell) for row in above if row.line < matching.head.first for cell in row.cells]
        said = " ".join([self.batch.file.name, matching.sheet, *filter(None, texts)])
        return writer.judge(self.target, self.reading, place=self.place, actor=actor, said=said)

    def chunks(self, *, after: int = 0) -> Iterator[list[Candidate | Skipped]]:
        """Yield the rows in chunks; those up to the line `after` are only taken note of."""
        for rows in chunks(self.reading.rows(self.table), size=CHUNK):
            fresh = [row for row in rows if row.line > after]
            if len(fresh) < len(rows):
                self.judge.pass_over([row for row in rows if row.line <= after])
            if fresh:
                yield fresh


def tally(counts: dict[str, Any], decisions: Decisions) -> None:
    """Add a chunk's numbers to a batch's; read is always the sum of the others."""
    for name, number in decisions.counts.items():
        counts[name] = counts.get(name, 0) + number
    why = Counter(row.why for row in decisions.skipped)
    counts["skips"] = {**counts.get("skips", {})}
    for name, number in why.items():
        counts["skips"][name] = counts["skips"].get(name, 0) + number


def start_import(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Let the worker import a checked batch, or go on with one that stopped. Raises StepRefused, AccessRefused."""
    with transaction.atomic():
        batch, previous = prepared(batch, actor=actor)
        enqueue(batch, IMPORT, "run_import", actor=actor)
        carry_on(batch, previous)
    return batch


def import_now(
    batch: ImportBatch, *, actor: Actor, progress: Progress | None = None, table: Table | None = None
) -> ImportBatch:
    """Import a batch in this process, checked or not, or go on with one that stopped; returns it done.

    table: what the batch's file was already opened as.
    """
    with transaction.atomic():
        batch, previous = prepared(batch, actor=actor, expected=table.height if table else 0)
        batch.job = Job.objects.create(kind=IMPORT, region_id=batch.region_id, created_by=actor.user)
        batch.save(update_fields=["job", "state", "message"])
        carry_on(batch, previous)
    return run_import(batch.pk, actor=actor, progress=progress, table=table)


def prepared(
    batch: ImportBatch, *, actor: Actor, expected: int | None = None
) -> tuple[ImportBatch, Job | None]:
    """Return the batch locked and about to run, and the Job of the run that stopped, if any.

    expected: about how many rows there are, where the batch need not have been checked.
    """
    require_batch(batch, "create", actor=actor)
    batch = locked(batch, State.MAPPED, State.FAILED, State.RUNNING)
    previous = batch.job if batch.state != State.MAPPED else None
    if batch.state == State.MAPPED:
        if not batch.counts.get("checked") and expected is None:
            raise StepRefused("这一批还没有核对完。", hint="请等核对完成后再确认导入。")
        batch.counts = {"expected": batch.counts.get("read", expected)}
        RejectedRow.objects.filter(batch=batch).delete()
        batch.save(update_fields=["counts"])
        record(batch, "开始导入", actor=actor)
    batch.state, batch.message = State.RUNNING, ""
    return batch, previous


def carry_on(batch: ImportBatch, previous: Job | None) -> None:
    """Let the batch's Job begin where the previous one stopped; that one can commit no further chunk."""
    at = Job.objects.select_for_update().get(pk=previous.pk) if previous else None
    assert batch.job is not None
    Job.objects.filter(pk=batch.job.pk).update(
        cursor=at.cursor if at else {}, done=at.done if at else 0, total=batch.counts["expected"]
    )
    if at is not None:
        Job.objects.filter(pk=at.pk).update(
            state=Job.State.FAILED, cursor={"followed_by": batch.job_id}, ended_at=Now()
        )


def run_import(
    batch_id: int, *, actor: Actor, progress: Progress | None = None, table: Table | None = None
) -> ImportBatch:
    """Import a running batch chunk by chunk from its Job's cursor; returns it done.

    Whatever kills the process, the chunks that committed stand, with their cursor, and the next run begins behind
    them. Raises StepRefused when another process is at it; on any other error the batch is marked as stopped.
    """
    batch = (
        ImportBatch.objects.select_related("file", "job", "created_by")
        .defer("file__content")
        .get(pk=batch_id)
    )
    if batch.state != State.RUNNING or batch.job is None:
        raise StepRefused(f"第{batch_id}批不在导入中。", hint="请刷新页面查看最新状态。")
    job = jobs.running(batch.job.pk)
    try:
        run = Run(batch, actor=actor, table=table)
        for rows in run.chunks(after=job.cursor.get("line", 0)):
            import_chunk(run, rows, job=job, actor=actor)
            if progress is not None:
                progress(job.done, job.total)
        return finish(batch, job=job, actor=actor)
    except StepRefused:
        raise
    except Exception as error:
        stop(batch, job, error)
        raise


def import_chunk(run: Run, rows: list[Candidate | Skipped], *, job: Job, actor: Actor) -> None:
    """Decide and write one chunk; tried once more when somebody registered one of its keys meanwhile."""
    for last in (False, True):
        try:
            with transaction.atomic():
                held = claim(job, at=job.cursor)
                decisions = run.judge.decide(rows, lock=True)
                apply_chunk(run.batch, decisions, target=run.target, place=run.place, actor=actor)
                counts = {**run.batch.counts}
                tally(counts, decisions)
                ImportBatch.objects.filter(pk=run.batch.pk).update(counts=counts)
                advance(held, to={"line": rows[-1].line}, done=held.done + len(rows))
            # Not read back: a process that took over meanwhile has to be met by the next claim.
            job.cursor, job.done = held.cursor, held.done
            run.batch.counts = counts
            return
        except IntegrityError:
            if last:
                raise
            run.judge.forget(rows)


@transaction.atomic
def finish(batch: ImportBatch, *, job: Job, actor: Actor) -> ImportBatch:
    """Mark a batch as done and put its numbers into the trail."""
    batch = locked(batch, State.RUNNING)
    counts = {
        "created": 0,
        "corrected": 0,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 0,
        "read": 0,
        **batch.counts,
    }
    batch.counts, batch.state = counts, State.DONE
    batch.save(update_fields=["counts", "state"])
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=Now())
    said = (
        ("新增", "created"),
        ("更正", "corrected"),
        ("无变化", "unchanged"),
        ("未导入", "rejected"),
        ("跳过", "skipped"),
    )
    record(
        batch,
        "完成导入",
        actor=actor,
        changes=[
            {"field": name, "label": label, "old": "—", "new": str(counts[name])} for label, name in said
        ],
    )
    jobs.ended(job.pk, state=Job.State.DONE)
    batch.refresh_from_db()
    return batch


def stop(batch: ImportBatch, job: Job, error: Exception) -> None:
    """Mark a batch as stopped, with a sentence; what was imported stays and the rest can go on."""
    said = str(error) if isinstance(error, WanqiError) else "导入中途停止：系统出了问题。"
    ImportBatch.objects.filter(pk=batch.pk, state=State.RUNNING).update(state=State.FAILED, message=said)
    jobs.ended(job.pk, state=Job.State.FAILED, message=said)


def start_undo(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Let the worker undo a whole batch. Raises StepRefused, AccessRefused."""
    with transaction.atomic():
        batch = undoing(batch, actor=actor)
        enqueue(batch, UNDO, "run_undo", actor=actor)
        assert batch.job is not None
        Job.objects.filter(pk=batch.job.pk).update(
            total=batch.applied.filter(verb__in=(CREATED, CORRECTED)).count()
        )
    return batch


def undo_now(batch: ImportBatch, *, actor: Actor, progress: Progress | None = None) -> ImportBatch:
    """Undo a whole batch in this process; returns it undone."""
    with transaction.atomic():
        batch = undoing(batch, actor=actor)
        total = batch.applied.filter(verb__in=(CREATED, CORRECTED)).count()
        batch.job = Job.objects.create(
            kind=UNDO, region_id=batch.region_id, created_by=actor.user, total=total
        )
        batch.save(update_fields=["job", "state", "message"])
    return run_undo(batch.pk, actor=actor, progress=progress)


def undoing(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Return the batch locked, ready to be undone, whole or from where an undo stopped."""
    require_batch(batch, "undo", actor=actor)
    batch = locked(batch, State.DONE, State.FAILED)
    job = batch.job
    if job is not None and job.kind == UNDO and job.state in (Job.State.QUEUED, Job.State.RUNNING):
        raise StepRefused(f"第{batch.pk}批正在撤销。", hint="请稍后刷新查看进度。")
    record(batch, "开始撤销导入", actor=actor)
    batch.message = ""
    batch.counts = {**batch.counts, "kept": 0}  # those that an undo which stopped kept are met again
    batch.save(update_fields=["counts"])
    return batch


def run_undo(batch_id: int, *, actor: Actor, progress: Progress | None = None) -> ImportBatch:
    """Take back, chunk by chunk, what a batch did; rows changed since are kept and stay listed in `applied`.

    A created row is withdrawn, a corrected one gets its former values. Going on after a crash needs no cursor but the
    changes' own marks.
    """
    batch = (
        ImportBatch.objects.select_related("file", "job", "created_by")
        .defer("file__content")
        .get(pk=batch_id)
    )
    if batch.job is None or batch.state not in (State.DONE, State.FAILED):
        raise StepRefused(f"第{batch_id}批没有可撤销的内容。")
    target = target_of(batch.region_id, batch.profile)
    job = jobs.running(batch.job.pk)
    while True:
        applied = list(
            ImportChange.objects.filter(
                batch=batch, verb__in=(CREATED, CORRECTED), pk__gt=job.cursor.get("change", 0)
            ).order_by("pk")[:CHUNK]
        )
        if not applied:
            return undone(batch, job=job, actor=actor)
        undo_chunk(batch, applied, target=target, actor=actor, job=job)
        if progress is not None:
            progress(job.done, job.total)


@transaction.atomic
def undone(batch: ImportBatch, *, job: Job, actor: Actor) -> ImportBatch:
    """Mark a batch as undone and put its numbers into the trail."""
    batch = locked(batch, State.DONE, State.FAILED)
    batch.state = State.UNDONE
    batch.save(update_fields=["state"])
    ImportBatch.objects.filter(pk=batch.pk).update(undone_at=Now())
    said = (("撤销新增", "withdrawn"), ("恢复原值", "restored"), ("保留(其后有改动)", "kept"))
    record(
        batch,
        "撤销导入",
        actor=actor,
        changes=[
            {"field": name, "label": label, "old": "—", "new": str(batch.counts.get(name, 0))}
            for label, name in said
        ],
    )
    jobs.ended(job.pk, state=Job.State.DONE)
    batch.refresh_from_db()
    return batch
