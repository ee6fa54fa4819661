"""Forms of characters: one form for digits, signs and punctuation, and simplified characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Protocol

from wanqi.figures.prose.recover.offsets import Edit

_INVISIBLE = re.compile("\r(?=\n)|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]+")


# Variants of Hong Kong and Taiwan that the conversion from traditional characters does not know.
_REGIONAL = str.maketrans("敍枱粧糭衞衹痺簷", "叙台妆粽卫只痹檐")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


_converter: _Converter | None = None


def _folding() -> dict[int, str]:
    """Character for character: full width, BIG5's small forms, radicals and compatibility ideographs of PDFs."""
    table = {point: chr(point - 0xFEE0) for point in range(0xFF01, 0xFF5F)}
    # A full-width ？ is a question; a half-width one stands for a character that got lost.
    del table[ord("？")]
    wide = [*range(0xFE50, 0xFE6C), *range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)]
    for point in [*wide, 0xFF61, 0xFF64, 0xFF65, 0xFFE5]:
        one = unicodedata.normalize("NFKC", chr(point))
        if len(one) == 1 and one != chr(point):
            table[point] = one
    table |= dict.fromkeys([*range(0xD800, 0xE000), 0], "\ufffd")
    spaces = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u205f\u3000"
    table |= {ord(space): " " for space in spaces}
    table |= {ord(line): "\n" for line in "\r\u2028\u2029\x85"}
    table |= {ord("「"): "“", ord("」"): "”", ord("『"): "‘", ord("』"): "’"}
    # Minus signs and dashes that only Greek and mathematics use; the Chinese dash stays.
    table |= {ord(dash): "-" for dash in "\u2010\u2011\u2212\ufe63"}
    table[ord("–")] = "—"
    table[ord("〜")] = "~"
    return table


_FOLDING = _folding()


def folded(text: str) -> str:
    """`text` in one form of digits, signs and spaces; as long as `text`, character for character."""
    return text.translate(_FOLDING)


def invisible(text: str) -> Iterator[Edit]:
    """Yield the removal of marks nobody sees: they would split a number in two."""
    for match in _INVISIBLE.finditer(text):
        yield Edit(match.start(), match.end(), "", "invisible")


def simplified(text: str) -> str:
    """`text` in simplified characters, as long as `text`; phrases such as 乾隆 keep their character."""
    global _converter
    if text.isascii():
        return text
    if _converter is None:
        from opencc import OpenCC

        _converter = OpenCC("t2s")
    return _same_length(text.translate(_REGIONAL), _converter)


def _same_length(text: str, converter: _Converter) -> str:
    """The conversion, by smaller and smaller pieces where a phrase would change the length."""
    whole = str(converter.convert(text))
    if len(whole) == len(text):
        return whole
    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        return "".join(_same_length(line, converter) for line in lines)
    singles = (str(converter.convert(character)) for character in text)
    return "".join(one if len(one) == 1 else old for one, old in zip(singles, text, strict=True))
