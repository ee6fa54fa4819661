"""主要指标调度表 as a page: every cell opens its figure; it prints, exports as XLSX, and leaders lock it (定稿)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing, RowStale, StepRefused
from wanqi.core.models import Region
from wanqi.indicators.errors import PeriodRefused
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.periods import month, previous, to_date
from wanqi.reports.access import may_freeze_table
from wanqi.reports.actions.freezing import freeze_table
from wanqi.reports.archives.keeping import table_archives
from wanqi.reports.archives.restating import restated
from wanqi.reports.archives.sheets import digest_of_table
from wanqi.reports.table import Line, MonthlyTable, monthly_table, printed_cell, table_xlsx
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from . import figures


@dataclass(frozen=True)
class Cell:
    """One cell: the number as printed and where it opens; reason: why it is empty, where something was expected."""

    column: str
    shown: str = ""
    href: str = ""
    reason: str = ""


def show(request: HttpRequest) -> HttpResponse:
    """Return the table of the visitor's region for the period asked for, or that of the top bar."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    table = monthly_table(place.region, _period(request, place).id)
    context = {
        "title": f"{table.period.full_months}{table.title}",
        "crumbs": [("工作台", "/"), ("调度看板", reverse("board")), (table.title, "")],
        "table": table,
        "period": table.period,
        "heads": table.columns[2:9],
        "lines": [(line, _cells(table, line)) for line in table.lines],
        "before": _address(_neighbour(table.period, -1)),
        "after": _after(table.period, place),
        "file_address": f"{reverse('monthly_table.file')}?{urlencode({'period': table.period.id})}",
        "may_export": actor.can("indicator", "export"),
        **_frozen(actor, table, place),
    }
    return render_page(request, "console/monthly_table.html", context)


def _frozen(actor: Actor, table: MonthlyTable, place: Place) -> dict[str, Any]:
    """Return what the page says of the table's last lock, and whether the visitor may lock it now."""
    locked = table_archives(place.region, table=table.sheet.id, period=table.period.id)
    last = locked.first() if actor.can("report", "view") else None
    found = restated(last, at=timezone.now(), reader=actor) if last is not None else None
    begun = table.period.end.replace(day=1) <= place.today
    ready = bool(table.lines) and begun and (found is None or not found.unchanged)
    may_freeze = ready and may_freeze_table(actor, place.region)
    return {
        "frozen": last,
        "revised": len(found.figures) if found else 0,
        "may_freeze": may_freeze,
        "seen": digest_of_table(table) if may_freeze else "",
    }


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """Lock the table as it was looked at, and go to its archive; where it cannot be, go back and say why."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    asked = request.POST.get("period", "")
    try:
        period = to_date(read_period(asked)).id
    except PeriodRefused as error:
        raise RowMissing(error.cause, hint=error.hint) from None
    try:
        archive = freeze_table(place.region, period, actor=actor, seen=request.POST.get("seen", ""))
    except (RowStale, StepRefused) as error:
        messages.error(request, f"{error.cause}{error.hint}")
        return HttpResponseRedirect(f"{reverse('monthly_table')}?{urlencode({'period': period})}")
    messages.success(request, "已定稿锁定：这张表不再改动，以后台账的更正写进数据修订说明。")
    return HttpResponseRedirect(reverse("archive", args=[archive.pk]))


def file(request: HttpRequest) -> HttpResponse:
    """Return the table as XLSX; the log keeps that it was taken."""
    place = place_of(request)
    return sent(request.actor, place.region, _period(request, place))  # type: ignore[attr-defined]


def sent(actor: Actor, region: str, period: Period) -> HttpResponse:
    """Return a region's table as XLSX with who took it; the log keeps that. Raises AccessRefused."""
    require(actor, "indicator", "export")
    made, now = monthly_table(region, period.id), timezone.now()
    content = table_xlsx(made, made=now, footer=display.taken(actor.name, now))
    with transaction.atomic():
        said = {"材料": made.title, "时期": made.period.words, "行数": str(len(made.lines))}
        changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in said.items()]
        record(Region.objects.get(pk=region), "导出", actor=actor, changes=changes)
    mark = "（演示数据）" if made.is_demonstration else ""
    response = HttpResponse(content, content_type=figures.XLSX_TYPE)
    name = f"{made.title}_{made.period.full_months}{mark}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _period(request: HttpRequest, place: Place) -> Period:
    try:
        return to_date(read_period(request.GET.get("period") or place.period))
    except PeriodRefused as error:
        raise RowMissing(error.cause, hint=error.hint) from None


def _cells(table: MonthlyTable, line: Line) -> list[Cell]:
    heads = zip(table.columns[2:9], line.cells, strict=True)
    return [_cell(head, name, one) for head, (name, one) in heads]


def _cell(head: str, name: str, figure: Figure | None) -> Cell:
    if figure is None:
        return Cell(head)
    if not figure.known:
        return Cell(head, reason=figure.reason or "没有数据")
    href = figures.address(figure.id, figure.period)
    return Cell(head, shown=printed_cell(name, figure), href=href)


def _neighbour(period: Period, step: int) -> Period | None:
    """Return January up to the month before or after."""
    if step < 0:
        before = previous(month(period.year, period.end.month))
        return to_date(before) if before.year > 1900 else None
    number = period.year * 12 + period.end.month
    return to_date(month(number // 12, number % 12 + 1)) if number // 12 < 2200 else None


def _after(period: Period, place: Place) -> str:
    found = _neighbour(period, 1)
    return _address(found) if found is not None and found.end.replace(day=1) <= place.today else ""


def _address(period: Period | None) -> str:
    if period is None:
        return ""
    asked: dict[str, Any] = {"period": period.id}
    return f"{reverse('monthly_table')}?{urlencode(asked)}"


urlpatterns = [
    path("table/", show, name="monthly_table"),
    path("table/freeze/", freeze, name="monthly_table.freeze"),
    path("table/table.xlsx", file, name="monthly_table.file"),
]
