"""Mending a text: what is mended, what stays, what is damaged, and where every piece stood."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC
from pypinyin import Style, pinyin

from wanqi.figures.prose.recover import REPAIR_TITLES, Recovered, recover

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SENTENCES = [
    claim["sentence"] for claim in json.loads((CORPUS / "dev.json").read_text(encoding="utf-8"))["claims"]
]
# A mended sentence of the corpus itself: some carry the damage they were found with.
CLEAN = [recover(sentence).text for sentence in SENTENCES]


def read(name: str) -> str:
    return (CORPUS / name).read_text(encoding="utf-8")


converter = cache(OpenCC)


def corrupted(text: str, style: Style, config: str = "s2t", full_width: bool = False) -> str:
    """`text` in traditional characters, each changed one followed by its reading in parentheses."""
    convert = converter(config).convert
    opening, closing = "（）" if full_width else "()"
    pieces = []
    for old, new in zip(text, convert(text), strict=True):
        reading = pinyin(new, style=style)[0][0]
        pieces.append(new if old == new else f"{new}{opening}{reading}{closing}")
    return "".join(pieces)


def test_the_scraped_report_reads_as_the_clean_one() -> None:
    recovered = recover(read("seed.scraped.txt"))
    assert recovered.text == read("seed.zh-Hans.txt")
    assert recovered.repairs == {"pinyin": 201, "traditional": 517}
    assert recovered.damaged == ()


def test_a_clean_text_stays_as_it_is() -> None:
    clean = read("seed.zh-Hans.txt")
    recovered = recover(clean)
    assert (recovered.text, recovered.repairs, recovered.damaged) == (clean, {}, ())
    assert recovered.span(7, 19) == (7, 19)


@pytest.mark.parametrize("full_width", [False, True])
@pytest.mark.parametrize("style", [Style.TONE, Style.NORMAL, Style.TONE3])
def test_corrupted_sentences_read_as_they_were(style: Style, full_width: bool) -> None:
    misread = [
        clean for clean in CLEAN if recover(corrupted(clean, style, full_width=full_width)).text != clean
    ]
    assert misread == []


@pytest.mark.parametrize("config", ["s2t", "s2tw", "s2hk"])
def test_variants_of_traditional_characters_read_as_they_were(config: str) -> None:
    big5 = str.maketrans({"占": "佔", ";": "﹔", ",": "﹐", "%": "﹪", "(": "﹙", ")": "﹚"})
    misread = [
        clean for clean in CLEAN if recover(converter(config).convert(clean).translate(big5)).text != clean
    ]
    assert misread == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("建設(shè)信息", "建设信息"),
        ("程度(du)、高度(dù)", "程度、高度"),
        ("綠(lǜ)色、綠(lü)色、綠(lv)色、綠(lu)色", "绿色、绿色、绿色、绿色"),
        ("設(she4)施", "设施"),
        ("設(sh?)施", "设施"),
        ("設（shè）施", "设施"),
        ("設(she\u0300)施", "设施"),
        ("設(shè)(shè)施", "设(shè)施"),
    ],
)
def test_a_reading_behind_its_character_goes(written: str, meant: str) -> None:
    assert recover(written).text == meant


@pytest.mark.parametrize(
    "written",
    [
        "浮标(钓具)产业", "产品(chip)12个", "表(b)所列", "A(B)", "企业(qi)", "5G(shè)", "设()施", "设(?)施",
        "设(s?)施", "(shè)施", "总数(40家)的37.5%", "数据(data)", "设(SHE)施", "中(zhongg)心",
    ],
)  # fmt: skip
def test_other_parentheses_stay(written: str) -> None:
    expected = written.replace("企业(qi)", "企业(qi)")
    assert recover(written).text == expected
    assert "pinyin" not in recover(written).repairs


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("１２３．５％，同比", "123.5%,同比"),
        ("完成﹢12﹪；约～3", "完成+12%;约~3"),
        ("受理321 146件,", "受理321146件,"),
        ("总额1 234.56亿元", "总额1234.56亿元"),
        ("资金12\u2009345万元", "资金12345万元"),
        ("增长28. 1%，", "增长28.1%,"),
        ("增长28.\n1%，", "增长28.1%,"),
        ("投资5 .9亿元", "投资5.9亿元"),
        ("占98%%。。", "占98%。"),
        ("120个,,累计571个；；", "120个,累计571个;"),
        ("增长**12.5%**，**共30家**", "增长12.5%,共30家"),
        ("累\u200b计5\u200b71个\ufeff", "累计571个"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("「三化」⾦属", "“三化”金属"),
    ],
)
def test_what_is_mended(written: str, meant: str) -> None:
    recovered = recover(written)
    assert recovered.text == meant
    assert recovered.damaged == ()


@pytest.mark.parametrize(
    "written",
    [
        "具体做法:\n1. 5G基站建设", "1. 5家企业入选", "2023—2025年", "2023-2025年", "3-5人", "10-20万元",
        "分别为120, 345, 678家", "项目 120 571 690", "怎么办？2023年", "2#楼", "5×4米",
        "……", "一是……二是", "2022 2023 2024", "12345热线", "增长5 个百分点", "3、5、7", "截至2023年 6月30日",
        "H2O", "O2O平台", "CO2排放", "指标\t1\t2\n基站\t120\t571", "附件1\n2023年工作总结", "120\n571\n690",
    ],
)  # fmt: skip
def test_what_only_looks_torn_stays(written: str) -> None:
    recovered = recover(written)
    assert (recovered.text, recovered.damaged) == (written, ())


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ("投资5 9亿元，", ["5 9"]),
        ("增长108 3%，完成108 325%", ["108 3%", "108 325%"]),
        ("20xx年", ["20xx"]),
        ("增长**.*%。", ["**.*%"]),
        ("增长xx0.9%", ["xx0.9%"]),
        ("共××家，XX个，其中××公司", ["××", "XX"]),
        ("共__万元，( )家", ["__", "( )"]),
        ("增长?。", ["?"]),
        ("完成1?4家，2\ufffd个，□□家", ["1?4", "2\ufffd", "□□"]),
        ("增长.5%，下降5.%，共12..5%", [".5%", "5.%", "12..5%"]),
        ("1,,234件", ["1,,234"]),
        ("达12, 345家", ["12, 345"]),
        ("附件1 200家企业名单", ["1 200"]),
        ("完成基站1\n20个", ["1\n20"]),
        ("共5O家、l20个", ["5O", "l20"]),
        ("增长#DIV/0!，####万元", ["#DIV/0!", "####"]),
        ("**家、**人", ["**", "**"]),
    ],
)
def test_where_digits_may_be_lost_the_place_is_damaged(written: str, lost: list[str]) -> None:
    recovered = recover(written)
    assert [recovered.text[start:end] for start, end in recovered.damaged] == lost


def lines_of(paragraph: str, width: int) -> list[str]:
    """A paragraph broken as a printer does: letters and digits are half as wide as characters."""
    lines, room = [""], float(width)
    for character in paragraph:
        wide = 0.5 if character.isascii() else 1.0
        if wide > room:
            lines.append("")
            room = float(width)
        lines[-1] += character
        room -= wide
    return lines


@pytest.mark.parametrize("width", [18, 26, 40])
def test_lines_broken_at_one_width_become_paragraphs(width: int) -> None:
    clean = read("seed.zh-Hans.txt")
    broken = "\n".join(line for paragraph in clean.split("\n") for line in lines_of(paragraph, width))
    recovered = recover(broken)
    # Breaks between two digits, before what may be a heading, and after a full stop stay.
    kept = [n for n, c in enumerate(recovered.text) if c == "\n"]
    assert recovered.text.replace("\n", "") == clean.replace("\n", "")
    assert recovered.repairs["wrapped"] == broken.count("\n") - len(kept)
    stays = [recovered.text[n - 1 : n + 3] for n in kept]
    assert all(
        (one[0].isdigit() and one[2].isdigit()) or one[0] in "。;:”》" or re.match(r"[一二三四\d(]", one[2:])
        for one in stays
    )
    start = recovered.text.index("571个")
    first, last = recovered.span(start, start + 4)
    assert broken[first:last].replace("\n", "") == "571个"


def test_short_lines_lists_and_tables_are_no_broken_paragraphs() -> None:
    for text in (
        "新增基站120个\n累计达571个\n预计800个\n新增专利48件",
        "\n".join(["完成" + "字" * 30, "字" * 12, "字" * 55, "字" * 20]),
        "\n".join(["指标\t" + "字" * 20] * 5),
        "\n".join("字" * 29 + "。" for _ in range(5)),
        "\n".join("字" * 90 for _ in range(5)),
    ):
        assert recover(text).text == text


def test_a_span_covers_what_was_taken_out_behind_a_character() -> None:
    written = "建設(shè)施321 146件,,占98%%。"
    recovered = recover(written)
    assert recovered.text == "建设施321146件,占98%。"
    for piece, stood in (
        ("设", "設(shè)"), ("设施", "設(shè)施"), ("321146件", "321 146件"), ("98%", "98%%"), (",占", ",,占"),
    ):  # fmt: skip
        at = recovered.text.index(piece)
        start, end = recovered.span(at, at + len(piece))
        assert written[start:end] == stood
    assert recovered.span(2, 2) == (2 + len("(shè)"), 2 + len("(shè)"))


# A piece as damaged and as meant. Full stops between them keep one from leaning on the next.
PIECES = [
    ("建設(shè)", "建设"), ("完成120個(gè)", "完成120个"), ("增長(zhǎng)28. 1%", "增长28.1%"),
    ("受理321 146件", "受理321146件"), ("佔98%%", "占98%"), ("１２３．５億(yi)元", "123.5亿元"),
    ("累\u200b计571個", "累计571个"), ("共**30家**", "共30家"), ("浮标(钓具)", "浮标(钓具)"),
    ("增长5 9亿元", "增长5 9亿元"), ("标题\n", "标题\n"), ("5G", "5G"), ("", ""),
]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_every_piece_has_its_place(pieces: list[tuple[str, str]]) -> None:
    written = "。\n".join(damaged for damaged, _ in pieces)
    recovered = recover(written)
    expected = "。\n".join(meant for _, meant in pieces)
    if "。\n。" not in written:
        assert recovered.text == expected
        old = new = 0
        for damaged, meant in pieces:
            if meant:
                assert recovered.span(new, new + len(meant)) == (old, old + len(damaged))
                assert recover(written[old : old + len(damaged)]).text == meant
            old, new = old + len(damaged) + 2, new + len(meant) + 2


def places(recovered: Recovered) -> list[tuple[int, int]]:
    return [recovered.span(at, at + 1) for at in range(len(recovered.text))]


NOISE = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "設设(shèdu)（）12345 .,,%%。xX*?\n\r\t\u200b\ufeff佔﹔１％，、万亿家个第附件-—~“「_#lO|"
        ),
        st.characters(),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(NOISE)
def test_spans_are_total_monotone_and_inside(text: str) -> None:
    recovered = recover(text)
    spans = places(recovered)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    start, end = recovered.span(0, len(recovered.text))
    assert not spans or (start, end) == (spans[0][0], spans[-1][1])


@settings(deadline=None)
@given(NOISE)
def test_any_text_is_taken_and_counted(text: str) -> None:
    recovered = recover(text)
    assert recovered.original == text
    assert set(recovered.repairs) <= set(REPAIR_TITLES)
    assert all(0 <= start < end <= len(recovered.text) for start, end in recovered.damaged)
    assert all(one[1] < two[0] for one, two in pairwise(recovered.damaged))


@settings(deadline=None)
@given(st.lists(st.sampled_from(CLEAN), min_size=1, max_size=6))
def test_a_mended_text_is_not_mended_again(sentences: list[str]) -> None:
    text = "\n".join(sentences)
    assert recover(text).text == text
    assert recover(text).damaged == ()
