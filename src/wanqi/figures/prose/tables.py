"""Tables in text: rows with tabs between their cells, their totals and their rates of completion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.readings import Equation, Reading

_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|共\s*计|小\s*计|全[市县区省州]|总数)(?:合计)?$")
_RATE = re.compile(r"率|占比|比重|增速|增长|%|％|名次|排名|序号|同比|平均|人均|单价|进度|得分|百分点")
_DONE_RATE = re.compile(r"完成率|完成比例|完成进度|占计划|占年计划|完成%|完成％")
_SHARE = re.compile(r"^占比|比重|占总")
_PLAN = re.compile(r"计划|目标|任务|预算")
_DONE = re.compile(r"(?<!未)完成(?!率|比例|进度|%)|实际|到位")
_MOST_ROWS = 400


@dataclass(slots=True)
class Table:
    """A table as it is read: its header and its rows, each a name and a figure or None by column."""

    header: list[str]
    rows: list[tuple[str, list[Figure | None]]] = field(default_factory=list)


def cells(passage: Passage, text: str) -> list[str]:
    """The cells of a row as written."""
    return [cell.strip() for cell in text[passage.start : passage.end].strip("\n").split("\t")]


def extended(table: Table | None, passages: Sequence[Passage], text: str) -> Table | None:
    """The table after one more line, None where the line is none of its rows."""
    line = passages[0]
    row = [cell.strip() for cell in text[line.start : passages[-1].end].strip("\n").split("\t")]
    figures = [figure for passage in passages for figure in passage.figures]
    found = [_in_cell(cell, place, row, line.start, text, figures) for place, cell in enumerate(row)]
    if table is None or len(row) != len(table.header):
        return Table(row) if len(row) > 1 and not any(found) else None
    if len(table.rows) < _MOST_ROWS:
        table.rows.append((row[0], found))
    return table


def _in_cell(
    cell: str, place: int, row: Sequence[str], start: int, text: str, figures: Sequence[Figure]
) -> Figure | None:
    if not re.fullmatch(r"[-+]?\d[\d,]*(?:\.\d+)?[%％]?", cell):
        return None
    offset = start
    for _ in range(place):
        offset = text.find("\t", offset) + 1
    end = text.find("\t", offset)
    end = len(text) if end < 0 else end
    return next(
        (one for one in figures if offset <= one.token.start < end and one.quantity is not None), None
    )


def equations(table: Table) -> Iterator[Equation]:
    """The totals of the columns, and the rates of completion of the rows."""
    totals = [n for n, (name, _) in enumerate(table.rows) if _TOTAL.match(name)]
    for column, title in enumerate(table.header):
        if column and not _RATE.search(title):
            yield from _total(table, column, totals)
    plan = _only(table, _PLAN, not_=_RATE)
    done = _only(table, _DONE, not_=_RATE)
    rate = _only(table, _DONE_RATE)
    if plan is None or done is None or rate is None:
        return
    for _, row in table.rows:
        one, other, third = row[done], row[plan], row[rate]
        if one is not None and other is not None and third is not None:
            yield Equation("share", "A", [Reading("law", (one, other, _as_rate(third)), "share")])


def _as_rate(figure: Figure) -> Figure:
    """A bare number under a header with % is a percentage."""
    quantity = figure.quantity
    if quantity is not None and quantity.unit not in ("%", "‰"):
        from dataclasses import replace

        figure.quantity = replace(
            quantity, value=quantity.value / 100, step=quantity.step / 100, unit="%", exact=False
        )
    return figure


def _only(table: Table, words: re.Pattern[str], *, not_: re.Pattern[str] | None = None) -> int | None:
    found = [
        n
        for n, title in enumerate(table.header)
        if n and words.search(title) and not (not_ and not_.search(title))
    ]
    return found[0] if len(found) == 1 else None


def _total(table: Table, column: int, totals: Sequence[int]) -> Iterator[Equation]:
    """The one total row against the rows on its other side."""
    if len(totals) != 1:
        return
    place = totals[0]
    rows = table.rows[:place] if place else table.rows[1:]
    items = [row[column] for _, row in rows]
    whole = table.rows[place][1][column]
    if whole is None or len(items) < 2 or any(item is None for item in items):
        return
    parts = [item for item in items if item is not None]
    yield Equation("sum", "A", [Reading("sum", (*parts, whole))], needs_repair=True)
