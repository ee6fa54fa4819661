"""Long work on import batches and 名单, run by the worker; each goes on where a killed one stopped."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app as queue

from wanqi.core.access import Actor, actor_of
from wanqi.core.actions import jobs
from wanqi.core.errors import StepRefused, WanqiError
from wanqi.core.models import Job

from .actions import import_runs, imports, name_list_matching


def actor_of_job(job_id: int) -> Actor:
    """Return who started a job, with the roles held now. Raises StepRefused for a job of the command line."""
    person = Job.objects.select_related("created_by").get(pk=job_id).created_by
    if person is None:
        raise StepRefused("这项任务没有发起人，不能由后台继续。", hint="请重新运行 wanqi import。")
    return actor_of(person)


@queue.task(name="wanqi.registry.tasks.check_import")
def check_import(job_id: int, batch_id: int) -> None:
    """Check a large batch before it is confirmed."""
    try:
        jobs.running(job_id)
        imports.run_check(
            batch_id,
            actor=actor_of_job(job_id),
            progress=lambda done, total: jobs.progressed(job_id, done, total),
        )
    except WanqiError as error:
        jobs.ended(job_id, state=Job.State.FAILED, message=str(error))
    else:
        jobs.ended(job_id, state=Job.State.DONE)


@queue.task(name="wanqi.registry.tasks.run_import")
def run_import(job_id: int, batch_id: int) -> None:
    """Import a confirmed batch; a batch refused with a sentence keeps it and is not tried again."""
    try:
        import_runs.run_import(batch_id, actor=actor_of_job(job_id))
    except WanqiError as error:
        jobs.ended(job_id, state=Job.State.FAILED, message=str(error))


@queue.task(name="wanqi.registry.tasks.run_undo")
def run_undo(job_id: int, batch_id: int) -> None:
    """Undo a batch."""
    try:
        import_runs.run_undo(batch_id, actor=actor_of_job(job_id))
    except WanqiError as error:
        jobs.ended(job_id, state=Job.State.FAILED, message=str(error))


@queue.task(name="wanqi.registry.tasks.match_list")
def match_list(job_id: int, name_list_id: int) -> None:
    """Match the rows of a long 名单; why it stopped is kept in words, and the rows matched until then."""
    try:
        jobs.running(job_id)
        name_list_matching.run_matching(
            name_list_id,
            actor=actor_of_job(job_id),
            progress=lambda done, total: jobs.progressed(job_id, done, total),
        )
    except Exception as error:
        jobs.ended(job_id, state=Job.State.FAILED, message=name_list_matching.stopped(error))
        if not isinstance(error, WanqiError):
            raise
    else:
        jobs.ended(job_id, state=Job.State.DONE)


@queue.periodic(cron="* * * * *")
@queue.task(name="wanqi.registry.tasks.requeue_stalled", queueing_lock="requeue_stalled", pass_context=True)
async def requeue_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died to the next one; every task of the house can go on where it stopped."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
