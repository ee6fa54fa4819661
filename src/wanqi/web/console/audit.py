"""操作日志: who did what, when, why; for the audit administrator. Read and exported, never changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path, reverse

from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.models import AuditEvent, Region
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .registers.export import Line, harmless
from .registers.query import bounded_count, parse_day, parse_id

PAGE = 50
NAMES = ("q", "verb", "since", "until")


def log(request: HttpRequest) -> HttpResponse:
    """Show the acts that the address asks for, newest first, by keyset pages."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "audit", "view")
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in NAMES}
    rows = _found(actor, asked)
    after = parse_id(request.GET.get("after", ""))
    shown = list((rows if after is None else rows.filter(pk__lt=after)).order_by("-id")[: PAGE + 1])
    count, more = bounded_count(rows)
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "title": "操作日志",
        "crumbs": [("工作台", "/"), ("系统管理", ""), ("操作日志", "")],
        "events": shown[:PAGE],
        "asked": asked,
        "count": f"{display.number(count)}{'+' if more else ''}",
        "next": "?" + urlencode({**kept, "after": shown[PAGE - 1].pk}) if len(shown) > PAGE else "",
        "newest": "?" + urlencode(kept) if after is not None else "",
        "export": reverse("audit.export") + "?" + urlencode(kept) if actor.can("audit", "export") else "",
        "is_filtered": bool(kept),
    }
    return render_page(request, "console/audit.html", context)


def _found(actor: Any, asked: dict[str, str]) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(Q(region__in=actor.regions) | Q(region__isnull=True))
    if asked["q"]:
        text = asked["q"]
        rows = rows.filter(
            Q(actor_name__icontains=text) | Q(target_label__icontains=text) | Q(reason__icontains=text)
        )
    if asked["verb"]:
        rows = rows.filter(verb__icontains=asked["verb"])
    for name, lookup, edge in (("since", "gte", time.min), ("until", "lte", time.max)):
        value = parse_day(asked[name])
        if value is not None:
            rows = rows.filter(**{f"at__{lookup}": datetime.combine(value, edge, tzinfo=display.HERE)})
    return rows


def export(request: HttpRequest) -> StreamingHttpResponse:
    """Return the log that the address asks for as CSV; the export itself is written to the log."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "audit", "export")
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in NAMES}
    rows = _found(actor, asked)
    conditions = "；".join(value for value in asked.values() if value) or "无"
    with transaction.atomic():
        change = {"field": "conditions", "label": "条件", "old": "—", "new": conditions}
        record(Region.objects.get(pk=place_of(request).region), "导出操作日志", actor=actor, changes=[change])
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E6%93%8D%E4%BD%9C%E6%97%A5%E5%BF%97.csv"
    return response


def _lines(rows: QuerySet[AuditEvent]) -> Iterator[bytes]:
    writer = csv.writer(Line())
    yield "\ufeff".encode()
    yield writer.writerow(["时间", "操作人", "操作", "对象", "变更", "原因", "来源地址"]).encode()
    for event in rows.order_by("-id").iterator(chunk_size=2000):
        changes = "；".join(f"{one['label']}：{one['old']}→{one['new']}" for one in event.changes)
        line = [
            display.instant(event.at),
            event.actor_name,
            event.verb,
            f"{event.kind_title} {event.target_label}",
            changes,
            event.reason,
        ]
        yield writer.writerow([harmless(cell) for cell in [*line, event.address]]).encode()


urlpatterns = [
    path("administration/audit/", log, name="audit"),
    path("administration/audit/export/", export, name="audit.export"),
]
