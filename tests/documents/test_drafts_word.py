"""Word drafts: runs, tables, notes, revisions, hidden text, fields, boxes; hostile containers."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.documents.word_files import PACKAGE, SPACES, W, cell, field, paragraph, run, table, word_file
from wanqi.documents.drafts import Draft, limits, read_draft
from wanqi.documents.errors import DraftRefused


def read(*blocks: str, notes: dict[str, str] | None = None, others: dict[str, bytes] | None = None) -> Draft:
    return read_draft("汇报.docx", word_file(*blocks, notes=notes, others=others))


def test_runs_make_paragraphs() -> None:
    draft = read(paragraph(run("完成5G基站"), run("建设120个", "<w:b/>")), "<w:p/>", paragraph(run("第二段")))
    assert (draft.kind, draft.text, draft.notices) == ("word", "完成5G基站建设120个\n\n第二段", ())
    assert [(p.start, p.end, p.place) for p in draft.passages] == [
        (0, 12, "正文第1段"),
        (14, 17, "正文第2段"),
    ]


def test_signs_that_are_elements() -> None:
    draft = read(
        paragraph(
            run("前"), "<w:r><w:tab/><w:t>后</w:t><w:br/><w:t>下行</w:t><w:br w:type='page'/></w:r>",
            "<w:r><w:noBreakHyphen/><w:softHyphen/><w:t>a\nb</w:t></w:r>",
        )
    )  # fmt: skip
    assert draft.text == "前\t后\n下行-a b"


def test_tables_row_by_row_with_merged_cells() -> None:
    draft = read(
        paragraph(run("附表")),
        table(
            cell("指标", '<w:gridSpan w:val="2"/>') + cell("累计"),
            cell("5G基站", '<w:vMerge w:val="restart"/>') + cell("新增") + cell("120"),
            cell("", "<w:vMerge/>") + cell("累计") + cell("571"),
            '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("合计") + cell("691"),
        ),
        paragraph(run("表后")),
    )
    assert draft.text.split("\n") == [
        "附表", "", "指标\t\t累计", "5G基站\t新增\t120", "\t累计\t571", "\t合计\t691", "", "表后",
    ]  # fmt: skip
    assert [p.place for p in draft.passages] == [
        "正文第1段", "表1第1行", "表1第2行", "表1第3行", "表1第4行", "正文第2段",
    ]  # fmt: skip


def test_a_cell_keeps_its_paragraphs_breaks_and_nested_table_in_one_line() -> None:
    inner = table(cell("内1") + cell("内2"))
    many = f"<w:tc>{paragraph(run('甲'), '<w:r><w:br/><w:tab/></w:r>')}{paragraph(run('乙'))}{inner}<w:p/></w:tc>"
    draft = read(table(many + cell("571")))
    assert " ".join(draft.text.strip().split("\t")[0].split()) == "甲 乙 内1 内2"
    assert draft.text.strip().split("\t")[1] == "571"


def test_deletions_are_skipped_and_insertions_kept() -> None:
    draft = read(
        paragraph(
            run("累计达"), "<w:del><w:r><w:delText>571</w:delText></w:r></w:del>", f"<w:ins>{run('471')}</w:ins>",
            f"<w:moveFrom>{run('旧')}</w:moveFrom>", f"<w:moveTo>{run('新')}</w:moveTo>", run("个"),
        ),
        table(cell("留")).replace("<w:tr>", "<w:tr><w:trPr/>")
        + table(cell("删")).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>"),
    )  # fmt: skip
    assert draft.text.startswith("累计达471新个\n")
    assert "留" in draft.text
    assert "删" not in draft.text
    assert draft.notices == ("文档中有5处修订：删除的文字不读，插入的文字照读。",)


def test_hidden_text_is_not_read_and_told() -> None:
    styles = (
        f'<w:styles {SPACES}><w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    ).encode()
    relation = '<Relationship Id="r" Type="x/styles" Target="styles.xml"/>'
    relations = f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>'
    draft = read(
        paragraph(run("120个"), run("内部口径99个", "<w:vanish/>"), run("。", '<w:vanish w:val="0"/>')),
        paragraph(run("整段隐藏"), properties='<w:pStyle w:val="Secret"/>'),
        paragraph(run("词", '<w:rStyle w:val="Secret"/>'), run("尾")),
        others={"word/styles.xml": styles, "word/_rels/document.xml.rels": relations.encode()},
    )
    assert draft.text == "120个。\n\n尾"
    assert draft.notices == ("文档中有3处隐藏文字，打印时看不到，未核对。",)


def test_notes_follow_the_body_in_the_order_of_their_marks() -> None:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    draft = read(
        paragraph(run("总数40家"), mark.format(3), run("。"), mark.format(2), mark.format(9)),
        notes={
            "0": paragraph(run("分隔线")),
            "2": paragraph("<w:r><w:footnoteRef/></w:r>", run("部分涉及多种类型")),
            "3": paragraph(run("不含园区") + mark.format(3)),
        },
    )
    assert draft.text == "总数40家。\n\n不含园区\n部分涉及多种类型"
    assert [p.place for p in draft.passages] == ["正文第1段", "脚注1", "脚注2"]


def test_fields_give_their_result_and_contents_and_page_numbers_nothing() -> None:
    draft = read(
        paragraph(field('TOC \\o "1-3"', "一、目录行	3")),
        paragraph(run("累计"), field("= SUM(ABOVE)", "571"), run("个"), field("PAGE", "12")),
        paragraph(f'<w:fldSimple w:instr=" NUMPAGES ">{run("8")}</w:fldSimple>', run("尾")),
    )
    assert draft.text.strip() == "累计571个\n尾"
    assert draft.notices == ("目录和页码未核对。",)


def test_a_field_that_never_ends_swallows_nothing() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    assert read(paragraph(begin), paragraph(run("正文571个"))).text.strip() == "正文571个"
    assert read(paragraph(begin, separate), paragraph(run("正文571个"))).text.strip() == "正文571个"


def test_text_boxes_once_pictures_told_links_and_controls_read() -> None:
    box = f"<w:txbxContent>{paragraph(run('框内120个'))}</w:txbxContent>"
    link = f"<w:hyperlink>{run('链接')}</w:hyperlink>"
    ruby = f"<w:r><w:ruby><w:rt>{run('shè')}</w:rt><w:rubyBase>{run('設')}</w:rubyBase></w:ruby></w:r>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    draft = read(
        paragraph(run("正文"), drawing, "<w:r><w:drawing><a:blip/></w:drawing></w:r>"),
        f"<w:sdt><w:sdtContent>{paragraph(link)}</w:sdtContent></w:sdt>",
        paragraph("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"),
        paragraph(ruby, run("施")),
    )  # fmt: skip
    assert draft.text == "正文\n框内120个\n链接\na+b\n設施"
    assert [p.place for p in draft.passages][:2] == ["正文第1段", "文本框1"]
    assert draft.notices == ("文档中有1处图片、图表或嵌入对象，其中的文字未核对。",)


def test_raised_figures_do_not_join_the_number_before_them() -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    assert (
        read(paragraph(run("571个"), run("12", raised), run("，5000m"), run("2", raised))).text
        == "571个¹²，5000m²"
    )


def test_strict_documents_are_read_alike() -> None:
    strict = word_file(paragraph(run("571个")))
    with zipfile.ZipFile(io.BytesIO(strict)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        W.encode(),
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read_draft("a.docx", out.getvalue()).text == "571个"


def refusal(data: bytes) -> DraftRefused:
    with pytest.raises(DraftRefused) as refused:
        read_draft("a.docx", data)
    return refused.value


def test_a_bomb_is_refused_by_what_it_inflates_to(monkeypatch: pytest.MonkeyPatch) -> None:
    data = word_file(paragraph(run("零" + "0" * 6_000_000)))
    assert refusal(data).code == "documents.draft-bomb"
    monkeypatch.setattr(limits, "RATIO", 10_000)
    assert len(read_draft("a.docx", word_file(paragraph(run("零" + "0" * 2_000_000)))).text) == 2_000_001
    monkeypatch.setattr(limits, "PART_BYTES", 1_000_000)
    assert "超过0 MB" in str(refusal(data))
    monkeypatch.setattr(limits, "PARTS", 2)
    assert "3个部件" in str(refusal(data))


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><w:document xmlns:w='w'/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16"),
        b"<a><b></a>",
        b"",
        b"<a>" * 3000,
    ],
)
def test_entities_and_broken_xml_are_refused(body: bytes) -> None:
    assert refusal(word_file(others={"word/document.xml": body})).code == "documents.draft-damaged"


def test_a_locked_or_doubled_entry_is_refused() -> None:
    data = bytearray(word_file(paragraph(run("571个"))))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    assert refusal(bytes(data)).code == "documents.draft-encrypted"
    out = io.BytesIO(word_file(paragraph(run("571个"))))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(out.getvalue()).code == "documents.draft-damaged"


def test_a_document_cut_short_is_refused() -> None:
    data = word_file(paragraph(run("571个")))
    assert refusal(data[: len(data) // 2]).code == "documents.draft-damaged"


def test_deep_nesting_is_read_or_refused() -> None:
    block = paragraph(run("底"))
    for _ in range(60):
        block = table(f"<w:tc>{block}<w:p/></w:tc>")
    assert "底" in read(block).text
