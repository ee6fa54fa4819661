"""The steps of a problem: hand it on, note the answer, close it, send it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, get_row
from wanqi.core.errors import RowInvalid, RowMissing, StepRefused
from wanqi.core.models import Office, Unit
from wanqi.registry.actions.problems import answer_problem, assign_problem, close_problem, reopen_problem
from wanqi.registry.models import Problem

from .milestones import day_of
from .query import parse_id


@require_POST
def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step and go back to the problem; what is refused is told there."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_row(Problem.objects.all(), actor, pk, to="view")
    try:
        told = _STEPS[step](request, row, actor) if step in _STEPS else None
        if told is None:
            raise RowMissing("没有这一步。", hint="请返回诉求核对。")
    except (RowInvalid, StepRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, told)
    return HttpResponseRedirect(reverse("problems.row", args=[pk]) + "#handling")


def _assign(request: HttpRequest, row: Problem, actor: Actor) -> str:
    given = request.POST
    office = Office.objects.filter(region=row.region_id, pk=parse_id(given.get("office", "")) or 0).first()
    unit = Unit.objects.filter(region=row.region_id, pk=parse_id(given.get("unit", "")) or 0).first()
    assign_problem(row, office=office, unit=unit, due_on=day_of(given.get("on", "")), actor=actor)
    return "已交办。"


def _answer(request: HttpRequest, row: Problem, actor: Actor) -> str:
    answer_problem(
        row, answer=request.POST.get("answer", ""), on=day_of(request.POST.get("on", "")), actor=actor
    )
    return "已登记反馈。"


def _close(request: HttpRequest, row: Problem, actor: Actor) -> str:
    close_problem(row, on=day_of(request.POST.get("on", "")), actor=actor)
    return "已销号。"


def _reopen(request: HttpRequest, row: Problem, actor: Actor) -> str:
    reopen_problem(row, reason=request.POST.get("reason", ""), actor=actor)
    return "已退回办理。"


_STEPS = {"assign": _assign, "answer": _answer, "close": _close, "reopen": _reopen}
