"""Digits that stand in a template outside its tags: a figure that nobody can open, and that no period changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*")
# What is written in digits and is no figure: tags, titles and names, document numbers, years, words such as 5G.
_ALLOWED = re.compile(
    r"""
    \{[^{}]*\}
    | 《[^《》]*》
    | “[^“”]*”
    | 〔[0-9]{4}〕\s*第?[0-9]+号
    | (?<![0-9])20[0-9]{2}\s*[—–\-~至]\s*20[0-9]{2}年?
    | (?<![0-9])20[0-9]{2}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?
    | [A-Za-z]+[\-]?[0-9]+(?:\.[0-9]+)?
    | [0-9]+G(?![A-Za-z])(?:-PON)?
    """,
    re.VERBOSE,
)


def bare_digits(text: str, *, quoted: Iterable[str] = ()) -> tuple[tuple[int, int], ...]:
    """Return where digits stand that are of no declared class: (start, end) in the text's characters.

    quoted: words taken from a document that the text cites; digits in them are that document's.
    """
    left_out = [found.span() for found in _ALLOWED.finditer(text)]
    for words in quoted:
        left_out += [found.span() for found in re.finditer(re.escape(words), text)]
    return tuple(
        found.span()
        for found in _DIGITS.finditer(text)
        if not any(start <= found.start() and found.end() <= end for start, end in left_out)
    )
