"""A report as PDF: fonts inside, no empty boxes, text never read as markup, the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from pypdf import PdfReader

from wanqi.documents import Column, Paragraph, Report, Table, Text
from wanqi.documents.glyphs import character_map, covered, font_files, printable
from wanqi.documents.pdf import pdf


def _words(data: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return "".join(text.split())


def _fonts(data: bytes) -> dict[str, bool]:
    """Base names of the fonts in a PDF, without their subset tag, and whether each is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(data)).pages:
        for reference in page["/Resources"]["/Font"].values():
            descendant = reference.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            embedded = any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
            found[str(descendant["/BaseFont"]).split("+")[1].split("-")[0]] = embedded
    return found


def test_it_reads_as_the_report_says(report: Report, made: datetime) -> None:
    words = _words(pdf(report, made=made))
    assert (
        "1—6月，完成5G基站建设120个，累计达571个，占地1200㎡，增减−3.5个百分点；王珺、李喆、张堃。" in words
    )
    assert "—1—" in words
    assert "演示数据" in words


def test_fonts_are_embedded_and_rare_characters_have_glyphs(report: Report, made: datetime) -> None:
    data = pdf(report, made=made)
    assert _fonts(data) == {"FandolFang": True, "FandolHei": True, "NotoSerifSC": True}
    rare = {ord(c) for c in "珺喆堃㎡−"}
    fang, _, serif, _ = font_files()
    assert not rare & character_map(fang)
    assert rare <= character_map(serif) <= covered()


def test_a_character_that_no_font_has_is_seen_as_missing(made: datetime) -> None:
    assert printable("𠮷\u200b👍珺") == "〓\u200b〓珺"
    report = Report("题", (Paragraph((Text("姓名：𠮷田"),)),))
    assert "姓名：〓田" in _words(pdf(report, made=made))


def test_words_are_never_markup(made: datetime) -> None:
    evil = '#let x = 1 *粗* _斜_ $x^2$ `码` <标签> @引用 \\ "引" = 题 // 注 #read("report.typ") #panic()'
    report = Report(
        "题", (Paragraph((Text(evil),)), Table((Column(evil),), ((evil,),), evil, evil)), marks=(evil,)
    )
    assert _words(pdf(report, made=made)).count("".join(evil.split())) >= 4


def test_the_same_report_gives_the_same_bytes(report: Report, made: datetime) -> None:
    first = pdf(report, made=made)
    assert first == pdf(report, made=made)
    assert PdfReader(io.BytesIO(first)).metadata.creation_date == made.replace(microsecond=0)  # type: ignore[union-attr]
    later = pdf(report, made=datetime(2024, 1, 1, tzinfo=UTC))
    assert first != later
    assert _words(first) == _words(later)


def test_page_and_title(report: Report, made: datetime) -> None:
    reader = PdfReader(io.BytesIO(pdf(report, made=made)))
    box = reader.pages[0].mediabox
    assert [round(float(side) * 25.4 / 72) for side in (box.width, box.height)] == [210, 297]
    assert reader.metadata is not None
    assert reader.metadata.title == "2023年上半年科技和工业信息化工作情况汇报"
    assert reader.metadata.author == "临湘市科技和工业信息化局"
