"""How wide words are, in ems of a Chinese face: for titles and columns, before anything is typeset."""

from __future__ import annotations

import re
import unicodedata

from wanqi.documents.tree import Figure, Table

# A title line of 22 pt holds twenty ems between the margins; one is kept free.
_TITLE_EMS = 19.0
_BREAKS = re.compile(r"(?<=[年月的局市县区、，）》度])|(?=关于|工作|情况)")
_NARROWEST, _WIDEST = 2.5, 14.0


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


def column_shares(table: Table) -> tuple[float, ...]:
    """The share of the page width of each column, by its longest content; they add to 1."""
    needs = []
    for n, column in enumerate(table.columns):
        longest = max(
            (ems(c.display if isinstance(c, Figure) else c) for c in (row[n] for row in table.rows)),
            default=0.0,
        )
        needs.append(min(max(longest, ems(column.title), _NARROWEST), _WIDEST) + 1.0)
    total = sum(needs) or 1.0
    return tuple(need / total for need in needs)
