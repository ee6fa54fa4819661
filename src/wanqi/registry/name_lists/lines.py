"""The lines of whatever a 名单 comes in: pasted text, Word, PDF, web page, workbook; each with where it stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wanqi.documents.drafts import read_draft
from wanqi.documents.errors import DraftRefused

from ..errors import TableRefused
from ..sheets import check_size, open_table
from ..values import Table, Value, plain, storable

ZIP = b"PK\x03\x04"
SHEETS = b"xl/worksheets/"
BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\u2028\u2029\x85]")
COMMA = re.compile(r"[,，]")
MOST_LINES = 20_000
MOST_CHARACTERS = 20_000  # of one cell; a list in one line may be long


@dataclass(frozen=True, slots=True)
class Line:
    """One line or row as it stands; `where` names its place for a reader (第3行, 表1第2行, 岳阳市 第5行)."""

    where: str
    cells: tuple[str, ...]
    sheet: str = ""

    @property
    def text(self) -> str:
        """What stands in it, the cells parted by blanks."""
        return " ".join(cell for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Source:
    """All lines with anything in them, in order; `notes` say what of the file was not read."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def source_of(name: str, content: bytes) -> Source:
    """Return the lines of a file; what it is, is told by its contents. Raises TableRefused."""
    check_size(len(content), name=name)
    if content.startswith(ZIP) and SHEETS in content:
        return _checked(_of_table(open_table(content, name=name)), name)
    try:
        draft = read_draft(name, content)
    except DraftRefused as refused:
        kind = refused.code.removeprefix("documents.")
        raise TableRefused(kind, refused.cause, hint=refused.hint, place=refused.place or name) from None
    if draft.kind == "text":
        return _checked(_of_text(draft.text), name)
    lines = [Line(draft.place(start), _cells(text)) for start, text in _with_starts(draft.text)]
    return _checked(Source(tuple(line for line in lines if line.text), draft.notices), name)


def source_of_text(text: str) -> Source:
    """Return the lines of pasted text. Raises TableRefused."""
    check_size(len(text))
    return _checked(_of_text(text), "")


def _checked(source: Source, name: str) -> Source:
    if not source.lines:
        raise TableRefused("empty", "里面没有文字", hint="请核对后重新粘贴或选择文件。", place=name)
    if len(source.lines) > MOST_LINES:
        raise TableRefused(
            "too-long",
            f"有{len(source.lines)}行，一次最多{MOST_LINES}行",
            hint="请只保留本市州的部分，或分成几次导入。",
            place=name,
        )
    return source


def _with_starts(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _of_text(text: str) -> Source:
    rows = [(number, row) for number, row in enumerate(BREAK.split(text), start=1) if row.strip()]
    split = _by_commas if _has_columns([row for _, row in rows]) else _cells
    lines = (Line(f"第{number}行", split(row)) for number, row in rows)
    return Source(tuple(line for line in lines if line.text))


def _has_columns(rows: Iterable[str]) -> bool:
    """Return whether commas part columns: nearly every line has the same number of them, and none has a tab."""
    rows = list(rows)[:60]
    counts = [len(COMMA.findall(row)) for row in rows]
    usual = max(set(counts), key=counts.count, default=0)
    alike = counts.count(usual) * 5 >= len(counts) * 4
    return len(rows) > 1 and usual > 0 and alike and not any("\t" in row for row in rows)


def _by_commas(row: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([row.replace("，", ",")]), [])
    except csv.Error:  # a field beyond every measure: one cell then
        cells = [row]
    return tuple(_kept(cell) for cell in cells)


def _kept(cell: Value) -> str:
    """Return a cell without outer blanks, control characters made visible: the database keeps no NUL."""
    return storable(plain(cell), longest=MOST_CHARACTERS)


def _cells(row: str) -> tuple[str, ...]:
    # A table of Word or Markdown copied as text has bars for its lines.
    parts = row.strip().strip("|").split("|") if row.count("|") > 1 and "\t" not in row else row.split("\t")
    return tuple(_kept(cell) for cell in parts)


def _of_table(table: Table) -> Source:
    lines: list[Line] = []
    notes = list(table.notes)
    shown = [sheet.name for sheet in table.sheets if not sheet.hidden]
    hidden = len(table.sheets) - len(shown)
    if hidden:
        notes.append(f"有{hidden}个隐藏的工作表没有读取。")
    for name in shown:
        rows = [(row.line, [_kept(cell) for cell in row.cells]) for row in table.rows(name)]
        _fill_down(rows, table.merged(name))
        prefix = f"{name} " if len(shown) > 1 else ""
        found = (Line(f"{prefix}第{number}行", tuple(cells), name) for number, cells in rows)
        lines += [line for line in found if line.text]
    return Source(tuple(lines), tuple(notes))


def _fill_down(rows: list[tuple[int, list[str]]], merged: Iterable[tuple[int, int, int, int]]) -> None:
    """Give cells merged downwards (a 市州 over its enterprises) the value of their first line."""
    by_line = dict(rows)
    for top, bottom, left, right in merged:
        first = by_line.get(top)
        if bottom == top or left != right or first is None or left >= len(first) or bottom - top > MOST_LINES:
            continue
        for number in range(top + 1, bottom + 1):
            cells = by_line.get(number)
            if cells is not None:
                cells.extend("" for _ in range(left + 1 - len(cells)))
                cells[left] = cells[left] or first[left]
