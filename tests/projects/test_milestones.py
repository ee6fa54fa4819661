"""Points of a project's plan: added, reached, taken back only with a reason."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.actions import PROJECTS, add_milestone, reach_milestone
from wanqi.projects.models import Milestone, Project

pytestmark = pytest.mark.django_db


def project() -> Project:
    values = {"title": "演示项目", "kind": "研发项目", "holder_name": "演示公司", "office": cast.offices()[0]}
    return PROJECTS.create(values, actor=cast.machine(), region=cast.REGION)


def test_a_milestone_is_added_reached_and_taken_back_with_a_reason() -> None:
    clerk, row = cast.actor(Role.CLERK), project()
    made = add_milestone(row, "中试", actor=clerk, due_on=date(2023, 5, 1))
    made = reach_milestone(made, on=date(2023, 5, 20), actor=clerk)
    assert made.done_on == date(2023, 5, 20)
    with pytest.raises(ReasonMissing):
        reach_milestone(made, on=None, actor=clerk)
    made = reach_milestone(made, on=None, actor=clerk, reason="验收未通过")
    assert made.done_on is None
    told = AuditEvent.objects.filter(target_kind="projects.project", verb="更新节点").order_by("id").last()
    assert told is not None
    assert (told.reason, told.changes[0]["old"]) == ("验收未通过", "中试（计划2023-05-01，2023-05-20完成）")


def test_a_milestone_without_a_name_or_by_another_office_is_refused() -> None:
    row = project()
    with pytest.raises(RowInvalid, match="节点名称"):
        add_milestone(row, "  ", actor=cast.actor(Role.CLERK))
    with pytest.raises(AccessRefused):
        add_milestone(row, "中试", actor=cast.actor(Role.CLERK, username="other", office=cast.offices()[1]))
    assert Milestone.objects.count() == 0
