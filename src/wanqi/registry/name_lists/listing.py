"""A 名单 as a workbook: every row with what became of it, and every line that was no row with why."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from ..models import NameList, NameListRow

HEADS = (
    "位置", "序号", "名单上的名称", "所在地", "项目名称", "产品名称", "处理", "匹配到的单位", "统一社会信用代码",
    "确认人", "结果", "疑点、说明",
)  # fmt: skip
OTHER_HEADS = ("位置", "内容", "为什么不是一行")
WIDTHS = (12, 8, 36, 16, 24, 24, 12, 36, 22, 12, 14, 36)


def rows_workbook(name_list: NameList, *, told: str = "") -> bytes:
    """Return the rows and the other lines of a list, a sheet each. Cells are text, never run; told: on every page."""
    content = BytesIO()
    demonstration = bool(name_list.created_by and name_list.created_by.is_demonstration)
    with xlsxwriter.Workbook(content, {"constant_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EDF0F4", "text_wrap": True})
        sheet = book.add_worksheet("名单（演示数据）" if demonstration else "名单")
        sheet.freeze_panes(1, 0)
        for at, width in enumerate(WIDTHS):
            sheet.set_column(at, at, width)
        sheet.set_footer(f"&L{told.replace('&', '&&')}&R第&P页，共&N页")
        _write(sheet, 0, HEADS, bold)
        rows = name_list.rows.select_related("organisation", "decided_by").order_by("position")
        for line, row in enumerate(rows.iterator(chunk_size=1000), start=1):
            _write(sheet, line, _cells(row))
        others = book.add_worksheet("其他行")
        others.set_column(0, 0, 16)
        others.set_column(1, 2, 48)
        _write(others, 0, OTHER_HEADS, bold)
        for line, one in enumerate(name_list.others, start=1):
            _write(others, line, (one["where"], one["text"], one["why"]))
    return content.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, line: int, cells: Sequence[str], form: object = None
) -> None:
    for at, cell in enumerate(cells):
        sheet.write_string(line, at, cell, form)


def _cells(row: NameListRow) -> tuple[str, ...]:
    found = row.organisation
    by = "系统匹配" if row.decision == NameListRow.Decision.MATCHED else ""
    return (
        row.where,
        row.number,
        row.printed_name,
        row.place,
        row.project,
        row.product,
        str(row.get_decision_display()),
        found.name if found else "",
        (found.credit_code or "") if found else row.code,
        str(row.decided_by) if row.decided_by else by,
        str(row.get_outcome_display()) if row.outcome else "",
        "；".join(part for part in (row.doubt, row.note) if part),
    )
