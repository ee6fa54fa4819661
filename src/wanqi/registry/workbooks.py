"""XLSX workbooks read without trust.

Every part is first inflated under a limit and parsed once by expat, which measures what the reader will need and
finds what it would pass over in silence (formulas without a result, error values). Only then does calamine read,
and never the file itself: it gets a container that this module writes, with nothing but the parts so checked.
"""

from __future__ import annotations

import itertools
import tempfile
import weakref
import zipfile
from array import array
from collections.abc import Generator
from contextlib import closing
from typing import IO
from xml.sax.saxutils import quoteattr

from python_calamine import CalamineError, CalamineWorkbook

from . import limits
from .containers import Container, damaged
from .errors import TableRefused
from .scans import Grid, parse, read_contents, repeated_text, scan_grid, text_lengths
from .values import Row, SheetTitle, Value

MACROS = "文件带有宏：宏没有运行，只读取了单元格里的值。"
LINKS = "文件引用了别的文件：没有去取，只读取了上次保存的值。"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Workbook:
    """A workbook as a table of rows; `notes` are sentences for the clerk about what was left aside."""

    def __init__(self, content: bytes, *, name: str = "") -> None:
        self.name = name
        self._container = Container(content)
        self._sheets, self._dates_from_1904 = read_contents(self._container)
        if not self._sheets:
            raise TableRefused(
                "no-sheet", "文件里没有工作表", hint="请在Excel或WPS表格中打开核对后另存，再上传。"
            )
        self.notes = tuple(
            note
            for note, found in ((MACROS, self._container.has_macros), (LINKS, self._container.has_links))
            if found
        )
        self.height = self.hidden = 0
        self._copies: dict[str, tuple[IO[bytes], Grid]] = {}
        weakref.finalize(self, discard, self._copies)
        self._merged: dict[str, tuple[tuple[int, int, int, int], ...]] = {}

    @property
    def sheets(self) -> tuple[SheetTitle, ...]:
        return tuple(title for title, _ in self._sheets)

    def merged(self, sheet: str) -> tuple[tuple[int, int, int, int], ...]:
        """Return the merged ranges of a sheet that was read."""
        return self._merged.get(sheet, ())

    def rows(self, sheet: str, *, most: int | None = None) -> Generator[Row, None, None]:
        """Yield the sheet's rows that hold anything, with their numbers. Raises TableRefused."""
        try:
            clean, grid = self._checked(sheet)
            self.height, self.hidden = grid.last_row + 1, grid.hidden_rows
            if self.height:
                yield from itertools.islice(self._calamine_rows(clean, grid, sheet), most)
        except TableRefused as error:
            error.place = error.place or self.name
            raise

    def _checked(self, sheet: str) -> tuple[str, Grid]:
        """Return the path of the sheet's checked copy, kept as long as the workbook, and its extent."""
        if sheet not in self._copies:
            clean = tempfile.NamedTemporaryFile(prefix="wanqi-import-", suffix=".xlsx")  # noqa: SIM115
            try:
                grid = self._checked_copy(clean, self._part(sheet))
            except BaseException:
                clean.close()
                raise
            clean.flush()
            self._copies[sheet] = clean, grid
        kept, grid = self._copies[sheet]
        return kept.name, grid

    def _part(self, sheet: str) -> str:
        for title, part in self._sheets:
            if title.name == sheet:
                if part not in self._container:
                    raise damaged(f"工作表“{sheet}”的内容缺失")
                return part
        raise TableRefused("no-sheet", f"文件里没有名为“{sheet}”的工作表", hint="请重新选择工作表。")

    def _checked_copy(self, clean: IO[bytes], part: str) -> Grid:
        """Write the container calamine may read; returns the measured extent of the sheet."""
        container = self._container
        with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as copy:
            copy.writestr("[Content_Types].xml", CONTENT_TYPES)
            copy.writestr("_rels/.rels", ROOT)
            copy.writestr("xl/workbook.xml", workbook_xml(dates_from_1904=self._dates_from_1904))
            copy.writestr("xl/_rels/workbook.xml.rels", RELATIONSHIPS)
            lengths = array("L")
            if "xl/sharedStrings.xml" in container:
                with closing(passed_on(container, "xl/sharedStrings.xml", copy)) as chunks:
                    lengths = text_lengths(chunks)
            if "xl/styles.xml" in container:
                with closing(passed_on(container, "xl/styles.xml", copy)) as chunks:
                    parse(chunks)
            with closing(passed_on(container, part, copy, name="xl/worksheets/sheet1.xml")) as chunks:
                grid = scan_grid(chunks)
            check_texts(container, part, grid, lengths)
            return grid

    def _calamine_rows(self, clean: str, grid: Grid, sheet: str) -> Generator[Row, None, None]:
        opened = opened_sheet(clean)
        self._merged[sheet] = tuple(
            (top + 1, bottom + 1, left, right)
            for (top, left), (bottom, right) in opened.merged_cell_ranges or ()
        )
        # calamine gives every row from the first, but its cells only from the first column that holds a value.
        _, first_column = opened.start or (0, 0)
        margin: tuple[Value, ...] = ("",) * first_column
        for line, cells in enumerate(opened.iter_rows(), start=1):
            values = [*margin, *cells]
            for column, fault in grid.faults.get(line, {}).items():
                values.extend("" for _ in range(column + 1 - len(values)))
                values[column] = fault
            if any(value != "" for value in values):
                yield Row(line, tuple(values))


ROOT = (
    f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
RELATIONSHIPS = (
    f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)


def discard(copies: dict[str, tuple[IO[bytes], Grid]]) -> None:
    """Close, and with that remove, the checked copies of a workbook that nobody reads any more."""
    for clean, _ in copies.values():
        clean.close()


def workbook_xml(*, dates_from_1904: bool) -> str:
    """Return a workbook of one sheet named `sheet`."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<workbookPr date1904={quoteattr(str(int(dates_from_1904)))}/>"
        '<sheets><sheet name="sheet" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def opened_sheet(clean: str):  # type: ignore[no-untyped-def]  # the reader's type exists only in its stub
    """Return calamine's sheet; its Rust panics arrive as BaseException and are a damaged file like any other."""
    try:
        return CalamineWorkbook.from_path(clean).get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError, OverflowError):
        raise damaged() from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from None


def passed_on(
    container: Container, part: str, copy: zipfile.ZipFile, *, name: str = ""
) -> Generator[bytes, None, None]:
    """Yield a part's bytes while writing them into the copy."""
    with copy.open(name or part, "w", force_zip64=True) as target:
        for chunk in container.chunks(part):
            if len(chunk) >= limits.TAG_BYTES and b"<" not in chunk:
                raise TableRefused(
                    "huge-cell",
                    "有一个单元格的内容超过50万字节，不是正常的表格",
                    hint="请删去这个单元格的内容，或把数据复制到新文件后再上传。",
                )
            target.write(chunk)
            yield chunk


def check_texts(container: Container, part: str, grid: Grid, lengths: array[int]) -> None:
    """Refuse a small file whose cells repeat one long text until memory is full."""
    most = limits.SHARED_TEXT_BYTES // 3  # bytes of a Han character
    if grid.shared_cells * max(lengths, default=0) <= most:
        return
    if repeated_text(container.chunks(part), lengths) > most:
        raise TableRefused(
            "repeated-text",
            "同一段长文字在表中重复太多次，读取会占满内存",
            hint="已拒绝打开。请删去多余的长文字列，或分成几个文件后再上传。",
        )
