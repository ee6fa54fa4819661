"""PDF drafts: the text of each page, page numbers and running heads dropped, lines joined to paragraphs."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wanqi.documents.drafts import limits
from wanqi.documents.drafts.draft import Draft, assembled
from wanqi.documents.errors import DraftRefused

if TYPE_CHECKING:
    from pypdf import PdfReader

# What a damaged file may raise inside the reader of PDFs besides its own errors.
_FAULTS = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, AssertionError,
    NotImplementedError, EOFError, OSError, struct.error, zlib.error,
)  # fmt: skip
_NUMBER_LINE = re.compile(
    r"[-—–―\s·]*\d{1,4}[-—–―\s·]*|第\s*\d{1,4}\s*页(?:[，,/\s]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}",
    re.ASCII,
)
_HAN = "\u3400-\u9fff"
# Justified text comes back with spaces between its characters; those between two numbers stay.
_SIDES = rf"{_HAN}，。；：、（）“”《》%"
_SPREAD = re.compile(rf"(?<=[{_SIDES}]) +(?=[{_SIDES}\d])|(?<=\d) +(?=[{_SIDES}])")
_STOPS = "。！？：…!?:"
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d)|附件"
    r"|第[一二三四五六七八九十]+[章节条]"
)
# Of the usual width: a line that long was broken for want of room. First lines are two characters shorter.
_FULL = 0.78
_NARROWEST = 12.0


def read_pdf(name: str, data: bytes) -> Draft:
    """The draft of a PDF with text. Raises DraftRefused for a password, a scan, or a file that is broken."""
    pages = [[line.strip() for line in text.splitlines()] for text in _texts(data)]
    if not any(any(page) for page in pages):
        raise DraftRefused(
            "draft-scanned", "PDF里没有文字，应是扫描件或图片", hint="请上传导出它的原稿（.docx），或把文字录入后粘贴。"
        )  # fmt: skip
    running = _running_lines(pages)
    paragraphs = _Paragraphs(_usual_width(pages))
    for number, page in enumerate(pages, start=1):
        count = 0
        for line in _without_furniture(page, running):
            count = paragraphs.add(line, number, count)
    return assembled(name, "pdf", paragraphs.lines)


def _texts(data: bytes) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        _open(reader)
        count = len(reader.pages)
    except (PyPdfError, *_FAULTS) as broken:
        raise _broken(0) from broken
    if count > limits.PAGES:
        raise DraftRefused(
            "draft-large", f"PDF有{count}页，最多{limits.PAGES}页", hint="请分成几个文件后再上传。"
        )
    total = 0
    for number in range(count):
        try:
            text = reader.pages[number].extract_text()
        except (PyPdfError, *_FAULTS) as broken:
            raise _broken(number + 1) from broken
        total += len(text)
        if total > limits.TEXT_CHARACTERS:
            raise DraftRefused("draft-long", "PDF的文字过多", hint="请分成几个文件后分别核对。")
        yield text


def _open(reader: PdfReader) -> None:
    """Unlock a file that only forbids printing or copying. Raises DraftRefused when it asks for a password."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise DraftRefused(
            "draft-encrypted", "PDF设有打开密码，不能读取", hint="请去掉密码后另存，或上传原稿（.docx）。"
        )


def _broken(page: int) -> DraftRefused:
    return DraftRefused(
        "draft-damaged",
        "PDF已损坏，不能读取",
        hint="请重新导出PDF，或上传原稿（.docx）。",
        place=f"第{page}页" if page else "",
    )


def _running_lines(pages: list[list[str]]) -> set[str]:
    """Lines at the top or foot of most pages, their digits aside: running heads and page numbers."""
    edges: Counter[str] = Counter()
    for page in pages:
        written = [line for line in page if line]
        edges.update({_masked(line) for line in (*written[:2], *written[-2:])})
    return {line for line, times in edges.items() if times >= 3 and times * 2 > len(pages)}


def _usual_width(pages: list[list[str]]) -> float:
    """The width of a full line: nine in ten are no wider, so that one long row of a table sets no measure."""
    widths = sorted(_wide(line) for page in pages for line in page if line)
    return max(widths[len(widths) * 9 // 10], _NARROWEST) if widths else _NARROWEST


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _without_furniture(page: list[str], running: set[str]) -> list[str]:
    written = [line for line in page if line]
    edges = {0, 1, len(written) - 1, len(written) - 2}
    return [
        line
        for n, line in enumerate(written)
        if not (n in edges and (_NUMBER_LINE.fullmatch(line) or _masked(line) in running))
    ]


class _Paragraphs:
    """Lines put back together: one that was broken for want of room goes on in the paragraph before it."""

    def __init__(self, width: float) -> None:
        self.lines: list[tuple[str, str]] = []
        self._width = width
        self._last = 0.0

    def add(self, written: str, page: int, paragraph: int) -> int:
        """Add a line of a page; return how many paragraphs of the page there are now."""
        line = _SPREAD.sub("", written)
        before = self.lines[-1][0] if self.lines else ""
        goes_on = bool(before) and self._last >= self._width * _FULL and not _HEADING.match(line)
        if goes_on and before[-1] not in _STOPS:
            self.lines[-1] = (before + _between(before[-1], line[0]) + line, self.lines[-1][1])
        else:
            paragraph += 1
            self.lines.append((line, f"第{page}页第{paragraph}段"))
        self._last = _wide(written)
        return paragraph


def _between(last: str, first: str) -> str:
    """What parts two joined lines. A break between digits stays, since one may have gone with it."""
    if (last.isdigit() or last == ".") and first.isdigit():
        return "\n"
    return " " if last.isascii() and last.isalnum() and first.isascii() and first.isalnum() else ""


def _wide(line: str) -> float:
    """The width of a line in Chinese characters."""
    return sum(0.5 if c.isascii() else 1 for c in line)
