"""How far background work is, as pages show it while it goes on."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wanqi.core.models import Job
from wanqi.registry.batches import rest_seconds

ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)


def progress_of_job(job: Job | None) -> dict[str, Any]:
    """Return how far a Job is: active, waiting, done, total, share 0..1, rest in seconds, failure in words."""
    if job is None:
        return {"active": False}
    elapsed = (timezone.now() - job.started_at).total_seconds() if job.started_at else 0.0
    return {
        "active": job.state in ACTIVE,
        "done": job.done,
        "total": job.total,
        "share": job.done / job.total if job.total else 0,
        "rest": rest_seconds(job.done, job.total, elapsed),
        "waiting": job.state == Job.State.QUEUED,
        "failure": job.message if job.state == Job.State.FAILED else "",
    }
