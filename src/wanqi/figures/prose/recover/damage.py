"""Places where digits may be lost. What stands there is unreadable, and never called wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

_HAN = "\u3400-\u9fff"
_UNIT = (
    r"(?:[%‰万亿千百十元家个件名次户座处台套吨倍亩年月日]|百分点|公[里顷斤吨]"
    r"|人(?![民大才员口])|项(?!目)|条(?!例)|批(?![发准复])|成(?![立果员]))"
)
_REACH = 40  # characters of one number at most; a longer run of digits is none
_LINE = 400  # characters of a line looked at on either side, to see whether it is a row of a table
_PARTS = r"[\d.xX×*?\ufffd□]|(?<=\d),(?=\d)"

# Two stretches of digits with nothing but a space or a sign between: a decimal point or a digit may be gone.
_APART = re.compile(r"(?<=\d)[ \u2007\u2009\u202f]{1,2}(?=\d)")
_STUTTER = re.compile(r"(?<=\d)([,;、%.])\1+(?=\d)")
_OVER_LINE = re.compile(rf"(?<=\d)\n[^\S\n]*(?=\d{{1,15}}(?:\.\d{{1,9}})?[%‰{_HAN}])(?!(?:19|20)\d\d年)")
_COMMA_SPACE = re.compile(r"(?<=\d)(?:, | ,)(?=\d{3}(?!\d))")
_LISTING = re.compile(r"分别|依次|各|为")
# Digits covered up: 20xx, **.*%, xx0.9%, ×家, __万元, ( )家, and the error values of spreadsheets.
_MASKED = re.compile(
    rf"(?<![A-Za-z×])[xX×]{{2,}}+(?=\d|\.|{_UNIT})|(?<=\d)[xX]++(?![A-Za-z])"
    rf"|(?<![A-Za-z])[xX](?=\d|\.|{_UNIT})|×(?={_UNIT})|(?<!\*)\*++(?=\d|\.|{_UNIT})|(?<=\d)\*++"
    rf"|(?<![#_])[#_]{{2,}}+(?={_UNIT})|\( {{0,6}}\)(?={_UNIT})|#(?:DIV/0!|REF!|VALUE!|N/A|NAME\?|NUM!|NULL!)"
)
_LOST = re.compile(rf"(?<![?\ufffd□])[?\ufffd□]++(?=\d|{_UNIT}|[。,;])|(?<=\d)[?\ufffd□]++")
_POINTS = re.compile(rf"(?<=[{_HAN}])\.(?=\d++{_UNIT})|(?<=\d)\.(?={_UNIT})")
_LETTERS = re.compile(rf"(?<=\d)[OoIl](?=\d|{_UNIT})|(?<![A-Za-z\d.])[lI](?=\d++{_UNIT})")
_CELL = re.compile(r"(?<![^\s|])[+-]?\d[\d.,]{0,30}%?(?![^\s|])")
_ONWARD = re.compile(rf"(?:{_PARTS}){{0,{_REACH}}}[%‰]?")
# Backwards over a reversed stretch, the same signs.
_BACKWARD = re.compile(rf"(?:{_PARTS}){{0,{_REACH}}}")


def damaged(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of a mended text where digits may be lost, in order and apart from each other."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(_places(text)):
        if joined and end <= joined[-1][1]:
            continue
        low, high = _left(text, start), _right(text, end)
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return tuple(joined)


def _places(text: str) -> Iterator[tuple[int, int]]:
    in_row = _rows(text)
    for match in chain.from_iterable(p.finditer(text) for p in (_STUTTER, _MASKED, _LOST, _POINTS)):
        yield match.span()
    for match in _APART.finditer(text):
        if not in_row(match.start()):
            yield match.span()
    for match in _OVER_LINE.finditer(text):
        if _after_word(text, match.start()):
            yield match.span()
    for match in _COMMA_SPACE.finditer(text):
        listed = _LISTING.search(text, max(0, match.start() - 20), match.start())
        if not listed and _after_word(text, match.start()):
            yield match.span()
    for match in _LETTERS.finditer(text):
        before = _left(text, match.start())
        if not before or not (text[before - 1].isascii() and text[before - 1].isalpha()):
            yield match.span()


def _right(text: str, end: int) -> int:
    match = _ONWARD.match(text, end)
    return match.end() if match else end


def _left(text: str, start: int) -> int:
    match = _BACKWARD.match(text[max(0, start - _REACH - 1) : start + 1][::-1], 1)
    return max(0, start - (match.end() - 1 if match else 0))


def _after_word(text: str, at: int) -> bool:
    """Whether the number that ends at `at` follows a word, as in running text, and is no cell of its own."""
    low = _left(text, at)
    return low > 0 and text[low - 1] not in " \t\n|" and not text[low - 1].isascii()


def _rows(text: str) -> Callable[[int], bool]:
    """Tells of a place, asked in order, whether its line is a row of a table: three cells of numbers only."""
    known: tuple[int, bool] = (-1, False)

    def in_row(at: int) -> bool:
        nonlocal known
        if at >= known[0]:
            start = text.rfind("\n", max(0, at - _LINE), at) + 1 or max(0, at - _LINE)
            end = text.find("\n", at, at + _LINE)
            end = end if end >= 0 else min(len(text), at + _LINE)
            known = end, len(_CELL.findall(text, start, end)) >= 3
        return known[1]

    return in_row
