"""Standings in the background: whatever changed, and every hour what the day itself changes."""

from __future__ import annotations

from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob

from .actions import standing_books
from .screening import tasks as screens
from .standings import keeping

__all__ = ["keep_standings", "look_at_the_day", "screens", "work_standings"]


@queue.task(name=keeping.TASK)
def keep_standings(region: str) -> None:
    """Follow single changes in a region; woken by triggers in the transaction that changed something.

    One at a time; where much is due, that is done by a call of its own beside this one.
    """
    keeping.forget_other_calls(region)
    keeping.work_single(region, call=lambda: _call_for_the_rest(region))


@queue.task(name=keeping.ALL_TASK)
def work_standings(region: str) -> None:
    """Compare everything that is due in a region; one at a time."""
    keeping.work(region)


def _call_for_the_rest(region: str) -> None:
    """Queue a run for everything that is due, unless one waits already."""
    name = f"standings-all:{region}"
    if not ProcrastinateJob.objects.filter(lock=name, status="todo").exists():
        queue.configure_task(keeping.ALL_TASK, lock=name).defer(region=region)


@queue.periodic(cron="* * * * *")
@queue.task(name="wanqi.policies.tasks.look_at_the_day", queueing_lock="look_at_the_day")
def look_at_the_day(timestamp: int) -> None:
    """Call the worker where a new day has begun or something is due that nobody called for.

    Rules are made ready in this process meanwhile, so that the first change after a start, a midnight or new packs
    need not wait for that.
    """
    for region in standing_books.kept_regions():
        if keeping.calls_for_work(region):
            queue.configure_task(keeping.TASK, lock=f"standings:{region}").defer(region=region)
        keeping.make_ready(region)
