"""What a cell of a table holds once read: a plain value, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that has content but no usable value; `shown` is what stands in it."""

    message: str
    hint: str
    shown: str = ""

    def __str__(self) -> str:
        return self.shown


Value: TypeAlias = "str | int | float | bool | date | datetime | time | timedelta | Fault"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands: `line` is the row's number in the sheet, or the line in the text, from 1."""

    line: int
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SheetTitle:
    """A sheet of a workbook; hidden ones are only read when asked for."""

    name: str
    hidden: bool = False


class Table(Protocol):
    """A file or text that can be read as rows; reading again starts from the top."""

    notes: tuple[str, ...]
    height: int  # rows of the sheet that was read last, for progress
    hidden: int  # its rows with values that nobody sees

    @property
    def sheets(self) -> tuple[SheetTitle, ...]: ...

    def rows(self, sheet: str, *, most: int | None = None) -> Iterator[Row]: ...

    def merged(self, sheet: str) -> tuple[tuple[int, int, int, int], ...]:
        """Return merged ranges as (first line, last line, first column, last column); columns from 0."""
        ...


BLANKS = "".join(
    map(
        chr,
        (*range(9, 14), 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    )
)
UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))


def plain(value: Value) -> str:
    """Return a cell as somebody reads it: no outer blanks or invisible characters, whole numbers without a point."""
    if isinstance(value, str):
        return (value if value.isprintable() else value.translate(UNSEEN)).strip(BLANKS)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    return str(value).strip(BLANKS)


def storable(value: Value, *, longest: int = 500) -> str:
    """Return a cell as it is kept and shown: control characters made visible, long text cut with its length."""
    text = str(value) if isinstance(value, str) else plain(value)
    if len(text) > longest:
        text = f"{text[:longest]}…（共{len(text)}字）"
    if text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    code = ord(char)
    if char in "\n\t":
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    return "\ufffd" if code == 0x7F or 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 else char
