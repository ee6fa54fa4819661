"""Export of exactly what a list shows: same filters, same order, same columns; as XLSX or CSV, written to the log.

Cells are never formulas: XLSX cells are written as text or numbers, CSV cells that a spreadsheet would run are quoted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.errors import StepRefused
from wanqi.core.models import Region
from wanqi.web import display
from wanqi.web.place import place_of

from . import query
from .listing import STATES
from .query import Asked
from .spec import Choice, Register

XLSX_LIMIT = 100_000
MARK, DEMONSTRATION, REAL = "数据性质", "演示数据", "正式数据"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
CONTENT = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def send(request: HttpRequest, register: Register) -> HttpResponseBase:
    """Return the file of the list that the address asks for; `pick` narrows it to selected rows.

    Raises StepRefused for more rows than one XLSX sheet is made for; CSV has no such limit.
    """
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, register.resource, "export")
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    picked = tuple(
        pk for given in request.GET.getlist("pick")[:1000] if (pk := query.parse_id(given)) is not None
    )
    asked = query.read(register, request.GET.dict(), place_of(request), picked=picked)
    rows = query.found(asked, actor, to="export")
    count = rows.order_by().count()
    if kind == "xlsx" and count > XLSX_LIMIT:
        raise StepRefused(
            f"共{count:,}行，超过一份表格{XLSX_LIMIT:,}行的上限，没有导出。", hint="请先筛选，或改为导出CSV。"
        )
    region = Region.objects.get(pk=place_of(request).region)
    with transaction.atomic():
        record(region, "导出", actor=actor, changes=_noted(register, asked, kind, count))
    lines = _lines(register, query.ordered(rows, asked.sort))
    marked = rows.filter(is_demonstration=True).order_by().exists()
    name = f"{register.title}{'（演示数据）' if marked else ''}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(_csv(lines), content_type=CONTENT[kind])
    else:
        told = display.taken(actor.name, timezone.now())
        response = FileResponse(_xlsx(lines, register.title, told=told), content_type=CONTENT[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _noted(register: Register, asked: Asked, kind: str, count: int) -> list[dict[str, str]]:
    """Return what the log keeps of an export: register, conditions, format, number of rows."""
    conditions = [f"搜索 {asked.text}"] if asked.text else []
    for each in register.filters:
        names = (each.name,) if isinstance(each, Choice) else (f"{each.name}_from", f"{each.name}_to")
        conditions += [f"{each.title} {asked.values[name]}" for name in names if asked.values.get(name)]
    if asked.withdrawn:
        conditions.append(dict(STATES)[asked.withdrawn])
    if asked.picked:
        conditions.append(f"所选{len(asked.picked)}行")
    facts = {
        "清单": register.title,
        "条件": "；".join(conditions) or "无",
        "格式": kind.upper(),
        "行数": str(count),
    }
    return [{"field": label, "label": label, "old": "—", "new": value} for label, value in facts.items()]


def _lines(register: Register, rows: Iterable[Any]) -> Iterator[list[Any]]:
    yield [*(column.title for column in register.columns), "状态", MARK]
    for row in rows:
        state = "已撤销" if row.withdrawn_at else "在册"
        mark = DEMONSTRATION if row.is_demonstration else REAL
        yield [*(column.plain(row) for column in register.columns), state, mark]


def harmless(value: Any) -> str:
    """Return a CSV cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


class Line:
    """What csv.writer writes into: hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(lines: Iterable[list[Any]]) -> Iterator[bytes]:
    writer = csv.writer(Line())
    yield "\ufeff".encode()
    for line in lines:
        yield writer.writerow([harmless(value) for value in line]).encode()


def _xlsx(lines: Iterable[list[Any]], title: str, *, told: str) -> IO[bytes]:
    """Return the workbook as a file that stands on disk when it is large.

    told: who took it away and when; printed on every page and kept in the file's properties.
    """
    file = SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title, "author": told, "comments": told})
    sheet = book.add_worksheet(title[:31])
    sheet.set_footer(f"&L{told.replace('&', '&&')}&R第&P页，共&N页")
    bold = book.add_format({"bold": True, "bg_color": "#EAF1FB", "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for at, line in enumerate(lines):
        for column, value in enumerate(line):
            if at == 0:
                sheet.set_column(column, column, max(10, min(36, 2 * len(value) + 6)))
                sheet.write_string(at, column, value, bold)
            elif isinstance(value, date):
                sheet.write_datetime(at, column, value, day)
            elif isinstance(value, int) or (
                isinstance(value, Decimal) and len(value.as_tuple().digits) <= 15
            ):
                sheet.write_number(at, column, value)
            elif value is not None and value != "":
                sheet.write_string(at, column, str(value))
    book.close()
    file.seek(0)
    return file
