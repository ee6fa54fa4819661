"""Numbers torn apart, signs doubled, and marks of bold type in the middle of figures: what can be mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wanqi.figures.prose.recover.offsets import Edit

_HAN = "\u3400-\u9fff"
# What may follow a number with decimals. A counter (家, 个) may not: "1. 5家" is the first item of a list.
_MEASURE = "[%‰万亿千元吨倍亩公平立米度成]|(?:个)?百分点"
_DOUBLED = re.compile(r"([,;、。%])\1+")
_BOLD = re.compile(r"(\*\*|__)(?!\s)([^*_\n]{1,200}?)\1")
_NO_BOLD = re.compile(r"[家个件人元万亿%年月日.,;、。]")
_SPACED = re.compile(
    rf"(?<=[{_HAN}(:+\-~])(?<![第表图栏])(?<!附件)\d{{1,3}}(?: \d{{3}})++(?! ?\d)(?P<decimals>\.\d+)?"
)
_THIN_SPACED = re.compile(r"(?<![\d.,\u2007\u2009\u202f])\d{1,3}(?:[\u2007\u2009\u202f]\d{3})++(?!\d)")
_TORN = re.compile(
    rf"(?<=[{_HAN}(:+\-~])\d{{1,9}}(?P<gap>[^\S\n]{{1,2}}\.[^\S\n]{{0,2}}|\.(?:[^\S\n]{{1,2}}\n?|\n)[^\S\n]{{0,4}})"
    rf"(?=\d{{1,6}} ?(?:{_MEASURE}))"
)


def bold(text: str) -> Iterator[Edit]:
    """Yield the removal of marks for bold type, which are no masked digits: **12.5%** but not **.*%."""
    for match in _BOLD.finditer(text):
        if any(c.isdigit() for c in match[2]) and not _NO_BOLD.match(match[2]):
            yield Edit(match.start(), match.start() + 2, "", "emphasis")
            yield Edit(match.end() - 2, match.end(), "", "emphasis")


def doubled(text: str) -> Iterator[Edit]:
    """Yield the removal of repeated signs (,, 。。 %%), unless digits on both sides may have lost one between."""
    for match in _DOUBLED.finditer(text):
        inside = (
            text[match.start() - 1 : match.start()].isdigit()
            and text[match.end() : match.end() + 1].isdigit()
        )
        if not inside:
            yield Edit(match.start() + 1, match.end(), "", "doubled")


def torn(text: str) -> Iterator[Edit]:
    """Yield the joining of numbers torn apart where no digit can be missing: 321 146件, 28. 1%."""
    for match in _THIN_SPACED.finditer(text):
        yield from _without_spaces(match)
    for match in _SPACED.finditer(text):
        if match["decimals"] or not _may_be_decimal(text[match.end() : match.end() + 1]):
            yield from _without_spaces(match)
    for match in _TORN.finditer(text):
        yield Edit(match.start("gap"), match.end("gap"), ".", "decimal")


def _without_spaces(match: re.Match[str]) -> Iterator[Edit]:
    for space in re.finditer(r"\s", match[0]):
        yield Edit(match.start() + space.start(), match.start() + space.end(), "", "thousands")


def _may_be_decimal(following: str) -> bool:
    """Whether the space may be a lost decimal point rather than a mark of thousands: 108 325% is 108.325%."""
    return not following or following in "%‰亿万" or not following.isalpha()
