"""The whole file of one enterprise as a workbook: every sheet says who took it out and when; the log says so too.

Statistical micro-data are not in it, phones and identity numbers neither.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.access import get_organisation
from wanqi.registry.facts.homes import facts_kept
from wanqi.registry.facts.reading import Profile, profile
from wanqi.registry.facts.values import in_unit, in_words, usual_unit
from wanqi.registry.models import Organisation
from wanqi.web import display
from wanqi.web.place import place_of

from .parts import Seen, open_parts, values_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Lines = list[list[Any]]


@require_GET
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the workbook and write to the log who took it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "organisation", "export")
    require(actor, "fact", "export")
    organisation = get_organisation(actor, pk, to="export")
    sheets = sheets_of(organisation, actor, place_of(request).today)
    count = sum(len(lines) - 1 for _, lines in sheets)
    noted = {"内容": "一企一档", "工作表": str(len(sheets)), "行数": str(count)}
    with transaction.atomic():
        record(
            organisation,
            "导出",
            actor=actor,
            changes=[
                {"field": name, "label": name, "old": "—", "new": value} for name, value in noted.items()
            ],
        )
    demo = "，演示数据" if organisation.is_demonstration else ""
    mark = f"内部资料{demo}　导出人：{actor.name}　{display.moment(timezone.now())}"
    response = HttpResponse(_workbook(sheets, mark), content_type=XLSX)
    name = f"{organisation.name}{'（演示数据）' if organisation.is_demonstration else ''}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def sheets_of(organisation: Organisation, actor: Actor, today: date) -> list[tuple[str, Lines]]:
    """Return (title, lines) of every sheet that has something to say; the first line is the head."""
    pack = current_pack(organisation.region_id)
    found = profile(organisation, on=today, purpose="export", pack=pack)
    seen = Seen(pack, today)
    sheets = [("基本情况", _base(organisation)), ("企业数据", _facts(found, pack))]
    for part in open_parts(actor, to="export"):
        rows = list(part.rows(organisation, actor, to="export"))
        head = [title for title, _ in part.columns]
        sheets.append((part.title, [head, *values_of(part, rows, seen)]))
    return [(title, lines) for title, lines in sheets if len(lines) > 1]


def _base(organisation: Organisation) -> Lines:
    return [
        ["项目", "内容"],
        ["单位名称", organisation.name],
        ["统一社会信用代码", organisation.credit_code],
        ["曾用名", "、".join(organisation.former_names)],
        ["片区", organisation.area.name if organisation.area else None],
        ["行业代码", organisation.gbt4754_code],
        ["成立日期", organisation.established_on],
        ["地址", organisation.address],
        ["责任股室", organisation.office.name if organisation.office else None],
        ["数据性质", "演示数据" if organisation.is_demonstration else "正式数据"],
    ]


def _facts(found: Profile, pack: Pack) -> Lines:
    """Return one line per item, period and source, the one that counts marked."""
    lines: Lines = [
        ["数据项", "年度", "截至日期", "数值", "单位", "采用", "来源类别", "数据来源", "佐证", "登记时间"]
    ]
    kept = facts_kept(pack)
    for fact, periods in found.cells.items():
        if fact not in kept:
            continue
        spec = kept[fact]
        for cell in periods.values():
            for row in cell.rows:
                value = (
                    in_unit(spec, row.value) if isinstance(row.value, Decimal) else in_words(spec, row.value)
                )
                unit = usual_unit(spec) if isinstance(row.value, Decimal) else ""
                lines.append(
                    [
                        spec.title,
                        cell.period,
                        row.as_of,
                        value,
                        unit,
                        "采用" if row is cell.preferred else "",
                        row.source_class,
                        row.source,
                        row.evidence.name if row.evidence else "",
                        display.moment(row.recorded_at),
                    ]
                )
    return lines


def _workbook(sheets: Sequence[tuple[str, Lines]], mark: str) -> bytes:
    """Return the workbook; cells are text or numbers, never formulas."""
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EAF1FB", "bottom": 1})
        quiet = book.add_format({"font_color": "#566174", "italic": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, lines in sheets:
            sheet = book.add_worksheet(title[:31])
            sheet.set_footer(f"&C{mark.replace('&', '&&')}")
            sheet.write_string(0, 0, mark, quiet)
            sheet.freeze_panes(2, 1)
            for at, line in enumerate(lines, start=1):
                for column, value in enumerate(line):
                    if at == 1:
                        sheet.set_column(column, column, max(12, min(40, 2 * len(value) + 6)))
                        sheet.write_string(at, column, value, bold)
                    else:
                        _write(sheet, at, column, value, day)
    return content.getvalue()


def _write(sheet: Any, at: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(at, column, value, day)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= 15:
        sheet.write_number(at, column, value)
    elif value not in (None, ""):
        sheet.write_string(at, column, str(value)[:32_000])
