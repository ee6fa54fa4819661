"""A problem of an enterprise goes 交办 → 反馈 → 销号; a step out of turn changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, StepRefused
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.actions.problems import (
    PROBLEMS,
    answer_problem,
    assign_problem,
    close_problem,
    reopen_problem,
)
from wanqi.registry.models import Problem

pytestmark = pytest.mark.django_db
RAISED, DUE, DONE = date(2023, 3, 1), date(2023, 4, 1), date(2023, 3, 20)


def raised() -> Problem:
    values = {
        "title": "用工短缺",
        "enterprise_name": "演示公司",
        "raised_on": RAISED,
        "office": cast.offices()[0],
    }
    return PROBLEMS.create(values, actor=cast.machine(), region=cast.REGION)


def test_a_problem_goes_its_way_and_each_step_is_on_the_trail() -> None:
    clerk = cast.actor(Role.CLERK)
    row = assign_problem(raised(), office=cast.offices()[1], unit=None, due_on=DUE, actor=clerk)
    assert (row.state, row.assigned_office, row.due_on) == ("办理中", cast.offices()[1], DUE)
    other = cast.actor(Role.CLERK, username="other", office=cast.offices()[1])
    row = answer_problem(row, answer="已组织招聘会", on=DONE, actor=other)  # the office it was handed to
    row = close_problem(row, on=date(2023, 3, 22), actor=clerk)
    assert (row.state, row.closed_on) == ("已销号", date(2023, 3, 22))
    row = reopen_problem(row, reason="企业反映没有解决", actor=clerk)
    assert (row.state, row.closed_on, row.answer) == ("办理中", None, "已组织招聘会")
    acts = AuditEvent.objects.filter(target_kind="registry.problem").order_by("id")
    assert list(acts.values_list("verb", "reason")) == [
        ("登记", ""),
        ("交办", ""),
        ("反馈", ""),
        ("销号", ""),
        ("退回办理", "企业反映没有解决"),
    ]


def test_a_step_out_of_turn_or_without_what_it_needs_changes_nothing() -> None:
    clerk, row = cast.actor(Role.CLERK), raised()
    with pytest.raises(StepRefused, match="待交办"):
        answer_problem(row, answer="好了", on=DONE, actor=clerk)
    with pytest.raises(StepRefused):
        close_problem(row, on=DONE, actor=clerk)
    with pytest.raises(RowInvalid, match="承办"):
        assign_problem(row, office=None, unit=None, due_on=DUE, actor=clerk)
    with pytest.raises(RowInvalid, match="办理时限"):
        assign_problem(row, office=cast.offices()[0], unit=None, due_on=date(2023, 2, 1), actor=clerk)
    with pytest.raises(ReasonMissing):
        reopen_problem(row, reason=" ", actor=clerk)
    stranger = cast.actor(Role.CLERK, username="third", office=cast.offices()[1])
    with pytest.raises(AccessRefused):
        assign_problem(row, office=cast.offices()[1], unit=None, due_on=DUE, actor=stranger)
    row.refresh_from_db()
    assert (row.state, row.version, AuditEvent.objects.filter(target_kind="registry.problem").count()) == (
        "待交办",
        1,
        1,
    )
