"""What a lock makes of a return: values that count, versions, sums; deadlines, excuses, cancelling."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from tests import cast
from tests.collection import asked
from tests.collection.asked import FIGURES, JUNE, clerk, filled, issued, locked, of, reporter, submitted, told
from wanqi.collection.actions import (
    Written,
    approve_return,
    cancel_round,
    excuse_return,
    extend_return,
    lock_return,
    lock_round,
    revise_return,
    save_return,
    submit_return,
)
from wanqi.collection.models import Entry, LockedVersion, Return, RoundTotal
from wanqi.core.access import Actor, actor_of
from wanqi.core.actions import attach
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, StepRefused
from wanqi.core.history import states, timeline
from wanqi.core.models import AuditEvent, User
from wanqi.indicators.evaluation import evaluate_indicators
from wanqi.indicators.models import Observation

pytestmark = pytest.mark.django_db


# --- locked ---------------------------------------------------------------------------------------


def observations() -> list[tuple[str, Decimal, str]]:
    rows = Observation.objects.current().order_by("indicator")
    return [(row.indicator, row.value.normalize(), row.as_written) for row in rows]


def test_nothing_counts_before_the_lock() -> None:
    row = approve_return(submitted(of(issued(), "market")), actor=clerk())
    assert Observation.objects.count() == 0
    assert evaluate_indicators(cast.REGION, ["ip.patents.granted"], JUNE)["ip.patents.granted"].value is None
    lock_return(row, actor=clerk_again())
    assert (
        evaluate_indicators(cast.REGION, ["ip.patents.granted"], "2023H1")["ip.patents.granted"].value == 48
    )


def clerk_again() -> Actor:
    return actor_of(User.objects.get(username="clerk-science"))


def test_a_lock_makes_one_observation_per_figure() -> None:
    file = attach(
        "盖章.pdf", b"%PDF-1", content_type="application/pdf", region=cast.REGION, actor=cast.machine()
    )
    row = locked(of(issued(), "market"), as_of=date(2023, 6, 28), evidence=file)
    assert (row.state, row.revision) == ("locked", 1)
    assert observations() == [
        ("ip.patents.applied", Decimal(60), "60"),
        ("ip.patents.granted", Decimal(48), "48"),
        ("ip.pledges.amount", Decimal("2E+7"), "2000"),
        ("ip.pledges.count", Decimal(2), "2"),
        ("ip.trademarks.registered", Decimal(139), "139"),
    ]
    one = Observation.objects.get(indicator="ip.patents.granted")
    assert (one.period, one.nature, one.source, str(one.unit)) == (
        JUNE,
        "reported",
        "市场监督管理局《知识产权情况月报》",
        "市场监督管理局",
    )
    assert (one.reported_by, one.as_of, one.grade, one.source_document) == (
        "李四",
        date(2023, 6, 28),
        "有佐证",
        "",
    )
    version = LockedVersion.objects.get()
    assert (version.number, version.reason) == (1, "")
    assert version.content["entries"][0] == {
        "line": "amount",
        "value": "20000000",
        "as_written": "2000",
        "answer": "typed",
        "known": None,
        "reason": "",
        "evidence": None,
    }


def test_a_second_lock_gives_back_the_first() -> None:
    row = locked(of(issued(), "market"))
    before = AuditEvent.objects.count()
    again = lock_return(row, actor=cast.machine(), seen=1)
    assert again.version == row.version
    assert (Observation.objects.count(), LockedVersion.objects.count()) == (5, 1)
    assert AuditEvent.objects.count() == before


def test_only_an_approved_return_is_locked() -> None:
    row = submitted(of(issued(), "market"))
    with pytest.raises(StepRefused, match="这份报数已提交，不能锁定"):
        lock_return(row, actor=cast.machine())
    assert told(row)[0] == "submitted"
    assert Observation.objects.count() == 0


def test_a_lock_that_fails_halfway_leaves_nothing() -> None:
    row = approve_return(submitted(of(issued(), "market")), actor=cast.machine())
    taken = Observation(
        region_id=cast.REGION,
        indicator="ip.trademarks.registered",
        period=JUNE,
        value=1,
        as_written="139",
        source="市场监督管理局《知识产权情况月报》",
    )
    taken.save()
    with pytest.raises(RowInvalid, match="同一来源对该指标、该时期已有填报值"):
        lock_return(row, actor=cast.machine())
    assert told(row) == ("approved", 4, 1)
    assert Observation.objects.get().pk == taken.pk
    assert (LockedVersion.objects.count(), Entry.objects.exclude(observation=None).count()) == (0, 0)


def test_an_unfilled_line_becomes_no_observation() -> None:
    row = filled(of(issued(), "market"), {**FIGURES, "pledges": ""})
    row = save_return(row, {"pledges": Written("", reason="银行尚未报来")}, actor=cast.machine())
    row = approve_return(submit_return(row, actor=cast.machine()), actor=cast.machine())
    lock_return(row, actor=cast.machine())
    assert Observation.objects.filter(indicator="ip.pledges.count").count() == 0
    assert Observation.objects.count() == 4


def test_a_locked_version_never_changes() -> None:
    locked(of(issued(), "market"))
    with pytest.raises(DatabaseError), transaction.atomic():
        LockedVersion.objects.update(digest="")
    with pytest.raises(DatabaseError), transaction.atomic():
        LockedVersion.objects.all().delete()
    assert LockedVersion.objects.count() == 1


# --- revised --------------------------------------------------------------------------------------


def test_a_late_correction_is_a_new_version_and_the_old_value_keeps_its_history() -> None:
    row = locked(of(issued(), "market"))
    old = Observation.objects.get(indicator="ip.patents.granted")
    with pytest.raises(ReasonMissing):
        revise_return(row, actor=clerk(), reason="")
    assert told(row)[0] == "locked"
    row = revise_return(row, actor=clerk_again(), reason="漏计1件", seen=row.version)
    assert (row.state, row.revision, row.answer) == ("sent_back", 2, "漏计1件")
    assert Observation.objects.get(pk=old.pk).value == 48
    assert (row.days_overdue(date(2024, 1, 1)), Return.objects.overdue(date(2024, 1, 1)).count()) == (0, 0)
    row = filled(row, {"granted": "49"})
    row = save_return(row, {"pledges": Written("", reason="改由银行报送")}, actor=cast.machine())
    row = approve_return(submit_return(row, actor=cast.machine()), actor=cast.machine())
    row = lock_return(row, actor=cast.machine())
    now = Observation.objects.get(indicator="ip.patents.granted")
    assert (now.pk, now.value, now.as_written, now.version) == (old.pk, 49, "49", 2)
    assert timeline(now)[0].reason == "报数修订第2版：漏计1件"
    assert [state.value for state in states(now)] == [49, 48]
    assert Observation.objects.get(indicator="ip.pledges.count").withdrawn_at is not None
    assert Observation.objects.get(indicator="ip.patents.applied").version == 1
    versions = LockedVersion.objects.order_by("number").values_list("number", "reason")
    assert list(versions) == [(1, ""), (2, "漏计1件")]


def test_only_a_locked_return_is_revised() -> None:
    row = submitted(of(issued(), "market"))
    with pytest.raises(StepRefused, match="不能数据修订"):
        revise_return(row, actor=cast.machine(), reason="改数")
    assert told(row) == ("submitted", 3, 1)


# --- several units, one figure --------------------------------------------------------------------


def test_a_sum_is_reported_once_every_unit_is_locked() -> None:
    round = issued("gigabit-monthly")
    for number, code in enumerate(("mobile", "telecom", "unicom"), start=1):
        locked(of(round, code), {"users": f"{number}000", "ports": "10"})
    assert Observation.objects.count() == 0
    excuse_return(of(round, "broadcast"), actor=cast.machine(), reason="没有固网业务")
    assert observations() == [
        ("infra.gigabit.ports", Decimal("3E+1"), ""),
        ("infra.gigabit.users", Decimal("6E+3"), ""),
    ]
    one = Observation.objects.get(indicator="infra.gigabit.users")
    assert one.source == "《千兆光网发展情况月报》3家单位合计"
    assert one.assumption == (
        "由报送单位填报数合计：移动公司1000＋电信公司2000＋联通公司3000＝6000；免报单位广电公司未计入。"
    )
    row = revise_return(of(round, "unicom"), actor=cast.machine(), reason="漏报一区")
    assert Observation.objects.get(pk=one.pk).value == 6000
    locked(row, {"users": "3500"})
    corrected = Observation.objects.get(pk=one.pk)
    assert (corrected.value, corrected.version) == (6500, 2)
    assert RoundTotal.objects.count() == 2


def test_a_sum_with_an_unknown_part_is_not_reported() -> None:
    round = issued("gigabit-monthly")
    for code in ("mobile", "telecom", "unicom"):
        locked(of(round, code), {"users": "1000", "ports": "10"})
    row = save_return(
        of(round, "broadcast"),
        {"users": Written("", reason="系统割接"), "ports": Written("无")},
        actor=cast.machine(),
    )
    lock_return(
        approve_return(submit_return(row, actor=cast.machine()), actor=cast.machine()), actor=cast.machine()
    )
    assert observations() == [("infra.gigabit.ports", Decimal("3E+1"), "")]


def test_a_round_without_all_its_units_makes_no_sum() -> None:
    round = issued("gigabit-monthly", units=["mobile", "telecom"])
    for code in ("mobile", "telecom"):
        locked(of(round, code), {"users": "1000", "ports": "10"})
    assert Observation.objects.count() == 0


def test_a_whole_round_is_locked_at_once() -> None:
    round = issued("gigabit-monthly")
    for code in ("mobile", "telecom"):
        approve_return(submitted(of(round, code), {"users": "1", "ports": "1"}), actor=cast.machine())
    submitted(of(round, "unicom"), {"users": "1", "ports": "1"})
    assert [str(row.unit) for row in lock_round(round, actor=cast.machine())] == ["移动公司", "电信公司"]
    assert told(of(round, "unicom"))[0] == "submitted"
    assert lock_round(round, actor=cast.machine()) == []


# --- deadlines, excuses, cancelling ---------------------------------------------------------------


def test_being_late_is_derived_from_the_day() -> None:
    row = of(issued(), "market")
    assert (row.due_on, row.days_overdue(asked.DUE), row.days_overdue(date(2023, 7, 12))) == (asked.DUE, 0, 2)
    assert Return.objects.overdue(asked.DUE).count() == 0
    assert Return.objects.overdue(date(2023, 7, 11)).count() == 1
    row = submitted(row)
    assert (row.days_overdue(date(2023, 7, 12)), Return.objects.overdue(date(2023, 7, 12)).count()) == (0, 0)


def test_one_unit_gets_more_time_with_a_reason() -> None:
    row = of(issued(), "market")
    actor = clerk()
    with pytest.raises(ReasonMissing):
        extend_return(row, date(2023, 7, 14), actor=actor, reason="")
    with pytest.raises(RowInvalid, match="新的期限要晚于现在的2023-07-10"):
        extend_return(row, asked.DUE, actor=actor, reason="停电")
    with pytest.raises(AccessRefused):
        extend_return(row, date(2023, 7, 14), actor=reporter(), reason="停电")
    assert told(row) == ("open", 1, 0)
    row = extend_return(row, date(2023, 7, 14), actor=actor, reason="停电")
    assert (row.due_on, row.edition, row.days_overdue(date(2023, 7, 12))) == (date(2023, 7, 14), 0, 0)
    assert (timeline(row)[0].verb, timeline(row)[0].reason) == ("延期", "停电")
    with pytest.raises(StepRefused, match="不用再延期"):
        extend_return(submitted(row), date(2023, 7, 20), actor=actor, reason="停电")


def test_an_excused_unit_is_asked_no_more() -> None:
    row = of(issued(), "market")
    row = excuse_return(row, actor=clerk(), reason="机构改革", seen=1)
    assert row.withdrawn_reason == "机构改革"
    assert Return.objects.overdue(date(2024, 1, 1)).count() == 0
    with pytest.raises(StepRefused, match="已免报或撤销"):
        filled(row)
    assert Entry.objects.count() == 0


def test_a_round_is_cancelled_whole_and_asked_again() -> None:
    round = issued("gigabit-monthly")
    submitted(of(round, "mobile"), {"users": "1", "ports": "1"})
    cancel_round(round, actor=clerk("digital"), reason="期限填错")
    assert Return.objects.current().count() == 0
    assert issued("gigabit-monthly").returns.count() == 4


def test_a_round_with_a_locked_return_is_not_cancelled() -> None:
    round = issued("gigabit-monthly")
    row = locked(of(round, "mobile"), {"users": "1", "ports": "1"})
    for _ in range(2):
        with pytest.raises(StepRefused, match="已有单位的报数锁定"):
            cancel_round(round, actor=cast.machine(), reason="期限填错")
        assert Return.objects.current().count() == 4
        row = revise_return(row, actor=cast.machine(), reason="改数") if row.state == "locked" else row
    with pytest.raises(StepRefused, match="已经锁定，不能免报"):
        excuse_return(row, actor=cast.machine(), reason="改数")
