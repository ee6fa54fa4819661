"""Points of a project's plan: add one, say when it was reached, or take that back with a reason."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import get_row
from wanqi.core.errors import RowInvalid, RowMissing
from wanqi.projects.actions import add_milestone, reach_milestone
from wanqi.projects.models import Milestone, Project

WRONG_DAY = "日期请写成2023-06-30的样子。"


def day_of(text: str) -> date | None:
    """Return the day of a form. Raises RowInvalid."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RowInvalid({"on": [WRONG_DAY]}) from None


def _project(request: HttpRequest, pk: int) -> Project:
    actor = request.actor  # type: ignore[attr-defined]
    return get_row(Project.objects.all(), actor, pk, to="correct")


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("projects.row", args=[pk]) + "#milestones")


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a milestone and go back to the project."""
    project = _project(request, pk)
    actor = request.actor  # type: ignore[attr-defined]
    try:
        due = day_of(request.POST.get("due_on", ""))
        made = add_milestone(project, request.POST.get("title", ""), actor=actor, due_on=due)
    except RowInvalid as refused:
        messages.error(request, str(refused.cause))
    else:
        messages.success(request, f"已登记节点：{made.title}")
    return _back(pk)


@require_POST
def reach(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    """Say when a milestone was reached; without a day it is open again."""
    project = _project(request, pk)
    actor = request.actor  # type: ignore[attr-defined]
    found = Milestone.objects.filter(project=project, pk=milestone).first()
    if found is None:
        raise RowMissing("没有找到这个节点。", hint="请返回项目核对。")
    try:
        on = day_of(request.POST.get("on", ""))
        reach_milestone(found, on=on, actor=actor, reason=request.POST.get("reason", ""))
    except RowInvalid as refused:
        messages.error(request, str(refused.cause))
    else:
        messages.success(request, f"已更新节点：{found.title}")
    return _back(pk)
