"""What differs between two versions of a text, and who wrote which words of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "inserted"]
# A tag is one token, so is a written number or a Latin word: a changed figure is never half a figure.
_TOKEN = re.compile(r"\{[^{}]*\}|[0-9０-９][0-9０-９,，.．]*[%％‰]?|[A-Za-z]+|.", re.DOTALL)
_SHORT = 1  # token: what stands between two changes and is no longer is shown as changed too


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both versions have, or only one of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """A text with who made it; equal texts of neighbouring versions are one."""

    text: str
    author: str


@dataclass(frozen=True, slots=True)
class Written:
    """A stretch of text by one author."""

    text: str
    author: str


def tokens_of(text: str) -> list[str]:
    """Return the text in the units that are compared."""
    return _TOKEN.findall(text)


def pieces_between(before: str, after: str) -> tuple[Piece, ...]:
    """Return the later text with what was removed and inserted, in reading order; removed stands first."""
    old, new = tokens_of(before), tokens_of(after)
    found: list[Piece] = []
    for kind, a, b, c, d in _steadied(old, new):
        if kind == "equal":
            found.append(Piece("same", "".join(new[c:d])))
            continue
        if b > a:
            found.append(Piece("removed", "".join(old[a:b])))
        if d > c:
            found.append(Piece("inserted", "".join(new[c:d])))
    return tuple(found)


def _steadied(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield the steps from old to new; a token or two that happen to be equal between changes join them."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pending: tuple[int, int, int, int] | None = None
    for number, (kind, a, b, c, d) in enumerate(steps):
        inner = 0 < number < len(steps) - 1 and b - a <= _SHORT
        stays = inner and not any(token.startswith("{") for token in old[a:b])
        if kind == "equal" and not stays:
            if pending is not None:
                yield "replace", *pending
                pending = None
            yield kind, a, b, c, d
        else:
            pending = (a, b, c, d) if pending is None else (pending[0], b, pending[2], d)
    if pending is not None:
        yield "replace", *pending


def written_by(versions: Iterable[Version]) -> tuple[Written, ...]:
    """Return the last text of a history with the author of each stretch: who first wrote it in that place."""
    tokens: list[str] = []
    authors: list[str] = []
    for version in versions:
        new = tokens_of(version.text)
        kept: list[str] = []
        for kind, a, b, c, d in SequenceMatcher(None, tokens, new, autojunk=False).get_opcodes():
            kept += authors[a:b] if kind == "equal" else [version.author] * (d - c)
        tokens, authors = new, kept
    found: list[Written] = []
    for token, author in zip(tokens, authors, strict=True):
        if found and found[-1].author == author:
            found[-1] = Written(found[-1].text + token, author)
        else:
            found.append(Written(token, author))
    return tuple(found)
