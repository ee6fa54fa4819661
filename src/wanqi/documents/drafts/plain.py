"""Plain text: one line is one paragraph."""

from __future__ import annotations

import re

from wanqi.documents.drafts.draft import Draft, assembled

_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\u2028\u2029\x85]")


def read_plain(name: str, text: str) -> Draft:
    """The draft of a plain text; paragraphs are counted without empty lines. Raises DraftRefused when empty."""
    lines: list[tuple[str, str]] = []
    paragraph = 0
    for line in _BREAK.split(text.removesuffix("\x1a")):
        paragraph += bool(line.strip())
        lines.append((line, f"第{paragraph}段"))
    return assembled(name, "text", lines)
