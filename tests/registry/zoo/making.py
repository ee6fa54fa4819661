"""What a specimen is, and how its workbook is made in memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

HEADS = ("站址编码", "站址名称", "片区", "运营商", "建成日期", "开通日期")
STATION = {"site_code": 0, "name": 1, "area": 2, "operator": 3, "built_on": 4, "opened_on": 5}
ROW = ("S001", "一号站", "演示片区01", "移动", "2023-05-01", "2023-06-15")
ROW2 = ("S002", "二号站", "演示片区02", "电信", "2023-05-02", "2023-06-16")

Line = Sequence[Any]
Told = tuple[str, str, str]  # column, value, message


@dataclass(frozen=True)
class Specimen:
    """A file and its outcome. head: its first and last line; counts: created, rejected, skipped of the first import.

    rejected: line → every (column, value, message); values: of `fields`, row after row as they came into the register.
    refused: code and cause of a file that is not even opened. later: a file imported next, with its corrected rows.
    enterprises: how many are in the register before.
    """

    name: str
    make: Callable[[], bytes]
    profile: str = "tower-stations"
    file: str = "清单.xlsx"
    refused: tuple[str, str] = ("", "")
    sheet: str = "清单"
    head: tuple[int, int] = (1, 1)
    sure: Mapping[str, int] = field(default_factory=lambda: STATION)
    guessed: Mapping[str, int] = field(default_factory=dict)
    counts: tuple[int, int, int] = (1, 0, 0)
    skips: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[int, list[Told]] = field(default_factory=dict)
    fields: tuple[str, ...] = ("site_code",)
    values: Sequence[Any] = ("S001",)
    notes: tuple[str, ...] = ()
    later: Callable[[], bytes] | None = None
    corrected: int = 0
    enterprises: int = 1


@dataclass(frozen=True)
class Page:
    """One sheet: lines from A1, `merges` as ranges, `shape` for whatever else a clerk does to it."""

    name: str
    lines: Sequence[Line]
    merges: Sequence[str] = ()
    hidden: bool = False
    shape: Callable[[Any, Any], None] = lambda book, page: None


def book(*pages: Page, **options: Any) -> bytes:
    """Return a workbook of pages; options are xlsxwriter's."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as made:
        for one in pages:
            page = made.add_worksheet(one.name)
            for at, line in enumerate(one.lines):
                for column, value in enumerate(line):
                    if value != "":
                        page.write(at, column, value)
            for area in one.merges:
                row, column = xlsxwriter.utility.xl_cell_to_rowcol(area.split(":")[0])
                page.merge_range(area, one.lines[row][column])
            if one.hidden:
                page.hide()
            one.shape(made, page)
        if pages[0].hidden:
            made.get_worksheet_by_name(next(one.name for one in pages if not one.hidden)).activate()
            made.get_worksheet_by_name(next(one.name for one in pages if not one.hidden)).set_first_sheet()
    return content.getvalue()


def sheet(*lines: Line, merges: Sequence[str] = (), shape: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return a workbook of the one sheet 清单."""
    return book(Page("清单", lines, merges, shape=shape or (lambda made, page: None)))


def text(*lines: Line, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return a delimited text with the line ends of Windows."""
    return "\r\n".join(delimiter.join(map(str, line)) for line in lines).encode(encoding)
