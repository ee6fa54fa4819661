"""A return from its task to its review, and every refusal on the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests import cast
from tests.collection.asked import FIGURES, JUNE, clerk, filled, issued, locked, of, reporter, submitted, told
from wanqi.collection.access import get_return, get_round
from wanqi.collection.actions import (
    Written,
    approve_return,
    issue_round,
    lock_return,
    save_return,
    send_back,
    submit_return,
    take_back,
)
from wanqi.collection.errors import FormMissing, FormRefused
from wanqi.collection.models import Entry, Return, Round
from wanqi.collection.sheet import sheet_of
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowMissing, RowStale, StepRefused
from wanqi.core.history import timeline
from wanqi.core.models import AuditEvent, Role
from wanqi.indicators.errors import PeriodRefused

pytestmark = pytest.mark.django_db


# --- issued ---------------------------------------------------------------------------------------


def test_a_round_asks_every_unit_of_its_form() -> None:
    round = issue_round("infra-5g-monthly", JUNE, region=cast.REGION, actor=clerk("digital"))
    assert (round.title, round.period, round.due_on) == ("5G基站建设情况月报", JUNE, date(2023, 7, 5))
    rows = Return.objects.filter(round=round).order_by("unit__position")
    assert [(str(row.unit), row.state, row.due_on) for row in rows] == [
        (name, "open", date(2023, 7, 5))
        for name in ("铁塔公司", "移动公司", "电信公司", "联通公司", "广电公司")
    ]
    assert [event.verb for event in timeline(round)] == ["下发"]
    assert all(timeline(row)[0].verb == "下发" for row in rows)


def test_the_form_is_pinned_as_it_was_issued() -> None:
    round = issued()
    assert round.definition["title"] == "知识产权情况月报"
    assert round.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("form", "period", "refusal"),
    [
        ("nothing-such", JUNE, FormMissing),
        ("ip-monthly", "2023H1", FormRefused),
        ("ip-monthly", "六月", PeriodRefused),
    ],
)
def test_a_round_that_makes_no_sense_is_refused(form: str, period: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        issued(form, period)
    assert Round.objects.count() == Return.objects.count() == 0


def test_a_period_is_asked_for_once() -> None:
    issued()
    with pytest.raises(RowInvalid, match="这一期已经下发"):
        issued()
    assert (Round.objects.count(), Return.objects.count()) == (1, 1)


def test_units_outside_the_form_are_refused() -> None:
    with pytest.raises(RowInvalid, match="“tower”不是这张报表的报送单位"):
        issued(units=["tower"])
    with pytest.raises(RowInvalid, match="至少选择一个报送单位"):
        issued(units=[])
    with pytest.raises(RowInvalid, match="早于这一期的第一天"):
        issued(due=date(2022, 12, 31))
    assert Round.objects.count() == 0


def test_only_the_office_of_the_form_issues_it() -> None:
    with pytest.raises(AccessRefused):
        issue_round("ip-monthly", JUNE, region=cast.REGION, actor=clerk("digital"))
    with pytest.raises(AccessRefused):
        issue_round("ip-monthly", JUNE, region=cast.REGION, actor=reporter())
    assert Round.objects.count() == 0


# --- seen -----------------------------------------------------------------------------------------


def test_a_unit_sees_its_own_return_and_no_other() -> None:
    round = issued("infra-5g-monthly")
    actor = reporter("mobile")
    assert [str(row.unit) for row in Return.objects.visible_to(actor)] == ["移动公司"]
    assert get_return(actor, of(round, "mobile").pk, to="submit").unit is not None
    with pytest.raises(RowMissing):
        get_return(actor, of(round, "telecom").pk)
    with pytest.raises(RowMissing):
        get_round(actor, round.pk)
    with pytest.raises(AccessRefused):
        get_return(actor, of(round, "mobile").pk, to="review")


def test_other_offices_and_leaders_read_and_do_not_write() -> None:
    row = of(issued(), "market")
    for actor in (clerk("talent"), cast.actor(Role.LEADER), cast.actor(Role.AUDITOR)):
        assert get_return(actor, row.pk).pk == row.pk
        with pytest.raises(AccessRefused):
            get_return(actor, row.pk, to="review")
    with pytest.raises(RowMissing):
        get_return(cast.actor(None), row.pk)


# --- filled in ------------------------------------------------------------------------------------


def test_figures_are_kept_as_typed_and_as_values() -> None:
    row = save_return(
        of(issued(), "market"),
        {"applied": Written(" 1,060 "), "amount": Written("0.2亿元", reason="含展期")},
        actor=reporter(),
        seen=1,
        reported_by="李四",
        as_of=date(2023, 6, 30),
        note="初步数",
    )
    assert (row.state, row.edition, row.version, row.reported_by) == ("draft", 1, 2, "李四")
    kept = {one.line: (one.value, one.as_written, one.reason) for one in row.entries.all()}
    assert kept == {
        "applied": (Decimal("1060"), "1,060", ""),
        "amount": (Decimal("20000000"), "0.2亿元", "含展期"),
    }
    entry = timeline(row)[0]
    assert (entry.verb, entry.who) == ("暂存", "填报员")
    said = {(one["label"], one["old"], one["new"]) for one in entry.changes}
    assert said == {
        ("状态", "待填报", "填报中"),
        ("专利申请量", "—", "1060件"),
        ("知识产权质押贷款额", "—", "2000万元；含展期"),
        ("报送人", "—", "李四"),
        ("截至日期", "—", "2023-06-30"),
        ("填报说明", "—", "初步数"),
    }


def test_a_figure_that_is_none_keeps_nothing() -> None:
    row = of(issued(), "market")
    with pytest.raises(RowInvalid) as refused:
        filled(row, {"applied": "60", "granted": "四十八", "trademarks": "139.5", "other": "1"})
    assert refused.value.fields == {
        "granted": ("专利授权量：“四十八”不是数字。请只填数字，单位按本行的单位；没有发生的填0。",),
        "trademarks": ("新增注册商标：“139.5”不是整数。按“件”计的数要填整数，请核对。",),
        "other": ("这张报表没有“other”这一行，请刷新后重填。",),
    }
    assert told(row) == ("open", 1, 0)
    assert Entry.objects.count() == 0


def test_the_same_again_changes_nothing() -> None:
    row = filled(of(issued(), "market"))
    before = AuditEvent.objects.count()
    again = filled(row)
    assert (again.version, again.edition) == (row.version, row.edition)
    assert AuditEvent.objects.count() == before


def test_a_stale_page_is_refused() -> None:
    row = of(issued(), "market")
    filled(row)
    with pytest.raises(RowStale, match="现在是“填报中”"):
        filled(row, {"applied": "61"}, seen=1)
    assert Entry.objects.get(line="applied").value == 60


def test_a_unit_does_not_write_in_another_units_return() -> None:
    row = of(issued("infra-5g-monthly"), "telecom")
    for actor in (reporter("mobile"), clerk("talent")):
        with pytest.raises(AccessRefused):
            save_return(row, {"opened": Written("1")}, actor=actor)
    assert told(row) == ("open", 1, 0)


def test_last_period_and_last_year_stand_beside() -> None:
    locked(of(issued(period="2022-01..06"), "market"), {**FIGURES, "granted": "40"})
    submitted(of(issued(period="2023-01..05"), "market"), {**FIGURES, "granted": "45"})
    sheet = sheet_of(of(issued(), "market"))
    line = sheet.by_line["granted"]
    assert (line.last, line.same, line.text) == ("45", "40", "")
    assert sheet.knowledge.last_period is not None
    assert sheet.knowledge.last_period.words == "2023年1—5月"
    assert (sheet.by_line["amount"].last, sheet.by_line["amount"].unit) == ("2000", "万元")
    assert sheet.missing == 5
    assert (sheet.reported_by, sheet.as_of) == ("李四", date(2023, 6, 30))
    assert not sheet.ready


def test_what_another_unit_of_the_same_line_reported_is_not_shown() -> None:
    earlier = issued("gigabit-monthly", "2023-01..05")
    submitted(of(earlier, "mobile"), {"users": "1万", "ports": "20"})
    round = issued("gigabit-monthly")
    assert sheet_of(of(round, "mobile")).by_line["users"].last == "10000"
    assert sheet_of(of(round, "telecom")).by_line["users"].last == ""


# --- what the registers know ----------------------------------------------------------------------


def test_a_register_figure_is_there_and_only_confirmed() -> None:
    for number in range(3):
        cast.site(f"S-{number}")
    row = of(issued("infra-5g-monthly"), "tower")
    line = sheet_of(row).by_line["new"]
    assert line.known is not None
    assert (line.known.value, line.known.grade, line.known.display) == (3, "有台账", "3个")
    row = save_return(
        row, {"new": Written(confirmed=True), "total": Written("3")}, actor=cast.machine(), reported_by="王五"
    )
    answers = {one.line: (one.value, one.answer, one.known) for one in row.entries.all()}
    assert answers == {"new": (3, "confirmed", 3), "total": (3, "confirmed", 3)}
    assert submit_return(row, actor=cast.machine()).state == "submitted"


def test_a_contradiction_needs_its_reason() -> None:
    cast.site("S-1")
    row = filled(of(issued("infra-5g-monthly"), "tower"), {"new": "2", "total": "1"})
    with pytest.raises(RowInvalid) as refused:
        submit_return(row, actor=cast.machine())
    assert refused.value.fields == {
        "new": ("当年新建5G基站填2个，台账数为1个，两数不一致。请写明不一致的原因。",)
    }
    assert told(row) == ("draft", 2, 1)
    row = save_return(row, {"new": Written("2", reason="一个站址尚未录入台账")}, actor=cast.machine())
    assert row.entries.get(line="new").answer == "contradicted"
    assert submit_return(row, actor=cast.machine()).state == "submitted"


def test_a_confirmation_is_asked_for_again_when_the_register_moved() -> None:
    cast.site("S-1")
    row = filled(of(issued("infra-5g-monthly"), "tower"), {"new": "1", "total": "1"})
    cast.site("S-2")
    with pytest.raises(RowInvalid, match="填1个，台账数为2个"):
        submit_return(row, actor=cast.machine())
    explained = {"new": Written("1", reason="S-2属下月"), "total": Written("2")}
    row = save_return(row, explained, actor=cast.machine())
    assert {one.line: one.answer for one in row.entries.all()} == {
        "new": "contradicted",
        "total": "confirmed",
    }


def test_nothing_can_be_confirmed_without_a_register() -> None:
    row = of(issued(), "market")
    with pytest.raises(RowInvalid, match="没有台账数可以确认"):
        save_return(row, {"applied": Written(confirmed=True)}, actor=cast.machine())
    assert told(row) == ("open", 1, 0)


# --- handed in and reviewed -----------------------------------------------------------------------


def test_an_unfilled_line_stops_until_it_is_explained() -> None:
    row = filled(of(issued(), "market"), {**FIGURES, "pledges": ""})
    with pytest.raises(RowInvalid) as refused:
        submit_return(row, actor=cast.machine())
    assert list(refused.value.fields) == ["pledges"]
    assert told(row) == ("draft", 2, 1)
    row = save_return(row, {"pledges": Written("", reason="银行尚未报来")}, actor=cast.machine())
    assert submit_return(row, actor=cast.machine()).state == "submitted"


def test_a_falling_figure_stops_until_it_is_explained() -> None:
    submitted(of(issued(period="2023-01..05"), "market"), {**FIGURES, "granted": "50"})
    row = filled(of(issued(), "market"))
    with pytest.raises(RowInvalid, match="专利授权量为48件，比上期的50件减少了。"):
        submit_return(row, actor=cast.machine())
    row = save_return(row, {"granted": Written("48", reason="上月误报2件")}, actor=cast.machine())
    assert submit_return(row, actor=cast.machine()).state == "submitted"


def test_january_does_not_fall_below_december() -> None:
    submitted(of(issued(period="2022-01..12"), "market"), {**FIGURES, "granted": "50"})
    assert submitted(of(issued(period="2023-01"), "market"), {**FIGURES, "granted": "4"}).state == "submitted"


def test_a_submission_is_taken_back_before_review_only() -> None:
    row = submitted(of(issued(), "market"))
    row = take_back(row, actor=reporter(), seen=row.version)
    assert row.state == "draft"
    row = approve_return(submit_return(row, actor=cast.machine()), actor=cast.machine())
    with pytest.raises(StepRefused, match="这份报数已通过，不能撤回"):
        take_back(row, actor=cast.machine())
    assert told(row)[0] == "approved"


def test_the_office_sends_back_with_a_reason_and_the_unit_hands_in_again() -> None:
    row = submitted(of(issued(), "market"))
    actor = clerk()
    with pytest.raises(ReasonMissing):
        send_back(row, actor=actor, reason=" ")
    assert told(row)[0] == "submitted"
    row = send_back(row, actor=actor, reason="商标数与上月口径不同", seen=row.version)
    assert (row.state, row.answer) == ("sent_back", "商标数与上月口径不同")
    assert timeline(row)[0].reason == "商标数与上月口径不同"
    row = filled(row, {"trademarks": "141"})
    assert (row.state, row.answer) == ("sent_back", "商标数与上月口径不同")
    assert submit_return(row, actor=reporter()).state == "submitted"


def test_a_unit_does_not_review_itself() -> None:
    row = submitted(of(issued(), "market"))
    actor = reporter()
    for step in (approve_return, lock_return):
        with pytest.raises(AccessRefused):
            step(row, actor=actor)
    with pytest.raises(AccessRefused):
        send_back(row, actor=actor, reason="自查")
    assert told(row) == ("submitted", 3, 1)
