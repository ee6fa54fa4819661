"""The steps of one return on the way after it was filled in: 撤回, 通过, 退回, 锁定, 数据修订, 延期, 免报."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from wanqi.collection import actions
from wanqi.collection.access import get_return
from wanqi.collection.models import Return
from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, RowMissing, RowStale
from wanqi.indicators.evaluate import read_period
from wanqi.web.console.registers.forms import DayInput, ReasonForm, dress
from wanqi.web.pages import render_page

from . import shown
from .posted import seen_in


@dataclass(frozen=True)
class Turn:
    """A step as a page: verb: of the permission; told: what it leads to; done: what is said afterwards."""

    title: str
    verb: str
    act: Callable[..., Return]
    done: str
    told: str = ""
    asks: bool = False
    has_day: bool = False


TURNS: Mapping[str, Turn] = {
    "take-back": Turn("撤回", "submit", actions.take_back, "已撤回，可以继续修改，改好后请重新提交。"),
    "approve": Turn("通过", "review", actions.approve_return, "已通过，锁定后数字才计入。"),
    "lock": Turn("锁定", "lock", actions.lock_return, "已锁定，数字已登记为填报值。"),
    "send-back": Turn(
        "退回",
        "review",
        actions.send_back,
        "已退回，退回原因显示在该单位填报页的最上方。",
        "退回后由报送单位修改、重新提交；写明哪个数、为什么、怎么改。",
        asks=True,
    ),
    "revise": Turn(
        "数据修订",
        "lock",
        actions.revise_return,
        "已打开修订。改好、审核、再次锁定后成为新的一版；此前仍以原来的数为准。",
        "数字已经锁定并使用。打开修订后由报送单位修改、重新提交；再次锁定前，各处仍用原来的数，原来的一版长期保留。",
        asks=True,
    ),
    "extend": Turn(
        "延期",
        "review",
        actions.extend_return,
        "已延期。",
        "只改这一个单位的期限。",
        asks=True,
        has_day=True,
    ),
    "excuse": Turn(
        "免报",
        "withdraw",
        actions.excuse_return,
        "已免报，这个单位不再计入本期。",
        "这一期不再向这个单位要数，也不再催报；已填的内容保留在历史中。",
        asks=True,
    ),
}


class DayForm(ReasonForm):
    """A new deadline and why."""

    due_on = forms.DateField(label="新的报送期限", widget=DayInput())
    field_order = ("due_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["due_on"])


def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step, or ask for what it needs first: a reason, a day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "view")
    turn = TURNS.get(step)
    if turn is None:
        raise RowMissing("没有这一步。", hint="请返回报数页。")
    require(actor, "return", turn.verb)
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    row = get_return(actor, pk, to=turn.verb)
    if not turn.asks:
        if request.method != "POST":
            return redirect("returns.return", pk=pk)
        return _taken(request, turn, row, {}, seen=seen_in(request))
    form = (DayForm if turn.has_day else ReasonForm)(request.POST or None)
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _taken(request, turn, row, form.cleaned_data, seen=seen_in(request))
        except RowInvalid as refused:
            for name, said in refused.fields.items():
                form.add_error(name if name in form.fields else None, list(said))
        except RowStale as refused:
            row = get_return(actor, pk, to=turn.verb)
            stale = f"{refused.cause}您写的内容仍在下面，请核对后再确认。"
    words = read_period(row.round.period).words
    context = {
        "title": f"{turn.title}：{row.unit}",
        "crumbs": shown.crumbs((f"{row.unit}", reverse("returns.return", args=[pk])), (turn.title, None)),
        "told": f"{row.round.title}　{words}。{turn.told}",
        "form": form,
        "verb": turn.title,
        "seen": row.version,
        "stale": stale,
        "row": row,
        "back": reverse("returns.return", args=[pk]),
    }
    status = 409 if stale else 422 if form.errors else 200
    return render_page(request, "returns/ask.html", context, status=status)


def _taken(
    request: HttpRequest, turn: Turn, row: Return, given: dict[str, Any], *, seen: int
) -> HttpResponse:
    """Take the step and go back to the return, or on to what waits next. Raises what the action raises."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if turn.has_day:
        turn.act(row, given["due_on"], actor=actor, reason=given["reason"], seen=seen)
    elif turn.asks:
        turn.act(row, actor=actor, reason=given["reason"], seen=seen)
    else:
        turn.act(row, actor=actor, seen=seen)
    messages.success(request, f"{row.unit}：{turn.done}")
    return redirect("returns.return", pk=row.pk)
