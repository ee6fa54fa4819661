"""申报与复核日历: by month and as a list, with office and programme to narrow it; as ICS and XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wanqi import documents
from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.models import Office, Region
from wanqi.policies.screening import ics
from wanqi.policies.screening.calendar import KINDS, LEAD, YEAR, Entry, entries, unscheduled
from wanqi.web import display
from wanqi.web.console.registers import held
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from .page import GROUP

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ICONS = {
    "opens": "player-play",
    "county": "send",
    "closes": "clock",
    "expires": "certificate",
    "review": "refresh",
}


@dataclass(frozen=True)
class Asked:
    """What an address asks of the calendar; "" and None for everything."""

    programme: str
    office: int | None
    kind: str
    view: str

    def query(self, **changes: str) -> str:
        """Return the query string with some of it changed."""
        given = {
            "programme": self.programme,
            "office": str(self.office or ""),
            "kind": self.kind,
            "view": self.view,
            **changes,
        }
        return urlencode({name: value for name, value in given.items() if value})


def _asked(request: HttpRequest, place: Place) -> Asked:
    given = request.GET
    known = dict(held.programme_options(place.region))
    programme = given.get("programme", "")
    return Asked(
        programme if programme in known else "",
        parse_id(given.get("office", "")),
        given.get("kind", "") if given.get("kind", "") in KINDS else "",
        "list" if given.get("view") == "list" else "",
    )


def _found(request: HttpRequest, place: Place, asked: Asked) -> list[Entry]:
    actor = request.actor  # type: ignore[attr-defined]
    found = entries(
        actor,
        place.region,
        place.today,
        programme=asked.programme,
        office=asked.office,
        area=place.area,
    )
    return [one for one in found if asked.kind in ("", one.kind)]


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Return what comes due in the next twelve months."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "window", "view")
    place = place_of(request)
    asked = _asked(request, place)
    found = _found(request, place, asked)
    context = {
        "title": "申报与复核日历",
        "crumbs": [("工作台", "/"), (GROUP, ""), ("申报与复核日历", "")],
        "asked": asked,
        "months": list(_months(found, place.today)),
        "entries": [_shown(one, place.today) for one in found],
        "next": [_shown(one, place.today) for one in found if one.begin <= place.today + timedelta(days=30)][
            :8
        ],
        "programmes": held.programme_options(place.region),
        "offices": list(Office.objects.filter(region=place.region, active=True).order_by("position", "id")),
        "kinds": list(KINDS.items()),
        "unscheduled": unscheduled(place.region, place.today, programme=asked.programme),
        "by_month": asked.query(view=""),
        "as_list": asked.query(view="list"),
        "query": asked.query(),
        "today": place.today,
        "last": place.today + timedelta(days=YEAR),
        "may_create": actor.can("window", "create"),
        "may_export": actor.can("window", "export"),
    }
    return render_page(request, "screening/calendar.html", context)


def _months(found: Sequence[Entry], today: date) -> Iterator[dict[str, Any]]:
    """Yield thirteen months from the current one, each with its entries."""
    for step in range(13):
        year, month = today.year + (today.month - 1 + step) // 12, (today.month - 1 + step) % 12 + 1
        inside = [_shown(one, today) for one in found if (one.day.year, one.day.month) == (year, month)]
        yield {"title": f"{year}年{month}月", "entries": inside}


def _shown(one: Entry, today: date) -> dict[str, Any]:
    left = (one.day - today).days
    return {
        "entry": one,
        "kind": KINDS[one.kind],
        "icon": ICONS[one.kind],
        "left": "今天" if left == 0 else f"{left}天后",
        "href": _href(one),
        "begin": one.begin.isoformat() if one.begin > today else "现在就要着手",
        "is_late": one.begin <= today,
    }


def _href(one: Entry) -> str:
    """Return where the rows behind an entry are: the titles that end, or the registered window, or the screen."""
    if one.ends is not None:
        asked = {
            "area": "",
            "programme": one.programme,
            "until_from": one.ends[0].isoformat(),
            "until_to": one.ends[1].isoformat(),
        }
        return f"{reverse('recognitions')}?{urlencode(asked)}"
    if one.window is not None:
        return reverse("windows.row", args=[one.window])
    return f"{reverse('screening')}?{urlencode({'programme': one.programme})}"


@require_GET
def as_ics(request: HttpRequest) -> HttpResponse:
    """Return the calendar as an iCalendar file."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "window", "export")
    place = place_of(request)
    asked = _asked(request, place)
    found = _found(request, place, asked)
    events = (
        ics.Event(
            key=f"{place.region}|{one.key}",
            day=one.day,
            until=one.until,
            title=f"{one.words}{'' if one.sure else '（预计）'}",
            text="\n".join(part for part in (one.source, f"建议{one.begin.isoformat()}起着手") if part),
            remind=LEAD[one.kind],
        )
        for one in found
    )
    content = ics.calendar(events, title=f"{place.title}申报与复核日历", made=timezone.now())
    _noted(request, place, "ICS", len(found))
    return _file("申报与复核日历.ics", content, "text/calendar; charset=utf-8")


@require_GET
def as_xlsx(request: HttpRequest) -> HttpResponse:
    """Return the calendar as a workbook."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "window", "export")
    place = place_of(request)
    asked = _asked(request, place)
    found = _found(request, place, asked)
    fields = (
        documents.Field("日期", "date"),
        documents.Field("内容", width=18),
        documents.Field("事项", width=36),
        documents.Field("数量", "count"),
        documents.Field("建议着手", "date"),
        documents.Field("依据", width=40),
        documents.Field("是否确定"),
    )
    rows = (
        (one.day, KINDS[one.kind], one.title, one.many, one.begin, one.source, "已定" if one.sure else "预计")
        for one in found
    )
    out = BytesIO()
    made = timezone.now()
    title = f"{place.title}申报与复核日历（{place.today.isoformat()}起12个月）"
    marks = [f"{actor.name}　{display.moment(made)}　导出"]
    documents.xlsx(out, fields, rows, made=made, title=title, sheet="日历", marks=marks)
    _noted(request, place, "XLSX", len(found))
    return _file("申报与复核日历.xlsx", out.getvalue(), XLSX)


def _noted(request: HttpRequest, place: Place, kind: str, many: int) -> None:
    region = Region.objects.get(pk=place.region)
    facts = {"清单": "申报与复核日历", "格式": kind, "行数": str(many)}
    changes = [{"field": label, "label": label, "old": "—", "new": value} for label, value in facts.items()]
    with transaction.atomic():
        record(region, "导出", actor=request.actor, changes=changes)  # type: ignore[attr-defined]


def _file(name: str, content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
