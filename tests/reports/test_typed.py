"""What is typed into a paragraph: tags by id, title or alias; what cannot be kept is told, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.documents import Figure, Text
from wanqi.packs import IndicatorSpec, Tag, parse_text
from wanqi.reports.differences import Version, pieces_between, tokens_of, written_by
from wanqi.reports.typed import FORM_TITLES, cleaned, forms_of, read_typed, sentences
from wanqi.reports.unlinked import loose_figures

INDICATORS = {
    "a.new": IndicatorSpec(id="a.new", title="新建基站", unit="个", nature="flow"),
    "a.total": IndicatorSpec(id="a.total", title="累计基站", unit="个", nature="stock"),
    "a.growth": IndicatorSpec(
        id="a.growth", title="基站增长", unit="%", operator="growth_year_end", of="a.total"
    ),
}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("建成{a.new}", "建成{a.new}"),
        ("建成{ 新建基站 ：只要数 }座", "建成{a.new:number}座"),
        ("｛累计基站｝", "{a.total}"),
        ("{基站增长:change}", "{a.growth:change}"),
        ("{a.new:value}", "{a.new}"),
        ("{时期}，\n 建成\u200b{a.new}\r\n", "{period}，建成{a.new}"),
        ("", ""),
    ],
)
def test_a_tag_may_name_its_figure_in_words(typed: str, kept: str) -> None:
    found = read_typed(typed, INDICATORS)
    assert (found.text, found.refusals) == (kept, ())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("建成{新建基占}", "没有指标“新建基占”。是不是“新建基站”？"),
        ("{x.y.z}", "没有指标“x.y.z”。请用“插入数字”查找。"),
        ("{a.new:same}", "“新建基站”没有形式“same”。"),
        ("{a.new:change}", "“新建基站”不是增长率"),
        ("{a.new", "花括号没有成对"),
        ("{}", "没有指标“”"),
        ("{period:number}", "时期没有别的形式"),
        ("字" * 4001, "超过4,000字的上限"),
    ],
)
def test_what_cannot_be_kept_is_told_and_stays_as_typed(typed: str, said: str) -> None:
    found = read_typed(typed, INDICATORS)
    assert [said in one.message for one in found.refusals] == [True]
    assert found.text == cleaned(typed)


def test_forms_fit_their_figures() -> None:
    assert forms_of(INDICATORS["a.new"]) == ("value", "number", "title", "unit")
    assert "change" in forms_of(INDICATORS["a.growth"])
    assert set(FORM_TITLES) >= set(forms_of(INDICATORS["a.growth"]))


def test_a_paragraph_is_cut_where_its_sentences_end() -> None:
    assert list(sentences("建成{a.new}；累计{a.total}。另有")) == ["建成{a.new}；", "累计{a.total}。", "另有"]


@settings(max_examples=60)
@given(st.text(alphabet="建成，。；{}:a.new1２％x \n", max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    found = read_typed(text, INDICATORS)
    if not found.refusals:
        tags = [part for part in parse_text(found.text) if isinstance(part, Tag)]
        assert all(tag.figure in INDICATORS or tag.figure == "period" for tag in tags)
        assert "".join(sentences(found.text)) == found.text
        assert read_typed(found.text, INDICATORS).text == found.text


def test_numbers_typed_by_hand_are_loose_and_linked_ones_are_not() -> None:
    runs = (Text("建成"), Figure("a.new", "120个"), Text("，覆盖15万户，约"), Figure("a.growth", "98"),
            Text("%，依据〔2022〕11号，2023年6月底，十二家企业，一家门店，四大集群"))  # fmt: skip
    assert [one.words for one in loose_figures(runs)] == ["15万户", "十二家"]


def test_a_difference_keeps_figures_whole() -> None:
    found = pieces_between("建成{a.new}，累计571个。", "全市建成{a.total}，累计570个。")
    assert [(one.kind, one.text) for one in found] == [
        ("inserted", "全市"),
        ("same", "建成"),
        ("removed", "{a.new}"),
        ("inserted", "{a.total}"),
        ("same", "，累计"),
        ("removed", "571"),
        ("inserted", "570"),
        ("same", "个。"),
    ]


@settings(max_examples=60)
@given(st.text(alphabet="建成累计，{a}12", max_size=20), st.text(alphabet="建成累计，{a}12", max_size=20))
def test_a_difference_tells_both_texts(before: str, after: str) -> None:
    found = pieces_between(before, after)
    assert "".join(one.text for one in found if one.kind != "removed") == after
    if before != after:
        assert any(one.kind != "same" for one in found)
    assert "".join(tokens_of(before)) == before


def test_who_wrote_which_words() -> None:
    history = (
        ("完成基站120个。", "模板"),
        ("全市完成基站120个，居前。", "甲"),
        ("全市完成基站130个，居前。", "乙"),
    )
    found = written_by(Version(text, author) for text, author in history)
    assert [(one.text, one.author) for one in found] == [
        ("全市", "甲"), ("完成基站", "模板"), ("130", "乙"), ("个", "模板"), ("，居前", "甲"), ("。", "模板"),
    ]  # fmt: skip
