"""Numbers of a text that are linked to no figure (未关联数据): typed by hand, so nobody can open them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wanqi.documents import Run, Text, plain
from wanqi.figures import audit

_DIGIT = re.compile(r"[0-9０-９]")
_COUNT = re.compile(
    r"[一二两三四五六七八九十百千万亿〇零]{2}"
)  # 十二家 is a number, 一家 is a manner of speaking


@dataclass(frozen=True, slots=True)
class Loose:
    """One number: its place in the text's characters and its words, unit included."""

    span: tuple[int, int]
    words: str


def loose_figures(runs: Sequence[Run], *, quoted: Iterable[str] = ()) -> tuple[Loose, ...]:
    """Return the numbers of a paragraph that no figure stands behind, in order.

    quoted: words taken from a document, whose digits are that document's. Document numbers, dates and ordinals are
    no data either. What the auditor reads as a number but does not touch a figure's run is loose, if it is written
    in digits or in two Chinese numerals.
    """
    text = plain(tuple(runs))
    linked = [*_linked(runs)]
    for words in quoted:
        linked += [found.span() for found in re.finditer(re.escape(words), text)]
    return tuple(
        Loose(mention.span, text[slice(*mention.span)])
        for mention in audit(text).mentions
        if _is_number(text[slice(*mention.span)]) and not _touches(mention.span, linked)
    )


def _is_number(words: str) -> bool:
    return bool(_DIGIT.search(words) or _COUNT.search(words))


def _linked(runs: Iterable[Run]) -> Iterator[tuple[int, int]]:
    at = 0
    for run in runs:
        length = len(run.text if isinstance(run, Text) else run.display)
        if not isinstance(run, Text):
            yield at, at + length
        at += length


def _touches(span: tuple[int, int], linked: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in linked)
