"""我的筛选 and 变动提醒: kept screens, what changed in each since the last look, sharing with the office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, RowMissing
from wanqi.core.models import Office
from wanqi.policies.actions.screens import drop_screen, keep_screen, look, share_screen
from wanqi.policies.models import SavedScreen
from wanqi.policies.screening.changes import Changes, all_changes, changes, screen_of
from wanqi.registry.programmes import granted_in, title_of
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from .asking import asking_of
from .page import GROUP, why_address

MOST = 100  # screens of one's own and the office's


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Return one's own screens and the office's, each with how many enterprises changed since the last look."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "screen", "view")
    place = place_of(request)
    context = {
        "title": "我的筛选",
        "crumbs": [("工作台", "/"), (GROUP, ""), ("条件筛选", reverse("screening")), ("我的筛选", "")],
        "screens": list(_told(_rows(actor, place), actor, place)),
    }
    return render_page(request, "screening/kept.html", context)


def _rows(actor: Actor, place: Place) -> list[SavedScreen]:
    rows = SavedScreen.objects.open_to(actor).filter(region_id=place.region)
    return list(rows.select_related("created_by", "office").order_by("-created_at", "-pk")[:MOST])


def _told(rows: Sequence[SavedScreen], actor: Actor, place: Place) -> Iterator[dict[str, Any]]:
    titles = granted_in(place.region) if rows else {}
    for row, found in zip(rows, all_changes(rows, actor, today=place.today), strict=True):
        yield {
            "row": row,
            "programme": titles[row.programme].title if row.programme in titles else row.programme,
            "is_own": actor.user is not None and row.created_by_id == actor.user.pk,
            "changes": found,
            "counts": list(found.counts.items()),
            "href": f"{reverse('screening')}?{urlencode(screen_of(row).query())}",
            "details": reverse("screens.changes", args=[row.pk]),
        }


def reminders(actor: Actor, place: Place) -> list[tuple[SavedScreen, Changes]]:
    """Return the kept screens in which something changed since the actor last looked; for the desk."""
    if not actor.can("screen", "view") or actor.user is None:
        return []
    rows = _rows(actor, place)
    found = zip(rows, all_changes(rows, actor, today=place.today), strict=True)
    return [(row, told) for row, told in found if told.many]


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the screen that is shown under a name."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "screen", "create")
    asking = asking_of(request, request.POST)
    back = f"{reverse('screening')}?{urlencode(asking.screen.query())}"
    own = actor.offices()
    office = Office.objects.filter(pk__in=own, region=asking.place.region).first() if own else None
    try:
        made = keep_screen(
            request.POST.get("name", ""),
            asking.screen,
            actor=actor,
            region=asking.place.region,
            office=office,
            is_shared=request.POST.get("shared") == "1",
        )
    except RowInvalid as refused:
        messages.error(request, refused.cause)
    else:
        messages.success(request, f"已保存为“{made.name}”，有企业新符合、不再符合或变为差1项时在工作台提醒。")
    return HttpResponseRedirect(back)


@require_GET
def moved(request: HttpRequest, pk: int) -> HttpResponse:
    """Return which enterprises changed in a screen since the last look, and why."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "screen", "view")
    row = _row(request, pk)
    place = place_of(request)
    found = changes(row, actor, today=place.today)
    screen = screen_of(row)
    context = {
        "title": f"变动提醒：{row.name}",
        "crumbs": [("工作台", "/"), (GROUP, ""), ("我的筛选", reverse("screens")), (row.name, "")],
        "row": row,
        "programme": title_of(row.region_id, row.programme),
        "changes": found,
        "counts": list(found.counts.items()),
        "upto": found.upto.isoformat() if found.upto else "",
        "moved": [{"one": one, "why": why_address(screen, one.organisation.pk)} for one in found.rows],
        "href": f"{reverse('screening')}?{urlencode(screen.query())}",
    }
    return render_page(request, "screening/changes.html", context)


def _row(request: HttpRequest, pk: int) -> SavedScreen:
    actor = request.actor  # type: ignore[attr-defined]
    rows = SavedScreen.objects.open_to(actor).filter(region_id=place_of(request).region)
    found: SavedScreen | None = rows.filter(pk=pk).first()
    if found is None:
        raise RowMissing("没有找到这个筛选，或您无权查看。", hint="请返回我的筛选核对。")
    return found


@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the changes were seen."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "screen", "view")
    row = _row(request, pk)
    look(row, actor=actor, upto=_moment(request.POST.get("upto", "")))
    messages.success(request, f"“{row.name}”的变动已标为已阅。")
    return HttpResponseRedirect(reverse("screens"))


def _moment(text: str) -> datetime | None:
    """Return the moment a page was of; None where it does not say."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Share one's own screen with the office, or no longer."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "screen", "create")
    row = share_screen(_row(request, pk), actor=actor, is_shared=request.POST.get("shared") == "1")
    messages.success(request, f"“{row.name}”{'本股室可以使用了' if row.is_shared else '只有您自己可见了'}。")
    return HttpResponseRedirect(reverse("screens"))


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own screen."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "screen", "withdraw")
    row = drop_screen(_row(request, pk), actor=actor)
    messages.success(request, f"已删除筛选“{row.name}”。")
    return HttpResponseRedirect(reverse("screens"))
