"""Keeping the standings of a region up to date: everything that is due, a few at a time or many together."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from wanqi.core.actions import jobs
from wanqi.core.models import Job
from wanqi.core.packs import current_pack

from ..actions import standing_books, standing_runs
from ..models import StandingBook, StandingDue
from .ready import today

Progress = Callable[[int, int], None]
LONG = 1_000  # due organisations from which on people see how far it is
TASK = "wanqi.policies.tasks.keep_standings"


def work(region: str, *, progress: Progress | None = None) -> int:
    """Compare whatever is due in a region until nothing is; returns how many organisations were compared.

    Does nothing for a region whose standings are not kept. Called again after being killed, it goes on.
    """
    if standing_books.follow(region) is None:
        return 0
    total = standing_runs.waiting(region)
    if not total:
        standing_books.filled(region)
        return 0
    day = standing_runs.Day.of(region, today(region))
    job = standing_books.long_run(region, total) if total > LONG else None
    began, done = timezone.now(), 0
    while True:
        fresh = standing_runs.next_due(region, standing_runs.FEW, since=began) if done else []
        some = fresh or standing_runs.next_due(region, standing_runs.MANY)
        if not some:
            break
        if not fresh and standing_runs.dense(region, some):
            standing_runs.work_many(day, some)
        else:
            some = some[: standing_runs.FEW]
            standing_runs.work_few(day, some)
        done += len(some)
        if job is not None:
            jobs.progressed(job.pk, min(done, total), total)
        if progress is not None:
            progress(min(done, total), total)
    standing_books.filled(region)
    if job is not None:
        jobs.ended(job.pk, state=Job.State.DONE)
    return done


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
    return moved or book.filled_at is None or StandingDue.objects.filter(region=region).exists()


def make_ready(region: str) -> None:
    """Prepare the rules of a region for its day in this process; costs nothing when they are."""
    standing_runs.Day.of(region, today(region))
