"""Writers of projects with their milestones, and of fibre coverage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import Writers, checked_reason, record, stripped
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused
from wanqi.core.models import Attachment
from wanqi.core.packs import current_pack

from ..models import FiberCoverage, Milestone, Project


def _project(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    organisation = values.get("organisation")
    if organisation is not None and not clean.get("holder_name"):
        clean["holder_name"] = organisation.name
    for name in ("investment", "funding"):
        if clean.get(name) is not None and clean[name] < 0:
            raise RowInvalid({name: ["金额不能小于0。"]})
    return clean


def _fiber(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    terms = current_pack(region).records["fiber_coverage"].fields["operator"].values or ()
    operator = clean.get("operator")
    if operator and operator not in terms:
        raise RowInvalid({"operator": [f"“{operator}”不在允许的取值中：{'、'.join(terms)}。"]})
    covered, households = clean.get("covered"), clean.get("households")
    if covered is not None and households is not None and covered > households:
        raise RowInvalid({"covered": ["覆盖户数多于总户数，请核对。"]})
    return clean


PROJECTS = Writers(Project, _project)
FIBER = Writers(FiberCoverage, _fiber)


def _require(project: Project, actor: Actor) -> None:
    place = {"office": project.office_id, "area": project.area_id, "unit": project.unit_id}
    if not actor.may_place("project", "correct", region=project.region_id, **place):
        raise AccessRefused("这个项目不归您的股室或单位，不能修改。", hint="请联系该项目的责任股室。")
    if project.withdrawn_at is not None:
        raise StepRefused("该项目已撤销，不能登记节点。", hint="如需登记，请先恢复该项目。")


@transaction.atomic
def add_milestone(
    project: Project,
    title: str,
    *,
    actor: Actor,
    due_on: date | None = None,
    done_on: date | None = None,
    note: str = "",
    file: Attachment | None = None,
) -> Milestone:
    """Add a point to a project's plan. Raises RowInvalid, AccessRefused, StepRefused."""
    _require(project, actor)
    if not title.strip():
        raise RowInvalid({"title": ["请填写节点名称。"]})
    made = Milestone.objects.create(
        project=project,
        title=title.strip(),
        due_on=due_on,
        done_on=done_on,
        note=note.strip(),
        file=file,
        recorded_by=actor.user,
    )
    change = {"field": "milestones", "label": "节点", "old": "—", "new": _told(made)}
    record(project, "登记节点", actor=actor, changes=[change])
    return made


@transaction.atomic
def reach_milestone(
    milestone: Milestone, *, on: date | None, actor: Actor, reason: str = "", file: Attachment | None = None
) -> Milestone:
    """Set the day a milestone was reached, or take it back (on None, which asks why)."""
    held = Milestone.objects.select_for_update(of=("self",)).select_related("project").get(pk=milestone.pk)
    _require(held.project, actor)
    if held.done_on is not None:
        reason = checked_reason(reason)  # what was said before is corrected
    if held.done_on == on:
        return held
    old = _told(held)
    held.done_on, held.file = on, file or held.file
    held.save(update_fields=["done_on", "file"])
    change = {"field": "milestones", "label": "节点", "old": old, "new": _told(held)}
    record(held.project, "更新节点", actor=actor, changes=[change], reason=reason)
    return held


def _told(one: Milestone) -> str:
    due = f"计划{one.due_on.isoformat()}" if one.due_on else "没有计划日期"
    done = f"{one.done_on.isoformat()}完成" if one.done_on else "未完成"
    return f"{one.title}（{due}，{done}）"
