"""The steps of confirming: one row, many rows, taken back, matched again, looked up by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from wanqi.core.errors import WanqiError
from wanqi.registry.actions.name_list_matching import match_again
from wanqi.registry.actions.name_lists import decide, decide_many, take_back
from wanqi.registry.models import NameList, NameListRow, Organisation
from wanqi.registry.name_lists.loading import get_name_list
from wanqi.web.pages import render_page

from .shown import choice_of
from .views import actor_in, confirming_page, crumbs

FOUND = 9
RETRY = (409, 422)


def answered(request: HttpRequest, pk: int, error: WanqiError | None = None) -> HttpResponse:
    """Return the changed part for htmx, else go back to the page; a refusal comes with what it says."""
    if error is not None and error.status not in RETRY:
        raise error
    if not request.htmx:  # type: ignore[attr-defined]
        if error is not None:
            messages.error(request, f"{error.cause}{error.hint}")
        return redirect("name_lists.list", pk=pk)
    name_list = get_name_list(actor_in(request), pk)
    if name_list.state not in (NameList.State.OPEN, NameList.State.RUNNING):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return confirming_page(request, name_list, error=error, status=422 if error else 200)


@require_POST
def decide_one(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Keep what was decided of a row: `choice` is matched:ID, new, aside, elsewhere or pending."""
    actor = actor_in(request)
    name_list = get_name_list(actor, pk)
    decision, _, organisation = request.POST.get("choice", "").partition(":")
    chosen = int(organisation) if organisation.isdecimal() and len(organisation) < 19 else None
    try:
        decide(name_list, row, decision, actor=actor, organisation=chosen)
    except WanqiError as error:
        return answered(request, pk, error)
    return answered(request, pk)


@require_POST
def decide_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide many rows at once."""
    actor = actor_in(request)
    try:
        decide_many(get_name_list(actor, pk), request.POST.get("what", ""), actor=actor)
    except WanqiError as error:
        return answered(request, pk, error)
    return answered(request, pk)


@require_POST
def take_back_last(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the visitor's latest decision."""
    actor = actor_in(request)
    try:
        take_back(get_name_list(actor, pk), actor=actor)
    except WanqiError as error:
        return answered(request, pk, error)
    return answered(request, pk)


@require_POST
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Match the undecided rows once more."""
    actor = actor_in(request)
    try:
        match_again(get_name_list(actor, pk), actor=actor)
    except WanqiError as error:
        return answered(request, pk, error)
    return answered(request, pk)


@require_GET
def search(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Return the organisations whose name or code contains what was typed, to pick one for a row."""
    actor = actor_in(request)
    name_list = get_name_list(actor, pk)
    found = NameListRow.objects.filter(name_list=name_list, pk=row).first()
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    hits: list[Organisation] = []
    if text:
        rows = Organisation.objects.visible_to(actor).current().filter(region=name_list.region_id)
        hits = list(rows.matching(text).select_related("area").order_by("name_pinyin", "pk")[: FOUND + 1])
    choices = [
        choice_of(found, one, 0, {"reason": "按名称查到", "score": 0, "former": False})
        for one in hits[:FOUND]
        if found is not None
    ]
    context = {
        "title": "查找单位",
        "crumbs": crumbs(f"第{pk}份"),
        "list": name_list,
        "row": found,
        "text": text,
        "choices": choices,
        "more": len(hits) > FOUND,
    }
    return render_page(request, "name_lists/search.html", context, fragment="name_lists/_found.html")
