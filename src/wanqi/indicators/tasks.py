"""Work of the worker for figures."""

from __future__ import annotations

from procrastinate.contrib.django import app as queue

from .actions.changes import forget_changes


@queue.periodic(cron="41 3 * * *")
@queue.task(name="wanqi.indicators.tasks.forget", queueing_lock="forget_changes")
def forget(timestamp: int) -> None:
    """Remove old notes of what was written."""
    forget_changes()
