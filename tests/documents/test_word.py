"""A report as DOCX: GB/T 9704 in the XML, the same bytes for the same report, and LibreOffice opens it."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from pypdf import PdfReader

from wanqi.documents import Column, Paragraph, Report, Table, Text
from wanqi.documents.pdf import pdf
from wanqi.documents.word import word


def _part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def test_page_and_faces_follow_the_standard(report: Report, made: datetime) -> None:
    document = docx.Document(io.BytesIO(word(report, made=made)))
    section = document.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    faces = {
        paragraph.text: (
            paragraph.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")),
            paragraph.runs[0].font.size.pt,
        )
        for paragraph in document.paragraphs
        if paragraph.runs
    }
    assert faces["2023年上半年\n科技和工业信息化工作情况汇报"] == ("方正小标宋简体", 22)
    assert faces["（临湘市科技和工业信息化局　2023年7月5日）"] == ("楷体_GB2312", 16)
    assert faces["一、突出基础建设"] == ("黑体", 16)
    assert faces["（一）5G基站"] == ("楷体_GB2312", 16)
    body = next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith("1—6月"))
    assert faces[body.text] == ("仿宋_GB2312", 16)
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert body.paragraph_format.first_line_indent == Pt(32)
    assert document.styles["Normal"].paragraph_format.line_spacing == Pt(28)
    assert document.settings.odd_and_even_pages_header_footer
    assert abs(section.footer_distance - Mm(25)) < Mm(1)


def test_every_run_says_that_it_is_chinese(report: Report, made: datetime) -> None:
    data = word(report, made=made)
    xml = _part(data, "word/document.xml")
    assert xml.count("<w:r>") == xml.count('<w:lang w:val="en-US" w:eastAsia="zh-CN"/>')
    assert 'w:eastAsia="zh-CN"' in _part(data, "word/styles.xml").split("</w:docDefaults>")[0]
    assert '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>' in _part(data, "word/settings.xml")


def test_page_numbers_are_outside_and_marks_on_every_page(report: Report, made: datetime) -> None:
    section = docx.Document(io.BytesIO(word(report, made=made))).sections[0]
    assert [footer.paragraphs[0].text for footer in (section.footer, section.even_page_footer)] == [
        "— 1 —"
    ] * 2
    assert [footer.paragraphs[0].alignment.name for footer in (section.footer, section.even_page_footer)] == [
        "RIGHT",
        "LEFT",
    ]
    assert [head.paragraphs[0].text for head in (section.header, section.even_page_header)] == [
        "演示数据"
    ] * 2


def test_tables_align_numbers_and_repeat_their_head(report: Report, made: datetime) -> None:
    (table,) = docx.Document(io.BytesIO(word(report, made=made))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["指标", "累计"],
        ["5G基站", "571"],
        ["光纤", "98"],
    ]
    assert table.rows[1].cells[1].paragraphs[0].alignment.name == "RIGHT"
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_letter_begins_at_the_edge_and_closes_at_the_right(made: datetime) -> None:
    def line(words: str, **place: object) -> Paragraph:
        return Paragraph((Text(words),), **place)  # type: ignore[arg-type]

    listed = Table((Column("序号"),), (("1",),), caption="推荐名单", label="附件")
    lines = (line("某局：", flush=True), line("请予审核。"), line("2023年6月30日", from_right=4), listed)
    letter = Report("关于推荐的函", lines)
    found = {one.text: one for one in docx.Document(io.BytesIO(word(letter, made=made))).paragraphs}
    assert found["某局："].paragraph_format.first_line_indent is None
    assert found["请予审核。"].paragraph_format.first_line_indent == Pt(32)
    closing = found["2023年6月30日"]
    assert (closing.alignment, closing.paragraph_format.right_indent) == (WD_ALIGN_PARAGRAPH.RIGHT, Pt(64))
    assert found["附件"].paragraph_format.page_break_before
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(letter, made=made))).pages]
    assert ["附件" in page for page in pages] == [False, True]


def test_the_same_report_gives_the_same_bytes(report: Report, made: datetime) -> None:
    data = word(report, made=made)
    assert data == word(report, made=made)
    properties = docx.Document(io.BytesIO(data)).core_properties
    assert (properties.title, properties.language) == ("2023年上半年科技和工业信息化工作情况汇报", "zh-CN")
    assert properties.created == made
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_characters_that_xml_cannot_carry_are_shown_as_damaged(made: datetime) -> None:
    text = "甲\x00乙\x1f丙\ud800丁\ufffe<戊>&\u2028己"
    document = docx.Document(io.BytesIO(word(Report(text, (Paragraph((Text(text),)),)), made=made)))
    assert document.paragraphs[-1].text == "甲？乙？丙？丁？<戊>&\u2028己"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(report: Report, made: datetime, tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    file.write_bytes(word(report, made=made))
    home = (tmp_path / "home").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={home}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
        file,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    text = "".join(page.extract_text() for page in PdfReader(file.with_suffix(".pdf")).pages).replace(" ", "")
    assert "累计达571个" in text.replace("\n", "")
    assert "—1—" in text
