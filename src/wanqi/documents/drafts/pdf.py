"""PDF drafts: the text of each page, page numbers and running heads dropped, lines joined to paragraphs."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wanqi.documents.drafts import limits
from wanqi.documents.drafts.draft import Draft, assembled
from wanqi.documents.drafts.encodings import plausible
from wanqi.documents.drafts.pdf_lines import Line, Lines, Measure, letters, measured
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
_ENOUGH = 6  # lines that give a page a measure of its own


def read_pdf(name: str, data: bytes) -> Draft:
    """The draft of a PDF with text. Raises DraftRefused for a password, a scan, or a file that is broken."""
    pages = list(_pages(data))
    everything = [line for page in pages for line in page]
    if not everything:
        raise DraftRefused(
            "draft-scanned", "PDF里没有文字，应是扫描件或图片", hint="请上传导出它的原稿（.docx），或把文字录入后粘贴。"
        )  # fmt: skip
    if not plausible("".join(line.text for line in everything)):
        raise DraftRefused(
            "draft-encoding",
            "PDF里的文字没有可用的编码，读出来是乱码",
            hint="请上传导出它的原稿（.docx），或把文字录入后粘贴。",
        )
    running = _running_lines(pages)
    paragraphs = _Paragraphs(measured(everything))
    for number, page in enumerate(pages, start=1):
        kept = _without_furniture(page, running)
        paragraphs.begin(number, measured(kept) if len(kept) >= _ENOUGH else None)
        for line in kept:
            paragraphs.add(line)
    return assembled(name, "pdf", paragraphs.lines)


def _pages(data: bytes) -> Iterator[list[Line]]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # What it mends in broken files is no news to the person who uploaded one.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
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
        lines = Lines()
        try:
            reader.pages[number].extract_text(visitor_text=lines.collect)
            page = lines.finished()
        except (PyPdfError, *_FAULTS) as broken:
            raise _broken(number + 1) from broken
        total += sum(len(line.text) for line in page)
        if total > limits.TEXT_CHARACTERS:
            raise DraftRefused("draft-long", "PDF的文字过多", hint="请分成几个文件后分别核对。")
        yield page


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


def _running_lines(pages: list[list[Line]]) -> set[str]:
    """Lines at the top or foot of most pages, their digits aside: running heads and page numbers."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_masked(line.text) for line in (*page[:2], *page[-2:])})
    return {line for line, times in edges.items() if times >= 3 and times * 2 > len(pages)}


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _without_furniture(page: list[Line], running: set[str]) -> list[Line]:
    edges = {0, 1, len(page) - 1, len(page) - 2}
    return [
        line
        for n, line in enumerate(page)
        if not (n in edges and (_NUMBER_LINE.fullmatch(line.text) or _masked(line.text) in running))
    ]


class _Paragraphs:
    """Lines put back together: one that was broken for want of room goes on in the paragraph before it."""

    def __init__(self, measure: Measure) -> None:
        self.lines: list[tuple[str, str]] = []
        self._whole = self._measure = measure
        self._page = self._count = 0
        self._before: Line | None = None

    def begin(self, page: int, measure: Measure | None) -> None:
        """Begin a page, with a measure of its own where it has lines enough."""
        self._page, self._count = page, 0
        self._measure = measure or self._whole

    def add(self, line: Line) -> None:
        """Add a line of the page."""
        text = "\t".join(_SPREAD.sub("", cell) for cell in line.text.split("\t"))
        if self._goes_on(line, text):
            before, place = self.lines[-1]
            self.lines[-1] = (before + _between(before[-1], text[0]) + text, place)
        else:
            if self._before is not None and self._before.is_row != line.is_row:
                self.lines.append(("", ""))
            self._count += 1
            self.lines.append((text, f"第{self._page}页第{self._count}段"))
        self._before = line

    def _goes_on(self, line: Line, text: str) -> bool:
        if self._before is None or _HEADING.match(text):
            return False
        ended = self.lines[-1][0][-1] in _STOPS
        # Without indents a full line that ends a sentence may end its paragraph as well.
        return self._measure.goes_on(self._before, line, ended=ended) and (self._whole.indented or not ended)


def _between(last: str, first: str) -> str:
    """What parts two joined lines. A break between digits stays, since one may have gone with it."""
    if (last.isdigit() or last == ".") and first.isdigit():
        return "\n"
    return " " if letters(last, first) else ""
