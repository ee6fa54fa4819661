"""Long work on reports, run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app as queue

from wanqi.core.actions import jobs
from wanqi.core.errors import WanqiError
from wanqi.registry.tasks import actor_of_job

from .actions.evidence import make_package as make
from .actions.evidence import package_ended


@queue.task(name="wanqi.reports.tasks.make_package")
def make_package(job_id: int, package_id: int) -> None:
    """Make a large package of evidence; killed and given to another worker, it is made from the beginning."""
    try:
        jobs.running(job_id)
        make(
            package_id,
            actor=actor_of_job(job_id),
            progress=lambda done, total: jobs.progressed(job_id, done, total),
        )
    except WanqiError as error:
        package_ended(job_id, error)
    else:
        package_ended(job_id)
