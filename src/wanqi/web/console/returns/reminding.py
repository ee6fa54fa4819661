"""催报: who has not handed in, a text to copy, and the note that it was sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from wanqi.collection.access import get_round
from wanqi.collection.actions import remind
from wanqi.collection.reminding import outstanding, reminder_text
from wanqi.core.access import Actor, require
from wanqi.core.errors import AccessRefused, RowInvalid
from wanqi.indicators.evaluate import read_period
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import shown
from .rounds import may


def remind_units(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the units that are outstanding with the text for them, or note that it was sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "review")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    round = get_round(actor, pk)
    if not may(actor, round, "review"):
        raise AccessRefused("这张报表不归您的股室催报。", hint="请联系责任股室。")
    on = place_of(request).today
    waiting = outstanding(round, on=on)
    wrong: dict[str, tuple[str, ...]] = {}
    text = reminder_text([round], on=on)
    picked = {str(one.row.pk) for one in waiting}
    if request.method == "POST":
        text, picked = request.POST.get("text", ""), set(request.POST.getlist("units"))
        chosen = [one.row for one in waiting if str(one.row.pk) in picked]
        try:
            remind(round, actor=actor, text=text, returns=chosen)
        except RowInvalid as refused:
            wrong = dict(refused.fields)
        else:
            messages.success(request, f"已记录对{len(chosen)}个单位的催报。文字已复制的，可以粘贴到微信群。")
            return redirect("returns.round", pk=pk)
    words = read_period(round.period).words
    context = {
        "title": "催报",
        "crumbs": shown.crumbs(
            (f"{round.title}　{words}", reverse("returns.round", args=[pk])), ("催报", None)
        ),
        "round": round,
        "period": words,
        "waiting": [(one, str(one.row.pk) in picked) for one in waiting],
        "text": text,
        "wrong": wrong,
        "back": reverse("returns.round", args=[pk]),
    }
    return render_page(request, "returns/remind.html", context, status=422 if wrong else 200)
