"""An article as a rule cites it finds its printed clause; the texts here are invented for the test."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from wanqi import packs
from wanqi.policies.cited import MOST, REST, Printed, passage, same_document
from wanqi.policies.clauses import shallow, split_clauses

MEASURE = """测试用管理办法（虚构条文）
第一章　总则
第一条　虚构第一条。
第二章　条件
第六条　虚构第六条，应当同时符合：
（一）虚构第一项；
（二）虚构第二项：
1.虚构第一目；
2.虚构第二目。
虚构第六条的后一款。
第七条　虚构第七条。
第八条　虚构第八条。
附件1
虚构附件一的标准
一、申报条件
（一）虚构附件一第一项。
附件10
虚构附件十的标准"""
NOTICE = """测试用通知（虚构条文）
一、总体要求
虚构要求。
二、具体措施
（一）虚构第一类
1.虚构第一点。
2.虚构第二点。
（二）虚构第二类。"""


def printed(text: str) -> list[Printed]:
    return [Printed(*one) for one in shallow(split_clauses(text))]


@pytest.mark.parametrize(
    ("text", "article", "expected"),
    [
        (MEASURE, "第六条（一）", "（一）虚构第一项；"),
        (MEASURE, "第六条（二）2", "2.虚构第二目。"),
        (MEASURE, "第六条（二）", "（二）虚构第二项：\n1.虚构第一目；\n2.虚构第二目。"),
        (MEASURE, "第六条第二款", "虚构第六条的后一款。"),
        (
            MEASURE,
            "第六条（一）（二）",
            "（一）虚构第一项；\n（二）虚构第二项：\n1.虚构第一目；\n2.虚构第二目。",
        ),
        (MEASURE, "第六条(一)", "（一）虚构第一项；"),
        (MEASURE, "第六条（一）；另号（三）", "（一）虚构第一项；"),
        (MEASURE, "第七条至第八条", "第七条　虚构第七条。\n第八条　虚构第八条。"),
        (MEASURE, "第一条、第八条", "第一条　虚构第一条。\n第八条　虚构第八条。"),
        (MEASURE, "第七条（九）", "第七条　虚构第七条。"),  # the nearest around it
        (MEASURE, "总则", "第一章　总则\n第一条　虚构第一条。"),
        (MEASURE, "附件10", "附件10\n虚构附件十的标准"),
        (MEASURE, "附件1一（一）", "（一）虚构附件一第一项。"),
        (MEASURE, "附件1（新）3", "附件1\n虚构附件一的标准\n一、申报条件\n（一）虚构附件一第一项。"),
        (MEASURE, "申报条件", "一、申报条件\n（一）虚构附件一第一项。"),
        (MEASURE, "第十条", None),
        (MEASURE, "附件2", None),
        (NOTICE, "具体措施（一）2", "2.虚构第二点。"),
        (NOTICE, "二（一）", "（一）虚构第一类\n1.虚构第一点。\n2.虚构第二点。"),
        (NOTICE, "通知", None),
    ],
)
def test_an_article_finds_its_clause_and_nothing_else(text: str, article: str, expected: str | None) -> None:
    assert passage(printed(text), article) == expected


def test_labels_written_whole_are_found_as_before() -> None:
    whole = [
        Printed("第三条", "虚构三。"),
        Printed("第三条（二）", "虚构三之二。"),
        Printed("第三十条", "虚构三十。"),
    ]
    assert passage(whole, "第三条（二）") == "虚构三之二。"
    assert passage(whole, "第三条（五）") == "虚构三。"
    assert passage(whole, "第三十条") == "虚构三十。"


def test_a_long_annex_is_cut_where_a_clause_ends() -> None:
    long = [Printed("附件1", "附件1")] + [Printed(f"第{n}段", f"虚构第{n}段的话。") for n in range(500)]
    found = passage(long, "附件1")
    assert found is not None
    assert found.endswith(f"。{REST}")
    assert len(found) <= MOST + len(REST)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("工信部企业〔2026〕2号", "工信部企业[2026]2号"),
        ("工信部企业〔2026〕2号", " 工信部企业（２０２６）2号 "),
        ("工信部节〔2024〕13号（省级梯度）", "工信部节【2024】13号"),
        ("湖南省演示办法（文号未取得）", "《湖南省演示办法》"),
    ],
)
def test_numbers_and_titles_are_one_however_they_are_written(one: str, other: str) -> None:
    assert same_document(one) == same_document(other)


# 第十五条（四）（五） are two items of one article: the text has the first.
SIBLINGS = re.compile("(（[^）]+）)（[^）]+）$")


def test_every_article_of_the_packs_can_be_found_in_a_text_that_has_it() -> None:
    """Nothing a rule cites is in a form that is never found: an article stands in a text that is labelled with it."""
    from wanqi.policies.passages import cited

    pack = packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)
    listed = {article for articles in cited(pack).values() for article in articles}
    assert len(listed) > 40
    for article in listed:
        labels = [SIBLINGS.sub(r"\1", one) for one in re.split("[；、至]", article)]
        text = [Printed(one, f"虚构：{one}") for one in labels]
        assert passage(text, article), article
