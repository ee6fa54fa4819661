"""Keeping the standings of a region up to date: single changes at once, and beside them whatever else is due.

Both go on at the same time: a first filling or a night of minutes keeps no changed enterprise waiting.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from wanqi.core.actions import jobs
from wanqi.core.models import Job
from wanqi.core.packs import current_pack

from ..actions import standing_books, standing_notes, standing_runs
from ..models import StandingBook
from .ready import today

Progress = Callable[[int, int], None]
LONG = 1_000  # due organisations from which on people see how far it is
TASK = "wanqi.policies.tasks.keep_standings"
ALL_TASK = "wanqi.policies.tasks.work_standings"


def work(region: str, *, progress: Progress | None = None) -> int:
    """Compare whatever is due in a region until nothing is; returns how many organisations were compared.

    Does nothing for a region whose standings are not kept. Called again after being killed, it goes on.
    """
    day = _brought_up(region)
    if day is None:
        return 0
    total = standing_notes.waiting(region)
    job = standing_books.long_run(region, total) if total > LONG else None
    done = 0
    while some := standing_notes.next_due(region, standing_runs.MANY):
        if standing_notes.dense(region, some):
            done += standing_runs.work_many(day, some)
        else:
            done += standing_runs.work_few(day, some[: standing_runs.FEW])
        if job is not None:
            jobs.progressed(job.pk, min(done, total), total)
        if progress is not None:
            progress(min(done, total), total)
        day = _brought_up(region, day) or day
    standing_books.filled(region)
    if job is not None:
        jobs.progressed(job.pk, total, total)  # some were followed singly beside this run
        jobs.ended(job.pk, state=Job.State.DONE)
    return done


def work_single(region: str, *, call: Callable[[], None]) -> int:
    """Compare what single changes touch until none is left; returns how many organisations were compared.

    call: called once where more is due than that, so that somebody else sees to it at the same time.
    """
    day = _brought_up(region)
    if day is None:
        return 0
    called = len(standing_notes.next_due(region, standing_runs.FEW + 1)) > standing_runs.FEW
    if called:
        call()
    done = 0
    while some := standing_notes.next_single(region, standing_runs.FEW):
        done += standing_runs.work_few(day, some)
        day = _brought_up(region, day) or day
    if not standing_notes.is_due(region):
        standing_books.filled(region)
    elif not called:
        call()
    return done


def _brought_up(region: str, day: standing_runs.Day | None = None) -> standing_runs.Day | None:
    """Return the rules and the day that are in force now, the ones given where they still are; None: none are kept."""
    book = standing_books.follow(region)
    if book is None:
        return None
    if day is not None and (day.on, day.pack.digest) == (book.looked_on, book.pack_digest):
        return day
    assert book.looked_on is not None
    return standing_runs.Day.of(region, book.looked_on)


def forget_other_calls(region: str) -> None:
    """Take away the calls of the worker that are still waiting: what they were made for is visible now and done now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s AND lock = %s",
            [TASK, f"standings:{region}"],
        )


def calls_for_work(region: str) -> bool:
    """Return whether something is due in a region, or its day or rules have moved on."""
    book = StandingBook.objects.get(pk=region)
    moved = book.looked_on != today(region) or book.pack_digest != current_pack(region).digest
    return moved or book.filled_at is None or standing_notes.is_due(region)


def make_ready(region: str) -> None:
    """Prepare the rules of a region for its day in this process; costs nothing when they are."""
    standing_runs.Day.of(region, today(region))
