"""Files made to harm or merely wrong: each refused in one sentence, or read safely, and never slowly or hugely."""

from __future__ import annotations

import resource
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from tests.registry import tables
from tests.registry.tables import (
    HEADS,
    ROW,
    book,
    csv,
    deflated_cells,
    forged,
    head_row,
    sheet_xml,
    table,
    text_cell,
)
from wanqi.registry import limits
from wanqi.registry.errors import TableRefused
from wanqi.registry.sheets import check_size, open_pasted, open_table
from wanqi.registry.values import Fault, Row


def read(content: bytes) -> list[Row]:
    opened = open_table(content, name="文件.xlsx")
    return list(opened.rows(opened.sheets[0].name))


def refusal(content: bytes) -> TableRefused:
    with pytest.raises(TableRefused) as refused:
        read(content)
    assert refused.value.hint.endswith("。")
    assert refused.value.cause
    return refused.value


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    return book(
        f'<!DOCTYPE x [<!ENTITY l0 "哈哈">{entities}]>' + sheet_xml(text_cell("A1", "&l9;")).split("?>", 1)[1]
    )


def nested() -> bytes:
    return book(sheet_xml("<row>" * 100_000 + "</row>" * 100_000))


def repeated_text() -> bytes:
    """One shared string of 30,000 characters, named by 60,000 cells: 2 MB inflated, 5 GB once read."""
    strings = f'<sst xmlns="{tables.CONTENT_TYPES}"><si><t>{"长" * 30_000}</t></si></sst>'.replace(
        tables.CONTENT_TYPES, "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    )
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 60_001))
    return book(sheet_xml(cells), {"xl/sharedStrings.xml": strings})


def wide_lie() -> bytes:
    corners = f'{head_row()}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return book(sheet_xml(corners))


def huge_cell() -> bytes:
    return book(sheet_xml(f'<row r="1">{text_cell("A1", "长" * 2_000_000)}</row>'))


def many_parts() -> bytes:
    content = BytesIO(book(sheet_xml(head_row())))
    with zipfile.ZipFile(content, "a") as archive:
        for at in range(limits.PARTS):
            archive.writestr(f"xl/media/{at}.png", b"")
    return content.getvalue()


def other_office(*names: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return content.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 200


def locked() -> bytes:
    content = bytearray(table(ROW))
    at = content.find(b"PK\x01\x02")
    while at != -1:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def doubled() -> bytes:
    content = BytesIO(book(sheet_xml(head_row())))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml(""))
    return content.getvalue()


@pytest.mark.parametrize(
    ("made", "kind", "said"),
    [
        (lambda: forged(deflated_cells(400 << 20), declared=400 << 20), "zip-bomb", "解开后有400 MB"),
        (lambda: forged(deflated_cells(40 << 20), declared=1000), "zip-bomb", "压缩比超过250倍"),
        (lambda: forged(deflated_cells(2 << 20), declared=1000), "damaged", "标明的大小与实际不符"),
        (many_parts, "zip-bomb", "个部件"),
        (doubled, "damaged", "重名"),
        (entity_bomb, "entities", "实体定义"),
        (nested, "damaged", "层层嵌套"),
        (repeated_text, "repeated-text", "占满内存"),
        (wide_lie, "too-wide", "第1048576行、第16384列"),
        (huge_cell, "huge-cell", "单元格的内容超过50万字节"),
        (locked, "encrypted", "打开密码"),
        (lambda: ole("EncryptedPackage"), "encrypted", "打开密码"),
        (lambda: ole("Workbook"), "old-excel", "旧版Excel文件(.xls)"),
        (lambda: ole("WordDocument"), "word", "Word文档"),
        (lambda: other_office("word/document.xml"), "word", "Word文档"),
        (lambda: other_office("xl/workbook.bin"), "xlsb", "二进制工作簿"),
        (lambda: other_office("content.xml", "mimetype"), "ods", "OpenDocument"),
        (lambda: other_office("清单.xlsx", "说明.txt"), "archive", "压缩包"),
        (lambda: b"%PDF-1.7\n" + b"x" * 100, "pdf", "PDF文件"),
        (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF", "picture", "图片"),
        (lambda: b"BM\x36\0\0\0\0\0\0\0", "picture", "图片"),
        (lambda: b"MZ\x90\0\x03\0\0\0", "program", "程序"),
        ("<html><table><tr><td>站址编码</td></tr></table>".encode, "web-page", "网页格式"),
        (lambda: b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", "xml", "XML文件"),
        (lambda: b"", "empty", "空的"),
        (lambda: b" \r\n\r\n\t", "empty", "空的"),
        ("\ufeff\n".encode, "empty", "空的"),
        (lambda: bytes(range(256)) * 40, "encoding", "不能识别的文字"),
        (lambda: "站址编码,站址名称\nS1,".encode() + b"\xff\xfe\xfd\x81", "encoding", "第2行"),
        (lambda: b"\x01\x02\x03\x04\x05\x06" * 99, "not-table", "不是文字"),
        (lambda: b"PK\x03\x04" + b"\0" * 400, "damaged", "已损坏"),
        (lambda: table(ROW)[:-300], "damaged", "已损坏"),
        (lambda: book(b"not xml at all"), "damaged", "已损坏"),
        (lambda: book(sheet_xml('<row r="1"><c r="ZZZZ9"><v>1</v></c></row>')), "damaged", "已损坏"),
        (lambda: book(sheet_xml('<row r="-5"><c><v>1</v></c></row>')), "damaged", "已损坏"),
        (lambda: book(sheet_xml(text_cell("A1", "&#xD800;"))), "damaged", "已损坏"),
        (lambda: book("", relationships="<Relationships/>"), "no-sheet", "没有工作表"),
        (lambda: csv([HEADS, ['S1,"' + "长" * 140_000]]), "quotes", "从第2行起"),
    ],
)  # fmt: skip
def test_is_refused_in_a_sentence(made: Callable[[], bytes], kind: str, said: str) -> None:
    refused = refusal(made())
    assert (refused.code, refused.place) == (f"import.{kind}", "文件.xlsx")
    assert said in refused.cause


def test_a_bomb_costs_no_memory() -> None:
    packed = deflated_cells(400 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(forged(packed, declared=1000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB


def test_two_gigabytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(TableRefused) as refused:
        check_size(2 * 1024**3, name="站址.xlsx")
    assert str(refused.value).startswith("站址.xlsx 文件有2.0 GB，超过50 MB的上限")


def test_macros_are_never_run_and_said_so() -> None:
    opened = open_table(book(sheet_xml(head_row()), {"xl/vbaProject.bin": b"\0"}), name="宏.xlsm")
    assert opened.notes == ("文件带有宏：宏没有运行，只读取了单元格里的值。",)
    assert next(opened.rows("清单")).cells == HEADS


def test_links_to_other_files_are_not_followed_and_said_so() -> None:
    linked = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    assert "没有去取" in open_table(book(sheet_xml(head_row()), linked)).notes[0]


def test_parts_that_are_not_read_are_never_inflated() -> None:
    """A nested archive or picture is carried, not opened."""
    inner = forged(deflated_cells(400 << 20), declared=400 << 20)
    assert read(book(sheet_xml(head_row()), {"xl/embeddings/内嵌.xlsx": inner}))[0].cells == HEADS


def test_a_formula_gives_its_value_and_one_without_is_reported() -> None:
    cells = (
        '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1+1</f><v></v></c><c r="C2"><f>A9</f></c>'
        '<c r="D2" t="str"><f>IF(1,"")</f><v></v></c><c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F2"><v>7</v></c>'
    )
    row = read(book(sheet_xml(f'{head_row()}<row r="2">{cells}</row>')))[1]
    assert row.line == 2
    assert row.cells[0] == 2
    assert isinstance(row.cells[1], Fault)
    assert row.cells[1].message == "公式没有计算结果"
    assert row.cells[2] == row.cells[1]
    assert row.cells[3] == ""
    assert isinstance(row.cells[4], Fault)
    assert row.cells[4].message == "单元格是错误值#DIV/0!"
    assert row.cells[5] == 7


def test_a_false_dimension_is_not_believed() -> None:
    lied = sheet_xml(head_row()).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert [row.cells for row in read(book(lied))] == [HEADS]


def test_formats_far_out_do_not_make_a_table_large() -> None:
    styled = head_row() + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert [row.line for row in read(book(sheet_xml(styled)))] == [1]


def test_cells_without_places_are_counted_on() -> None:
    row = "<row><c t='inlineStr'><is><t>甲</t></is></c><c t='inlineStr'><is><t>乙</t></is></c></row>"
    assert read(book(sheet_xml(row * 2))) == [Row(1, ("甲", "乙")), Row(2, ("甲", "乙"))]


def test_hidden_sheets_are_named_as_such() -> None:
    sheets = '<sheet name="底稿" r:id="rId1" state="veryHidden"/><sheet name="清单" r:id="rId1"/>'
    made = book(
        sheet_xml(head_row()), workbook=tables.WORKBOOK.split("<sheet ")[0] + sheets + "</sheets></workbook>"
    )
    assert [(one.name, one.hidden) for one in open_table(made).sheets] == [("底稿", True), ("清单", False)]


def test_a_sheet_that_is_not_there() -> None:
    with pytest.raises(TableRefused) as refused:
        list(open_table(table(ROW)).rows("没有"))
    assert refused.value.cause == "文件里没有名为“没有”的工作表"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "、", "，", "|"])
def test_encodings_and_delimiters_are_found_out(encoding: str, delimiter: str) -> None:
    lines = [
        HEADS,
        *((f"S00{at}", "珺喆站", "演示片区01", "移动", "2023-05-01", "2023-06-15") for at in range(9)),
    ]
    found = read(csv(lines, encoding=encoding, delimiter=delimiter))
    assert [row.cells for row in found] == lines
    assert [row.line for row in found] == list(range(1, 11))


def test_a_text_line_by_line_with_quotes_blank_lines_and_a_title() -> None:
    text = '站址清单\n\n站址编码\t站址名称\n"S1"\t"一号\n站"\nS2\t二号"站"\n'
    assert list(open_pasted(text).rows("表格")) == [
        Row(1, ("站址清单",)),
        Row(3, ("站址编码", "站址名称")),
        Row(4, ("S1", "一号\n站")),
        Row(6, ("S2", '二号"站"')),
    ]


def test_zero_bytes_in_a_text_stay_in_their_cell() -> None:
    rows = read("站址编码,站址名称\nS1,一\0号站\n".encode())
    assert rows[1].cells == ("S1", "一\0号站")


def test_too_many_rows_are_refused_with_the_number() -> None:
    with pytest.raises(TableRefused) as refused:
        list(open_pasted("a\tb\n" * (limits.ROWS + 1)).rows("表格"))
    assert refused.value.code == "import.too-wide"


def test_a_pasted_name_beginning_with_two_letters_of_a_picture_is_text() -> None:
    assert read("BM编号,名称\n1,甲\n".encode())[0].cells == ("BM编号", "名称")
