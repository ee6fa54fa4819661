"""CSV files and pasted text: encoding and delimiter found out, every doubt answered with a sentence."""

from __future__ import annotations

import codecs
import csv
import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from . import limits
from .errors import TableRefused
from .values import Row, SheetTitle

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
DELIMITERS = ("\t", ",", ";", "，", "；", "|", "、")
HEAD = 60  # lines that decide the delimiter
ONLY = "表格"


class Text:
    """Delimited text as a table of rows; `encoding` is None for pasted text, `delimiter` one of DELIMITERS."""

    def __init__(self, content: bytes | str, *, name: str = "") -> None:
        self.name = name
        if isinstance(content, bytes):
            text, self.encoding = decoded(content)
        else:
            text, self.encoding = content, ""
        if not text.strip():
            raise TableRefused(
                "empty", "文件是空的，或只有空白", hint="请核对后重新选择文件，或粘贴带表头的表格。"
            )
        self._text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        self.hidden = 0
        self.height = text.count("\n") + 1
        self.delimiter = delimiter_of(self._text)
        self.notes: tuple[str, ...] = (
            (f"按{NAMES[self.encoding]}编码读取。",)
            if self.encoding in ("gb18030", "utf-16", "utf-32")
            else ()
        )

    @property
    def sheets(self) -> tuple[SheetTitle, ...]:
        return (SheetTitle(ONLY),)

    def merged(self, sheet: str) -> tuple[tuple[int, int, int, int], ...]:
        return ()

    def rows(self, sheet: str, *, most: int | None = None) -> Iterator[Row]:
        """Yield the rows that hold anything, with the line on which each begins. Raises TableRefused."""
        try:
            yield from itertools.islice(self._rows(), most)
        except TableRefused as error:
            error.place = error.place or self.name
            raise

    def _rows(self) -> Iterator[Row]:
        lines = Lines(self._text)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=False)
        csv.field_size_limit(limits.FIELD_CHARACTERS)
        count = 0
        while True:
            begin = lines.number + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise unclosed(begin) from None
            if cells is None:
                return
            if lines.number - begin > 200:
                raise unclosed(begin)
            if any(cell and not cell.isspace() for cell in cells):
                count += 1
                if count > limits.ROWS or len(cells) > limits.COLUMNS:
                    raise TableRefused(
                        "too-wide",
                        f"表格范围过大（第{begin}行），最多可读{limits.ROWS}行、{limits.COLUMNS}列",
                        hint="请分成几个文件后再上传。",
                    )
                yield Row(begin, tuple(cells))


class Lines:
    """The lines of a text with a running number, cut out one by one; a copy in a buffer takes four bytes a letter."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.number = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self._at >= len(self._text):
            raise StopIteration
        end = self._text.find("\n", self._at) + 1 or len(self._text)
        line = self._text[self._at : end]
        self._at = end
        self.number += 1
        return line


def unclosed(line: int) -> TableRefused:
    """Return the refusal of a quotation mark that swallows the lines after it."""
    return TableRefused(
        "quotes",
        f"从第{line}行起，引号没有配对或内容过长",
        hint="请核对这一行的双引号，或在Excel中打开后另存为.xlsx再上传。",
    )


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: by its mark, else UTF-8, UTF-16, GB18030, whichever fits whole."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return strictly(content, encoding), encoding
    head = content[:4096]
    if head.count(0) * 4 > len(head) > 3:
        encoding = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return checked(strictly(content, encoding)), "utf-16"
    try:
        return checked(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        return checked(strictly(content, "gb18030")), "gb18030"


def strictly(content: bytes, encoding: str) -> str:
    """Decode whole or not at all: a wrong guess must not leave false characters in the register."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        tried = "UTF-8、GB18030" if encoding == "gb18030" else NAMES[encoding]
        raise TableRefused(
            "encoding",
            f"第{line}行有不能识别的文字：按{tried}编码都读不通",
            hint="请在Excel或WPS表格中打开，另存为.xlsx，或另存为“CSV UTF-8”后再上传。",
        ) from None


def checked(text: str) -> str:
    """Return the text; raises TableRefused where it is no text but bytes that happen to decode."""
    head = text[:4096]
    odd = sum(
        unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") and char not in "\t\r\n\f\v" for char in head
    )
    if odd * 10 > len(head):
        raise TableRefused(
            "not-table", "文件不是表格：里面不是文字", hint="请上传.xlsx或.csv文件，或直接粘贴表格。"
        )
    return text


def delimiter_of(text: str) -> str:
    """Return the delimiter under which the first lines have the most rows of one and the same width above one."""
    head = list(itertools.islice((line for line in Lines(text) if line.strip()), HEAD))
    best, found = (0, 0), ","
    for candidate in DELIMITERS:
        width, rows = commonest(widths(head, candidate))
        # A delimiter has to part most rows; "、" is also punctuation within a cell.
        score = (rows, width)
        if (
            score[0] * 2 >= max(len(head) - 4, 1)
            and score > best
            and (candidate not in "、，；" or best[0] == 0)
        ):
            best, found = score, candidate
    return found


def widths(lines: Sequence[str], delimiter: str) -> list[int]:
    """Return the number of fields of each row that is parted at all."""
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if len(cells) > 1]
    except csv.Error:
        return []


def commonest(numbers: Sequence[int]) -> tuple[int, int]:
    """Return the commonest number and how often it stands; (0, 0) of none."""
    return Counter(numbers).most_common(1)[0] if numbers else (0, 0)
