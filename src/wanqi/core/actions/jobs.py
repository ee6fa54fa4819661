"""Background work: a Job row that people can watch, run by the procrastinate worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app as queue

from ..access import Actor
from ..models import Job

Progress = Callable[[int, int], None]


def start(kind: str, *, task: str, region: str, actor: Actor, **arguments: Any) -> Job:
    """Create a Job and enqueue `task` with `job_id` in the same transaction; returns the Job.

    task: name of a procrastinate task that takes `job_id` and the arguments.
    """
    with transaction.atomic():
        job = Job.objects.create(kind=kind, region_id=region, created_by=actor.user)
        queue.configure_task(task, lock=f"{kind}:{region}").defer(job_id=job.pk, **arguments)
    return job


def running(job_id: int) -> Job:
    """Mark a Job as running and return it."""
    Job.objects.filter(pk=job_id).update(state=Job.State.RUNNING, started_at=Now())
    return Job.objects.get(pk=job_id)


def progressed(job_id: int, done: int, total: int) -> None:
    """Store how far a Job is; call it outside the chunk's transaction so that watchers see it."""
    Job.objects.filter(pk=job_id).update(done=done, total=total)


def ended(job_id: int, *, state: Job.State, message: str = "") -> None:
    """Store how a Job ended."""
    Job.objects.filter(pk=job_id).update(state=state, message=message, ended_at=Now())
