"""The hits of a search field in a form: up to eight rows of a large register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wanqi.core.access import REPORTED, Actor
from wanqi.core.errors import AccessRefused, RowMissing
from wanqi.web.place import place_of

from . import query
from .pickers import LONGEST, ORGANISATIONS, PICKABLE, TEXT, Pickable

HITS = 8


@require_GET
def hits(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the list's options for what was typed into the field that `field` names."""
    pickable = PICKABLE.get(kind)
    if pickable is None:
        raise RowMissing("没有这样的清单。")
    if not may_pick(request.actor, pickable):  # type: ignore[attr-defined]
        raise AccessRefused("您的角色没有这项操作的权限。", hint="如工作需要，请联系安全管理员授权。")
    name = request.GET.get("field", "q")
    text = " ".join(request.GET.get(f"{name}{TEXT}", "").replace("\x00", "").split())[:LONGEST]
    found = []
    if len(text) >= pickable.shortest:
        rows = pickable.rows(place_of(request).region)
        matching = pickable.matching(rows.select_related(*pickable.related), text)
        found = query.nearest(matching, rows, field=pickable.order, size=HITS + 1)
    context = {
        "field": name,
        "text": text,
        "pickable": pickable,
        "options": [
            {"pk": row.pk, "title": str(row), "subtitle": pickable.subtitle(row)} for row in found[:HITS]
        ],
        "more": len(found) > HITS,
        "is_short": len(text) < pickable.shortest,
    }
    return render(request, "registers/_options.html", context)


def may_pick(actor: Actor, pickable: Pickable) -> bool:
    """Return whether the actor may look for rows: who sees the register, or hands in rows that name its rows.

    A reporter may not see the register of organisations, but patents and pledges name one.
    """
    if actor.can(pickable.model.resource, "view"):
        return True
    return pickable is ORGANISATIONS and any(actor.can(resource, "create") for resource in REPORTED)
