"""A workbook that came back: whose it is, and what each of its cells says. Nothing in it is run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wanqi.registry.cells import Reason, date_reader, folded, read_cell
from wanqi.registry.errors import MappingRefused
from wanqi.registry.headers import HEAD, Head, find_head, proposal, title_key
from wanqi.registry.importing import Matching, Reading, Skipped
from wanqi.registry.sheets import open_table
from wanqi.registry.values import Fault, Row, Table, Value, plain, storable

from .errors import WorkbookRefused
from .figures import read_figure
from .models import Return
from .passport import SHEET as PASSPORT
from .passport import check_passport, read_passport
from .rows import target_for
from .sheet import Sheet, SheetLine, sheet_of
from .workbook import AS_OF, GUIDE, HEADS, ID, NOTHING, REASON, REMARK, REPORTER, TITLE, VALUE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOWNLOAD = "请在“报数”下载填报表，填好后原样交回；也可以直接在网页上填。"
_LONGEST = 200  # rows of a form of lines that are looked through


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that was not taken: where (F6), of which line, what stands in it, why, and what to do."""

    cell: str
    line: str
    value: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What one line says: its figure as it stands in the cell, and the words beside it."""

    value: Value
    reason: str


@dataclass
class ReadBack:
    """What a workbook says. lines: only those whose figure can be read; None: the workbook has no such thing."""

    lines: dict[str, ReadLine] = field(default_factory=dict)
    rows: list[dict[str, str]] | None = None
    reported_by: str | None = None
    as_of: date | None = None
    note: str | None = None
    nothing: bool | None = None
    problems: list[CellProblem] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def read_back(content: bytes, row: Return) -> ReadBack:
    """Return what a filled-in workbook says for a return.

    Raises TableRefused for a file that is no table, WorkbookRefused for one that was made for another unit, round or
    edition, or that lost its head.
    """
    table = open_table(content)
    names = [one.name for one in table.sheets]
    if PASSPORT not in names:
        raise WorkbookRefused(
            "not-ours", "这不是系统发出的填报表，或表里隐藏的识别信息已被删去。", hint=_DOWNLOAD
        )
    check_passport(read_passport(table.rows(PASSPORT, most=50)), row)
    sheet = sheet_of(row)
    found = ReadBack(notes=table.notes)
    for name in names:
        if name not in (PASSPORT, GUIDE) and _read_sheet(table, name, sheet, found):
            return found
    raise WorkbookRefused("no-head", "表里找不到原来的表头，无法对上指标。", hint=_DOWNLOAD)


def _read_sheet(table: Table, name: str, sheet: Sheet, found: ReadBack) -> bool:
    """Read one sheet into `found`; returns False where it does not have the form's head."""
    if sheet.columns:
        return _read_rows(table, name, sheet, found)
    rows = list(itertools.islice(table.rows(name), _LONGEST))
    at = next((place for place, row in enumerate(rows) if len(_columns(row)) >= 3), None)
    if at is None:
        return False
    columns = _columns(rows[at])
    if HEADS[VALUE] not in columns or HEADS[TITLE] not in columns:
        return False
    _labels(rows[:at], found)
    _read_lines(rows[at + 1 :], columns, sheet, found)
    return True


def _columns(row: Row) -> dict[str, int]:
    """Return head → column of a row that is the head."""
    keys = {title_key(plain(cell)): at for at, cell in reversed(list(enumerate(row.cells))) if cell != ""}
    return {head: keys[title_key(head)] for head in HEADS if title_key(head) in keys}


def _read_lines(rows: Sequence[Row], columns: Mapping[str, int], sheet: Sheet, found: ReadBack) -> None:
    titles = {folded(line.title): line for line in sheet.lines}
    seen: dict[str, int] = {}
    for row in rows:
        line, doubt = _line_of(row, columns, sheet, titles)
        value = _cell(row, columns, VALUE)
        where = _place(columns[HEADS[VALUE]], row.line)
        if doubt:
            found.problems.append(
                CellProblem(where, "", storable(value, longest=60), doubt, "请按下载时的样子放回。")
            )
        elif line is None:
            if value != "":
                message = f"第{row.line}行不是本表的指标，没有读入"
                hint = "要增加指标，请联系责任股室。"
                found.problems.append(CellProblem(where, "", storable(value, longest=60), message, hint))
        elif line.id in seen:
            message = f"“{line.title}”在第{seen[line.id]}行已经有了，第{row.line}行没有读入"
            found.problems.append(
                CellProblem(where, line.id, storable(value, longest=60), message, "请删去重复的一行。")
            )
        else:
            seen[line.id] = row.line
            _read_line(row, columns, line, value, where, found)
    for line in sheet.lines:
        if line.id not in seen:
            message = f"缺少“{line.title}”这一行，原来填的数没有改动"
            found.problems.append(CellProblem("", line.id, "", message, "请补上这一行，或在网页上填。"))


def _line_of(
    row: Row, columns: Mapping[str, int], sheet: Sheet, titles: Mapping[str, SheetLine]
) -> tuple[SheetLine | None, str]:
    """Return the line a row stands for, or the doubt: its number says one thing and its name another."""
    by_id = sheet.by_line.get(plain(_cell(row, columns, ID)))
    by_title = titles.get(folded(plain(_cell(row, columns, TITLE))))
    if by_id is not None and by_title is not None and by_id.id != by_title.id:
        return None, f"第{row.line}行的指标名称与隐藏的编号对不上，没有读入"
    return by_id or by_title, ""


def _read_line(
    row: Row, columns: Mapping[str, int], line: SheetLine, value: Value, where: str, found: ReadBack
) -> None:
    reason = _cell(row, columns, REASON)
    read = read_figure(value, line.unit)
    if isinstance(read, Reason):
        shown = storable(value, longest=60)
        found.problems.append(CellProblem(where, line.id, shown, f"{line.title}：{read.message}", read.hint))
        return
    found.lines[line.id] = ReadLine(value, "" if isinstance(reason, Fault) else plain(reason))


def _labels(rows: Sequence[Row], found: ReadBack) -> None:
    """Read the inputs that stand behind their labels above the head."""
    said: dict[str, tuple[Value, str]] = {}
    for row in rows:
        for at, cell in enumerate(row.cells):
            for label in (REPORTER, AS_OF, REMARK, NOTHING):
                if isinstance(cell, str) and folded(cell) == folded(label):
                    behind = row.cells[at + 1] if at + 1 < len(row.cells) else ""
                    said[label] = (behind, _place(at + 1, row.line))
    if REPORTER in said:
        found.reported_by = _text(said[REPORTER][0])
    if REMARK in said:
        found.note = _text(said[REMARK][0])
    if NOTHING in said:
        found.nothing = folded(_text(said[NOTHING][0])) in ("是", "√", "y", "1", "无", "无新增")
    if AS_OF in said:
        value, where = said[AS_OF]
        read = read_cell(value, date_reader())
        if isinstance(read, Reason):
            shown = storable(value, longest=60)
            found.problems.append(CellProblem(where, "", shown, f"截至日期：{read.message}", read.hint))
        elif isinstance(read, date):
            found.as_of = read


def _text(value: Value) -> str:
    return "" if isinstance(value, Fault) else plain(value)


def _cell(row: Row, columns: Mapping[str, int], head: int) -> Value:
    at = columns.get(HEADS[head])
    return row.cells[at] if at is not None and at < len(row.cells) else ""


def _place(column: int, line: int) -> str:
    """Return the cell's name as the spreadsheet shows it, column counted from 0: (5, 6) → F6."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{line}"


# --- forms of rows --------------------------------------------------------------------------------


def _read_rows(table: Table, name: str, sheet: Sheet, found: ReadBack) -> bool:
    target = target_for(sheet.row.region_id, sheet.spec)
    top = list(table.rows(name, most=HEAD))
    columns = target.profile.columns
    head = find_head(top, table.merged(name), columns)
    sure, _ = proposal(head, columns)
    try:
        reading = Reading(target, Matching(name, head, sure))
    except MappingRefused:
        return False
    _labels([row for row in top if row.line < head.first], found)
    found.rows = []
    for one in reading.rows(table):
        if isinstance(one, Skipped):
            if one.why != "空行":
                found.problems.append(
                    CellProblem(
                        f"A{one.line}",
                        "",
                        "",
                        f"第{one.line}行是{one.why}，没有读入",
                        "如是明细，请改正首列。",
                    )
                )
            continue
        found.rows.append(
            {field: _written(one.cells, at) for field, at in sure.items() if _written(one.cells, at)}
        )
        found.problems += _row_problems(one.problems, one.line, head, len(found.rows))
    return True


def _written(cells: Sequence[Value], at: int) -> str:
    value = cells[at] if at < len(cells) else ""
    return "" if isinstance(value, Fault) else plain(value)


def _row_problems(
    problems: Sequence[Mapping[str, Any]], line: int, head: Head, number: int
) -> Iterator[CellProblem]:
    for one in problems:
        at = head.titles.index(one["column"]) if one["column"] in head.titles else 0
        message = f"{one['column'].rstrip('*')}：{one['message']}"
        yield CellProblem(_place(at, line), f"row-{number}", one["value"], message, one["hint"])
