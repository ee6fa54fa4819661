"""申报推荐: stages go forward with their days; what goes back or is put right says why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests import cast
from tests.web import rows
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowStale, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.actions import (
    correct_stage,
    create_nomination,
    move_nomination,
    move_nominations,
    next_stages,
    return_nomination,
)
from wanqi.registry.models import Nomination, NominationStep, Recognition
from wanqi.registry.models.recognitions import Stage

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = date(2023, 5, 10), date(2023, 6, 10), date(2023, 7, 10)


def nomination(**values: Any) -> Nomination:
    given = {
        "programme": "cn.high-tech",
        "batch": "2023年第一批",
        "holder_name": "东祥油脂有限公司",
        "stage": "企业已申报",
        "stage_on": MAY,
        "office": cast.offices()[0],
        **values,
    }
    steps = given.pop("steps", ())
    return create_nomination(given, actor=cast.machine(), region=cast.REGION, steps=steps)


def taken(row: Nomination) -> list[tuple[str, date]]:
    return list(row.steps.order_by("on", "pk").values_list("stage", "on"))


def state() -> tuple[int, int, int, int]:
    """Return how many rows of every kind there are; a refusal changes none."""
    return (
        Nomination.objects.count(),
        NominationStep.objects.count(),
        Recognition.objects.count(),
        AuditEvent.objects.count(),
    )


def test_a_nomination_begins_with_its_stage_and_day() -> None:
    row = nomination(organisation=rows.organisation(1), holder_name="")
    assert (row.holder_name, row.level, row.holder_kind) == ("第01化工有限公司", "国家级", "organisation")
    assert taken(row) == [("企业已申报", MAY)]


def test_steps_known_from_before_are_kept_in_order() -> None:
    row = nomination(steps=(("摸底", date(2023, 2, 1)), ("县级推荐", JUNE)))
    assert (row.stage, row.stage_on) == ("县级推荐", JUNE)
    assert taken(row) == [("摸底", date(2023, 2, 1)), ("县级推荐", JUNE)]
    before = state()
    with pytest.raises(RowInvalid):
        nomination(holder_name="乙", steps=(("摸底", JUNE), ("县级推荐", MAY)))
    assert state() == before


def test_a_move_goes_forward_and_keeps_its_day() -> None:
    row = move_nomination(
        nomination(), to="县级推荐", on=JUNE, letter="临科工函〔2023〕8号", actor=cast.machine()
    )
    assert (row.stage, row.stage_on, row.letter) == ("县级推荐", JUNE, "临科工函〔2023〕8号")
    assert taken(row) == [("企业已申报", MAY), ("县级推荐", JUNE)]
    last = AuditEvent.objects.order_by("-pk")[0]
    assert last.verb == "县级推荐"
    assert ("阶段", "企业已申报", "县级推荐") in {
        (change["label"], change["old"], change["new"]) for change in last.changes
    }


@pytest.mark.parametrize(
    ("to", "on", "error"),
    [
        ("摸底", JUNE, StepRefused),
        ("企业已申报", JUNE, StepRefused),
        ("火星评审", JUNE, RowInvalid),
        ("县级推荐", None, RowInvalid),
        ("县级推荐", date(2023, 5, 9), RowInvalid),
        ("未通过", JUNE, ReasonMissing),
    ],
)
def test_a_move_back_or_without_day_or_reason_changes_nothing(
    to: str, on: date | None, error: type[Exception]
) -> None:
    row = nomination()
    before = state()
    with pytest.raises(error):
        move_nomination(row, to=to, on=on, actor=cast.machine())
    assert state() == before
    row.refresh_from_db()
    assert (row.stage, row.version) == ("企业已申报", 1)


def test_nothing_follows_the_outcome() -> None:
    assert next_stages("已通过") == next_stages("未通过") == ()
    assert next_stages("公示") == (Stage.PASSED, Stage.FAILED)


def test_why_it_failed_stands_in_the_row() -> None:
    row = move_nomination(
        nomination(), to="未通过", on=JUNE, reason="不推荐：研发费用归集不完整", actor=cast.machine()
    )
    assert row.reason == "不推荐：研发费用归集不完整"
    assert row.steps.get(stage="未通过").note == "不推荐：研发费用归集不完整"


def test_passing_makes_the_recognition_with_the_lawful_act() -> None:
    row = nomination(programme="cn.innovative-sme", organisation=rows.organisation(1), level="")
    moved = move_nomination(
        row,
        to="已通过",
        on=JULY,
        actor=cast.machine(),
        recognition={"document_number": "湘工信〔2023〕9号"},
    )
    made = moved.recognition
    assert made is not None
    assert (made.act, made.kind, made.granted_on, made.document_number) == (
        "公告",
        "首次",
        JULY,
        "湘工信〔2023〕9号",
    )
    assert made.organisation == row.organisation
    assert made.valid_until == date(2026, 7, 9)


def test_passing_links_the_recognition_that_a_list_brought() -> None:
    organisation = rows.organisation(1)
    first = move_nomination(nomination(organisation=organisation), to="已通过", on=JULY, actor=cast.machine())
    again = nomination(organisation=organisation, batch="2023年第二批")
    moved = move_nomination(again, to="已通过", on=JULY, actor=cast.machine())
    assert moved.recognition_id == first.recognition_id
    assert Recognition.objects.count() == 1


def test_support_that_is_only_paid_is_no_title() -> None:
    row = nomination(programme="cn-43.key-little-giant-award", level="省级")
    moved = move_nomination(row, to="已通过", on=JULY, actor=cast.machine())
    assert (moved.stage, moved.recognition_id, Recognition.objects.count()) == ("已通过", None, 0)


def test_support_that_lists_the_supported_is_on_record() -> None:
    row = nomination(programme="cn.key-little-giant", level="国家级")
    made = move_nomination(row, to="已通过", on=JULY, actor=cast.machine()).recognition
    assert made is not None
    assert (made.act, made.authority, made.granted_on, made.valid_until) == (
        "列入",
        "财政部、工业和信息化部",
        JULY,
        None,
    )


def test_a_review_that_passes_is_a_review() -> None:
    row = nomination(purpose="review")
    moved = move_nomination(row, to="已通过", on=JULY, actor=cast.machine())
    assert moved.recognition is not None
    assert moved.recognition.kind == "复核"


def test_many_move_together_or_not_at_all() -> None:
    ready = [nomination(holder_name=f"第{number}家") for number in range(3)]
    moved = move_nominations(ready, to="县级推荐", on=JUNE, actor=cast.machine())
    assert {row.stage for row in moved} == {"县级推荐"}
    assert AuditEvent.objects.filter(verb="县级推荐").count() == 3
    late = nomination(holder_name="已到市里", stage="市级审核", stage_on=JULY)
    before = state()
    with pytest.raises(StepRefused):
        move_nominations([*ready, late], to="市级审核", on=JULY, actor=cast.machine())
    assert state() == before
    assert set(
        Nomination.objects.filter(pk__in=[row.pk for row in ready]).values_list("stage", flat=True)
    ) == {"县级推荐"}


def test_a_return_needs_its_reason_and_stays_in_the_way() -> None:
    row = move_nomination(nomination(), to="市级审核", on=JUNE, actor=cast.machine())
    with pytest.raises(ReasonMissing):
        return_nomination(row, to="企业已申报", on=JULY, reason="", actor=cast.machine())
    with pytest.raises(StepRefused):
        return_nomination(row, to="公示", on=JULY, reason="补正", actor=cast.machine())
    back = return_nomination(row, to="企业已申报", on=JULY, reason="补正审计报告", actor=cast.machine())
    assert (back.stage, back.reason) == ("企业已申报", "退回：补正审计报告")
    assert taken(back) == [("企业已申报", MAY), ("市级审核", JUNE), ("企业已申报", JULY)]


def test_putting_a_stage_right_takes_the_wrong_step_out() -> None:
    row = move_nomination(nomination(), to="省级评审", on=JULY, actor=cast.machine())
    right = correct_stage(row, to="县级推荐", on=JUNE, reason="登记时选错", actor=cast.machine())
    assert (right.stage, right.stage_on) == ("县级推荐", JUNE)
    assert taken(right) == [("企业已申报", MAY), ("县级推荐", JUNE)]
    with pytest.raises(StepRefused):
        correct_stage(right, to="县级推荐", on=JUNE, reason="再来", actor=cast.machine())


def test_putting_right_leaves_the_recognition_to_its_own_register() -> None:
    passed = move_nomination(nomination(), to="已通过", on=JULY, actor=cast.machine())
    right = correct_stage(passed, to="公示", on=JUNE, reason="尚在公示", actor=cast.machine())
    assert right.recognition_id is None
    assert Recognition.objects.current().count() == 1


def test_somebody_elses_move_meanwhile_is_not_overwritten() -> None:
    row = nomination()
    move_nomination(row, to="县级推荐", on=JUNE, actor=cast.machine())
    with pytest.raises(RowStale):
        return_nomination(row, to="摸底", on=JULY, reason="补正", actor=cast.machine(), seen=1)


def test_another_office_moves_nothing() -> None:
    row = nomination(office=cast.offices()[1])
    before = state()
    with pytest.raises(AccessRefused):
        move_nomination(row, to="县级推荐", on=JUNE, actor=cast.actor(Role.CLERK))
    assert state() == before
