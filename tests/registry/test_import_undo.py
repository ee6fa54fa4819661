"""A batch undone as a whole, and one that was killed on its way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests import cast
from tests.registry.tables import ROW, rows, table
from tests.registry.test_imports import imported, numbers
from wanqi.cli.cluster import Cluster
from wanqi.core.errors import AccessRefused, StepRefused
from wanqi.core.history import timeline
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.actions import correct_site
from wanqi.projects.models import Site
from wanqi.registry.actions import import_now, start_import, start_undo, undo_now
from wanqi.registry.models import ImportBatch, ImportChange

OLD = (*ROW[:5], "2023-06-15")
NEW = (*ROW[:5], "2023-07-01")


def states() -> list[tuple[str, date | None, bool]]:
    return [
        (site.site_code, site.opened_on, site.withdrawn_at is None)
        for site in Site.objects.order_by("site_code")
    ]


@pytest.mark.django_db
def test_undo_withdraws_the_new_and_restores_the_corrected() -> None:
    imported(table(OLD))
    batch = imported(table(NEW, ("S002", *ROW[1:])))
    batch = undo_now(batch, actor=cast.machine())
    assert batch.state == ImportBatch.State.UNDONE
    assert {name: batch.counts[name] for name in ("withdrawn", "restored", "kept")} == {
        "withdrawn": 1,
        "restored": 1,
        "kept": 0,
    }
    assert states() == [("S001", date(2023, 6, 15), True), ("S002", date(2023, 6, 15), False)]
    latest = timeline(Site.objects.get(site_code="S001"))[0]
    assert (latest.verb, latest.reason) == ("撤销导入", f"撤销导入第{batch.pk}批")
    assert [(one["old"], one["new"]) for one in latest.changes] == [("2023-07-01", "2023-06-15")]
    withdrawn = Site.objects.get(site_code="S002")
    assert withdrawn.withdrawn_reason == f"撤销导入第{batch.pk}批"
    assert timeline(withdrawn)[0].changes == [
        {"field": "withdrawn_at", "label": "状态", "old": "在册", "new": "已撤销"}
    ]


@pytest.mark.django_db
def test_undo_leaves_what_somebody_changed_since() -> None:
    batch = imported(table(*rows(3)))
    correct_site(Site.objects.get(site_code="S002"), {"name": "改名"}, actor=cast.machine(), reason="核实")
    batch = undo_now(batch, actor=cast.machine())
    assert (batch.counts["withdrawn"], batch.counts["kept"]) == (2, 1)
    assert [code for code, _, stands in states() if stands] == ["S002"]
    kept = batch.applied.get(verb="created")
    assert kept.target_id == Site.objects.get(site_code="S002").pk


@pytest.mark.django_db
def test_undo_happens_once_and_only_to_what_is_done() -> None:
    batch = undo_now(imported(table(ROW)), actor=cast.machine())
    before = AuditEvent.objects.count()
    for again in (undo_now, start_undo):
        with pytest.raises(StepRefused):
            again(batch, actor=cast.machine())
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db
def test_what_was_undone_can_be_imported_again() -> None:
    undo_now(imported(table(ROW)), actor=cast.machine())
    assert numbers(imported(table(ROW)))["created"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.REPORTER, Role.LEADER, Role.AUDITOR, Role.SYSTEM_ADMIN])
def test_undo_is_refused_to_others(role: Role) -> None:
    batch = imported(table(ROW), actor=cast.actor(Role.CLERK), office=cast.offices()[0].pk)
    before = states()
    with pytest.raises(AccessRefused):
        start_undo(batch, actor=cast.actor(role))
    assert states() == before


@pytest.mark.django_db
def test_an_undo_already_waiting_is_not_started_twice() -> None:
    batch = imported(table(ROW))
    start_undo(batch, actor=cast.machine())
    with pytest.raises(StepRefused) as refused:
        start_undo(batch, actor=cast.machine())
    assert "正在撤销" in refused.value.cause


@pytest.fixture
def served(cluster: Cluster, committed_db: str) -> dict[str, str]:
    """The environment in which `wanqi` works on the test's own database."""
    return {
        **os.environ,
        "DATABASE_URL": cluster.urls(committed_db).app_url,
        "DATABASE_OWNER_URL": cluster.urls(committed_db).owner_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }


def command(file: Path) -> list[str]:
    run = "from wanqi.cli.main import run; run()"
    return [sys.executable, "-c", run, "import", "tower-stations", str(file), "--region", cast.REGION]


def waits_for_lock(url: str) -> bool:
    with psycopg.connect(url) as looking:
        found = looking.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return found.fetchone() is not None


@pytest.mark.slow
def test_an_import_killed_within_a_chunk_goes_on_without_doubles(
    served: dict[str, str], tmp_path: Path
) -> None:
    """The third chunk waits for a row that somebody holds; there the process is killed."""
    file = tmp_path / "清单.xlsx"
    lines = [(f"S{at:05d}", *ROW[1:]) for at in range(5_000)]
    file.write_bytes(table(*lines))
    held = cast.site("S04500", name="早已登记")
    with psycopg.connect(served["DATABASE_URL"]) as holding:
        holding.execute("SELECT 1 FROM projects_site WHERE id = %s FOR UPDATE", [held.pk])
        process = subprocess.Popen(command(file), env=served, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(6_000):
            if waits_for_lock(served["DATABASE_URL"]) or process.poll() is not None:
                break
            time.sleep(0.1)
        assert process.poll() is None, process.communicate()
        process.kill()
        process.communicate()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.counts["created"], Site.objects.count()) == ("running", 4_000, 4_001)
    connection.close()
    done = subprocess.run(command(file), env=served, capture_output=True, text=True, check=False)
    assert (done.returncode, "从停下的地方继续" in done.stdout) == (0, True), done.stderr
    batch = ImportBatch.objects.get()
    assert batch.state == ImportBatch.State.DONE
    assert numbers(batch) == {
        "read": 5_000,
        "created": 4_999,
        "corrected": 1,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 0,
    }
    assert (Site.objects.count(), ImportChange.objects.count()) == (5_000, 5_000)
    assert AuditEvent.objects.filter(verb__in=("导入登记", "导入更正")).count() == 5_000
    connection.close()


@pytest.mark.django_db
def test_a_run_that_was_taken_over_can_commit_nothing_more() -> None:
    from wanqi.core.actions import jobs
    from wanqi.registry.actions.import_runs import Run, import_chunk

    clerk = cast.actor(Role.CLERK)
    batch = imported_until_start(clerk)
    assert batch.job is not None
    job = jobs.running(batch.job.pk)
    import_now(batch, actor=clerk)
    run = Run(ImportBatch.objects.get(pk=batch.pk), actor=clerk)
    with pytest.raises(StepRefused) as refused:
        import_chunk(run, next(run.chunks()), job=job, actor=clerk)
    assert "另一个进程" in refused.value.cause
    assert (Site.objects.count(), ImportChange.objects.count()) == (3, 3)


def imported_until_start(clerk: object) -> ImportBatch:
    from tests.registry.test_imports import received
    from wanqi.core.access import Actor
    from wanqi.registry.actions import check, match_columns

    assert isinstance(clerk, Actor)
    batch = received(table(*rows(3)), actor=clerk, office=cast.offices()[0].pk)
    batch = check(match_columns(batch, batch.mapping["columns"], actor=clerk), actor=clerk)
    return start_import(batch, actor=clerk)
