"""Files of returns: the workbook to fill in, the one that came back, evidence, and the values of a round."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from wanqi.collection.access import get_return, get_round
from wanqi.collection.figures import show_figure
from wanqi.collection.models import Entry, Return
from wanqi.collection.reading import XLSX
from wanqi.collection.sheet import sheet_of
from wanqi.collection.workbook import workbook
from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing
from wanqi.core.models import Attachment
from wanqi.indicators.evaluate import read_period
from wanqi.web.console.imports import sent


@require_GET
def blank(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the workbook of a return, as far as it is filled in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "export")
    row = get_return(actor, pk, to="export")
    with transaction.atomic():
        record(row, "下载填报表", actor=actor)
    name = f"{row.round.title}_{read_period(row.round.period).words}_{row.unit}{_mark(row)}.xlsx"
    return sent(workbook(row), name, content_type=XLSX)


@require_GET
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the workbook that came back last, as it came."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "export")
    row = get_return(actor, pk, to="export")
    return _file(row, row.workbook_id, actor)


@require_GET
def evidence(request: HttpRequest, pk: int, line: str = "") -> HttpResponse:
    """Return the evidence of one line, or of the whole return, always as a download."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "export")
    row = get_return(actor, pk, to="export")
    if not line:
        return _file(row, row.evidence_id, actor)
    entry = Entry.objects.filter(belongs_to=row, line=line).first()
    return _file(row, entry.evidence_id if entry else None, actor)


def _file(row: Return, attachment: int | None, actor: Actor) -> HttpResponse:
    if attachment is None:
        raise RowMissing("没有这个附件。", hint="请返回报数页核对。")
    file = Attachment.objects.get(pk=attachment)
    with transaction.atomic():
        record(row, "下载附件", actor=actor)
    return sent(bytes(file.content), file.name, content_type="application/octet-stream")


def _mark(row: Any) -> str:
    return "（演示数据）" if row.is_demonstration else ""


@require_GET
def values(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what the units of a round handed in so far as a table, one line per unit and figure, or per row."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "export")
    round = get_round(actor, pk, to="export")
    rows = (
        Return.objects.visible_to(actor, to="export")
        .filter(round=round)
        .current()
        .select_related("round", "unit", "office")
        .order_by("unit__position", "pk")
    )
    table = list(_table(rows))
    facts = {"报表": round.title, "时期": round.period, "行数": str(len(table) - 1)}
    with transaction.atomic():
        record(
            round,
            "导出",
            actor=actor,
            changes=[{"field": name, "label": name, "old": "—", "new": text} for name, text in facts.items()],
        )
    words = read_period(round.period).words
    marks = f"{'演示数据　' if round.is_demonstration else ''}{actor.name}导出"
    content = _workbook(f"{round.title}　{words}", table, marks)
    return sent(content, f"{round.title}_{words}{_mark(round)}.xlsx", content_type=XLSX)


def _table(rows: Any) -> Any:
    """Yield the head, then the lines; texts as somebody typed them, figures in the line's unit."""
    head: list[str] | None = None
    for row in rows:
        sheet = sheet_of(row)
        last = [
            row.get_state_display(),
            row.reported_by,
            row.as_of.isoformat() if row.as_of else "",
            row.note,
        ]
        tail = ["状态", "报送人", "截至日期", "填报说明"]
        if sheet.columns:
            if head is None:
                head = ["报送单位", *(column.title for column in sheet.columns), *tail]
                yield head
            for one in row.rows or [{}]:
                yield [str(row.unit), *(one.get(column.field, "") for column in sheet.columns), *last]
            continue
        if head is None:
            head = ["报送单位", "指标", "单位", "本期数", "上期", "上年同期", "台账数", "情况说明", *tail]
            yield head
        for line in sheet.lines:
            known = show_figure(line.known.value, line.unit) if line.known else ""
            value = show_figure(line.filled.value, line.unit)
            figures = [line.last, line.same, known]
            yield [str(row.unit), line.title, line.unit, value, *figures, line.reason, *last]
    if head is None:
        yield ["报送单位"]


def _workbook(title: str, table: list[list[str]], marks: str) -> bytes:
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("报数")
        bold = book.add_format({"bold": True, "border": 1, "bg_color": "#EDF0F4", "text_wrap": True})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        sheet.write_string(1, 0, marks, book.add_format({"font_color": "#566174"}))
        sheet.set_column(0, max(len(table[0]) - 1, 0), 16)
        for at, text in enumerate(table[0]):
            sheet.write_string(3, at, text, bold)
        for number, row in enumerate(table[1:], start=4):
            for at, text in enumerate(row):
                _write(sheet, number, at, text, cell, is_figure=table[0][at] in FIGURES)
        sheet.freeze_panes(4, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&C— &P —&R{marks.replace('&', '&&')}")
    return out.getvalue()


FIGURES = ("本期数", "上期", "上年同期", "台账数")


def _write(sheet: Any, row: int, column: int, text: str, cell: Any, *, is_figure: bool) -> None:
    if is_figure and text and not text.endswith("%"):
        sheet.write_number(row, column, float(text), cell)
    else:
        sheet.write_string(row, column, text, cell)
