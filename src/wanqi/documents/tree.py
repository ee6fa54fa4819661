"""The report tree: what a report says, before it becomes a page, a Word file or a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wanqi.documents.errors import TableRefused


@dataclass(frozen=True, slots=True)
class Text:
    """A run of plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number that opens onto what stands under it.

    `display` is printed as it is, unit included; `grade` is 有台账, 有佐证 or 仅报数; `marked` says that
    demonstration records are in it.
    """

    id: str
    display: str
    grade: str = ""
    marked: bool = False


Run = Text | Figure
Cell = str | Figure


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is 一、, 2 is （一）, 3 is 1."""

    text: str
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text with figures in it.

    flush: it begins at the edge, as the line that says whom a letter goes to. from_right: so many characters from the
    right edge it ends, as unit and day under a letter do.
    """

    runs: tuple[Run, ...]
    flush: bool = False
    from_right: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Small print under the text it belongs to: a correction, a reason, a caveat."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers are set to the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the report, with an optional caption above and a unit line at its right.

    label: what stands flush above the caption, as 附件; with it the table begins a page of its own.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    unit: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        """Raises TableRefused for a row that does not fit its columns."""
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise TableRefused(number, len(row), len(self.columns))


Block = Heading | Paragraph | Note | Table


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `unit` and `date` stand in brackets under the title; `marks` on every page.

    A newline in the title breaks its line there.
    """

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    unit: str = ""
    date: str = ""
    marks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The title in one line."""
        return self.title.replace("\n", "")

    @property
    def signature(self) -> str:
        """The line in brackets under the title, or nothing."""
        words = "　".join(word for word in (self.unit, self.date) if word)
        return f"（{words}）" if words else ""

    @property
    def demonstrated(self) -> bool:
        """True when a figure of the report rests on demonstration records."""
        return any(figure.marked for figure in figures(self))


def figures(report: Report) -> tuple[Figure, ...]:
    """Every figure of the report in reading order, repeats included."""
    found: list[Figure] = []
    for block in report.blocks:
        if isinstance(block, Paragraph | Note):
            found += [run for run in block.runs if isinstance(run, Figure)]
        elif isinstance(block, Table):
            found += [cell for row in block.rows for cell in row if isinstance(cell, Figure)]
    return tuple(found)


def plain(runs: tuple[Run, ...]) -> str:
    """The words of runs, figures as printed."""
    return "".join(run.text if isinstance(run, Text) else run.display for run in runs)


# Printed once at the end of a report whose figures rest on demonstration records.
DEMONSTRATION_NOTE = "注：加点线的数字由演示数据计算，不代表真实情况。"
