"""One round: unit × state × days, what waits, locking all that is approved, cancelling."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wanqi.collection.access import get_round
from wanqi.collection.actions import cancel_round, lock_round
from wanqi.collection.errors import CollectionError
from wanqi.collection.forms import spec_of
from wanqi.collection.models import Return, Round
from wanqi.collection.overview import counts_of
from wanqi.collection.states import TITLES
from wanqi.collection.upcoming import upcoming
from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid
from wanqi.indicators.evaluate import read_period
from wanqi.web.console.registers.forms import ReasonForm
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import shown
from .tasks import card


def may(actor: Actor, round: Round, verb: str, *, resource: str = "return") -> bool:
    """Return whether the actor may do `verb` on the returns, or the round itself, of this office."""
    return actor.may_place(
        resource, verb, region=round.region_id, office=round.office_id, area=None, unit=None
    )


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a round with a line per unit, in the order in which the region lists its units."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "view")
    round = get_round(actor, pk)
    on = place_of(request).today
    rows = (
        Return.objects.visible_to(actor)
        .filter(round=round)
        .select_related("round", "unit", "submitted_by", "reviewed_by")
        .order_by("unit__position", "unit_id", "pk")
    )
    counts = counts_of([round], on=on)[round.pk]
    locked = counts.by_state["locked"] or any(row.revision > 1 for row in rows)
    words = read_period(round.period).words
    context = {
        "title": round.title,
        "crumbs": shown.crumbs((f"{round.title}　{words}", None)),
        "round": round,
        "period": words,
        "spec": spec_of(round),
        "counts": counts,
        "states": [(TITLES[state], count) for state, count in counts.by_state.items() if count],
        "rows": [card(row, on) for row in rows],
        "history": shown.told(round),
        "reminders": list(round.reminders.select_related("sent_by").order_by("-pk")[:20]),
        "may_remind": may(actor, round, "review") and bool(counts.waiting) and not round.withdrawn_at,
        "may_lock": may(actor, round, "lock") and counts.by_state["approved"],
        "may_cancel": may(actor, round, "withdraw", resource="form")
        and not round.withdrawn_at
        and not locked,
        "may_export": actor.can("form", "export"),
        **_following(actor, round),
    }
    return render_page(request, "returns/round.html", context)


def _following(actor: Actor, round: Round) -> dict[str, Any]:
    """Return what the page says of the next period: the round that asks for it, or that it may be asked for now."""
    try:
        coming = upcoming(round)
    except CollectionError:
        return {}  # out of use, asked once, or in another rhythm by now
    can = may(actor, round, "create", resource="form") and not round.withdrawn_at
    return {
        "next_words": coming.period.words,
        "next_round": coming.issued,
        "may_issue_next": can and not coming.issued,
    }


@require_POST
def lock_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock every approved return of a round."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "lock")
    round = get_round(actor, pk)
    done = lock_round(round, actor=actor)
    messages.success(
        request, f"已锁定{len(done)}份，数字已登记为填报值。" if done else "没有已通过的报数可以锁定。"
    )
    return redirect("returns.round", pk=pk)


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take the round back from all its units."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "withdraw")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    round = get_round(actor, pk, to="withdraw")
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        try:
            cancel_round(round, actor=actor, reason=form.cleaned_data.get("reason", ""))
        except RowInvalid as refused:
            refuse(form, refused)
        else:
            messages.success(request, "已撤销下发，各单位不再看到这项任务。")
            return redirect("returns")
    words = read_period(round.period).words
    counts = counts_of([round], on=place_of(request).today)[round.pk]
    context: dict[str, Any] = {
        "title": f"撤销下发：{round.title}",
        "crumbs": shown.crumbs(
            (f"{round.title}　{words}", reverse("returns.round", args=[pk])), ("撤销下发", None)
        ),
        "told": f"{counts.total}个单位的任务将一起撤销，其中{counts.handed_in}个单位已经报送。撤销后可以重新下发。",
        "is_warning": True,
        "form": form,
        "verb": "撤销下发",
        "back": reverse("returns.round", args=[pk]),
    }
    return render_page(request, "returns/ask.html", context, status=422 if form.errors else 200)


def refuse(form: forms.Form, refused: RowInvalid) -> None:
    """Show the messages of a refusal at the fields of a form, or on top where it has no such field."""
    for name, said in refused.fields.items():
        form.add_error(name if name in form.fields else None, list(said))
