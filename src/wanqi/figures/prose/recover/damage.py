"""Places where digits may be lost. What stands there is unreadable, and never called wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = "\u3400-\u9fff"
_UNIT = r"(?:[%‰万亿千百十元家个件人名次项条户座处台套批吨倍亩公年月日成]|百分点)"
_REACH = 40  # characters of one number at most; a longer run of digits is none
_PARTS = re.compile(r"[\d.xX×*?\ufffd□]")

# Two stretches of digits with nothing but a space or a sign between: a decimal point or a digit may be gone.
_APART = re.compile(r"(?<=\d)[ \u2007\u2009\u202f]{1,2}(?=\d)")
_STUTTER = re.compile(r"(?<=\d)([,;、%.])\1+(?=\d)")
_OVER_LINE = re.compile(rf"(?<=\d)\n[^\S\n]*(?=\d{{1,15}}(?:\.\d{{1,9}})?[%‰{_HAN}])")
_YEAR = re.compile(r"\s*(?:19|20)\d\d年")
_COMMA_SPACE = re.compile(r"(?<=\d)(?:, | ,)(?=\d{3}(?!\d))")
_LISTING = re.compile(r"分别|依次|各|为")
# Digits covered up: 20xx, **.*%, xx0.9%, ×家, __万元, ( )家, and the error values of spreadsheets.
_MASKED = re.compile(
    rf"(?<![A-Za-wyzA-WYZ])[xX×]{{2,}}(?=\d|\.|{_UNIT})|(?<=\d)[xX](?![A-Za-wyzA-WYZ])"
    rf"|(?<![A-Za-z])[xX](?=\d|\.|{_UNIT})|×(?={_UNIT})|\*+(?=\d|\.|\*|{_UNIT})|(?<=\d)\*+"
    rf"|[#_]{{2,}}(?={_UNIT})|\( {{0,6}}\)(?={_UNIT})|#(?:DIV/0!|REF!|VALUE!|N/A|NAME\?|NUM!|NULL!)"
)
_LOST = re.compile(rf"[?\ufffd□]+(?=\d|{_UNIT}|[。,;])|(?<=\d)[?\ufffd□]+")
_POINTS = re.compile(rf"(?<=[{_HAN}])\.(?=\d+{_UNIT})|(?<=\d)\.(?={_UNIT})")
_LETTERS = re.compile(rf"(?<=\d)[OoIl](?=\d|{_UNIT})|(?<=[{_HAN}])[lI](?=\d+{_UNIT})")
_POINTLIKE = (_STUTTER, _MASKED, _LOST, _POINTS)
_CELL = re.compile(r"(?<![^\s|])[+-]?\d[\d.,]{0,30}%?(?![^\s|])")


def damaged(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of a mended text where digits may be lost, in order and apart from each other."""
    found = sorted(_grown(text, start, end) for start, end in _places(text))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _places(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _POINTLIKE:
        for match in pattern.finditer(text):
            yield match.span()
    for match in _APART.finditer(text):
        if not _in_row(text, match.start()):
            yield match.span()
    for match in _OVER_LINE.finditer(text):
        if _after_word(text, match.start()) and not _YEAR.match(text, match.start()):
            yield match.span()
    for match in _COMMA_SPACE.finditer(text):
        if _after_word(text, match.start()) and not _LISTING.search(
            text, max(0, match.start() - 20), match.start()
        ):
            yield match.span()
    for match in _LETTERS.finditer(text):
        if (
            not text[_left(text, match.start()) - 1 : _left(text, match.start())].isascii()
            or match.start() == 0
        ):
            yield match.span()


def _grown(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole number around a place, with the sign of its unit."""
    low, high = _left(text, start), end
    while high < min(len(text), end + _REACH) and (_PARTS.match(text, high) or _groups(text, high)):
        high += 1
    while high < len(text) and text[high] in "%‰":
        high += 1
    return low, high


def _left(text: str, start: int) -> int:
    low = start
    while low > max(0, start - _REACH) and (_PARTS.match(text, low - 1) or _groups(text, low - 1)):
        low -= 1
    return low


def _groups(text: str, at: int) -> bool:
    """Whether a comma stands between digits."""
    return text[at] == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _after_word(text: str, at: int) -> bool:
    """Whether the number that ends at `at` follows a word, as in running text, and is no cell of its own."""
    low = _left(text, at)
    return low > 0 and text[low - 1] not in " \t\n|" and not text[low - 1].isascii()


def _in_row(text: str, at: int) -> bool:
    """Whether the line is a row of a table: three cells that hold a number only, spaces between."""
    start = text.rfind("\n", max(0, at - 400), at) + 1 or max(0, at - 400)
    end = text.find("\n", at, at + 400)
    cells = _CELL.findall(text, start, end if end >= 0 else min(len(text), at + 400))
    return len(cells) >= 3
