"""Who has not handed in, the text for the group, and how rounds stand."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from tests import cast
from tests.collection.asked import clerk, filled, issued, of, reporter, submitted
from wanqi.collection.actions import (
    approve_return,
    excuse_return,
    extend_return,
    lock_return,
    remind,
    send_back,
)
from wanqi.collection.models import Reminder, Return, Round
from wanqi.collection.overview import Counts, counts_of, reviews_of, tasks_of
from wanqi.collection.reminding import outstanding, reminder_text
from wanqi.core.errors import AccessRefused, RowInvalid
from wanqi.core.history import timeline
from wanqi.core.models import Role

pytestmark = pytest.mark.django_db
FIGURES = {"users": "1000", "ports": "10"}


def mixed() -> Round:
    """Return a round due on 5 July: one locked, one sent back, one filling in with more time, one untouched."""
    round = issued("gigabit-monthly")
    row = approve_return(submitted(of(round, "mobile"), FIGURES), actor=cast.machine())
    lock_return(row, actor=cast.machine())
    send_back(submitted(of(round, "telecom"), FIGURES), actor=cast.machine(), reason="口径不同")
    row = filled(of(round, "unicom"), FIGURES)
    extend_return(row, date(2023, 7, 12), actor=cast.machine(), reason="系统割接")
    return round


def test_outstanding_units_stand_in_the_regions_order_with_their_days() -> None:
    found = outstanding(mixed(), on=date(2023, 7, 8))
    assert [(one.unit, one.state, one.due_on.day, one.days, one.extended) for one in found] == [
        ("电信公司", "已退回", 5, 3, False),
        ("联通公司", "填报中", 12, 0, True),
        ("广电公司", "待填报", 5, 3, False),
    ]


def test_the_text_is_grouped_and_plain() -> None:
    round = mixed()
    assert reminder_text([round], on=date(2023, 7, 8)) == (
        "各位联络员好，请协助报送以下数据：\n\n"
        "【千兆光网发展情况月报】2023年1—6月\n"
        "已过期限，请尽快报送：电信公司（已过3天）、广电公司（已过3天）。\n"
        "请在7月12日前报送：联通公司。\n\n"
        "可在网页“报数”中填写，也可以把填好的表格发给我们。已报送的请忽略，谢谢支持！\n"
        "市科工局信息化与数字产业股　2023-07-08"
    )
    assert "退回待修改：电信公司，请修改后重新提交。\n请在今天报送：广电公司。" in reminder_text(
        [round], on=date(2023, 7, 5)
    )


def test_there_is_no_text_once_everybody_handed_in() -> None:
    round = issued()
    submitted(of(round, "market"))
    assert reminder_text([round], on=date(2023, 8, 1)) == ""
    assert reminder_text([], on=date(2023, 8, 1)) == ""


def test_several_rounds_make_one_text() -> None:
    text = reminder_text([issued(), issued("talent-half-year", "2023H1")], on=date(2023, 7, 1))
    assert text.count("【") == 2
    assert "请在7月10日前报送：市委组织部人才办、总工会、科学技术协会。" in text


def test_a_reminder_is_noted_with_its_text_and_units() -> None:
    round = mixed()
    waiting = [one.row for one in outstanding(round, on=date(2023, 7, 8))]
    reminder = remind(round, actor=clerk("digital"), text=" 请报送 ", returns=waiting)
    assert (reminder.text, reminder.units) == ("请报送", ["telecom", "unicom", "broadcast"])
    entry = timeline(round)[0]
    assert (entry.verb, entry.changes[0]["new"]) == ("催报", "电信公司、联通公司、广电公司")
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.all().delete()


def test_who_has_handed_in_is_not_reminded() -> None:
    round = mixed()
    everybody = list(Return.objects.filter(round=round))
    with pytest.raises(RowInvalid, match="移动公司已经报送或免报"):
        remind(round, actor=clerk("digital"), text="请报送", returns=everybody)
    with pytest.raises(RowInvalid, match="至少选择一个单位"):
        remind(round, actor=cast.machine(), text="请报送", returns=[])
    with pytest.raises(RowInvalid, match="请填写催报文字"):
        remind(round, actor=cast.machine(), text=" ", returns=[of(round, "broadcast")])
    for actor in (clerk("talent"), reporter("mobile")):
        with pytest.raises(AccessRefused):
            remind(round, actor=actor, text="请报送", returns=[of(round, "broadcast")])
    assert Reminder.objects.count() == 0


def test_a_round_is_counted_by_state() -> None:
    round, empty = mixed(), issued()
    excuse_return(of(empty, "market"), actor=cast.machine(), reason="机构改革")
    found = counts_of([round, empty], on=date(2023, 7, 8))
    states = {"open": 1, "draft": 1, "submitted": 0, "sent_back": 1, "approved": 0, "locked": 1}
    assert found[round.pk] == Counts(total=4, by_state=states, waiting=3, overdue=2, excused=0)
    assert found[round.pk].handed_in == 1
    assert (found[empty.pk].total, found[empty.pk].excused, found[empty.pk].overdue) == (0, 1, 0)


def test_a_unit_has_its_own_tasks_and_an_office_what_waits_for_it() -> None:
    round = mixed()
    issued("infra-5g-monthly", "2023-01..05")
    actor = reporter("unicom")
    assert [(row.round.form, row.due_on.isoformat()) for row in tasks_of(actor)] == [
        ("infra-5g-monthly", "2023-06-05"),
        ("gigabit-monthly", "2023-07-12"),
    ]
    row = submitted(of(round, "broadcast"), FIGURES)
    assert [one.pk for one in reviews_of(clerk("digital"))] == [row.pk]
    assert list(reviews_of(clerk("talent"))) == list(tasks_of(cast.actor(Role.LEADER))) == []
