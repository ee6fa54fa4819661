"""Comments beside passages: anchored at the right words, everything else as it was."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.documents.word_files import W, cell, paragraph, run, table, word_file
from wanqi.documents.comments import Comment, commented
from wanqi.documents.drafts import read_draft
from wanqi.documents.errors import CommentsRefused, DraftRefused

MADE = datetime(2023, 7, 5, 1, 2, 3, tzinfo=UTC)


def marked(data: bytes) -> dict[int, str]:
    """The text of the body between the beginning and the end of each comment's range."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    open_, found = set(), {}
    for element in body.iter():
        name = etree.QName(element).localname
        number = element.get(f"{{{W}}}id")
        if name == "commentRangeStart":
            open_.add(int(number))
            found[int(number)] = ""
        elif name == "commentRangeEnd":
            open_.remove(int(number))
        elif name == "t":
            for one in open_:
                found[one] += element.text or ""
    assert open_ == set()
    return found


def on(text: str, *passages: str) -> list[Comment]:
    return [Comment((text.index(one), text.index(one) + len(one)), f"关于{one}") for one in passages]


def annotated(data: bytes, comments: Sequence[Comment]) -> bytes:
    return commented(read_draft("a.docx", data).text, comments=comments, made=MADE, data=data)


BOLD = "<w:b/><w:color w:val='FF0000'/>"
BLOCKS = (
    paragraph(run("1-6月，完成"), run("5G基站建设120个，累计达571个", BOLD), run("，预计年内可突破800个。")),
    table(cell("指标") + cell("累计"), cell("5G基站") + cell("571")),
    paragraph(run("尾段")),
)
DATA = word_file(*BLOCKS)
TEXT = read_draft("a.docx", DATA).text


def test_comments_stand_at_their_words() -> None:
    passages = (
        "120个",
        "571个",
        "完成5G",
        "571个，预计",
        "5G基站\t571",
        "1-6月，完成5G基站建设120个，累计达571个，预计年内可突破800个。",
    )
    out = annotated(DATA, on(TEXT, *passages))
    said = sorted(marked(out).values())
    assert said == sorted(passage.replace("\t", "") for passage in passages)
    assert read_draft("a.docx", out).text == TEXT


def test_python_docx_reads_the_comments_back() -> None:
    comment = Comment((0, 4), "571−120=451。\n请核对。", title="数据差错", author="张三", initials="张")
    document = docx.Document(io.BytesIO(annotated(DATA, [comment])))
    (read,) = document.comments
    assert (read.author, read.initials, read.text) == ("张三", "张", "数据差错\n571−120=451。\n请核对。")
    assert read.timestamp == MADE
    assert [one.bold for p in read.paragraphs for one in p.runs] == [True, None, None]


def test_split_runs_keep_their_formatting() -> None:
    out = annotated(DATA, on(TEXT, "120个"))
    document = docx.Document(io.BytesIO(out))
    runs = [(one.text, one.bold) for one in document.paragraphs[0].runs if one.text]
    assert runs == [
        ("1-6月，完成", None), ("5G基站建设", True), ("120个", True), ("，累计达571个", True),
        ("，预计年内可突破800个。", None),
    ]  # fmt: skip


def test_all_other_parts_keep_their_bytes() -> None:
    source = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("累计达571个")
    document.save(source)
    out = annotated(source.getvalue(), [Comment((3, 7), "请核对")])
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(io.BytesIO(out)) as after:
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
        assert set(after.namelist()) - set(before.namelist()) == {"word/comments.xml"}
    assert changed == {"word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}
    assert out == annotated(source.getvalue(), [Comment((3, 7), "请核对")])


def test_without_comments_the_document_says_the_same() -> None:
    out = annotated(DATA, [])
    assert read_draft("a.docx", out).text == TEXT
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert "word/comments.xml" not in archive.namelist()


def test_comments_join_those_already_there() -> None:
    once = annotated(DATA, on(TEXT, "120个"))
    twice = annotated(once, on(TEXT, "20个，累计", "800个"))
    document = docx.Document(io.BytesIO(twice))
    assert [(one.comment_id, one.text) for one in document.comments] == [
        (0, "关于120个"), (1, "关于20个，累计"), (2, "关于800个"),
    ]  # fmt: skip
    assert marked(twice) == {0: "120个", 1: "20个，累计", 2: "800个"}


def test_notes_and_boxes_are_commented_at_what_they_hang_on() -> None:
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    data = word_file(
        paragraph(run("总数40家"), mark, run("，占37.5%")),
        notes={"2": paragraph(run("部分涉及多种类型12家"))},
    )
    text = read_draft("a.docx", data).text
    out = annotated(data, on(text, "12家", "40家", "37.5%\n\n部分"))
    assert marked(out) == {0: "40家", 1: "，占37.5%", 2: ""}
    assert [one.text for one in docx.Document(io.BytesIO(out)).comments][-1] == "关于12家"


def test_insertions_links_and_deletions() -> None:
    data = word_file(
        paragraph(
            run("累计"), f"<w:ins w:id='1' w:author='a'>{run('达471个')}</w:ins>",
            "<w:del w:id='2' w:author='a'><w:r><w:delText>571</w:delText></w:r></w:del>",
            f"<w:hyperlink>{run('，占37.5%')}</w:hyperlink>", "<w:r><w:t>新增</w:t><w:tab/><w:t>120个</w:t></w:r>",
        )
    )  # fmt: skip
    text = read_draft("a.docx", data).text
    assert text == "累计达471个，占37.5%新增\t120个"
    out = annotated(data, on(text, "471", "37.5%", "个，占", "增\t12", "120个"))
    assert sorted(marked(out).values()) == sorted(["471", "37.5%", "个，占", "增12", "120个"])
    assert read_draft("a.docx", out).text == text


def test_a_plain_text_becomes_a_document() -> None:
    text = "第一段\t120个\r\n\r\n第二段，累计达571个。\n"
    out = commented(text, comments=on(text, "571个", "120个"), made=MADE)
    assert marked(out) == {0: "120个", 1: "571个"}
    assert [p.text.strip() for p in docx.Document(io.BytesIO(out)).paragraphs] == [
        "第一段\t120个", "", "第二段，累计达571个。", "",
    ]  # fmt: skip
    assert out == commented(text, comments=on(text, "571个", "120个"), made=MADE)


def test_characters_that_xml_cannot_carry_are_replaced_in_place() -> None:
    text = "累\x00计\ud800达571个"
    out = commented(text, comments=[Comment((5, 9), "坏\x01字", title="\x02")], made=MADE)
    assert marked(out) == {0: "571个"}
    assert next(iter(docx.Document(io.BytesIO(out)).comments)).text == "？\n坏？字"


def test_another_text_is_refused() -> None:
    with pytest.raises(CommentsRefused, match="文字与这份Word文档不一致，批注无法对应。请重新上传"):
        commented("别的文字", comments=[], made=MADE, data=DATA)
    with pytest.raises(DraftRefused):
        commented("别的文字", comments=[], made=MADE, data=b"PK\x03\x04")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(-3, len(TEXT) + 3), st.integers(-3, len(TEXT) + 3)), max_size=6))
def test_any_spans_leave_the_text_as_it_was(spans: list[tuple[int, int]]) -> None:
    comments = [Comment(span, "请核对") for span in spans]
    out = annotated(DATA, comments)
    assert read_draft("a.docx", out).text == TEXT
    found = marked(out)
    assert len(found) == len(spans)
    for number, (start, end) in enumerate(sorted(spans)):
        if 0 <= start < end <= len(TEXT):
            said = TEXT[start:end].replace("\n", "").replace("\t", "")
            assert found[number] == said or not said


@settings(deadline=None, max_examples=40)
@given(st.text(alphabet=st.sampled_from("个1\t\r\n\x00 累\ud800<&"), min_size=1, max_size=30))
def test_any_text_becomes_a_document(text: str) -> None:
    out = commented(text, comments=[Comment((0, len(text)), "请核对")], made=MADE)
    assert len(list(docx.Document(io.BytesIO(out)).comments)) == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    files = {
        "original.docx": annotated(DATA, on(TEXT, "120个", "571个，预计", "5G基站\t571")),
        "plain.docx": commented(TEXT, comments=on(TEXT, "120个"), made=MADE),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = ["soffice", home, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), *files]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    for name in ("original.txt", "plain.txt"):
        assert "累计达571个，预计年内可突破800个。" in (tmp_path / name).read_text(encoding="utf-8-sig")
