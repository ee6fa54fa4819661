"""报数任务: for a unit what it has to hand in, by deadline; for an office its rounds and what waits for review."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from wanqi.collection.forms import forms_of
from wanqi.collection.models import Return, Round
from wanqi.collection.overview import counts_of, reviews_of, tasks_of
from wanqi.core.access import Actor, require
from wanqi.indicators.evaluate import read_period
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import shown

PAGE = 30
MOST_REVIEWS = 12


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Return the tasks of the visitor's units, and the rounds that the visitor's role may see."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "view")
    place = place_of(request)
    reports, sees_rounds = bool(actor.units()), actor.can("form", "view")
    context: dict[str, Any] = {
        "title": "报数任务",
        "crumbs": shown.crumbs(),
        "reports": reports,
        "sees_rounds": sees_rounds,
        "may_issue": actor.can("form", "create"),
    }
    if reports:
        context |= _own(request, actor, place.today)
    if sees_rounds:
        context |= _rounds(request, actor, place.region, place.today)
    return render_page(request, "returns/list.html", context)


def card(row: Return, on: date) -> dict[str, Any]:
    """Return a return as a line of a list."""
    return {
        "row": row,
        "period": read_period(row.round.period).words,
        "state": shown.chip_of(row),
        "deadline": shown.deadline(row, on),
        "late": row.days_overdue(on),
        "standing": shown.standing(row),
    }


def _own(request: HttpRequest, actor: Actor, on: date) -> dict[str, Any]:
    """Return the tasks that are open, and the returns that went in, newest first."""
    done = (
        Return.objects.visible_to(actor)
        .filter(unit__in=actor.units(), state__in=Return.HANDED_IN)
        .current()
        .select_related("round", "unit", "submitted_by", "reviewed_by")
        .order_by("-due_on", "-pk")
    )
    found = list(_after(done, request.GET.get("done", ""))[: PAGE + 1])
    rest = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "tasks": [card(row, on) for row in tasks_of(actor).select_related("submitted_by", "reviewed_by")],
        "done": [card(row, on) for row in found[:PAGE]],
        "older_done": f"{rest.due_on.isoformat()}_{rest.pk}" if rest else "",
        "several_units": len(actor.units()) > 1,
    }


def _after(rows: Any, token: str) -> Any:
    """Return the rows behind a place in the list, a date and an id; all of them for a token that is none."""
    day, _, pk = token.partition("_")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return rows
    if not pk.isdecimal() or len(pk) > 18:
        return rows
    return rows.filter(Q(due_on__lt=on) | Q(due_on=on, pk__lt=int(pk)))


def _rounds(request: HttpRequest, actor: Actor, region: str, on: date) -> dict[str, Any]:
    """Return the rounds that the filters keep, with their counts, and what waits for the actor's review."""
    rows = (
        Round.objects.visible_to(actor)
        .filter(region=region)
        .select_related("office")
        .order_by("-due_on", "-pk")
    )
    asked = {name: request.GET.get(name, "")[:60] for name in ("form", "period", "state")}
    periods = list(rows.order_by().values_list("period", flat=True).distinct()[:200])
    if asked["form"]:
        rows = rows.filter(form=asked["form"])
    if asked["period"]:
        rows = rows.filter(period=asked["period"])
    rows = rows.exclude(withdrawn_at=None) if asked["state"] == "cancelled" else rows.current()
    if asked["state"] == "waiting":
        rows = rows.filter(
            returns__state__in=Return.OPEN_STATES, returns__withdrawn_at__isnull=True
        ).distinct()
    found = list(_after(rows, request.GET.get("before", ""))[: PAGE + 1])
    rest = found[PAGE - 1] if len(found) > PAGE else None
    counts = counts_of(found[:PAGE], on=on)
    waiting = list(reviews_of(actor)[: MOST_REVIEWS + 1]) if actor.can("return", "review") else []
    return {
        "rounds": [
            {"row": one, "period": read_period(one.period).words, "counts": counts[one.pk]}
            for one in found[:PAGE]
        ],
        "older": f"{rest.due_on.isoformat()}_{rest.pk}" if rest else "",
        "asked": asked,
        "is_filtered": any(asked.values()),
        "forms": [(code, spec.title) for code, spec in forms_of(region).items()],
        "periods": sorted(
            ((one, read_period(one).words) for one in periods),
            key=lambda one: read_period(one[0]).end,
            reverse=True,
        ),
        "reviews": [card(row, on) for row in waiting[:MOST_REVIEWS]],
        "more_reviews": len(waiting) > MOST_REVIEWS,
    }
