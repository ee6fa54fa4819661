"""A return as a workbook to be filled in offline: protected but for its inputs, and able to say what it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from wanqi.documents.characters import carried

from .figures import measure_of, show_figure
from .models import Return
from .passport import SHEET as PASSPORT
from .passport import passport_of
from .rows import RowColumn
from .sheet import Sheet, SheetLine, sheet_of

SHEET = "填报表"
GUIDE = "填表说明"
ID, TITLE, UNIT, SAME, LAST, KNOWN, VALUE, REASON, NOTE = range(9)
HEADS = ("编号", "指标", "计量单位", "上年同期", "上期", "台账数", "本期数", "情况说明", "填报要求")
REPORTER, AS_OF, REMARK, NOTHING = "报送人：", "截至日期：", "填报说明：", "本期无新增（填“是”）："
HEAD_ROW = 3  # from 0; above it stand title, subject and the labelled inputs
SPARE_ROWS = 100
_YELLOW = "#FFF9DB"
_GREY = "#F2F2F2"
_MOST_DIGITS = 15
_MOST_INLINE = 250  # characters of a closed list that may stand in the rule itself


def workbook(row: Return) -> bytes:
    """Return the workbook of a return as it stands: figures to compare with, inputs, validation, instructions."""
    sheet = sheet_of(row)
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": carried(row.round.title), "created": _made(row)})
    page = _Page(book, sheet)
    page.head()
    if sheet.columns:
        page.rows(sheet.columns, row.rows)
    else:
        page.lines(sheet.lines)
    _guide(book, sheet)
    page.passport(passport_of(row))
    book.close()
    return out.getvalue()


def _made(row: Return) -> datetime:
    return row.updated_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


class _Page:
    """The sheet that is filled in, while it is written."""

    def __init__(self, book: Any, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        self.page = book.add_worksheet(SHEET)
        self.hidden = book.add_worksheet(PASSPORT)
        self.hidden.very_hidden()
        self._lists = 0
        self._made: dict[str, Any] = {}

    def style(self, *, input: bool = False, **given: Any) -> Any:
        """Return a cell format, made once."""
        key = repr((input, sorted(given.items())))
        if key not in self._made:
            base: dict[str, Any] = {"border": 1, "valign": "vcenter", **given}
            if input:
                base |= {"locked": False, "bg_color": _YELLOW}
            self._made[key] = self.book.add_format(base)
        return self._made[key]

    def head(self) -> None:
        """Write title, subject and the inputs that belong to the whole return."""
        row, page = self.sheet.row, self.page
        width = max(len(self.sheet.columns), len(HEADS)) - 1
        large = self.book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        plain = self.book.add_format({"align": "left", "valign": "vcenter"})
        mark = "　【演示数据】" if row.is_demonstration else ""
        page.merge_range(
            0, 0, 0, width, carried(f"{row.round.title}（{self.sheet.period.words}）{mark}"), large
        )
        page.set_row(0, 28)
        subject = (
            f"报送单位：{row.unit}　　报送期限：{row.due_on.isoformat()}　　"
            "只填写黄色单元格；没有发生的填0，暂时报不出的留空并写明原因。"
        )
        page.merge_range(1, 0, 1, width, carried(subject), plain)
        self._labelled(2, TITLE, REPORTER, self.sheet.reported_by)
        self._labelled(2, SAME, AS_OF, self.sheet.as_of)
        self._labelled(2, KNOWN, REMARK, row.note)
        if self.sheet.columns:
            self._labelled(2, REASON, NOTHING, "是" if row.nothing else "")

    def _labelled(self, at: int, column: int, label: str, value: str | date | None) -> None:
        self.page.write_string(at, column, label, self.style(bg_color=_GREY, align="right"))
        if label == AS_OF:
            shape = self.style(input=True, num_format="yyyy-mm-dd")
            if isinstance(value, date):
                self.page.write_datetime(at, column + 1, value, shape)
            else:
                self.page.write_blank(at, column + 1, None, shape)
            self._only_dates(at, column + 1, at, column + 1)
            return
        shape = self.style(input=True, num_format="@", text_wrap=True)
        self.page.write_string(at, column + 1, carried(str(value or "")), shape)
        if label == NOTHING:
            self.page.data_validation(
                at, column + 1, at, column + 1, {"validate": "list", "source": ["是", "否"]}
            )

    def lines(self, lines: Sequence[SheetLine]) -> None:
        """Write one line per figure below the head."""
        known = self.sheet.knowledge
        titles = list(HEADS)
        if known.same_period is not None:
            titles[SAME] = f"{HEADS[SAME]}（{known.same_period.words}）"
        if known.last_period is not None:
            titles[LAST] = f"{HEADS[LAST]}（{known.last_period.words}）"
        self._titles(titles)
        for at, line in enumerate(lines, start=HEAD_ROW + 1):
            self._line(at, line)
        for column, width in enumerate((0, 30, 10, 14, 14, 12, 16, 36, 34)):
            self.page.set_column(column, column, width, None, {"hidden": column == ID})
        self._finish(HEAD_ROW + len(lines))

    def _line(self, at: int, line: SheetLine) -> None:
        locked = self.style(text_wrap=True)
        right = self.style(align="right")
        texts = {ID: line.id, TITLE: line.title, UNIT: line.unit, NOTE: _asked(line)}
        for column, text in texts.items():
            self.page.write_string(at, column, carried(text), locked)
        known = show_figure(line.known.value, line.unit) if line.known else ""
        for column, text in ((SAME, line.same), (LAST, line.last), (KNOWN, known)):
            self.page.write_string(at, column, text or "—", right)
        value = line.filled.value
        if value is None and line.known is not None and line.entry is None:
            value = line.known.value
        self._figure(at, value, line)
        self.page.write_string(
            at, REASON, carried(line.reason), self.style(input=True, num_format="@", text_wrap=True)
        )
        self.page.data_validation(at, VALUE, at, VALUE, _number_rule(line))

    def _figure(self, at: int, value: Decimal | None, line: SheetLine) -> None:
        measure = measure_of(line.unit)
        shapes = {"%": "0.00%", "元": "#,##0.00"}
        whole = measure.places == 0 and measure.scale == 1
        number_format = "#,##0" if whole else shapes.get(line.unit, "General")
        shape = self.style(input=True, num_format=number_format, align="right")
        if value is None:
            self.page.write_blank(at, VALUE, None, shape)
            return
        scaled = (value if line.unit == "%" else value / measure.scale).normalize()
        if len(scaled.as_tuple().digits) <= _MOST_DIGITS:
            self.page.write_number(at, VALUE, float(scaled), shape)
        else:
            self.page.write_string(at, VALUE, format(scaled, "f"), shape)

    def rows(self, columns: Sequence[RowColumn], rows: Sequence[dict[str, str]]) -> None:
        """Write the rows that are there and room for more, each column with its rule."""
        self._titles([_row_title(column) for column in columns])
        most = self.sheet.spec.rows.most if self.sheet.spec.rows else 0
        last = HEAD_ROW + min(most, max(len(rows) + SPARE_ROWS // 2, SPARE_ROWS))
        for column, spec in enumerate(columns):
            shape = self.style(input=True, num_format="yyyy-mm-dd" if spec.kind == "date" else "@")
            for at in range(HEAD_ROW + 1, last + 1):
                place = at - HEAD_ROW - 1
                text = rows[place].get(spec.field, "") if place < len(rows) else ""
                if text:
                    self.page.write_string(at, column, carried(text), shape)
                else:
                    self.page.write_blank(at, column, None, shape)
            self._column_rule(column, spec, last)
            self.page.set_column(column, column, max(14, 2 * len(spec.title) + 6))
        self._finish(last)

    def _column_rule(self, column: int, spec: RowColumn, last: int) -> None:
        if spec.kind == "date":
            self._only_dates(HEAD_ROW + 1, column, last, column)
        elif spec.choices:
            rule = {
                "validate": "list",
                "source": self._choices(spec.choices),
                "error_title": spec.title[:32],
                "error_message": "请从下拉列表中选择。",
            }
            self.page.data_validation(HEAD_ROW + 1, column, last, column, rule)

    def _choices(self, choices: Sequence[str]) -> Any:
        """Return a closed list as a rule takes it: itself, or where it stands in the hidden sheet."""
        if len(",".join(choices)) <= _MOST_INLINE and not any("," in one for one in choices):
            return list(choices)
        column = 3 + self._lists
        self._lists += 1
        for at, one in enumerate(choices):
            self.hidden.write_string(at, column, carried(one))
        letter = xl_col_to_name(column)
        return f"={PASSPORT}!${letter}$1:${letter}${len(choices)}"

    def _only_dates(self, top: int, left: int, bottom: int, right: int) -> None:
        rule = {
            "validate": "date",
            "criteria": ">=",
            "value": date(1949, 10, 1),
            "error_type": "warning",
            "error_title": "日期",
            "error_message": "请按2023-06-15这样填写年、月、日。",
        }
        self.page.data_validation(top, left, bottom, right, rule)

    def _titles(self, titles: Sequence[str]) -> None:
        shape = self.style(bold=True, align="center", bg_color=_GREY, text_wrap=True)
        for column, title in enumerate(titles):
            self.page.write_string(HEAD_ROW, column, carried(title), shape)

    def _finish(self, last: int) -> None:
        page = self.page
        page.freeze_panes(HEAD_ROW + 1, 0)
        page.repeat_rows(HEAD_ROW)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.print_area(0, 0, last, max(len(self.sheet.columns), len(HEADS)) - 1)
        # Widths and heights may be changed: locked cells must still be readable on a small screen.
        page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})

    def passport(self, said: dict[str, str]) -> None:
        """Write what the workbook is into its hidden sheet."""
        for at, (key, value) in enumerate(said.items()):
            self.hidden.write_string(at, 0, key)
            self.hidden.write_string(at, 1, value)
        self.hidden.protect()


def _asked(line: SheetLine) -> str:
    parts = [line.spec.note or ""]
    if not line.spec.required:
        parts.append("选填。")
    if line.known is not None:
        parts.append("台账数已填好，请核对；不一致的请改正并写明原因。")
    if line.spec.evidence:
        parts.append("需要佐证材料，请在网页上上传。")
    return "".join(part for part in parts if part)


def _row_title(column: RowColumn) -> str:
    return f"{column.title}*" if column.required else column.title


def _number_rule(line: SheetLine) -> dict[str, Any]:
    """Return a rule that warns and lets pass: clerks also write 无 or 1.2万, which are read."""
    measure = measure_of(line.unit)
    share = Decimal("0.01") if line.unit == "%" else Decimal(1)
    whole = measure.places == 0 and measure.scale == 1
    low = line.spec.minimum
    high = line.spec.maximum
    rule: dict[str, Any] = {
        "validate": "integer" if whole else "decimal",
        "criteria": ">=",
        "value": float(Decimal(low if low is not None else "-999999999999999") * share),
        "error_type": "warning",
        "error_title": "请核对数字",
        "error_message": f"按“{line.unit}”填数字；没有发生的填0，暂时报不出的留空并写明原因。"[:255],
    }
    if high is not None:
        rule |= {
            "criteria": "between",
            "minimum": rule["value"],
            "maximum": float(Decimal(high) * share),
        }
        del rule["value"]
    return rule


def _guide(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(GUIDE)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "font_size": 14})
    page.set_column(0, 0, 100)
    page.write_string(0, 0, carried(f"{sheet.row.round.title}填表说明"), bold)
    said = [
        "1. 只填写“填报表”中的黄色单元格；其余内容已锁定，不用重复填写系统已有的数。",
        "2. 没有发生的填0或“无”；空着表示未填。暂时报不出的，在“情况说明”中写明原因。",
        "3. 累计数比上期减少、比上期或上年同期变动较大、与台账数不一致的，请在“情况说明”中写明原因。",
        "4. 填好后保存为.xlsx，在网页“报数”中交回，或发给责任股室；请不要删改隐藏的工作表。",
        *([f"5. {sheet.spec.guidance}"] if sheet.spec.guidance else []),
        *([f"本期要求：{sheet.row.round.message}"] if sheet.row.round.message else []),
        "本系统为非涉密系统，严禁填写国家秘密。",
    ]
    for at, line in enumerate(said, start=1):
        page.write_string(at, 0, carried(line), wrap)
    page.protect()
