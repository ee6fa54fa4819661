"""Tables in text: rows with tabs between their cells, their totals and their rates of completion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.readings import Equation, Reading

_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|共\s*计|小\s*计|全[市县区省州]|总数)(?:合计)?$")
_RATE = re.compile(r"率|占比|比重|增速|增长|%|％|名次|排名|序号|同比|平均|人均|单价|进度|得分|百分点")
_LEAST_ROWS = 3
_MOST_COLUMNS = 8
_MOST_TOLD = 5000
_MOST_ROWS = 400


@dataclass(slots=True)
class Table:
    """A table as it is read: its header and its rows, each a name and a figure or None by column."""

    header: list[str]
    rows: list[tuple[str, list[Figure | None]]] = field(default_factory=list)


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
    """The totals of the columns, and the columns that are a share or a growth of two others."""
    totals = [n for n, (name, _) in enumerate(table.rows) if _TOTAL.match(name)]
    rates = [n for n, title in enumerate(table.header) if n and _RATE.search(title)]
    amounts = [n for n in range(1, len(table.header)) if n not in rates][:_MOST_COLUMNS]
    for column in amounts:
        yield from _total(table, column, totals)
    for rate in rates:
        yield from _derived(table, rate, amounts)


def _derived(table: Table, rate: int, amounts: Sequence[int]) -> Iterator[Equation]:
    """A rate that most rows show to be the share or the growth of the same two columns holds in every row."""
    for law in ("share", "growth"):
        for one in amounts:
            for other in amounts:
                rows = [(row[one], row[other], row[rate]) for _, row in table.rows] if one != other else []
                readings = [
                    Reading("law", (a, b, as_rate(c)), law)
                    for a, b, c in rows
                    if a is not None and b is not None and c is not None and b.value
                ]
                agreeing = sum(reading.holds() for reading in readings)
                if agreeing >= _LEAST_ROWS and agreeing * 4 >= len(readings) * 3:
                    for reading in readings:
                        yield Equation(law, "A", [reading])
                    return


def as_rate(figure: Figure) -> Figure:
    """The figure of a cell under a head with %: a bare number there is a percentage."""
    quantity = figure.quantity
    if quantity is None or quantity.unit:
        return figure
    value, step = quantity.value / 100, quantity.step / 100
    figure.quantity = replace(quantity, value=value, step=step, unit="%", exact=False)
    return figure


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


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Told:
    """What the running text says of a subject, for the rows of a table of the same name."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[Figure, Figure | None]] = {}
        self._tails: dict[str, set[str]] = {}

    def take(self, passage: Passage) -> None:
        """Remembers the levels of a passage and their growth, by subject; the last one counts."""
        for entry in passage.entries:
            if entry.level is not None and 3 <= len(entry.label) <= 20 and len(self._said) < _MOST_TOLD:
                self._tails.setdefault(entry.label[-4:], set()).add(entry.label)
                self._said[entry.label] = (entry.level, entry.growths[0] if entry.growths else None)

    def against(self, table: Table) -> Iterator[Equation]:
        """Text and table that differ by one digit, or by two exchanged ones, about a subject of one name."""
        growth = next((n for n, title in enumerate(table.header) if "增" in title or "同比" in title), None)
        for name, row in table.rows:
            said = self._named(name)
            if said is None:
                continue
            cells = {_NUMBER.findall(one.token.text)[0] for one in row if one is not None}
            level = next((one for n, one in enumerate(row) if one is not None and n and n != growth), None)
            for figure, cell in ((said[0], level), (said[1], row[growth] if growth is not None else None)):
                if figure is not None and cell is not None and _slipped(figure, cell, cells):
                    yield Equation("same", "A", [Reading("equal", (figure, cell))], certain=True)

    def _named(self, name: str) -> tuple[Figure, Figure | None] | None:
        if len(name) < 3:
            return None
        if name in self._said:
            return self._said[name]
        longer = [label for label in self._tails.get(name[-4:], ()) if len(name) > 3 and label.endswith(name)]
        return self._said[longer[0]] if len(longer) == 1 else None


def _slipped(figure: Figure, cell: Figure, cells: set[str]) -> bool:
    """True for numbers of one form with one digit changed or two exchanged, where no cell holds the text's own."""
    one, other = _NUMBER.findall(figure.token.text)[0], _NUMBER.findall(cell.token.text)[0]
    if one in cells or len(one) != len(other) or one.find(".") != other.find(".") or len(one) < 3:
        return False
    apart = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(apart) == 1:
        return True
    return len(apart) == 2 and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]
