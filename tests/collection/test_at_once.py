"""Two people at the same return at the same moment: one act stands, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from tests import cast
from tests.collection.asked import issued, of, submitted
from wanqi.collection.actions import approve_return, lock_return, send_back
from wanqi.collection.models import LockedVersion, Return, RoundTotal
from wanqi.core.errors import RowStale, WanqiError
from wanqi.core.models import AuditEvent
from wanqi.indicators.models import Observation


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Return what became of acts begun together: done, or the name of the refusal, in the order of the acts."""
    barrier, outcomes = Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            act()
            outcomes[place] = "done"
        except WanqiError as refused:
            outcomes[place] = type(refused).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.fixture
def committed(committed_db: str, django_db_blocker: pytest.Item) -> object:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield committed_db


@pytest.mark.usefixtures("committed")
def test_two_reviewers_do_not_both_decide() -> None:
    row = submitted(of(issued(), "market"))
    outcomes = at_once(
        lambda: approve_return(row, actor=cast.machine(), seen=row.version),
        lambda: send_back(row, actor=cast.machine(), seen=row.version, reason="口径不同"),
    )
    assert sorted(outcomes) == sorted(["done", RowStale.__name__])
    now = Return.objects.get(pk=row.pk)
    assert now.state == ("approved" if outcomes[0] == "done" else "sent_back")
    assert now.version == row.version + 1
    verbs = AuditEvent.objects.filter(target_kind="collection.return", target_id=str(row.pk))
    assert verbs.filter(verb__in=["通过", "退回"]).count() == 1


@pytest.mark.usefixtures("committed")
def test_two_locks_make_one_version() -> None:
    row = approve_return(submitted(of(issued(), "market")), actor=cast.machine())
    outcomes = at_once(*[lambda: lock_return(row, actor=cast.machine(), seen=row.version)] * 3)
    assert outcomes == ["done"] * 3
    assert (Observation.objects.count(), LockedVersion.objects.count()) == (5, 1)


@pytest.mark.usefixtures("committed")
def test_the_last_two_units_locked_at_once_make_the_sum_once() -> None:
    round = issued("gigabit-monthly")
    rows = [
        approve_return(submitted(of(round, code), {"users": "1000", "ports": "10"}), actor=cast.machine())
        for code in ("mobile", "telecom", "unicom", "broadcast")
    ]
    outcomes = at_once(*[lambda row=row: lock_return(row, actor=cast.machine()) for row in rows])
    assert outcomes == ["done"] * 4
    assert RoundTotal.objects.count() == 2
    assert Observation.objects.get(indicator="infra.gigabit.users").value == 4000
