"""Which characters the fonts of the program can print, read from their character maps."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

from wanqi.documents.errors import FontMissing

FOLDER = Path(__file__).parent / "fonts"

# The typographer's sign for a character that no font at hand has: it is seen and can be searched for,
# where an empty box or a wrong sign would be overlooked.
MISSING = "〓"

# Characters that print nothing and so need no glyph.
_SILENT = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"})


def font_files() -> tuple[Path, ...]:
    """The font files of the PDF, the two that are shipped first. Raises FontMissing when one is not there."""
    own = (FOLDER / "FandolFang-Regular.otf", FOLDER / "FandolHei-Regular.otf")
    files = (*own, pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())
    for file in files:
        if not file.is_file():
            raise FontMissing(str(file))
    return files


def printable(text: str) -> str:
    """`text` with every character that no font can print as 〓."""
    known = covered()
    return "".join(c if ord(c) in known or unicodedata.category(c) in _SILENT else MISSING for c in text)


@cache
def covered() -> frozenset[int]:
    """The code points for which at least one font has a glyph."""
    points: set[int] = set()
    for file in font_files():
        points |= character_map(file)
    return frozenset(points)


def character_map(file: Path) -> set[int]:
    """The code points of one OpenType font (cmap formats 4 and 12, as in its specification)."""
    data = file.read_bytes()
    points: set[int] = set()
    cmap = _table(data, b"cmap")
    for n in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">I", data, cmap + 4 + 8 * n + 4)[0]
        kind = struct.unpack_from(">H", data, start)[0]
        if kind == 12:
            points |= _segmented_coverage(data, start)
        elif kind == 4:
            points |= _segment_mapping(data, start)
    return points


def _table(data: bytes, tag: bytes) -> int:
    for n in range(struct.unpack_from(">H", data, 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * n)
        if name == tag:
            return int(offset)
    raise ValueError(f"a font without the table {tag!r}")


def _segmented_coverage(data: bytes, start: int) -> set[int]:
    points: set[int] = set()
    for n in range(struct.unpack_from(">I", data, start + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, start + 16 + 12 * n)
        points.update(range(first if glyph else first + 1, last + 1))
    return points


def _segment_mapping(data: bytes, start: int) -> set[int]:
    points: set[int] = set()
    half = struct.unpack_from(">H", data, start + 6)[0]
    ends, firsts = start + 14, start + 16 + half
    deltas, offsets = firsts + half, firsts + 2 * half
    for n in range(0, half, 2):
        last, first = (struct.unpack_from(">H", data, at + n)[0] for at in (ends, firsts))
        delta, offset = (struct.unpack_from(">H", data, at + n)[0] for at in (deltas, offsets))
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offset:
                glyph = struct.unpack_from(">H", data, offsets + n + offset + 2 * (point - first))[0]
            if glyph and (glyph + delta) & 0xFFFF:
                points.add(point)
    return points
