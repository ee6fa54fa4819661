"""A report as PDF, typeset with fonts that come with the program."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from wanqi.documents.characters import carried
from wanqi.documents.errors import NotRendered
from wanqi.documents.glyphs import font_files, printable
from wanqi.documents.measure import layout, title_lines
from wanqi.documents.tree import (
    DEMONSTRATION_NOTE,
    Block,
    Cell,
    Figure,
    Heading,
    Note,
    Paragraph,
    Report,
    Run,
    Table,
    Text,
    plain,
)

_HERE = Path(__file__).parent

# One compiler keeps its fonts and its cache warm; it is used by one thread at a time.
_TURN = threading.Lock()


def pdf(report: Report, *, made: datetime) -> bytes:
    """The report as the bytes of a PDF file; equal reports and dates give equal bytes.

    `made` (with a time zone) becomes the file's creation date. Raises FontMissing when a font of the program
    is not there, NotRendered when the typesetter refuses.
    """
    data = json.dumps(_report(report), ensure_ascii=False)
    moment = made.astimezone(UTC).replace(microsecond=0)
    try:
        with _TURN:
            out = _compiler().compile(format="pdf", sys_inputs={"report": data}, timestamp=moment)
    except typst.TypstError as refused:
        raise NotRendered(report.name, str(refused)) from refused
    if not isinstance(out, bytes):
        raise NotRendered(report.name, "排版程序没有给出文件")
    return out


def warm() -> None:
    """Loads fonts and compiler ahead of the first report."""
    with _TURN:
        _compiler()


@cache
def _compiler() -> typst.Compiler:
    folders = sorted({file.parent for file in font_files()})
    # Without the machine's own fonts the same report looks the same everywhere.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    return typst.Compiler(input=_HERE / "report.typ", root=_HERE, font_paths=fonts, ignore_system_fonts=True)


def _report(report: Report) -> dict[str, Any]:
    blocks = [_block(block) for block in report.blocks]
    if report.demonstrated:
        blocks.append(_block(Note((Text(DEMONSTRATION_NOTE),))))
    return {
        "title": _words(report.name),
        "title_lines": [_words(line) for line in title_lines(report.title)],
        "subtitle": _words(report.subtitle),
        "signature": _words(report.signature),
        "author": _words(report.unit),
        "marks": [_words(mark) for mark in report.marks],
        "blocks": blocks,
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": _words(text), "level": level}
        case Paragraph(runs):
            return {
                "kind": "paragraph",
                "runs": _runs(runs),
                "flush": block.flush,
                "from_right": block.from_right,
            }
        case Note(runs):
            return {"kind": "note", "runs": _runs(runs)}
        case Table():
            chosen = layout(block)
            return {
                "kind": "table",
                "label": _words(block.label),
                "caption": _words(block.caption),
                "unit": _words(block.unit),
                "size": chosen.size,
                "columns": [
                    {"title": _words(column.title), "numeric": column.numeric, "share": share}
                    for column, share in zip(block.columns, chosen.shares, strict=True)
                ],
                "rows": [[_cell(cell) for cell in row] for row in block.rows],
            }


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    """Runs as data; neighbours that look alike are joined, so that a line may break as in one text."""
    made: list[dict[str, Any]] = []
    for run in runs:
        marked = isinstance(run, Figure) and run.marked
        text = _words(plain((run,)))
        if made and not marked and not made[-1]["marked"]:
            made[-1]["text"] += text
        else:
            made.append({"text": text, "marked": marked})
    return made


def _cell(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, Figure):
        return {"text": _words(cell.display), "marked": cell.marked}
    return {"text": _words(cell), "marked": False}


def _words(text: str) -> str:
    return printable(carried(text))
