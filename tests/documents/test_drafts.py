"""Reading drafts of every kind: what is read, where it stands, and what is refused with the next step."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.word_files import word_file
from wanqi.documents.drafts import limits, read_draft
from wanqi.documents.errors import DraftRefused

TEXT = "一、突出基础建设。\n1-6月，完成5G基站建设120个，累计达571个。\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk", "gb2312"],
)
def test_text_files_of_every_encoding(encoding: str) -> None:
    draft = read_draft("汇报.txt", TEXT.encode(encoding))
    assert (draft.kind, draft.text) == ("text", TEXT)
    assert [(draft.text[p.start : p.end], p.place) for p in draft.passages] == [
        ("一、突出基础建设。", "第1段"),
        ("1-6月，完成5G基站建设120个，累计达571个。", "第2段"),
    ]
    assert draft.place(draft.text.index("571")) == "第2段"
    assert draft.place(len(draft.text)) == ""


def test_traditional_text_and_ascii() -> None:
    assert read_draft("a.txt", "完成5G基站建設120個，覆蓋率達98%。".encode()).text.startswith("完成5G")
    assert read_draft("a.txt", b"5G: 120, 571").text == "5G: 120, 571"
    assert read_draft("a.txt", "完成建設120個，覆蓋率達98%，佔岳陽市總數。".encode("gb18030")).text.endswith(
        "總數。"
    )


def test_a_few_broken_bytes_are_marked_and_the_rest_is_read() -> None:
    data = (TEXT * 60).encode()
    broken = data.replace(b"571", b"5\xff1", 1)
    text = read_draft("a.txt", broken).text
    assert text.count("\ufffd") == 1
    assert "累计达5\ufffd1个" in text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        "完成5G基站建設120個，覆蓋率達98%，歷年來數字基礎建設的空白。".encode("big5"),
        "これは日本語の文章です。企業の数は多い。".encode("shift_jis"),
        b"\xff\xfe" + bytes(range(256)) * 40,
        b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    ],
)
def test_what_is_no_text_of_these_encodings_is_refused(data: bytes) -> None:
    with pytest.raises(DraftRefused) as refused:
        read_draft("a.txt", data)
    assert refused.value.code == "documents.draft-encoding"
    assert "UTF-8" in refused.value.hint


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("name", "data", "code", "said"),
    [
        ("汇报.doc", OLE, "draft-format", "这是旧版Word文档（.doc），不能直接读取。请用WPS或Word打开，另存为"),
        ("汇报.wps", OLE, "draft-format", "WPS文字文档（.wps）"),
        ("表.et", OLE, "draft-format", "WPS表格（.et）"),
        ("汇报", OLE, "draft-format", "旧版Office文档"),
        ("密.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "draft-encrypted", "文件设有打开密码"),
        ("汇报.rtf", b"{\\rtf1\\ansi }", "draft-format", "RTF"),
        ("汇报.docx", b"{\\rtf1\\ansi }", "draft-format", "RTF"),
        ("图.png", b"\x89PNG\r\n\x1a\n\x00\x00", "draft-picture", "这是图片"),
        ("图.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "draft-picture", "这是图片"),
        ("表.xlsx", zipped(xl__workbook=b"x"), "draft-format", "Excel表格"),
        ("片.pptx", zipped(ppt__a=b"x"), "draft-format", "演示文稿"),
        ("文.ofd", zipped(**{"OFD.xml": b"x"}), "draft-format", "OFD版式文件"),
        ("文.odt", zipped(**{"content.xml": b"x"}), "draft-format", "OpenDocument"),
        ("包.zip", zipped(a=b"x"), "draft-format", "请先解压"),
        ("文.xml", b"<?xml version='1.0'?><w:wordDocument>", "draft-format", "XML格式"),
        ("页.mht", b"MIME-Version: 1.0\r\n", "draft-format", ".mht"),
        ("空.txt", b"", "draft-empty", "文件是空的"),
        ("空.txt", b" \n\r\n ", "draft-empty", "空的"),
        ("空.docx", word_file("<w:p/>"), "draft-empty", "没有文字"),
        ("坏.docx", b"PK\x03\x04 broken", "draft-damaged", "文件已损坏"),
        ("坏.pdf", b"%PDF-1.7 broken", "draft-damaged", "PDF已损坏"),
    ],
)  # fmt: skip
def test_other_files_are_refused_with_the_next_step(name: str, data: bytes, code: str, said: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        read_draft(name, data)
    assert refused.value.code == f"documents.{code}"
    assert said in str(refused.value)
    assert refused.value.hint.endswith("。")


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 1024 * 1024)
    with pytest.raises(DraftRefused, match="文件有2 MB，最多1 MB"):
        read_draft("a.txt", b"a" * 2 * 1024 * 1024)
    monkeypatch.setattr(limits, "TEXT_CHARACTERS", 20_000)
    with pytest.raises(DraftRefused, match="文字有3万字，一次最多核对2万字"):
        read_draft("a.txt", ("字" * 30_000).encode())


PAGE = """<!DOCTYPE html><html><head><title>标题</title><style>p{a:b}</style></head><body>
<nav><p>首页</p></nav><script>var a = "<p>不读</p>";</script>
<p>完成5G基站&nbsp;建设<b>120</b>个，<span>累计达571个</span><!-- <p>注释</p> --></p>
<div>第一行<br/>第二行</div><p hidden>广告</p><div style="display: none"><p>广告<p>二</div>
<table><tr><th colspan="2">指标</th><th>累计</th></tr><tr><td>5G<p>基站</p></td><td>120</td><td>571</td></tr></table>
<p>面积5000 m<sup>2</sup>，a &lt; b</p><img src="a.png"><ruby>設<rt>shè</rt></ruby>施
</body></html>"""


def test_a_web_page() -> None:
    draft = read_draft("页.html", PAGE.encode("gb18030").replace(b"<head>", b'<head><meta charset="gb2312">'))
    assert draft.kind == "page"
    assert [(draft.text[p.start : p.end], p.place) for p in draft.passages] == [
        ("完成5G基站 建设120个，累计达571个", "第1段"),
        ("第一行", "第2段"),
        ("第二行", "第3段"),
        ("指标\t\t累计", "表1第1行"),
        ("5G 基站\t120\t571", "表1第2行"),
        ("面积5000 m²，a < b", "第4段"),
        ("設施", "第5段"),
    ]
    assert draft.notices == ("网页中有1张图片，图中的文字未核对。",)
    assert "\n\n指标" in draft.text


def test_markup_is_told_by_its_beginning_not_its_name() -> None:
    assert read_draft("页.txt", PAGE.encode()).kind == "page"
    assert read_draft("文.txt", "增长<5%，a<b>c".encode()).text == "增长<5%，a<b>c"


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", '<a b="', "</", "<!", "<table><tr><td>", "&#", "<script>", "<p"]
)
def test_unclosed_markup_takes_no_longer_than_other_markup(piece: str) -> None:
    draft = read_draft("页.html", ("<html><p>正文</p>" + piece * 60_000).encode())
    assert draft.text.strip().startswith("正文")


def outcome(name: str, data: bytes) -> str:
    """The text of a draft, or why it was refused."""
    try:
        draft = read_draft(name, data)
    except DraftRefused as refused:
        return f"{refused.code} {refused.hint}"
    ends = [(p.start, p.end) for p in draft.passages]
    return draft.text if all(0 <= start < end <= len(draft.text) for start, end in ends) else ""


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for name in ("a.txt", "a.html", "a.docx"):
        assert outcome(name, data)
    assert outcome("a.pdf", b"%PDF-1.4\n" + data)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/!-\"'=&;# \ntablerdhpsc1个"), max_size=200))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    assert outcome("a.html", markup.encode())
