"""The way of a draft: an office is done, 汇总, 送审, 退回, 签发; remarks, and numbers that are linked to nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowMissing, StepRefused, WanqiError
from wanqi.reports import actions
from wanqi.reports.access import get_draft, get_paragraph, get_remark
from wanqi.reports.models import Draft, DraftPart, UnlinkedFigure
from wanqi.web.console.registers.query import parse_id

RETRY = (409, 422)  # refusals that come back to the page in words


def _answered(request: HttpRequest, draft: Draft, act: Callable[[], str], anchor: str = "") -> HttpResponse:
    """Do something and go back to the draft with what was done, or why not."""
    try:
        messages.success(request, act())
    except WanqiError as error:
        if error.status not in RETRY:
            raise
        messages.error(request, f"{error.cause}{error.hint}")
    back = "reports.write" if request.POST.get("back") == "write" else "reports.draft"
    return HttpResponseRedirect(reverse(back, args=[draft.pk]) + anchor)


def _draft(request: HttpRequest, pk: int) -> tuple[Actor, Draft]:
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    return actor, get_draft(actor, pk)


@require_POST
def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step with the draft as a whole."""
    actor, draft = _draft(request, pk)
    acts = {
        "collect": _collect,
        "submit": _submit,
        "take-back": _take_back,
        "send-back": _send_back,
        "sign": _sign,
        "start": _start,
        "withdraw": _withdraw,
    }
    if step not in acts:
        raise RowMissing("没有这一步。", hint="请返回材料核对。")
    return _answered(request, draft, lambda: acts[step](request, draft, actor))


def _seen(request: HttpRequest) -> int | None:
    return parse_id(request.POST.get("seen", ""))


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [found for value in request.POST.getlist(name) if (found := parse_id(value)) is not None]


def _collect(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    actions.collect_draft(draft, actor=actor, missing=_ids(request, "missing"), seen=_seen(request))
    return "已汇总，各股室的段落已锁定；可以统稿后送审。"


def _submit(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    actions.submit_draft(draft, actor=actor, seen=_seen(request))
    return "已送审，由分管领导修改、退回或签发。"


def _take_back(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    actions.take_draft_back(draft, actor=actor, seen=_seen(request))
    return "已撤回送审，回到汇总。"


def _send_back(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    reason = request.POST.get("reason", "")
    offices = _ids(request, "offices")
    actions.send_draft_back(draft, actor=actor, reason=reason, offices=offices, seen=_seen(request))
    return "已退回，汇总股室和所选股室会看到原因。"


def _sign(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    actions.sign_draft(draft, actor=actor, seen=_seen(request), text=request.POST.get("text", ""))
    return "已签发并定稿锁定：正文不再改动，以后台账的更正写进数据修订说明。"


def _start(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    actions.begin_writing(draft, actor=actor)
    return "已按模板分段，各股室可以起草。"


def _withdraw(request: HttpRequest, draft: Draft, actor: Actor) -> str:
    actions.withdraw_draft(draft, actor=actor, reason=request.POST.get("reason", ""), seen=_seen(request))
    return "已撤销这份材料。"


@require_POST
def take_part(request: HttpRequest, pk: int, part: int, step: str) -> HttpResponse:
    """Take one step with the paragraphs of one office."""
    actor, draft = _draft(request, pk)
    row = DraftPart.objects.filter(draft=draft, pk=part).select_related("office", "draft").first()
    if row is None:
        raise RowMissing("没有找到这个股室的部分。", hint="请返回材料核对。")

    def act() -> str:
        if step == "finish":
            actions.finish_part(row, actor=actor)
            return f"{row.office}已完成，等待汇总。"
        if step == "continue":
            actions.continue_part(row, actor=actor)
            return f"{row.office}可以继续修改。"
        if step == "send-back":
            actions.send_part_back(row, actor=actor, reason=request.POST.get("reason", ""))
            return f"已退回{row.office}。"
        raise StepRefused("没有这一步。")

    return _answered(request, draft, act)


@require_POST
def remark(request: HttpRequest, pk: int, paragraph: int) -> HttpResponse:
    """Say something about a paragraph."""
    actor, draft = _draft(request, pk)
    row = get_paragraph(actor, paragraph, draft=draft)

    def act() -> str:
        words, quote = request.POST.get("words", ""), request.POST.get("quote", "")
        actions.add_remark(row, words, actor=actor, quote=quote)
        return "已写批注。"

    return _answered(request, draft, act, f"#p-{row.pk}")


@require_POST
def resolve(request: HttpRequest, pk: int, remark: int) -> HttpResponse:
    """Mark a remark as dealt with."""
    actor, draft = _draft(request, pk)
    row = get_remark(actor, remark, draft=draft)

    def act() -> str:
        actions.resolve_remark(row, actor=actor, answer=request.POST.get("answer", ""))
        return "批注已处理。"

    return _answered(request, draft, act, f"#p-{row.paragraph_id}")


@require_POST
def explain(request: HttpRequest, pk: int, paragraph: int) -> HttpResponse:
    """Keep why a number that is linked to nothing stands, or take that back."""
    actor, draft = _draft(request, pk)
    row = get_paragraph(actor, paragraph, draft=draft)

    def act() -> str:
        kept = parse_id(request.POST.get("kept", ""))
        if kept is not None:
            told: Any = UnlinkedFigure.objects.filter(paragraph=row, pk=kept).first()
            if told is None:
                raise StepRefused("没有找到这条说明。", hint="请刷新后核对。")
            actions.take_explanation_back(told, actor=actor)
            return "已撤回说明。"
        words, reason = request.POST.get("words", ""), request.POST.get("reason", "")
        actions.explain_figure(row, words, actor=actor, reason=reason)
        return f"“{words[:80]}”已写明理由。"

    return _answered(request, draft, act, "#loose")
