"""The audit of a whole text: places, counts, memory, and what must never happen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.figures import audit
from wanqi.figures.prose.registry import demoted

WRONG = "入选企业15家,占全市总数(40家)的38.5%。"


def test_figures_and_spans_are_those_of_the_original_text() -> None:
    text = "二〇二三年,入选企業15家,占全市總數（40家）的38.5％。"
    (finding,) = audit(text).findings
    assert [text[start:end] for start, end in finding.spans] == list(finding.figures)
    assert finding.figures == ("15家", "40家", "38.5％")
    assert finding.span == (finding.spans[0][0], finding.spans[-1][1])


def test_the_sum_is_shown_and_asked_about() -> None:
    (finding,) = audit(WRONG).findings
    assert finding.arithmetic == ("15÷40=37.5%，文中为38.5%",)
    assert finding.message == "15÷40=37.5%，文中为38.5%。是否有误，请核对。"
    assert finding.repair == ("38.5%→37.5%",)


def test_an_accepted_equation_is_silenced_and_kept() -> None:
    key = audit(WRONG).findings[0].key
    found = audit(WRONG, accepted=[key])
    assert found.findings == ()
    assert [finding.key for finding in found.accepted] == [key]


def test_the_key_survives_other_words_but_no_other_number() -> None:
    key = audit("今年入选企业15家,占全市总数(40家)的38.5%。").findings[0].key
    assert audit("全年入选企业15家，占全市总数（40家）的38.5%。").findings[0].key == key
    assert audit("今年入选企业16家,占全市总数(40家)的38.5%。").findings[0].key != key


def test_a_rule_that_was_right_too_seldom_only_asks() -> None:
    assert demoted({"share": (10, 9), "sum": (100, 99), "pp": (0, 0)}) == {"share"}
    assert audit(WRONG, counts={"share": (10, 9)}).findings[0].level == "query"
    assert audit(WRONG, counts={"share": (100, 99)}).findings[0].level == "error"


def test_read_weighed_and_unreadable_are_counted() -> None:
    found = audit("新建12个。投资5 9亿元。入选企业15家,占全市总数(40家)的37.5%。")
    assert (found.read, found.checked, found.unreadable) == (5, 3, 1)
    assert found.summary == "共识别数据5处，已核3处，未核2处。"
    assert {mention.state for mention in found.mentions} == {"checked", "unchecked", "unreadable"}


def test_a_damaged_figure_takes_no_part_in_a_sum() -> None:
    assert audit("收入100亿元:税收5 9亿元、非税31亿元、其他2亿元。").findings == ()


def test_figures_that_hang_together_are_one_finding() -> None:
    found = audit("企业由120家增加到160家,增加50家,增长33.3%。")
    assert [finding.level for finding in found.findings] == ["error"]


def test_the_same_noun_counted_twice_is_asked_about() -> None:
    found = audit("组建工程技术研究中心3家。\n推动2家企业组建了省级工程技术研究中心。")
    assert [(finding.level, finding.relation) for finding in found.findings] == [("query", "same")]


def test_an_empty_text_has_nothing() -> None:
    found = audit("")
    assert (found.read, found.findings, found.summary) == (0, (), "共识别数据0处，已核0处，未核0处。")


@pytest.mark.parametrize(
    "text", ["9" * 5000 + "亿元", "《" * 3000, "(" * 500 + "3个", "0个,占0个的0%。", "1%" * 999]
)
def test_no_text_breaks_it(text: str) -> None:
    assert audit(text).text == text


PIECES = [
    "共", "其中", "占",
    "增长", "下降", "比上年", "由", "增至", "分别", "、", ",", "。", ":", "(", ")", "12", "0", "3.50",
    "个", "亿元", "%", "个百分点", "万亩", "率", "为", "的", "累计", "\t", "\n", "年初", "合计", "其他", "-",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_order_of_its_words_is_read(text: str) -> None:
    found = audit(text)
    assert all(text[start:end] == mention.text for mention in found.mentions for start, end in [mention.span])
    assert all(len(finding.figures) == len(finding.spans) > 0 for finding in found.findings)
