"""The lines of a PDF page, put together from the places where its pieces of text stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

# What a broken font gives for characters it cannot name: marked, for a digit may be among them.
_UNNAMED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ue000-\uf8ff]")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# In widths of a character: where a gap is one between cells. Estimated widths of long pieces are less sure.
_GAP, _UNSURE = 1.3, 0.08
_INDENT = (1.4, 3.2)  # of a paragraph's first line
# What a full line may lack: a character that would not break, and the estimate; more where a long word or
# number did not fit and no sentence ends.
_SHORT, _SHORTER = 2.6, 6.0


@dataclass(slots=True)
class Line:
    """A line as it stands on the page, in points; cells are parted by tabs."""

    text: str
    left: float
    right: float
    height: float
    size: float

    @property
    def is_row(self) -> bool:
        """Whether it has cells."""
        return "\t" in self.text


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    left: float
    height: float
    size: float

    @property
    def bare(self) -> str:
        return self.text.strip()

    @property
    def is_quotes(self) -> bool:
        """Whether it is nothing but quotation marks."""
        return not self.bare.strip("“”‘’ ")


class Lines:
    """Collects pieces of text in the order of the page; `collect` is called by the reader of the PDF."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._last = 0  # characters of the piece before
        # Quotation marks of another font are drawn before or after their line; then their place is not known.
        self._quotes: _Piece | None = None

    def finished(self) -> list[Line]:
        """The lines of the page, from top to bottom as they were drawn."""
        if self._quotes is not None:
            self._take(self._quotes)
            self._quotes = None
        return self._lines

    def collect(
        self, text: str, outer: Sequence[float], inner: Sequence[float], _font: object, size: float
    ) -> None:
        """Take a piece: its text, the two matrices that place it, and the size of its type."""
        written = _UNNAMED.sub("\ufffd", text.replace("\n", "").replace("\r", ""))
        if not written.strip():
            return
        across = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        up = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        em = max(abs(size) * math.hypot(inner[0], inner[1]) * math.hypot(outer[0], outer[1]), 1.0)
        piece = _Piece(written, across, up, em)
        quotes, self._quotes = self._quotes, None
        if quotes is not None and not (_level(quotes, piece) and piece.left < quotes.left):
            self._take(quotes)
        if piece.is_quotes:
            self._quotes = piece
        else:
            self._take(piece)

    def _take(self, piece: _Piece) -> None:
        line = self._lines[-1] if self._lines else None
        if line is None or not _level(line, piece):
            blank = piece.text[: len(piece.text) - len(piece.text.lstrip())]  # an indent may be typed
            left = piece.left + wide(blank) * piece.size
            right = left + wide(piece.bare) * piece.size
            self._lines.append(Line(piece.bare, left, right, piece.height, piece.size))
        elif not (piece.is_quotes and piece.left < line.right - piece.size):
            self._add(line, piece)
        self._last = len(piece.text)

    def _add(self, line: Line, piece: _Piece) -> None:
        gap = (piece.left - line.right) / piece.size
        bare = piece.bare
        if piece.size < 0.8 * line.size and piece.height > line.height + 0.1 * line.size and bare.isdigit():
            bare = bare.translate(_RAISED)  # a mark of a note, no digits of the number before it
        if gap > _GAP + _UNSURE * self._last:
            joint = "\t"
        elif bare[0].isdigit() and line.text[-1].isdigit():
            joint = " " if gap > 0.45 or gap < -1 else ""
        else:
            joint = " " if letters(line.text[-1], bare[0]) and (piece.text[0] == " " or gap > 0.2) else ""
        line.text += joint + bare
        line.right = max(line.right, piece.left + wide(bare) * piece.size)


def _level(one: Line | _Piece, other: _Piece) -> bool:
    """Whether two stand on one line; type of another size may be raised or lowered a little."""
    return abs(one.height - other.height) <= 0.6 * max(one.size, other.size)


@dataclass(frozen=True, slots=True)
class Measure:
    """The edges of a page's text, and whether its paragraphs begin with an indent."""

    left: float
    right: float
    indented: bool

    def goes_on(self, before: Line, line: Line, *, ended: bool) -> bool:
        """Whether `line` goes on the paragraph of `before` (`ended`: with a full stop), as far as its place tells."""
        if before.is_row or line.is_row or abs(before.size - line.size) > 0.15 * line.size:
            return False
        full = before.right >= self.right - (_SHORT if ended else _SHORTER) * line.size
        return full and line.left <= self.left + _INDENT[0] * line.size


def measured(lines: Sequence[Line]) -> Measure:
    """The measure of the lines of a page, or of all pages."""
    running = [line for line in lines if not line.is_row] or list(lines)
    size = median(line.size for line in running)
    lefts = Counter(round(line.left / 2) * 2 for line in running)
    often = [left for left, times in lefts.items() if times >= max(2, len(running) // 8)]
    left = float(min(often or lefts))
    rights = sorted(line.right for line in running)
    right = rights[len(rights) * 9 // 10]
    low, high = (left + by * size for by in _INDENT)
    return Measure(left, right, any(low <= line.left <= high for line in running))


def letters(last: str, first: str) -> bool:
    """Whether two characters are letters of words that a space parts."""
    return all(c.isascii() and c.isalpha() for c in (last, first))


def wide(text: str) -> float:
    """The width of a text in Chinese characters; letters and digits are half as wide."""
    return sum(0.5 if c.isascii() else 1.0 for c in text)
