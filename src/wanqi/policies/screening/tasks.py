"""Long runs of screens for another day, done by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app as queue

from ..actions import screens


@queue.task(name="wanqi.policies.screening.tasks.work_out_run")
def work_out_run(job_id: int, run_id: int) -> None:
    """Work a programme out for another day."""
    screens.run_job(job_id, run_id)
