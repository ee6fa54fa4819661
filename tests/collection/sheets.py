"""Workbooks as they come back: cells filled in, and everything else a clerk does to a sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from wanqi.registry.sheets import open_table
from wanqi.registry.values import Value

Rows = list[list[Value]]
LINES = {"applied": 5, "granted": 6, "trademarks": 7, "pledges": 8, "amount": 9}  # line → row of ip-monthly
PAGE = "xl/worksheets/sheet1.xml"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def typed(content: bytes, cells: dict[str, Any]) -> bytes:
    """Return the workbook with cells typed into as Excel stores them; a tuple is (formula, stored result or None)."""
    held = parts(content)
    xml = held[PAGE].decode()
    for place, value in cells.items():
        cell = re.compile(rf'<c r="{place}"( s="\d+")?(?:[^>]*/>|[^>]*>.*?</c>)')
        assert cell.search(xml), place
        xml = cell.sub(lambda found, p=place, v=value: stored(p, found[1] or "", v), xml, count=1)
    return packed({**held, PAGE: xml.encode()})


def stored(place: str, style: str, value: Any) -> str:
    if isinstance(value, tuple):
        formula, result = value
        kept = "" if result is None else f"<v>{result}</v>"
        return f'<c r="{place}"{style}><f>{formula}</f>{kept}</c>'
    if isinstance(value, str):
        return f'<c r="{place}"{style} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"{style}><v>{value}</v></c>'


def filled(content: bytes, figures: dict[str, Any], reasons: dict[str, str] | None = None) -> bytes:
    """Return the workbook of ip-monthly with figures in 本期数 and reasons beside them."""
    cells = {f"G{LINES[line]}": value for line, value in figures.items()}
    cells |= {f"H{LINES[line]}": text for line, text in (reasons or {}).items()}
    return typed(content, cells)


def rebuilt(
    content: bytes, change: Callable[[Rows], Rows], *, page: str = "填报表", drop: str = "", merge: str = ""
) -> bytes:
    """Return the workbook written anew after a change of its page, as somebody's own copy would be."""
    table = open_table(content)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for title in table.sheets:
        if title.name == drop:
            continue
        rows: Rows = []
        for row in table.rows(title.name):
            rows += [[] for _ in range(row.line - 1 - len(rows))]
            rows.append(list(row.cells))
        sheet = book.add_worksheet(page if title.name == "填报表" else title.name)
        if title.hidden:
            sheet.very_hidden()
        for at, cells in enumerate(change(rows) if title.name == "填报表" else rows):
            for column, value in enumerate(cells):
                if value != "":
                    sheet.write(at, column, value)
        if merge and title.name == "填报表":
            sheet.merge_range(merge, "合并过的大标题")
    book.close()
    return out.getvalue()
