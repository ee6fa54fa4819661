"""One pass of expat over each part of a workbook: what it declares, how far it reaches, what has no value."""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from . import limits
from .containers import Container, damaged
from .errors import TableRefused
from .values import Fault, SheetTitle

Chunks = Iterable[bytes]
Start = Callable[[str, dict[str, str]], None]
NO_RESULT = Fault(
    "公式没有计算结果", "请在Excel或WPS表格中打开文件，等待计算完成后保存，再上传。", "（公式）"
)


def parse(
    chunks: Chunks,
    start: Start | None = None,
    *,
    text: Callable[[str], None] | None = None,
    made: expat.XMLParserType | None = None,
) -> None:
    """Run expat over a part; document types (and with them every entity), broken XML and deep nesting are refused.

    made: a parser whose text handler the caller sets and clears, since a call for every text costs most of the pass.
    """
    made = made or expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = refuse_entities
    opened = depth = elements = 0
    ended: list[str] = []

    def counted(name: str, attributes: dict[str, str]) -> None:
        nonlocal opened
        opened += 1
        if start is not None:
            start(name, attributes)

    made.StartElementHandler = counted
    made.EndElementHandler = ended.append
    if text is not None:
        made.CharacterDataHandler = text
    try:
        for chunk in chunks:
            made.Parse(chunk, False)
            depth += opened - len(ended)
            elements += opened
            opened = 0
            ended.clear()
            check_shape(depth, elements)
        made.Parse(b"", True)
    except expat.ExpatError:
        raise damaged() from None


def check_shape(depth: int, elements: int) -> None:
    """Raise TableRefused for XML nested or strewn beyond any table."""
    if elements > limits.ELEMENTS:
        raise TableRefused(
            "too-wide",
            f"表中的单元格超过{limits.ELEMENTS // 3_000_000 * 100}万个",
            hint="请删去数据区以外的行和列，或分成几个文件，另存后再上传。",
        )
    if depth > limits.DEPTH:
        raise damaged("文件结构异常（层层嵌套）")


def refuse_entities(*_: object) -> None:
    """Raise TableRefused: a document type is the door to entity bombs and to files outside."""
    raise TableRefused(
        "entities",
        "文件里夹带了实体定义，正常的表格没有",
        hint="已拒绝打开。请把数据复制到新建的文件后另存，再上传。",
    )


def local(name: str) -> str:
    """Return an element's name without its prefix."""
    return name.rpartition(":")[2]


def read_contents(container: Container) -> tuple[list[tuple[SheetTitle, str]], bool]:
    """Return the worksheets with their parts, in the workbook's order, and whether dates count from 1904."""
    targets: dict[str, str] = {}
    listed: list[tuple[SheetTitle, str]] = []
    dates_from_1904 = False

    def relationship(name: str, given: dict[str, str]) -> None:
        if local(name) == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            targets[given.get("Id", "")] = posixpath.normpath(
                posixpath.join("/xl", given.get("Target", ""))
            ).lstrip("/")

    def content(name: str, given: dict[str, str]) -> None:
        nonlocal dates_from_1904
        if local(name) == "workbookPr":
            dates_from_1904 = given.get("date1904", "0").lower() in ("1", "true", "on")
        if local(name) == "sheet" and len(listed) < limits.PARTS:
            key = next((value for key, value in given.items() if key.endswith(":id")), "")
            title = SheetTitle(given.get("name", ""), hidden=given.get("state", "visible") != "visible")
            if len(title.name) > 100:  # Excel allows 31
                raise damaged("工作表的名称过长")
            listed.append((title, key))

    if "xl/_rels/workbook.xml.rels" not in container:
        raise damaged()
    parse(container.chunks("xl/_rels/workbook.xml.rels"), relationship)
    parse(container.chunks("xl/workbook.xml"), content)
    return [(title, targets[key]) for title, key in listed if key in targets], dates_from_1904


def text_lengths(chunks: Chunks) -> array[int]:
    """Return the number of characters of every shared string."""
    lengths = array("L")

    def start(name: str, _: dict[str, str]) -> None:
        if local(name) == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    parse(chunks, start, text=text)
    return lengths


@dataclass
class Grid:
    """The extent of a sheet's values, counted from 0, and its cells without a usable value by line and column."""

    first_row: int = 1 << 40
    last_row: int = -1
    first_column: int = 1 << 40
    last_column: int = -1
    shared_cells: int = 0
    hidden_rows: int = 0  # those that hold a value
    faults: dict[int, dict[int, Fault]] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        """Take in a cell that holds a value; raises TableRefused as soon as the sheet reaches too far."""
        if row < self.first_row:
            self.first_row = row
        if row > self.last_row:
            self.last_row = row
        if column < self.first_column:
            self.first_column = column
        if column > self.last_column:
            self.last_column = column
            if column - self.first_column >= limits.COLUMNS:
                self._refuse()

    def check(self) -> None:
        """Raise TableRefused when the rectangle of values is larger than any list; an empty sheet has none."""
        if self.last_row < 0:
            return
        rows, columns = self.last_row - self.first_row + 1, self.last_column - self.first_column + 1
        if rows > limits.ROWS or columns > limits.COLUMNS or rows * columns > limits.GRID_CELLS:
            self._refuse()

    def _refuse(self) -> None:
        raise TableRefused(
            "too-wide",
            f"表格范围过大：有内容的单元格一直到第{self.last_row + 1}行、第{self.last_column + 1}列，"
            f"最多可读{limits.ROWS}行、{limits.COLUMNS}列",
            hint="请删去数据区以外的行和列，或分成几个文件，另存后再上传。",
        )


class GridScan:
    """Follows the cells of one sheet and listens to the text of those that have a formula or an error."""

    def __init__(self) -> None:
        self.grid = Grid()
        self.parser = expat.ParserCreate()
        self._row = -1
        self._column = -1
        self._faults = 0
        self._columns: dict[str, int] = {}
        self._kind = ""
        self._watched = False
        self._valued = False
        self._text: list[str] = []
        self._hidden = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            if self._watched:
                self.settle()
            place = given.get("r")
            self._column = self._column + 1 if place is None else self._column_of(place)
            self._kind = given.get("t", "")
            if self._kind == "e":
                self._watch()
        elif name in ("v", "is"):
            self.grid.reach(self._row, self._column)
            if self._hidden:
                self.grid.hidden_rows += 1
                self._hidden = False
            self._text.clear()  # what came before was the formula itself
            self._valued = True
            if self._kind == "s":
                self.grid.shared_cells += 1
        elif name == "row":
            if self._watched:
                self.settle()
            number = given.get("r")
            self._row = self._row + 1 if number is None else row_number(number) - 1
            self._column = -1
            self._hidden = given.get("hidden") in ("1", "true")
        elif name == "f":
            self._watch()

    def settle_last(self) -> None:
        """Settle the sheet's last cell, after which no other begins."""
        if self._watched:
            self.settle()

    def settle(self) -> None:
        """Note the watched cell as faulty where it has an error value, or a formula without a result."""
        shown = "".join(self._text).strip()[:20] if self._valued else ""
        if self._kind == "e":
            self._note(Fault(f"单元格是错误值{shown}", "请在表格中改正公式或填入值后再上传。", shown))
        elif not shown and self._kind != "str":  # a text formula may well result in ""
            self._note(NO_RESULT)
        self.parser.CharacterDataHandler = None
        self._watched = False

    def _watch(self) -> None:
        self._watched, self._valued = True, False
        self._text = [""]
        self.parser.CharacterDataHandler = self._text.append

    def _note(self, fault: Fault) -> None:
        self._faults += 1
        if self._faults > limits.FAULTS:
            raise TableRefused(
                "faults",
                f"表中有超过{limits.FAULTS}个单元格是错误值或没有结果的公式",
                hint="请在Excel或WPS表格中打开，等待计算完成、改正错误后保存，再上传。",
            )
        self.grid.reach(self._row, self._column)
        self.grid.faults.setdefault(self._row + 1, {})[self._column] = fault

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            found = self._columns[letters] = column_number(letters)
        if len(place) > len(letters):
            self._row = row_number(place[len(letters) :]) - 1
        return found


def scan_grid(chunks: Chunks) -> Grid:
    """Return how far a sheet's values reach, and what has none. Raises TableRefused."""
    scan = GridScan()
    parse(chunks, scan.start, made=scan.parser)
    scan.settle_last()
    scan.grid.check()
    return scan.grid


def repeated_text(chunks: Chunks, lengths: array[int]) -> int:
    """Return the characters of all shared strings as often as the sheet's cells repeat them."""
    total = 0
    shared = False
    index: list[str] = []

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal shared, total
        name = local(name)
        if name == "c":
            number = "".join(index)
            if (
                shared
                and number.isascii()
                and number.isdigit()
                and len(number) < 10
                and int(number) < len(lengths)
            ):
                total += lengths[int(number)]
            index.clear()
            shared = given.get("t") == "s"
        elif name == "v":
            index.clear()

    parse(chunks, start, text=lambda data: index.append(data[:12]))
    return total


def row_number(text: str) -> int:
    """Return a row number; raises TableRefused for what Excel cannot have."""
    if text.isascii() and text.isdigit() and len(text) <= 7 and int(text):
        return int(text)
    raise damaged()


def column_number(letters: str) -> int:
    """Return the column from 0 of its letters (A, XFD); raises TableRefused for what Excel cannot have."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise damaged()
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
