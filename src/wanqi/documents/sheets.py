"""Tables out of an iterator of rows, as XLSX and as CSV, in constant memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, Literal

import xlsxwriter

from wanqi.documents.characters import carried
from wanqi.documents.errors import TableRefused

Kind = Literal["text", "count", "number", "money", "ratio", "date"]
Value = str | int | Decimal | Fraction | date | None

# What a sheet can hold: rows of a sheet, characters of a cell, digits that a spreadsheet keeps of a number.
_MOST_ROWS = 1_048_576
_MOST_CHARACTERS = 32_767
_MOST_DIGITS = 15
_MOST_INTEGER = 999_999_999_999_999
_FIRST_YEAR = 1900  # spreadsheets know no earlier dates
_CUT = "……（内容过长，已截断）"
# A cell that begins so may be run as a formula by a spreadsheet program, the full-width forms by some too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "0",
    "number": "General",
    "money": "0.00",
    "ratio": "0.00%",
    "date": "yyyy-mm-dd",
}
_WIDTHS: dict[Kind, int] = {"text": 18, "count": 10, "number": 12, "money": 16, "ratio": 10, "date": 12}

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an exported table: a count, a number as it is, money in 元, a ratio (1 = 100 %), a date or text."""

    title: str
    kind: Kind = "text"
    width: int | None = None


def xlsx(
    out: Path | IO[bytes],
    fields: Sequence[Field],
    rows: Iterable[Sequence[Value]],
    *,
    made: datetime,
    title: str = "",
    sheet: str = "数据",
    marks: Sequence[str] = (),
    footer: str = "",
) -> int:
    """Writes the rows as a workbook and gives their number; memory does not grow with them.

    The header row is frozen and filtered; above it stand `title` and `marks`, where given. Text stays text:
    nothing is run as a formula or link, and codes keep their digits. More rows than a sheet holds go on in
    further sheets. `footer` is printed on every page. Raises TableRefused for a row that does not fit its columns.
    """
    book = xlsxwriter.Workbook(str(out) if isinstance(out, Path) else out, _OPTIONS)
    moment = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": carried(title), "keywords": carried("、".join(marks)), "created": moment})
    writer = _Sheets(
        book,
        fields,
        title=carried(title),
        name=_sheet_name(sheet),
        marks=[carried(m) for m in marks],
        footer=carried(footer),
    )
    try:
        count = 0
        for count, row in enumerate(rows, start=1):
            if len(row) != len(fields):
                raise TableRefused(count, len(row), len(fields))
            writer.add(row)
    finally:
        writer.close()
        book.close()
    return count


class _Sheets:
    """The sheets of one workbook while they are written."""

    def __init__(
        self, book: Any, fields: Sequence[Field], *, title: str, name: str, marks: list[str], footer: str
    ) -> None:
        self.book, self.fields, self.title, self.name, self.marks = book, fields, title, name, marks
        self.footer = footer
        self.number = 0
        self.row = _MOST_ROWS
        self.top = 0
        self.sheet: Any = None
        head = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "bg_color": "#F2F2F2"}
        self.head = book.add_format(head)
        self.large = book.add_format({"bold": True, "font_size": 14})
        self.strong = book.add_format({"bold": True})
        self.formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        self._open()

    def add(self, row: Sequence[Value]) -> None:
        if self.row >= _MOST_ROWS:
            self.close()
            self._open()
        for column, (field, value) in enumerate(zip(self.fields, row, strict=True)):
            _put(self.sheet, self.row, column, value, field.kind, self.formats)
        self.row += 1

    def close(self) -> None:
        self.sheet.autofilter(self.top, 0, max(self.row - 1, self.top), max(len(self.fields) - 1, 0))

    def _open(self) -> None:
        self.number += 1
        name = self.name if self.number == 1 else f"{self.name}{self.number}"
        self.sheet = self.book.add_worksheet(name)
        self.row = 0
        for column, field in enumerate(self.fields):
            width = field.width or max(_WIDTHS[field.kind], 2 * len(field.title) + 4)
            self.sheet.set_column(column, column, width)
        if self.title:
            self.sheet.write_string(self.row, 0, self.title, self.large)
            self.row += 1
        if self.marks:
            self.sheet.write_string(self.row, 0, "　".join(self.marks), self.strong)
            # In a page header & begins a code; doubled it is the sign itself.
            self.sheet.set_header("&R" + "　".join(self.marks).replace("&", "&&"))
            self.row += 1
        if self.footer:
            self.sheet.set_footer(f"&L{self.footer.replace('&', '&&')}&R第&P页，共&N页")
        self.top = self.row
        for column, field in enumerate(self.fields):
            self.sheet.write_string(self.row, column, carried(field.title), self.head)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)
        self.sheet.repeat_rows(self.top)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)


def _put(sheet: Any, row: int, column: int, value: Value, kind: Kind, formats: dict[Kind, Any]) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_string(row, column, value.isoformat(sep=" ", timespec="seconds"), formats["text"])
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", formats["text"])
    elif isinstance(value, str | date) or not _kept(value):
        sheet.write_string(row, column, _cell_text(str(value)), formats["text"])
    else:
        shape = formats[kind] if kind in ("count", "money", "ratio") else None
        sheet.write_number(row, column, float(value), shape)


def _kept(value: int | Decimal | Fraction) -> bool:
    """True when a spreadsheet keeps every digit of the number."""
    if isinstance(value, int):
        return abs(value) <= _MOST_INTEGER
    if isinstance(value, Decimal):
        digits: tuple[int, ...] = value.normalize().as_tuple().digits
        return value.is_finite() and len(digits) <= _MOST_DIGITS
    return True


def _sheet_name(name: str) -> str:
    """A name that a workbook takes: no reserved signs, short enough for a number behind it."""
    return re.sub(r"[\[\]:*?/\\']", " ", carried(name))[:28].strip() or "数据"


def _cell_text(text: str) -> str:
    kept = carried(text)
    if len(kept.encode("utf-16-le")) // 2 <= _MOST_CHARACTERS:
        return kept
    return kept[: _MOST_CHARACTERS // 2] + _CUT


def csv_chunks(
    fields: Sequence[Field], rows: Iterable[Sequence[Value]], *, marks: Sequence[str] = ()
) -> Iterator[bytes]:
    """The table as CSV in UTF-8 with a byte order mark, a chunk per row, for a streamed answer.

    Text that a spreadsheet program might run as a formula gets a leading apostrophe. Marks become a last
    column, so that a row stays marked wherever it is pasted. Raises TableRefused for a row that does not fit.
    """
    yield b"\xef\xbb\xbf"
    extra = ["、".join(marks)] if marks else []
    yield _csv_line([field.title for field in fields] + (["数据性质"] if extra else []))
    for count, row in enumerate(rows, start=1):
        if len(row) != len(fields):
            raise TableRefused(count, len(row), len(fields))
        yield _csv_line([_plain(value) for value in row] + extra)


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case Fraction():
            return str(float(value))
        case str():
            return (
                f"'{value}"
                if value.lstrip(" 　").startswith(_FORMULA) or value.startswith(_FORMULA)
                else value
            )
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _csv_line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([carried(cell) for cell in cells])
    return line.getvalue().encode("utf-8")
