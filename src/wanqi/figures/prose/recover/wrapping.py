"""Lines broken at one width, as text copied from a PDF or a terminal comes: paragraphs are put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wanqi.figures.prose.recover.offsets import Edit

_NARROWEST, _WIDEST = 15.0, 60.0  # characters of a printed line
_RAGGED = 3.0  # what a full line may lack where a number or a sign did not fit
_LEAST = 3  # full lines without which nothing is taken for a broken paragraph
_SHARE = 3  # at least one line in so many is full
_STOPS = "。!！?？:：;；…”》"
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十\d]{1,3}[)]|\d{1,2}[.、](?!\d)|附件"
    r"|第[一二三四五六七八九十]+[章节条]"
)


def wrapped(text: str) -> Iterator[Edit]:
    """Yield the removal of line breaks inside paragraphs, where the whole text is broken at one width.

    A break between digits stays: one may have gone with it.
    """
    lines = text.split("\n")
    if len(lines) <= _LEAST or "\t" in text:
        return
    width = max(map(_wide, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return
    full = [_wide(line) >= width - _RAGGED for line in lines]
    if sum(full) < _LEAST or sum(full) * _SHARE < sum(bool(line.strip()) for line in lines):
        return
    at = 0
    for n, line in enumerate(lines[:-1]):
        at += len(line)
        if full[n] and _goes_on(line, lines[n + 1]):
            yield Edit(at, at + 1, "", "wrapped")
        at += 1


def _goes_on(line: str, following: str) -> bool:
    last, first = line[-1:], following[:1]
    if not first or first.isspace() or last in _STOPS or _HEADING.match(following):
        return False
    return not ((last.isdigit() or last == ".") and first.isdigit())


def _wide(line: str) -> float:
    """The width of a line in Chinese characters."""
    narrow = sum(c.isascii() for c in line)
    return len(line) - narrow / 2
