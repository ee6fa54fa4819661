"""The steps of a shortfall: hand it on, note the answer, close it with its ground, send it back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, get_row
from wanqi.core.actions import attach
from wanqi.core.errors import RowInvalid, RowMissing, StepRefused
from wanqi.core.models import Attachment, Office, Unit
from wanqi.indicators.actions import shortfalls as actions
from wanqi.indicators.models import Shortfall

from .milestones import day_of
from .query import parse_id


@require_POST
def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step and go back to the shortfall; what is refused is told there."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_row(Shortfall.objects.all(), actor, pk, to="view")
    if step not in _STEPS:
        raise RowMissing("没有这一步。", hint="请返回短板核对。")
    try:
        with transaction.atomic():  # a file sent with a refused answer is not kept
            told = _STEPS[step](request, row, actor)
    except (RowInvalid, StepRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, told)
    return HttpResponseRedirect(reverse("shortfalls.row", args=[pk]) + "#handling")


def _assign(request: HttpRequest, row: Shortfall, actor: Actor) -> str:
    given = request.POST
    actions.assign_shortfall(
        row,
        office=office_of(request, row.region_id),
        unit=unit_of(request, row.region_id),
        person=given.get("person", ""),
        due_on=day_of(given.get("on", "")),
        action=given.get("action", ""),
        actor=actor,
    )
    return "已交办。"


def _answer(request: HttpRequest, row: Shortfall, actor: Actor) -> str:
    given = request.POST
    file = _file(request, row, actor)
    on = day_of(given.get("on", ""))
    actions.answer_shortfall(row, answer=given.get("answer", ""), on=on, actor=actor, file=file)
    return "已登记反馈，等待销号。"


def _file(request: HttpRequest, row: Shortfall, actor: Actor) -> Attachment | None:
    sent = request.FILES.get("file")
    if sent is None:
        return None
    kind = sent.content_type or "application/octet-stream"
    return attach(sent.name or "", sent.read(), content_type=kind, region=row.region_id, actor=actor)


def _close(request: HttpRequest, row: Shortfall, actor: Actor) -> str:
    given = request.POST
    actions.close_shortfall(
        row, closing=given.get("closing", ""), on=day_of(given.get("on", "")), actor=actor
    )
    return "已销号。"


def _reopen(request: HttpRequest, row: Shortfall, actor: Actor) -> str:
    actions.reopen_shortfall(row, reason=request.POST.get("reason", ""), actor=actor)
    return "已退回办理。"


_STEPS = {"assign": _assign, "answer": _answer, "close": _close, "reopen": _reopen}


def office_of(request: HttpRequest, region: str) -> Office | None:
    """Return the office a form names, None where it names none of the region."""
    pk = parse_id(request.POST.get("office", "")) or 0
    return Office.objects.filter(region=region, pk=pk).first()


def unit_of(request: HttpRequest, region: str) -> Unit | None:
    """Return the unit a form names, None where it names none of the region."""
    pk = parse_id(request.POST.get("unit", "")) or 0
    return Unit.objects.filter(region=region, pk=pk).first()
