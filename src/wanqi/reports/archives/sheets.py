"""A monthly table as an archive keeps it: every cell as printed, and the workbook; out of its ground, and compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wanqi.documents.archive import settled
from wanqi.indicators.evaluate import Figure, read_period

from ..table import Line, MonthlyTable, composed_table, printed_cell, table_xlsx
from .contents import as_bytes, output_path
from .inputs import Ground
from .program import digest
from .revised import RevisedSentence

_SAID = (("note", "备注"), ("office", "责任股室"))


def table_from(ground: Ground) -> MonthlyTable:
    """Return the monthly table of an archive, computed again from what it keeps."""
    assert ground.sheet is not None  # a table was asked for
    return composed_table(ground.sheet, ground.evaluation, read_period(ground.period), ground.as_of)


def table_plain(table: MonthlyTable) -> dict[str, Any]:
    """Return the table as printed: heads, rows, cells; a cell names its figure and period, or says why it is empty.

    Shape: {title, marks, columns, rows: [{indicator, title, unit, cells: [{column, head, figure, period, display,
    reason}], office, note}]}; a cell of a column that the row does not have is empty but for its head.
    """
    return {
        "title": table.full_title,
        "marks": ["演示数据"] if table.is_demonstration else [],
        "columns": list(table.columns),
        "rows": [_row(table, line) for line in table.lines],
    }


def _row(table: MonthlyTable, line: Line) -> dict[str, Any]:
    heads = table.columns[2:9]
    return {
        "indicator": line.spec.id,
        "title": line.spec.title,
        "unit": line.spec.unit,
        "cells": [_cell(name, head, one) for head, (name, one) in zip(heads, line.cells, strict=True)],
        "office": line.office,
        "note": line.note,
    }


def _cell(name: str, head: str, figure: Figure | None) -> dict[str, str]:
    if figure is None:
        return {"column": name, "head": head, "figure": "", "period": "", "display": "", "reason": ""}
    return {
        "column": name,
        "head": head,
        "figure": figure.id,
        "period": figure.period.id,
        "display": printed_cell(name, figure) if figure.known else "",
        "reason": "" if figure.known else figure.reason or "没有数据",
    }


def digest_of_table(table: MonthlyTable) -> str:
    """Return the digest of a table as printed: what a reader has seen of it."""
    return digest(as_bytes(table_plain(table)))


def rendered_table(table: MonthlyTable, *, made: datetime) -> dict[str, bytes]:
    """Return path in the archive → bytes of the workbook; stored without compression, as `rendered` does."""
    return {output_path("xlsx"): settled(table_xlsx(table, made=made), compressed=False)}


def cells_of(text: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return where each figure, by id and period, stands in an archived table: row and column in words."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in text["rows"]:
        for cell in row["cells"]:
            if cell["figure"]:
                found.setdefault((cell["figure"], cell["period"]), []).append(
                    f"{row['title']}·{cell['head']}"
                )
    return found


def table_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return one sentence per row of two archived tables that does not read the same; none where all agree."""
    found = [] if before["title"] == after["title"] else [f"标题：{before['title']}→{after['title']}"]
    if before["columns"] != after["columns"]:
        found.append(f"表头：{'、'.join(before['columns'])}→{'、'.join(after['columns'])}")
    old, new = ({row["indicator"]: row for row in text["rows"]} for text in (before, after))
    found += [f"{row['title']}：不再列出" for id, row in old.items() if id not in new]
    found += [f"{row['title']}：是新增的行" for id, row in new.items() if id not in old]
    return found + [f"{old[id]['title']}：这一行不同" for id in old if id in new and old[id] != new[id]]


def words_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[RevisedSentence, ...]:
    """Return the notes and offices of rows that read differently now, in the order of the table."""
    now = {row["indicator"]: row for row in after["rows"]}
    return tuple(
        RevisedSentence(
            f"{row['title']}·{words}",
            row[name],
            now[row["indicator"]][name],
            tuple(dict.fromkeys(cell["figure"] for cell in row["cells"] if cell["figure"])),
        )
        for row in before["rows"]
        if row["indicator"] in now
        for name, words in _SAID
        if row[name] != now[row["indicator"]][name]
    )
