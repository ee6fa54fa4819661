"""How wide words are, in ems of a Chinese face: for titles and tables, before anything is typeset."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from wanqi.documents.tree import Figure, Table

# A title line of 22 pt holds twenty ems between the margins; one is kept free.
_TITLE_EMS = 19.0
_BREAKS = re.compile(r"(?<=[年月的局市县区、，）》度])|(?=关于|工作|情况)")
TEXT_WIDTH = 442.0  # points between the margins: 156 mm
_SIZES = (12.0, 10.5, 9.0)  # 小四, 五号, 小五
_PADDING = 11.0  # points left and right in a cell
_TEXT_EMS, _TITLE_LEAST, _WIDEST, _SLACK = 4.0, 2.0, 14.0, 0.4


def ems(text: str) -> float:
    """The width of `text`: one for a full-width character, half for a Latin letter or digit."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def title_lines(title: str) -> tuple[str, ...]:
    """A title in lines of one sense each; a long one is broken where words end, near its middle.

    A newline in the title decides instead.
    """
    if "\n" in title:
        return tuple(line.strip() for line in title.split("\n") if line.strip())
    if ems(title) <= _TITLE_EMS:
        return (title,)
    places = sorted({m.start() for m in _BREAKS.finditer(title)} - {0, len(title)})
    fits = [p for p in places if ems(title[:p]) <= _TITLE_EMS and ems(title[p:]) <= _TITLE_EMS]
    if not fits:
        return (title,)
    middle = ems(title) / 2
    place = min(fits, key=lambda p: abs(ems(title[:p]) - middle))
    return title[:place], title[place:]


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of a table's letters in points, and the share of the page width of each column (they add to 1)."""

    size: float
    shares: tuple[float, ...]


def layout(table: Table) -> Layout:
    """The largest letters at which no number breaks, and columns as wide as their contents ask.

    Each column first gets what may not be broken: its longest number, half its title, four characters of
    text. What is left of the width goes where whole lines need it.
    """
    least, wanted = [], []
    for n, column in enumerate(table.columns):
        contents = [c.display if isinstance(c, Figure) else c for c in (row[n] for row in table.rows)]
        longest = max(map(ems, contents), default=0.0)
        title = ems(column.title)
        unbroken = longest if column.numeric else min(longest, _TEXT_EMS)
        least.append(max(unbroken, min(title, max(title / 2, _TITLE_LEAST))) + _SLACK)
        wanted.append(max(least[-1], min(max(longest, title), _WIDEST) + _SLACK))
    size = next((s for s in _SIZES if _points(least, s) <= TEXT_WIDTH), _SIZES[-1])
    room = TEXT_WIDTH - _points(least, size)
    asked = sum(wanted) - sum(least)
    grown = min(1.0, max(0.0, room / (asked * size))) if asked else 0.0
    widths = [size * (a + grown * (b - a)) + _PADDING for a, b in zip(least, wanted, strict=True)]
    return Layout(size, tuple(width / sum(widths) for width in widths))


def _points(columns: list[float], size: float) -> float:
    return sum(columns) * size + _PADDING * len(columns)
