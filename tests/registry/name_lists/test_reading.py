"""名单 as they are handed in: every line is a row or is listed with why it is none."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
import typst
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.documents.glyphs import font_files
from wanqi.registry.errors import TableRefused
from wanqi.registry.name_lists.lines import source_of_text
from wanqi.registry.name_lists.reading import NameListRead, fingerprint, read_file, read_pasted

LONG = "湖南省昱禾精细化工集团股份有限责任公司"


def names(read: NameListRead) -> list[str]:
    return [entry.name for entry in read.entries]


def whys(read: NameListRead) -> list[str]:
    return [other.why for other in read.others]


def test_a_notice_copied_from_a_web_page() -> None:
    read = read_pasted(
        "湘演工信〔2023〕12号\n关于公布2023年度专精特新中小企业名单的通知\n附件\n序号\t企业名称\t市州\n"
        "1\t临湘市晨岚新材料有限公司（盖章）\t岳阳市\n2\t长沙铭岱科技有限公司\t长沙市\n"
        "序号\t企业名称\t市州\n3\t岳阳昱禾化工股份\n有限公司\t岳阳市\n合计\t3\n"
        "演示省工业和信息化厅\n2023年6月15日\n"
    )
    assert [(one.number, one.name, one.place) for one in read.entries] == [
        ("1", "临湘市晨岚新材料有限公司", "岳阳市"),
        ("2", "长沙铭岱科技有限公司", "长沙市"),
        ("3", "岳阳昱禾化工股份有限公司", "岳阳市"),
    ]
    assert read.entries[2].where == "第8行、第9行"
    assert whys(read) == ["标题", "标题", "标题", "表头", "表头", "合计", "落款", "落款"]
    notice = read.notice
    assert (notice.number, notice.title) == (
        "湘演工信〔2023〕12号",
        "关于公布2023年度专精特新中小企业名单的通知",
    )
    assert notice.batch == "2023年"
    assert (notice.issuer, str(notice.issued_on), notice.proposed) == (
        "演示省工业和信息化厅",
        "2023-06-15",
        False,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.临湘市晨岚有限公司\n2．昱禾厂有限公司", ["临湘市晨岚有限公司", "昱禾厂有限公司"]),
        ("（一）临湘晨岚公司\n（二）昱禾饲料厂", ["临湘晨岚公司", "昱禾饲料厂"]),
        ("①临湘晨岚公司\n②昱禾饲料厂", ["临湘晨岚公司", "昱禾饲料厂"]),
        ("1、临湘晨岚公司；\n2、昱禾饲料厂。", ["临湘晨岚公司", "昱禾饲料厂"]),
        ("1临湘晨岚公司\n2昱禾饲料厂\n3360云有限公司", ["临湘晨岚公司", "昱禾饲料厂", "360云有限公司"]),
        (
            "临湘晨岚公司、昱禾饲料厂，岳阳铭岱有限公司等3家",
            ["临湘晨岚公司", "昱禾饲料厂", "岳阳铭岱有限公司"],
        ),
        ("以下企业：临湘晨岚公司、昱禾饲料厂", ["临湘晨岚公司", "昱禾饲料厂"]),
        ("１．临湘市晨岚（集团）有限公司", ["临湘市晨岚（集团）有限公司"]),
        ("临 湘 市 晨 岚 有 限 公 司", ["临湘市晨岚有限公司"]),
        ("1　临湘晨岚有限公司　岳阳市\n2　昱禾饲料厂　岳阳市", ["临湘晨岚有限公司", "昱禾饲料厂"]),
        ("3、湖南昱禾科技有限责任\n公司", ["湖南昱禾科技有限责任公司"]),
        ("湖南昱禾科技有限责任\n公司", ["湖南昱禾科技有限责任公司"]),
        ("企业名称\n国润\n比邻", ["国润", "比邻"]),
        ("企业名称,市州\n临湘晨岚有限公司,岳阳市\n国润,岳阳市", ["临湘晨岚有限公司", "国润"]),
        ("| 序号 | 企业名称 |\n| 1 | 临湘晨岚有限公司 |", ["临湘晨岚有限公司"]),
        ("序号\t名称\t市州\n湖南昱禾化工股份\n1\t岳阳市\n有限公司", ["湖南昱禾化工股份有限公司"]),
    ],
)
def test_rows_however_they_are_written(text: str, expected: list[str]) -> None:
    assert names(read_pasted(text)) == expected


def test_small_headings_give_the_place_of_the_rows_below() -> None:
    read = read_pasted("一、岳阳市（2家）\n1.临湘晨岚公司\n2.昱禾饲料厂\n二、长沙市（1家）\n3.铭岱有限公司")
    assert [(one.name, one.place) for one in read.entries] == [
        ("临湘晨岚公司", "岳阳市"),
        ("昱禾饲料厂", "岳阳市"),
        ("铭岱有限公司", "长沙市"),
    ]
    assert whys(read) == ["小标题", "小标题"]


def test_columns_of_projects_products_codes_and_whatever_else() -> None:
    read = read_pasted(
        "序号\t县市区\t企业名称\t产品名称\t项目名称\t统一社会信用代码\t证书编号\n"
        "1\t临湘市\t晨岚有限公司\t浮标\t智能车间\t91430682000000019A\tGR1\n"
    )
    one = read.entries[0]
    assert (one.name, one.place, one.product, one.project) == ("晨岚有限公司", "临湘市", "浮标", "智能车间")
    assert one.code == ""
    assert one.note.startswith("名单上的代码91430682000000019A：统一社会信用代码")
    assert one.cells == {"证书编号": "GR1"}


def test_the_other_name_in_brackets_is_kept_apart() -> None:
    read = read_pasted(
        "1.临湘市昱禾饲料厂（原：临湘昱禾饲料加工厂）\n2.晨岚有限公司（现更名为晨岚股份有限公司）"
    )
    assert [(one.name, one.former) for one in read.entries] == [
        ("临湘市昱禾饲料厂", "临湘昱禾饲料加工厂"),
        ("晨岚有限公司", "晨岚股份有限公司"),
    ]


def test_lines_that_name_nobody_are_listed_not_dropped() -> None:
    read = read_pasted("1.临湘晨岚公司\n此行看不懂！\n2.昱禾饲料厂\n第 2 页 共 3 页")
    assert [(one.text, one.why) for one in read.others] == [
        ("此行看不懂！", "没有认出单位名称"),
        ("第 2 页 共 3 页", "页码"),
    ]


def test_control_characters_are_made_visible_and_long_lines_are_read() -> None:
    read = read_pasted(
        "1.临湘\x00晨岚公司\n2.昱禾\ud800饲料厂\n" + "、".join(f"第{at}有限公司" for at in range(300))
    )
    assert names(read)[:2] == ["临湘\u2400晨岚公司", "昱禾\ufffd饲料厂"]
    assert len(read.entries) == 302


WORDS = st.sampled_from(
    [
        "1",
        "2.",
        "临湘晨岚公司",
        "有限公司",
        "岳阳市",
        "企业名称",
        "序号",
        "合计",
        "昱禾",
        "名单",
        "、",
        "（三）",
        "x",
        "36",
        "！",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map("\t".join), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_every_line_is_a_row_or_listed(lines: list[str]) -> None:
    text = "\n".join([*lines, "99.垫底有限公司"])
    read = read_pasted(text)
    told = [place for one in (*read.entries, *read.others) for place in one.where.split("、")]
    assert sorted(set(told)) == sorted(line.where for line in source_of_text(text).lines)


# --- files ----------------------------------------------------------------------------------------------------


def word_file() -> bytes:
    made = docx.Document()
    made.add_paragraph("2023年单项冠军产品名单")
    table = made.add_table(rows=1, cols=4)
    for at, title in enumerate(("序号", "单位名称", "产品名称", "市州")):
        table.rows[0].cells[at].text = title
    for row in (
        ("1", "临湘市晨岚\n有限公司", "浮标", "岳阳市"),
        ("2", LONG, "助剂", ""),
        ("3", "铭岱公司", "轴", "长沙市"),
    ):
        cells = table.add_row().cells
        for at, text in enumerate(row):
            cells[at].text = text
    table.rows[1].cells[3].merge(table.rows[2].cells[3])
    made.add_paragraph("4.岳阳璟曜光电有限公司")
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def test_a_word_file_with_a_table_and_a_line_below() -> None:
    read = read_file("名单.docx", word_file())
    assert [(one.name, one.product) for one in read.entries] == [
        ("临湘市晨岚有限公司", "浮标"),
        (LONG, "助剂"),
        ("铭岱公司", "轴"),
        ("岳阳璟曜光电有限公司", ""),
    ]
    assert read.entries[0].where == "表1第2行"


def test_a_workbook_with_a_sheet_for_every_city_and_merged_cells() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        first = book.add_worksheet("岳阳市")
        first.merge_range(0, 0, 0, 2, "2023年度名单")
        first.write_row(1, 0, ("序号", "企业名称", "县市区"))
        first.write_row(2, 0, (1, "晨岚有限公司", ""))
        first.write_row(3, 0, (2, "昱禾饲料厂", ""))
        first.merge_range(2, 2, 3, 2, "临湘市")
        second = book.add_worksheet("长沙市")
        second.write_row(0, 0, ("序号", "企业名称"))
        second.write_row(1, 0, (1, "铭岱公司"))
        book.add_worksheet("说明").hide()
    read = read_file("名单.xlsx", content.getvalue())
    assert [(one.where, one.number, one.name, one.place) for one in read.entries] == [
        ("岳阳市 第3行", "1", "晨岚有限公司", "临湘市"),
        ("岳阳市 第4行", "2", "昱禾饲料厂", "临湘市"),
        ("长沙市 第2行", "1", "铭岱公司", "长沙市"),
    ]
    assert read.notes == ("有1个隐藏的工作表没有读取。",)


def pdf_file(align: str) -> bytes:
    rows = [
        ("临湘市晨岚新材料科技有限公司", "岳阳市", "临湘市"),
        (LONG, "岳阳市", "临湘市"),
        ("铭岱公司", "长沙市", "长沙县"),
    ]
    cells = "".join(f"[{at}],[{n}],[{a}],[{b}],\n" for at, (n, a, b) in enumerate(rows * 8, start=1))
    source = (
        '#set text(font: "FandolSong", size: 12pt)\n#set page(numbering: "— 1 —", height: 14cm)\n'
        f"#align(center)[2023年度专精特新中小企业名单]\n\n#v(1cm)\n#set table(align: {align})\n"
        f"#table(columns: (1.2cm, 5cm, 2.2cm, 3cm), table.header([序号],[企业名称],[市州],[县市区]),\n{cells})"
    )
    folders = sorted({file.parent for file in font_files()})
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    made = typst.compile(source.encode(), font_paths=fonts, ignore_system_fonts=True, format="pdf")
    assert isinstance(made, bytes)
    return made


@pytest.mark.parametrize("align", ["left", "center", "horizon + center"])
def test_a_pdf_table_over_pages_with_names_broken_in_their_cells(align: str) -> None:
    read = read_file("名单.pdf", pdf_file(align))
    assert names(read) == ["临湘市晨岚新材料科技有限公司", LONG, "铭岱公司"] * 8
    assert [one.place for one in read.entries] == ["岳阳市 临湘市", "岳阳市 临湘市", "长沙市 长沙县"] * 8


def archive_without_table() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("照片.txt", "没有")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("今天天气很好，大家都来开会。".encode(), "import.no-names"),
        (b"", "import.draft-empty"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 99, "import.draft-picture"),
        (b"%PDF-1.4 broken" * 9, "import.draft-damaged"),
        (archive_without_table(), "import.draft-format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "import.draft-encrypted",
        ),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content: bytes, code: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read_file("名单.docx", content)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_scanned_pdf_is_refused_as_such() -> None:
    made = typst.compile(b"#rect(width: 3cm)", format="pdf")
    assert isinstance(made, bytes)
    with pytest.raises(TableRefused) as refused:
        read_file("扫描.pdf", made)
    assert refused.value.code == "import.draft-scanned"


def test_the_same_names_are_known_again_in_another_file() -> None:
    pasted = read_pasted("序号\t企业名称\n1\t临湘市晨岚（集团）有限公司")
    listed = read_pasted("1.臨湘市晨岚(集团)有限公司")
    assert fingerprint(pasted.entries) == fingerprint(listed.entries)
