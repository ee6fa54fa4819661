"""What the worker does with batches, and with the jobs of a worker that died."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import cast
from tests.registry.tables import ROW, rows, table
from tests.registry.test_imports import received
from wanqi.cli.cluster import Cluster
from wanqi.core.access import Actor
from wanqi.core.models import Job, Role
from wanqi.projects.models import Site
from wanqi.registry import tasks
from wanqi.registry.actions import check, match_columns, start_import
from wanqi.registry.actions.imports import INLINE_BYTES
from wanqi.registry.models import ImportBatch


def confirmed(content: bytes, clerk: Actor) -> ImportBatch:
    batch = received(content, actor=clerk, office=cast.offices()[0].pk)
    batch = check(match_columns(batch, batch.mapping["columns"], actor=clerk), actor=clerk)
    return start_import(batch, actor=clerk)


@pytest.mark.django_db
def test_a_task_that_runs_twice_imports_once() -> None:
    batch = confirmed(table(*rows(2)), cast.actor(Role.CLERK))
    assert batch.job is not None
    for _ in range(2):
        tasks.run_import(job_id=batch.job.pk, batch_id=batch.pk)
    assert Site.objects.count() == 2
    assert ImportBatch.objects.get().counts["created"] == 2


@pytest.mark.django_db
def test_who_lost_the_role_meanwhile_imports_nothing() -> None:
    clerk = cast.actor(Role.CLERK)
    batch = confirmed(table(ROW), clerk)
    assert clerk.user is not None
    clerk.user.grants.all().delete()
    assert batch.job is not None
    tasks.run_import(job_id=batch.job.pk, batch_id=batch.pk)
    assert Site.objects.count() == 0
    assert (
        ImportBatch.objects.get().rejected.get().reasons[0]["message"] == "不在您的股室或单位范围内，不能登记"
    )


@pytest.mark.django_db
def test_a_large_file_is_checked_by_the_worker() -> None:
    clerk = cast.actor(Role.CLERK)
    batch = received(table(*rows(600)), actor=clerk, office=cast.offices()[0].pk)
    batch = match_columns(batch, batch.mapping["columns"], actor=clerk)
    batch.file.size = INLINE_BYTES + 1
    batch = check(batch, actor=clerk)
    assert (batch.counts, Job.objects.get().kind) == ({}, "import-check")
    tasks.check_import(job_id=Job.objects.get().pk, batch_id=batch.pk)
    batch = ImportBatch.objects.get()
    assert (batch.counts["checked"], batch.counts["created"]) == (True, 600)
    assert (Job.objects.get().state, Job.objects.get().done) == (Job.State.DONE, 600)


@pytest.mark.slow
def test_the_jobs_of_a_dead_worker_are_done_by_the_next(cluster: Cluster, committed_db: str) -> None:
    clerk = cast.actor(Role.CLERK)
    batch = confirmed(table(*rows(3)), clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
    connection.close()
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.urls(committed_db).app_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }
    shell = (
        "import django; django.setup()\n"
        "from procrastinate.contrib.django import app\n"
        "from wanqi.registry.tasks import requeue_stalled\n"
        "requeue_stalled.defer(timestamp=0)\n"
        "app.with_connector(app.connector.get_worker_connector()).run_worker(wait=False)\n"
        "app.with_connector(app.connector.get_worker_connector()).run_worker(wait=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", shell],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.DONE
    assert Site.objects.count() == 3
    taken = ProcrastinateJob.objects.get(task_name="wanqi.registry.tasks.run_import")
    assert taken.status == "succeeded"
    connection.close()
