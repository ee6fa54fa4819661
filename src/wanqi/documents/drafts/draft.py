"""What a draft is once it is read, and the lines it is put together from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from wanqi.documents.drafts import limits
from wanqi.documents.errors import DraftRefused

Kind = Literal["text", "word", "pdf", "page"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a row of a table or a note: its span in the text, and where it stands (表1第2行)."""

    start: int
    end: int
    place: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a draft.

    One paragraph or one row of a table is one line; cells are parted by tabs, a table by empty lines.
    `notices` say in Chinese what of the file was not read, such as pictures.
    """

    name: str
    kind: Kind
    text: str
    passages: tuple[Passage, ...]
    notices: tuple[str, ...] = ()

    def place(self, at: int) -> str:
        """Where the character `at` stands, in words of the reader: 正文第3段; "" between passages."""
        return next((p.place for p in self.passages if p.start <= at < max(p.end, p.start + 1)), "")


def assembled(
    name: str, kind: Kind, lines: Iterable[tuple[str, str]], *, notices: tuple[str, ...] = ()
) -> Draft:
    """The draft of lines given as (text, place); a line without a place is only a gap.

    Raises DraftRefused when nothing was written in it, or more than is read at once.
    """
    pieces: list[str] = []
    passages: list[Passage] = []
    at = 0
    for text, place in lines:
        if place and text.strip():
            passages.append(Passage(at, at + len(text), place))
        pieces.append(text)
        at += len(text) + 1
    return checked(Draft(name, kind, "\n".join(pieces), tuple(passages), notices))


def checked(draft: Draft) -> Draft:
    """`draft` itself. Raises DraftRefused when it is empty or too long."""
    if not draft.text.strip():
        raise DraftRefused(
            "draft-empty", "文件里没有文字", hint="请确认上传的是写好的材料；图片中的文字请先转成文字。"
        )
    if len(draft.text) > limits.TEXT_CHARACTERS:
        raise DraftRefused(
            "draft-long",
            f"文字有{len(draft.text) // 10_000}万字，一次最多核对{limits.TEXT_CHARACTERS // 10_000}万字",
            hint="请分成几个文件后分别核对。",
        )
    return draft
