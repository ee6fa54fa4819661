"""How far the nominations of a batch are: stages side by side, and all batches with their numbers."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from wanqi.core.access import require
from wanqi.registry.models import Nomination
from wanqi.registry.models.recognitions import Stage
from wanqi.registry.programmes import title_of
from wanqi.web import display
from wanqi.web.console.registers import held
from wanqi.web.console.registers.listing import crumbs_of
from wanqi.web.console.registers.nominations import NOMINATIONS, batch_options
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .choosing import chosen_of, rows_of

CARDS = 60  # of one stage on the board; the list has all
MOST_BATCHES = 200


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Return the stages of one batch side by side, each with its enterprises."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", "view")
    place = place_of(request)
    chosen = chosen_of(request.GET)
    programmes = held.programme_options(place.region)
    if chosen.is_empty:
        chosen = _latest(request) or chosen
    columns = [] if chosen.is_empty else _columns(request, chosen)
    context = {
        "title": "阶段看板",
        "crumbs": crumbs_of(NOMINATIONS, ("阶段看板", "")),
        "chosen": chosen,
        "programmes": programmes,
        "batches": batch_options(place),
        "columns": columns,
        "total": sum(column["count"] for column in columns),
        "programme": title_of(place.region, chosen.programme),
        "window": _window(place.region, chosen.programme),
        "may_move": actor.can("nomination", "correct"),
        "may_export": actor.can("nomination", "export"),
        "query": chosen.query(),
    }
    return render_page(request, "nominations/board.html", context)


def _latest(request: HttpRequest) -> Any:
    """Return the batch that was worked on last, or None."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = Nomination.objects.visible_to(actor).current().filter(region_id=place_of(request).region)
    found = rows.order_by("-updated_at", "-pk").values("programme", "batch").first()
    if found is None:
        return None
    given = request.GET.copy()
    given.update({name: str(value) for name, value in found.items()})
    return chosen_of(given)


def _columns(request: HttpRequest, chosen: Any) -> list[dict[str, Any]]:
    rows = rows_of(request, chosen, to="view")
    counts = dict(rows.order_by().values_list("stage").annotate(Count("pk")))
    return [
        {
            "stage": str(stage),
            "count": counts.get(stage, 0),
            "rows": list(rows.filter(stage=stage).order_by("stage_on", "pk")[:CARDS])
            if stage in counts
            else [],
            "more": max(0, counts.get(stage, 0) - CARDS),
            "href": _list_of(chosen.programme, chosen.batch, stage=stage),
        }
        for stage in Stage
    ]


def _list_of(programme: str, batch: str, **further: str) -> str:
    asked = urlencode({"area": "", "programme": programme, "batch": batch, **further})
    return f"{reverse('nominations')}?{asked}"


def _window(region: str, programme: str) -> str:
    granted = held.granted_of(region).get(programme)
    return granted.window if granted else ""


@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Return every batch with how many stand at each stage, the ones worked on last first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "nomination", "view")
    region = place_of(request).region
    rows = Nomination.objects.visible_to(actor).current().filter(region_id=region).order_by()
    found = (
        rows.values("programme", "batch")
        .annotate(
            total=Count("pk"),
            latest=Max("stage_on"),
            worked=Max("updated_at"),
            **{f"at_{index}": Count("pk", filter=Q(stage=stage)) for index, stage in enumerate(Stage)},
        )
        .order_by("-worked")[: MOST_BATCHES + 1]
    )
    granted = held.granted_of(region)
    listed = [
        {
            "programme": granted[one["programme"]].title if one["programme"] in granted else one["programme"],
            "batch": one["batch"],
            "total": one["total"],
            "latest": display.iso_day(one["latest"], reason="没有登记日期"),
            "window": granted[one["programme"]].window if one["programme"] in granted else "",
            "counts": [
                {
                    "stage": str(stage),
                    "number": one[f"at_{index}"],
                    "href": _list_of(one["programme"], one["batch"], stage=stage),
                }
                for index, stage in enumerate(Stage)
            ],
            "board": f"{reverse('nominations.board')}?"
            + urlencode({"programme": one["programme"], "batch": one["batch"]}),
        }
        for one in found[:MOST_BATCHES]
    ]
    context = {
        "title": "各批次进展",
        "crumbs": crumbs_of(NOMINATIONS, ("各批次进展", "")),
        "batches": listed,
        "stages": [str(stage) for stage in Stage],
        "more": len(found) > MOST_BATCHES,
        "list_address": reverse("nominations"),
        "may_create": actor.can("nomination", "create"),
        "create_address": reverse("nominations.create"),
    }
    return render_page(request, "nominations/batches.html", context)
