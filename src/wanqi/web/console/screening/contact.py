"""联系清单 as XLSX and the text for a 微信群; both written to the log."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.models import Region
from wanqi.policies.checkup import DISCLAIMER
from wanqi.policies.models import Kind
from wanqi.policies.screening.contacts import Contact, Sheet, contact_sheet, group_text, shown_phone
from wanqi.registry.models import Organisation
from wanqi.web import display
from wanqi.web.pages import render_page

from .asking import Asking, asking_of, chosen
from .page import GROUP

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = (
    *("序号", "企业", "统一社会信用代码", "片区", "联系人", "电话"),
    *("比对结论", "尚缺条件", "材料", "截止日期"),
)
WIDTHS = (6, 32, 22, 14, 10, 18, 14, 48, 40, 16)


@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """Return the 联系清单 of the chosen enterprises; phones in clear only of those the actor may call."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "standing", "export")
    asking = asking_of(request)
    rows = chosen(request, asking, request.GET, to="export")
    sheet = _sheet(asking, rows)
    clear = {one.pk for one in rows if may_call(asking, one)}
    made = timezone.now()
    name = f"{sheet.title}联系清单"
    content = workbook(name, sheet, clear=clear, who=actor.name, made=display.moment(made), on=asking.on)
    _noted(asking, "导出联系清单", name, len(rows), clear=len(clear))
    response = HttpResponse(content, content_type=XLSX)
    mark = "（演示数据）" if any(one.is_demonstration for one in rows) else ""
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}{mark}.xlsx')}"
    return response


def may_call(asking: Asking, organisation: Organisation) -> bool:
    """Return whether the actor sees the phone of an enterprise in clear: those of the own 股室."""
    return asking.actor.may_place(
        "phone",
        "view",
        region=organisation.region_id,
        office=organisation.office_id,
        area=organisation.area_id,
        unit=organisation.unit_id,
    )


def _sheet(asking: Asking, rows: list[Organisation]) -> Sheet:
    screen = asking.screen
    return contact_sheet(rows, screen.programme, kind=screen.kind, on=asking.on, actor=asking.actor)


def workbook(title: str, sheet: Sheet, *, clear: set[int], who: str, made: str, on: date) -> bytes:
    """Return the list as a workbook: who took it and when stands in its footer and above the table."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    told = f"{who}　{made}　导出"
    marks = "演示数据　" if any(line.organisation.is_demonstration for line in sheet.lines) else ""
    book.set_properties({"title": title, "author": told, "comments": told})
    page = book.add_worksheet("联系清单")
    face = {"font_name": "宋体", "valign": "top", "text_wrap": True, "border": 1}
    head = book.add_format({**face, "bold": True, "align": "center", "bg_color": "#EAF1FB"})
    cell = book.add_format(face)
    large = book.add_format({"font_name": "黑体", "font_size": 16})
    plain = book.add_format({"font_name": "宋体", "font_color": "#566174"})
    page.write_string(0, 0, title, large)
    page.write_string(1, 0, f"{marks}内部资料　{told}　比对日期{on.isoformat()}　{DISCLAIMER}", plain)
    for column, (name, width) in enumerate(zip(TITLES, WIDTHS, strict=True)):
        page.write_string(2, column, name, head)
        page.set_column(column, column, width)
    for at, line in enumerate(sheet.lines, start=1):
        values = (
            line.organisation.name,
            line.organisation.credit_code or "",
            line.organisation.area.name if line.organisation.area else "",
            line.person,
            _number(line, clear=line.organisation.pk in clear),
            line.words,
            line.lacking,
            "\n".join(sheet.papers),
            sheet.due_words,
        )
        page.write_number(at + 2, 0, at, cell)
        for column, value in enumerate(values, start=1):
            page.write_string(at + 2, column, value, cell)
    page.repeat_rows(2)
    page.freeze_panes(3, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_header(f"&R{marks}内部")
    page.set_footer(f"&L{told.replace('&', '&&')}&R第&P页，共&N页")
    book.close()
    return out.getvalue()


def _number(line: Contact, *, clear: bool) -> str:
    """Return the phone; where its middle is hidden, with the 股室 that has it whole."""
    shown = shown_phone(line.number, clear=clear)
    office = line.organisation.office
    return f"{shown}\n（全号在{office.name}）" if shown and not clear and office is not None else shown


@require_GET
def text(request: HttpRequest) -> HttpResponse:
    """Show the text for a 微信群, ready to be copied; no phones, no ranking."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "standing", "export")
    asking = asking_of(request)
    rows = chosen(request, asking, request.GET, to="export")
    bureau = asking.pack.spec.bureau.name if asking.pack.spec.bureau else ""
    sheet = _sheet(asking, sorted(rows, key=lambda one: one.name_pinyin))
    _noted(asking, "生成微信群通知", f"{sheet.title}微信群通知", len(rows))
    context = {
        "title": "微信群通知",
        "crumbs": [("工作台", "/"), (GROUP, ""), ("条件筛选", reverse("screening")), ("微信群通知", "")],
        "text": group_text(sheet, office=bureau),
        "many": len(rows),
        "programme": sheet.title,
        "back": f"{reverse('screening')}?{request.GET.urlencode()}",
        "address": reverse("screening.text"),
    }
    return render_page(request, "screening/text.html", context)


def _noted(asking: Asking, verb: str, title: str, many: int, **further: Any) -> None:
    region = Region.objects.get(pk=asking.place.region)
    kind = str(Kind(asking.screen.kind).label)
    facts = {"标题": title, "申报类别": kind, "比对日期": asking.on.isoformat(), "家数": str(many)}
    if "clear" in further:
        facts["电话未隐去"] = f"{further['clear']}家"
    changes = [{"field": label, "label": label, "old": "—", "new": value} for label, value in facts.items()]
    with transaction.atomic():
        record(region, verb, actor=asking.actor, changes=changes)
