"""下期报数: the round after this one, asked of the same units, with the deadline one period later."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse

from wanqi.collection.access import get_round
from wanqi.collection.forms import digest_of
from wanqi.collection.models import Round
from wanqi.collection.upcoming import Upcoming, upcoming
from wanqi.core.access import Actor, require
from wanqi.core.errors import AccessRefused, StepRefused
from wanqi.indicators.evaluate import read_period
from wanqi.web import display
from wanqi.web.pages import render_page

from . import shown
from .issuing import AskForm, done, issued, own_forms


def issue_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the next round with its day and units, to be changed before it is sent; or issue it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "create")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    round = get_round(actor, pk)
    if round.withdrawn_at is not None:
        raise StepRefused("这一期已经撤销，不能由它下发下期。", hint="请用“下发报数任务”选报表和时期。")
    coming = upcoming(round)
    if coming.spec.id not in own_forms(actor, round.region_id):
        raise AccessRefused("这张报表不归您的股室下发。", hint="请联系责任股室。")
    sent = request.method == "POST"
    form = AskForm(
        request.POST if sent else None,
        spec=coming.spec,
        region=round.region_id,
        initial={"due_on": coming.due_on, "units": list(coming.units), "message": round.message},
    )
    form.fields["due_on"].help_text = told_day(round, coming)
    if sent and coming.issued is None and form.is_valid():
        made = issued(coming.spec, form, coming.period.id, actor=actor, region=round.region_id)
        if made is not None:
            return done(request, made)
        coming = upcoming(round)  # somebody else may have issued it meanwhile
    return _page(request, round, coming, form, status=409 if sent and coming.issued else 422 if sent else 200)


def _page(
    request: HttpRequest, round: Round, coming: Upcoming, form: AskForm, *, status: int
) -> HttpResponse:
    words = read_period(round.period).words
    context: dict[str, Any] = {
        "title": "下发下期报数",
        "crumbs": shown.crumbs(
            (f"{round.title}　{words}", reverse("returns.round", args=[round.pk])), ("下期", None)
        ),
        "round": round,
        "coming": coming,
        "changed": digest_of(coming.spec) != round.digest,
        "form": form,
        "back": reverse("returns.round", args=[round.pk]),
    }
    return render_page(request, "returns/next.html", context, status=status)


def told_day(round: Round, coming: Upcoming) -> str:
    """Return why the deadline is the day it is, in words."""
    if coming.by_rule:
        return f"按报表的规定是{display.day(coming.due_on)}，可以改。"
    return f"本期期限是{display.day(round.due_on)}，往后顺延一期是{display.day(coming.due_on)}，可以改。"
