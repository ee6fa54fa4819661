"""From a text to the tree of its clauses: 编、章、节、条、款、项 or 一、（一）1.（1）①, as documents number them.

Every paragraph is a clause of its own; nothing of the text is lost. What is not understood is said beside the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DEEPEST = 8
_CHINESE = "一二三四五六七八九十百零〇两"
_DIGITS = {one: at for at, one in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# Rank → how it is written. What comes first holds what comes later; 一、 may stand inside an article, or hold none.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("编", re.compile(rf"第([{_CHINESE}]+)编")),
    ("章", re.compile(rf"第([{_CHINESE}]+)章")),
    ("节", re.compile(rf"第([{_CHINESE}]+)节")),
    ("条", re.compile(rf"第([{_CHINESE}]+|[0-9０-９]+)条")),
    ("一、", re.compile(rf"([{_CHINESE}]+)、")),
    ("（一）", re.compile(rf"[（(]([{_CHINESE}]+)[）)]")),
    ("1.", re.compile(r"([0-9０-９]{1,2})(?:[.．](?![0-9０-９])|、)")),
    ("（1）", re.compile(r"[（(]([0-9０-９]{1,2})[）)]")),
    ("①", re.compile(rf"([{_CIRCLED}])")),
)
_ARTICLE, _HEADING, _SUBHEADING = 3, 4, 5
_ANNEX = re.compile(r"附(?:件|表|录)?\s*(?:[0-9０-９]+|[一二三四五六七八九十]+)?\s*(?:[:：]|$)")
_NUMERAL = "[0-9０-９〇一二三四五六七八九十]"
_DAY = re.compile(rf"{_NUMERAL}{{4}}年{_NUMERAL}{{1,3}}月{_NUMERAL}{{1,3}}日")
_INSIDE = re.compile(rf"[。；]\s*(第[{_CHINESE}]+条)[　 ]")
_SIGNER = 30  # characters of a signature at most


@dataclass(frozen=True)
class Piece:
    """One clause: its label as printed (“第三条”, “二、”, or “第3段”), its text, and how deep it stands from 0.

    doubt: what was not understood of it, in words for whoever corrects it; "" where nothing.
    """

    label: str
    text: str
    depth: int = 0
    doubt: str = ""


@dataclass(frozen=True)
class _Mark:
    rank: int
    label: str
    number: int


def split_clauses(text: str) -> tuple[Piece, ...]:
    """Return the clauses of a text in order; every character but line breaks and outer blanks is kept."""
    return _Splitting([line.strip() for line in text.splitlines() if line.strip()]).pieces()


def parents(depths: Sequence[int]) -> list[int | None]:
    """Return for each clause the place of the one it belongs to, None at the top."""
    found: list[int | None] = []
    open_at: dict[int, int] = {}
    for at, depth in enumerate(depths):
        found.append(open_at.get(depth - 1) if depth else None)
        open_at = {level: place for level, place in open_at.items() if level < depth}
        open_at[depth] = at
    return found


def misplaced(depths: Sequence[int]) -> list[int]:
    """Return the places of clauses that hang on nothing: more than one level below the clause before."""
    before = -1
    found = []
    for at, depth in enumerate(depths):
        if not 0 <= depth <= min(before + 1, DEEPEST):
            found.append(at)
        before = depth
    return found


class _Splitting:
    """One pass over the paragraphs; `open` are the numbered clauses the next one may belong to, as (rank, number)."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.open: list[_Mark] = []
        self.last: dict[tuple[int, ...], int] = {}  # path of ranks above, own rank → number seen last
        self.sub = 0  # paragraphs of the open article so far
        self.has_articles = any((mark := _mark(line)) and mark.rank == _ARTICLE for line in lines)

    def pieces(self) -> tuple[Piece, ...]:
        """Return the pieces of all paragraphs."""
        ends = self._ending()
        return tuple(
            self._closing(line, number) if number in ends else self._piece(line, number)
            for number, line in enumerate(self.lines, start=1)
        )

    def _ending(self) -> set[int]:
        """Return the numbers of the last paragraphs that are signature and date."""
        found: set[int] = set()
        for number, line in enumerate(self.lines, start=1):
            if number > 1 and _DAY.fullmatch(line):
                found.add(number)
                if len(self.lines[number - 2]) <= _SIGNER and not re.search(
                    r"[。；：，]", self.lines[number - 2]
                ):
                    found.add(number - 1)
        return {number for number in found if _mark(self.lines[number - 1]) is None}

    def _closing(self, line: str, number: int) -> Piece:
        self._reset()
        return Piece(f"第{number}段", line)

    def _reset(self) -> None:
        self.open, self.sub = [], 0
        self.last.clear()

    def _piece(self, line: str, number: int) -> Piece:
        if _ANNEX.match(line) and len(line) <= 60:
            self._reset()
            return Piece(f"第{number}段", line)
        mark = _mark(line)
        if mark is None:
            return self._paragraph(line, number)
        while self.open and self.open[-1].rank >= mark.rank:
            self.open.pop()
        doubt = self._doubt(mark)
        if (inside := _INSIDE.search(line)) and not doubt:
            doubt = f"这一段里像是还有“{inside.group(1)}”，请分成两段。"
        depth = len(self.open)
        self.open.append(mark)
        self.sub = 1
        return Piece(mark.label, line, min(depth, DEEPEST), doubt)

    def _paragraph(self, line: str, number: int) -> Piece:
        """Return a paragraph without number: a further 款 of the open article, or part of the open heading."""
        lowest = _ARTICLE if self.has_articles else _SUBHEADING
        under = [mark for mark in self.open if mark.rank <= lowest]
        if self.has_articles and under and under[-1].rank == _ARTICLE:
            self.open = under
            self.sub += 1
            return Piece(f"第{_numeral(self.sub)}款", line, min(len(under), DEEPEST))
        return Piece(f"第{number}段", line, min(len(under), DEEPEST))

    def _doubt(self, mark: _Mark) -> str:
        """Return what is wrong with a number among its likes; articles run through all chapters."""
        above = (
            ()
            if mark.rank <= 1 or mark.rank == _ARTICLE
            else tuple(part for one in self.open for part in (one.rank, one.number))
        )
        key = (*above, -1, mark.rank)
        before = self.last.get(key, 0)
        self.last[key] = mark.number
        if mark.number == before + 1:
            return ""
        if mark.number <= before:
            return f"“{mark.label}”在“{_name(mark, before)}”之后，编号重复或倒了。"
        return f"没有找到“{_name(mark, before + 1)}”，“{mark.label}”之前可能缺了内容，或层次不对。"


def _mark(line: str) -> _Mark | None:
    for rank, (_, pattern) in enumerate(_KINDS):
        found = pattern.match(line)
        if found is not None:
            return _Mark(rank, found.group(0), _number(found.group(1)))
    return None


def _number(text: str) -> int:
    """Return the number written 十二, 一百零三, 12 or ⑫."""
    if text in _CIRCLED:
        return _CIRCLED.index(text) + 1
    if text.isdecimal():
        return int(text)
    total, one = 0, 0
    for sign in text:
        if sign in ("十", "百"):
            total += (one or 1) * (10 if sign == "十" else 100)
            one = 0
        else:
            one = _DIGITS[sign]
    return total + one


def _numeral(number: int) -> str:
    """Return 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    signs = "零一二三四五六七八九"
    head = "" if not tens else "十" if tens == 1 else f"{signs[tens]}十"
    return f"{head}{signs[ones] if ones or not tens else ''}"


def _name(mark: _Mark, number: int) -> str:
    """Return another number written as the mark is."""
    if mark.label[0] in _CIRCLED:
        return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else str(number)
    written = re.search(rf"[{_CHINESE}]+|[0-9０-９]+", mark.label)
    assert written is not None
    new = str(number) if written.group(0).isdecimal() else _hundreds(number)
    return mark.label[: written.start()] + new + mark.label[written.end() :]


def _hundreds(number: int) -> str:
    if number < 100:
        return _numeral(number)
    rest = number % 100
    return f"{_numeral(number // 100)}百" + (
        "" if not rest else f"零{_numeral(rest)}" if rest < 10 else _numeral(rest)
    )


def shallow(pieces: Iterable[Piece]) -> list[tuple[str, str, int]]:
    """Return what is kept of pieces: label, text, depth."""
    return [(piece.label[:40], piece.text, piece.depth) for piece in pieces]
