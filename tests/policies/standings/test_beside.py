"""Single changes are followed beside a long run: whoever writes second undoes nothing of the first."""

from __future__ import annotations

import time
from datetime import date
from threading import Thread

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import cast
from tests.policies.standings.test_keeping import DAY, fact, firms, kept
from wanqi.policies.actions import begin_standings, note_everything, standing_notes, standing_runs
from wanqi.policies.models import Standing, StandingBook, StandingChange, StandingDue
from wanqi.policies.standings import checking, keeping
from wanqi.policies.tasks import keep_standings
from wanqi.registry.models import Fact, Organisation

REGION = cast.REGION


def due() -> set[int]:
    return set(StandingDue.objects.values_list("organisation", flat=True))


def followed(firm: Organisation) -> set[list[str] | None]:
    """Return why the standings of a firm moved."""
    rows = StandingChange.objects.filter(organisation=firm).values_list("cause", flat=True)
    return {None if one is None else tuple(one) for one in rows}  # type: ignore[misc]


class Beside(Thread):
    """Compares some organisations together on a connection of its own."""

    def __init__(self, some: list[Organisation]) -> None:
        super().__init__()
        self.day = standing_runs.Day.of(REGION, DAY)
        self.ids = [one.pk for one in some]
        self.written = -1

    def run(self) -> None:
        try:
            self.written = standing_runs.work_many(self.day, self.ids)
        finally:
            connections.close_all()

    def stands_before_writing(self) -> None:
        """Wait until it has worked everything out and waits for the lock under which it may write."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction is told the same until then
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND wait_event_type = 'Lock' AND query LIKE '%policies_standingbook%'"
                )
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.02)
        raise AssertionError("the long run never came to its writing")


@pytest.mark.slow
def test_a_single_change_is_followed_while_many_are_worked_out(committed_db: str) -> None:
    """Two change while a run stands before its writing: one is followed at once, the other is left to its note."""
    some = firms(12)
    kept()
    note_everything(REGION)
    changed, later, *plain = some
    run = Beside(some)
    with transaction.atomic():
        assert run.day.locked()
        run.start()
        run.stands_before_writing()
        for firm in (changed, later):
            fact(firm, "is_resident_enterprise", None, period="", as_of=DAY, flag=False)
        assert standing_runs.work_few(run.day, [changed.pk]) == 1
        fact(changed, "revenue", 90_000_000)
    run.join()
    assert run.written == len(some) - 1
    assert due() == {changed.pk, later.pk}
    # What was followed stays, though the run had read the firm before; what was not yet is still to be done.
    assert followed(changed) == {None}
    assert followed(later) == set()
    keeping.work(REGION)
    assert due() == set()
    assert followed(later) == {("is_resident_enterprise",)}
    assert {cause for firm in plain for cause in followed(firm)} == set()
    found = checking.verify(REGION, sample=None)
    assert (found.wrong, found.due) == ([], 0)
    assert set(Standing.objects.values_list("organisation", flat=True)) == {one.pk for one in some}
    connection.close()


@pytest.mark.django_db
def test_what_is_worked_out_by_rules_that_moved_on_is_not_written() -> None:
    some = firms(3)
    kept()
    day = standing_runs.Day.of(REGION, DAY)
    before = list(Standing.objects.order_by("pk").values())
    note_everything(REGION)
    StandingBook.objects.update(looked_on=date(2026, 6, 2))
    ids = [one.pk for one in some]
    assert (standing_runs.work_many(day, ids), standing_runs.work_few(day, ids)) == (0, 0)
    assert due() == set(ids)
    assert list(Standing.objects.order_by("pk").values()) == before
    keeping.work(REGION)
    assert due() == set()


@pytest.mark.django_db
def test_single_changes_come_before_what_one_statement_changed_of_many() -> None:
    some = firms(8)
    kept()
    fact(some[6], "revenue", 1)
    fact(some[7], "revenue", 1)
    Fact.objects.bulk_create(
        Fact(
            region_id=REGION, organisation=one, fact="revenue", number=1, source_class="税务", source="申报表"
        )
        for one in some[:5]
    )
    assert standing_notes.next_single(REGION, 4) == [some[7].pk, some[6].pk]
    assert standing_notes.next_single(REGION, 5) == [some[7].pk, some[6].pk, *(one.pk for one in some[:3])]


@pytest.mark.django_db
def test_more_than_single_changes_is_left_to_a_run_of_its_own() -> None:
    some = firms(standing_runs.FEW + 5)
    begin_standings(REGION, day=DAY)
    ProcrastinateJob.objects.all().delete()
    for _ in range(2):
        keep_standings(region=REGION)
    calls = ProcrastinateJob.objects.values_list("task_name", "lock", "args")
    assert list(calls) == [(keeping.ALL_TASK, f"standings-all:{REGION}", {"region": REGION})]
    assert due() == {one.pk for one in some}
    assert keeping.work(REGION) == len(some)
    assert StandingBook.objects.get().filled_at is not None
