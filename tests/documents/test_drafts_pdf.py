"""PDF drafts: lines back to paragraphs, rows of tables, page numbers and running heads; what is refused."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader, PdfWriter

from wanqi.documents import Column, Paragraph, Report, Table, Text
from wanqi.documents.drafts import Draft, limits, read_draft
from wanqi.documents.drafts.pdf_lines import Lines
from wanqi.documents.errors import DraftRefused
from wanqi.documents.pdf import pdf

MADE = datetime(2023, 7, 5, tzinfo=UTC)
LONG = (
    "1—6月，完成5G基站建设120个，累计达571个，预计年内可突破800个，较去年增长127.92%；指导20家规模工业企业"
    "完成两化融合评估诊断，14家企业完成全省两化融合贯标试点，排岳阳六县市第一名；认定科技型中小企业162家，"
    "同比增长360%，总量和增量均位居岳阳第二，帮助企业解决知识产权质押贷款2000万元。"
)


def made(paragraphs: Sequence[str], *rows: tuple[str, ...]) -> bytes:
    blocks: list[Paragraph | Table] = [Paragraph((Text(one),)) for one in paragraphs]
    if rows:
        columns = tuple(Column(name, numeric=n > 0) for n, name in enumerate(rows[0]))
        blocks.append(Table(columns, rows[1:], caption="附表", unit="个"))
    return pdf(Report("工作汇报", tuple(blocks), unit="某局", date="2023年7月5日"), made=MADE)


def test_lines_become_paragraphs_and_page_numbers_go() -> None:
    paragraphs = [f"{mark}、{LONG}" for mark in "一二三四五六七八九十"]
    data = made(paragraphs)
    assert len(PdfReader(io.BytesIO(data)).pages) >= 3
    draft = read_draft("汇报.pdf", data)
    assert draft.kind == "pdf"
    assert [line for line in draft.text.split("\n") if line][2:] == paragraphs
    assert "— 1 —" not in draft.text
    assert draft.place(draft.text.index("一、")) == "第1页第3段"


def test_rows_of_a_table_keep_their_cells() -> None:
    draft = read_draft(
        "a.pdf", made([LONG], ("指标", "本期", "累计"), ("5G基站", "120", "571"), ("光纤", "15", "98"))
    )
    assert draft.text.split("\n")[-4:] == ["", "指标\t本期\t累计", "5G基站\t120\t571", "光纤\t15\t98"]


def refusal(data: bytes) -> DraftRefused:
    with pytest.raises(DraftRefused) as refused:
        read_draft("a.pdf", data)
    return refused.value


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_password_is_asked_for_and_a_bar_on_copying_is_not() -> None:
    source = PdfReader(io.BytesIO(made([LONG])))
    locked, barred = PdfWriter(), PdfWriter()
    for writer, password in ((locked, "secret"), (barred, "")):
        writer.append(source)
        writer.encrypt(password, "owner", algorithm="RC4-128")
    assert refusal(written(locked)).code == "documents.draft-encrypted"
    assert LONG in read_draft("a.pdf", written(barred)).text


def test_a_scan_is_refused() -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    assert "应是扫描件或图片" in str(refusal(written(writer)))


def test_too_many_pages_and_a_broken_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made([LONG])
    assert refusal(data[: len(data) // 3]).code in {"documents.draft-damaged", "documents.draft-scanned"}
    monkeypatch.setattr(limits, "PAGES", 0)
    assert "PDF有1页，最多0页" in str(refusal(data))


ONE = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def lines(*pieces: tuple[str, float, float, float]) -> list[str]:
    """The lines of pieces given as text, left, height and size."""
    found = Lines()
    for text, left, up, size in pieces:
        found.collect(text, ONE, (1.0, 0.0, 0.0, 1.0, left, up), None, size)
    return [line.text for line in found.finished()]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([("完成", 90, 700, 10), ("120", 112, 700, 10), ("个", 130, 700, 10)], ["完成120个"]),
        ([("12", 90, 700, 10), ("0", 103, 700, 10)], ["120"]),
        ([("120", 90, 700, 10), ("571", 118, 700, 10)], ["120 571"]),
        ([("指标", 90, 700, 10), (" 累计", 200, 700, 10)], ["指标\t累计"]),
        ([("571个", 90, 700, 10), ("1", 115, 704, 6)], ["571个¹"]),
        ([("5", 90, 700, 10), ("000m", 95, 700, 10), ("2", 118, 697, 6)], ["5000m2"]),
        ([("“ ”", 120, 700, 10), ("推进三化工作", 90, 700, 10)], ["推进三化工作"]),
        ([("推进", 90, 700, 10), ("“", 110, 700, 10), ("三化", 115, 700, 10)], ["推进“三化"]),
        ([("推进", 90, 700, 10), ("”", 110, 700, 10)], ["推进”"]),
        ([("第一行", 90, 700, 10), ("第二行", 90, 680, 10)], ["第一行", "第二行"]),
        ([("new", 90, 700, 10), (" word", 110, 700, 10)], ["new word"]),
        ([("\n", 90, 700, 10), (" ", 90, 690, 10)], []),
    ],
)
def test_pieces_become_lines(pieces: list[tuple[str, float, float, float]], expected: list[str]) -> None:
    assert lines(*pieces) == expected


def drawn(*pages: Sequence[tuple[str, float, float]]) -> Draft:
    """A draft of pages whose lines are given as text, left and height, in type of ten points."""
    content = []
    for page in pages:
        shown = "".join(
            f"BT /F 10 Tf {left} {up} Td <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for text, left, up in page
        )
        content.append(shown.encode())
    return read_draft("a.pdf", _document(content))


def _document(contents: Sequence[bytes]) -> bytes:
    """A PDF of these content streams, whose font says its characters by their numbers."""
    unicode_map = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    )
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/F/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>/DW 1000>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(unicode_map), unicode_map),
    ]
    for n, content in enumerate(contents):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % (7 + 2 * n)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def test_running_heads_go_and_a_number_over_a_line_break_keeps_the_break() -> None:
    pages = []
    for n, sign in enumerate("甲乙丙丁", start=1):
        full = sign * 39
        pages.append(
            [("某局工作汇报", 250, 800), (f"　　{full}", 90, 780), (f"{full}完成基站1", 90, 760),
             (f"20个，{full}", 90, 740), (full, 90, 720), (f"段末{sign}。", 90, 700), (f"{n}", 290, 40)]
        )  # fmt: skip
    draft = drawn(*pages)
    assert "某局工作汇报" not in draft.text
    assert [p.place for p in draft.passages] == [f"第{n}页第1段" for n in range(1, 5)]
    full = "甲" * 39
    assert draft.text.split("段末甲。")[0] == f"{full}{full}完成基站1\n20个，{full}{full}"


def test_characters_without_a_name_are_marked_and_a_text_of_them_refused() -> None:
    draft = drawn([("完成基站建设5\ue0011个，累计达571个", 90, 700)])
    assert draft.text == "完成基站建设5\ufffd1个，累计达571个"
    with pytest.raises(DraftRefused) as refused:
        drawn([("\ue001\ue002\ue003\ue004完成", 90, 700)])
    assert refused.value.code == "documents.draft-encoding"
