"""From a pasted text to its clauses: one per article, or per paragraph where the text has no articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARTICLE = re.compile(
    r"^\s*(第[一二三四五六七八九十百零〇]+[章节条]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\([一二三四五六七八九十]+\))"
)


@dataclass(frozen=True)
class Piece:
    """One clause: its label as printed (“第三条”, “二、”, or “第3段”) and its text."""

    label: str
    text: str


def split_clauses(text: str) -> tuple[Piece, ...]:
    """Return the clauses of a text in order; every character but line breaks and outer blanks is kept."""
    pieces: list[Piece] = []
    for number, line in enumerate((line.strip() for line in text.splitlines() if line.strip()), start=1):
        found = _ARTICLE.match(line)
        pieces.append(Piece(found.group(1) if found else f"第{number}段", line))
    return tuple(pieces)
