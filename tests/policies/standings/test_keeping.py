"""Standings follow what changes: only what a change touches, whoever writes it, and whatever is killed meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import cast
from wanqi.cli.cluster import Cluster
from wanqi.core.models import Job
from wanqi.policies import standings
from wanqi.policies.actions import begin_standings, note_everything, standing_runs
from wanqi.policies.models import Bucket, Grouping, Standing, StandingBook, StandingChange, StandingDue
from wanqi.policies.standings import keeping
from wanqi.policies.tasks import keep_standings, look_at_the_day
from wanqi.registry.facts.sources import sources
from wanqi.registry.models import Fact, Organisation, Recognition, RecordCoverage, RecordRow
from wanqi.registry.models.recognitions import Holder

REGION = cast.REGION
DAY = date(2026, 6, 1)
CREDIT = "cn.high-tech"


def firms(count: int) -> list[Organisation]:
    return Organisation.objects.bulk_create(
        Organisation(region_id=REGION, name=f"测试企业{number:03d}", established_on=date(2015, 1, 1))
        for number in range(count)
    )


def fact(firm: Organisation, name: str, number: Any, **values: Any) -> Fact:
    given = {"period": "2025", "source_class": "审计报告", "source": "2025年度审计报告", **values}
    made: Fact = Fact.objects.create(region_id=REGION, organisation=firm, fact=name, number=number, **given)
    return made


def title(firm: Organisation, programme: str = CREDIT, **values: Any) -> Recognition:
    made: Recognition = Recognition.objects.create(
        region_id=REGION,
        holder_kind=Holder.ORGANISATION,
        holder_name=firm.name,
        organisation=firm,
        programme=programme,
        granted_on=date(2024, 12, 1),
        valid_until=date(2027, 11, 30),
        **values,
    )
    return made


def noted() -> list[tuple[int, list[str] | None]]:
    return list(StandingDue.objects.order_by("pk").values_list("organisation", "items"))


def kept(day: date = DAY) -> None:
    begin_standings(REGION, day=day)
    keeping.work(REGION)


@pytest.mark.django_db
def test_nothing_is_noted_where_no_standings_are_kept() -> None:
    fact(firms(1)[0], "revenue", 1)
    assert (noted(), ProcrastinateJob.objects.count()) == ([], 0)
    assert keeping.work(REGION) == 0
    assert not standings.currency(REGION).kept


@pytest.mark.django_db
def test_everything_is_compared_once_and_then_only_what_a_change_touches() -> None:
    first, second = firms(2)
    kept()
    asked = [one for one in standings.tracks(REGION) if not one.holders_only]
    assert Standing.objects.filter(organisation=first).count() == len(asked) > 20
    assert standings.currency(REGION).current
    before = dict(Standing.objects.values_list("pk", "evaluated_at"))
    fact(first, "revenue", 90_000_000)
    assert noted() == [(first.pk, ["revenue"])]
    keeping.work(REGION)
    after = dict(Standing.objects.values_list("pk", "evaluated_at"))
    moved = {key for key in before if before[key] != after[key]}
    assert moved
    assert {organisation for organisation, _ in moved} == {first.pk}
    reading = {one.pk for one in asked if one.rule and "revenue" in one.rule.asks}
    assert {track for _, track in moved} <= reading < {one.pk for one in asked}
    assert {second.pk} | {first.pk} == {one for one, _ in before}


@pytest.mark.django_db
def test_a_change_that_changes_nothing_writes_nothing() -> None:
    (firm,) = firms(1)
    fact(firm, "revenue", 90_000_000)
    kept()
    before = list(Standing.objects.order_by("track").values())
    fact(firm, "revenue", 90_000_000, source="再报一次")
    assert keeping.work(REGION) == 1
    assert list(Standing.objects.order_by("track").values()) == before


@pytest.mark.django_db
def test_every_writer_is_noted_by_statement_and_wakes_the_worker_once() -> None:
    some = firms(3)
    kept()
    ProcrastinateJob.objects.all().delete()
    Fact.objects.bulk_create(
        Fact(
            region_id=REGION,
            organisation=firm,
            fact=name,
            number=1,
            period="2025",
            source_class="税务",
            source="申报表",
        )
        for firm in some[:2]
        for name in ("revenue", "rd_expense")
    )
    RecordCoverage.objects.create(
        region_id=REGION, organisation=some[2], kind="incidents", complete_until=DAY
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_organisation SET established_on = '2014-01-01' WHERE id = %s", [some[2].pk]
        )
    assert noted() == [
        (some[0].pk, ["rd_expense", "revenue"]),
        (some[1].pk, ["rd_expense", "revenue"]),
        (some[2].pk, ["incidents"]),
        (some[2].pk, ["organisation"]),
    ]
    calls = ProcrastinateJob.objects.values_list("task_name", "lock", "args")
    assert list(calls) == [(keeping.TASK, f"standings:{REGION}", {"region": REGION})]


@pytest.mark.django_db
def test_statistics_and_bookkeeping_are_no_change() -> None:
    (firm,) = firms(1)
    kept()
    fact(firm, "revenue", 5, source_class="统计", source="统计联网直报")
    Organisation.objects.filter(pk=firm.pk).update(version=2, updated_at="2026-06-01T00:00Z", phone="0730")
    assert noted() == []


@pytest.mark.django_db
def test_every_register_that_rules_read_is_noted() -> None:
    tables = {one.rows.model._meta.db_table for one in sources()}
    tables |= {one._meta.db_table for one in (Fact, Organisation, RecordRow, RecordCoverage)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, array_agg(tgname::text) FROM pg_trigger "
            "WHERE tgname LIKE 'wanqi_noted%%' GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    wanted = {"wanqi_noted_insert", "wanqi_noted_delete"}
    assert {table for table in tables if not wanted <= set(found.get(table, ()))} == set()


@pytest.mark.django_db
def test_a_title_asks_for_its_review_and_its_withdrawal_no_longer() -> None:
    (firm,) = firms(1)
    kept()
    own = Standing.objects.filter(organisation=firm, track__programme=CREDIT)
    assert list(own.values_list("track__kind", flat=True)) == ["new"]
    row = title(firm)
    keeping.work(REGION)
    kinds = {one.kind for one in standings.tracks(REGION) if one.programme == CREDIT}
    assert set(own.values_list("track__kind", flat=True)) == kinds
    Recognition.objects.filter(pk=row.pk).update(withdrawn_at="2026-06-01T00:00Z")
    keeping.work(REGION)
    assert list(own.values_list("track__kind", flat=True)) == ["new"]
    gone = StandingChange.objects.filter(organisation=firm, new=None).values_list("track__kind", "cause")
    assert {kind for kind, _ in gone} == kinds - {"new"}
    assert all(cause == ["titles"] for _, cause in gone)


@pytest.mark.django_db
def test_a_withdrawn_enterprise_has_no_standing() -> None:
    first, second = firms(2)
    kept()
    Organisation.objects.filter(pk=first.pk).update(withdrawn_at="2026-06-01T00:00Z")
    keeping.work(REGION)
    assert set(Standing.objects.values_list("organisation", flat=True)) == {second.pk}


@pytest.mark.django_db
def test_data_that_cannot_be_compared_say_so_and_hold_up_nobody() -> None:
    odd, plain = firms(2)
    Organisation.objects.filter(pk=odd.pk).update(gbt4754_code="9Z99")
    kept()
    assert set(Standing.objects.values_list("organisation", flat=True)) == {plain.pk}
    told = Grouping.objects.get(pk=odd.pk).problem
    assert told is not None
    assert told.startswith("gbt4754_code：“9Z99” 不是代码")
    note_everything(REGION)
    day = standing_runs.Day.of(REGION, DAY)
    standing_runs.work_many(day, [odd.pk, plain.pk])
    assert set(Standing.objects.values_list("organisation", flat=True)) == {plain.pk}


@pytest.mark.django_db
def test_together_and_one_by_one_write_the_same_rows() -> None:
    some = firms(6)
    for place, firm in enumerate(some):
        fact(firm, "revenue", 20_000_000 * place)
        fact(firm, "employees_total", 40 * place)
        RecordCoverage.objects.create(region_id=REGION, organisation=firm, kind="titles", complete_until=DAY)
    title(some[1])
    kept()
    columns = [one.attname for one in Standing._meta.concrete_fields if one.attname != "evaluated_at"]
    alone = list(Standing.objects.order_by("organisation", "track").values_list(*columns))
    groups = list(Grouping.objects.order_by("pk").values())
    Standing.objects.all().delete()
    Grouping.objects.all().delete()
    note_everything(REGION)
    standing_runs.work_many(standing_runs.Day.of(REGION, DAY), [one.pk for one in some])
    assert list(Standing.objects.order_by("organisation", "track").values_list(*columns)) == alone
    assert list(Grouping.objects.order_by("pk").values()) == groups
    assert {row[columns.index("bucket")] for row in alone} >= {Bucket.MISSING, Bucket.UNVERIFIED}


@pytest.mark.django_db
def test_a_new_day_looks_only_at_what_it_turns_and_follows_new_versions() -> None:
    (firm,) = firms(1)
    row = title(firm)
    kept(date(2026, 3, 31))
    own = Standing.objects.get(organisation=firm, track__programme="cn.srdi-sme", track__kind="new")
    assert (own.rule.version, own.holds_until) == ("2022-63", date(2026, 4, 1))
    assert row.valid_until == date(2027, 11, 30)
    before = dict(Standing.objects.values_list("track", "evaluated_at"))
    StandingBook.objects.update(day=date(2026, 4, 1))
    keeping.work(REGION)
    own.refresh_from_db()
    assert own.rule.version == "2026-2"
    after = dict(Standing.objects.values_list("track", "evaluated_at"))
    same = [one for one in before if before[one] == after.get(one)]
    assert len(same) > 20


@pytest.mark.django_db
def test_a_clock_put_right_makes_everything_due_again() -> None:
    (firm,) = firms(1)
    title(firm)
    kept(date(2028, 1, 1))
    ahead = dict(Standing.objects.values_list("track", "digest"))
    StandingBook.objects.filter(pk=REGION).update(day=DAY)
    assert keeping.work(REGION) == 1
    back = dict(Standing.objects.values_list("track", "digest"))
    assert back != ahead
    Standing.objects.all().delete()
    note_everything(REGION)
    keeping.work(REGION)
    assert dict(Standing.objects.values_list("track", "digest")) == back


@pytest.mark.django_db
def test_a_moved_standing_leaves_a_trace_and_the_first_filling_none() -> None:
    (firm,) = firms(1)
    kept()
    assert not StandingChange.objects.exists()
    fact(firm, "is_resident_enterprise", None, period="", as_of=DAY, flag=False)
    keeping.work(REGION)
    rows = list(StandingChange.objects.values_list("track__programme", "old", "new", "cause"))
    assert rows
    assert all(old != new and cause == ["is_resident_enterprise"] for _, old, new, cause in rows)


@pytest.mark.django_db
def test_the_tasks_do_what_is_due_and_take_other_calls_away() -> None:
    (firm,) = firms(1)
    begin_standings(REGION, day=DAY)
    look_at_the_day(timestamp=0)
    assert ProcrastinateJob.objects.filter(task_name=keeping.TASK).exists()
    keep_standings(region=REGION)
    assert not ProcrastinateJob.objects.filter(task_name=keeping.TASK, status="todo").exists()
    assert Standing.objects.filter(organisation=firm).exists()


KILLED = """
import django; django.setup()
from wanqi.policies.actions import standing_notes, standing_runs
from wanqi.policies.standings import keeping
standing_runs.FEW, standing_runs.MANY, standing_runs.WRITTEN, standing_notes.TOGETHER, keeping.LONG = 5, 20, 5, 10, 10
keeping.work("cn-430682", progress=lambda done, total: print(done, flush=True))
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(cluster: Cluster, committed_db: str) -> None:
    some = firms(60)
    begin_standings(REGION, day=DAY)
    connection.close()
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.urls(committed_db).app_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    done = int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while _others() and time.monotonic() < deadline:  # the server ends what the killed process had begun
        time.sleep(0.05)
    left = set(StandingDue.objects.values_list("organisation", flat=True))
    compared = set(Standing.objects.values_list("organisation", flat=True))
    assert len(compared) >= done > 0
    assert left.isdisjoint(compared)
    assert left | compared == {one.pk for one in some}
    assert left
    assert Job.objects.get(kind="standings").state == Job.State.RUNNING
    keeping.LONG, long = 10, keeping.LONG
    try:
        keeping.work(REGION)
    finally:
        keeping.LONG = long
    assert set(Standing.objects.values_list("organisation", flat=True)) == {one.pk for one in some}
    assert Job.objects.get(kind="standings").state == Job.State.DONE
    assert standings.currency(REGION).current
    connection.close()


def _others() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])
