"""Tables as clerks and attackers make them, in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

HEADS = ("站址编码", "站址名称", "片区", "运营商", "建成日期", "开通日期")
ROW = ("S001", "一号站", "演示片区01", "移动", "2023-05-01", "2023-06-15")


def rows(number: int, *, start: int = 1) -> list[tuple[Any, ...]]:
    """Return good rows S001, S002 …"""
    return [
        (f"S{at:03d}", f"{at}号站", "演示片区01", "移动", "2023-05-01", "2023-06-15")
        for at in range(start, start + number)
    ]


def xlsx(lines: Iterable[Sequence[Any]], *, sheet: str = "站址清单", merges: Sequence[str] = ()) -> bytes:
    """Return a workbook; `merges` are ranges whose first cell keeps its value."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet(sheet)
        texts = {}
        for at, line in enumerate(lines):
            for column, value in enumerate(line):
                texts[at, column] = value
                if value != "":
                    page.write(at, column, value)
        for area in merges:
            first = xlsxwriter.utility.xl_cell_to_rowcol(area.split(":")[0])
            page.merge_range(area, texts[first])
    return content.getvalue()


def table(*lines: Sequence[Any]) -> bytes:
    """Return a workbook with the usual head."""
    return xlsx([HEADS, *lines])


def csv(lines: Iterable[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(str(cell) for cell in line) for line in lines).encode(encoding)


CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
WORKBOOK = '<workbook xmlns:r="r"><sheets><sheet name="清单" sheetId="1" r:id="rId1"/></sheets></workbook>'
SHEET = '<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
RELATIONSHIPS = f"<Relationships>{SHEET}</Relationships>"


def sheet_xml(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{body}</sheetData></worksheet>"
    )


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def head_row() -> str:
    cells = "".join(text_cell(f"{letter}1", text) for letter, text in zip("ABCDEF", HEADS, strict=True))
    return f'<row r="1">{cells}</row>'


def book(
    sheet: str | bytes, extra: Mapping[str, str | bytes] | None = None, **replaced: str | bytes
) -> bytes:
    """Return a workbook written part by part, as an attacker would."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": replaced.get("workbook", WORKBOOK),
        "xl/_rels/workbook.xml.rels": replaced.get("relationships", RELATIONSHIPS),
        "xl/worksheets/sheet1.xml": sheet,
        **(extra or {}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def deflated_cells(size: int) -> bytes:
    """Return a raw deflate stream of about `size` bytes of empty cells, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"<c/>" * (1 << 18)
    start = packer.compress(b"<worksheet><sheetData><row>")
    return b"".join([start, *(packer.compress(block) for _ in range(size >> 20)), packer.flush()])


def forged(packed: bytes, *, declared: int, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return a workbook in which one part inflates to more than the directory declares."""
    honest = io.BytesIO(book(sheet_xml("")))
    parts = {}
    with zipfile.ZipFile(honest) as archive:
        for entry in archive.infolist():
            if entry.filename != name:
                parts[entry.filename] = (archive.read(entry), None)
    out, central, count = io.BytesIO(), io.BytesIO(), 0
    for part, (content, _) in [*parts.items(), (name, (packed, declared))]:
        raw = part == name
        data = content if raw else zlib.compress(content, 9)[2:-4]
        size = declared if raw else len(content)
        crc = 0 if raw else zlib.crc32(content)
        offset, encoded = out.tell(), part.encode()
        out.write(
            struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(data), size, len(encoded), 0)
        )
        out.write(encoded + data)
        central.write(
            struct.pack(
                "<4sHHHHHHIIIHHHHHII",
                b"PK\x01\x02",
                20,
                20,
                0,
                8,
                0,
                0,
                crc,
                len(data),
                size,
                len(encoded),
                0,
                0,
                0,
                0,
                0,
                offset,
            )
            + encoded
        )
        count += 1
    at = out.tell()
    out.write(central.getvalue())
    out.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(central.getvalue()), at, 0))
    return out.getvalue()
