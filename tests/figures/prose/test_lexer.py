"""Reading the figures of prose: value, unit, hedge and sort, and what is no figure."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wanqi.figures.prose.lexer import Token, tokens


def figures(text: str, damaged: tuple[tuple[int, int], ...] = ()) -> list[Token]:
    return [token for token in tokens(text, damaged) if token.kind == "figure"]


@pytest.mark.parametrize(
    ("text", "value", "unit", "sort"),
    [
        ("建成571个", Fraction(571), "个", "amount"),
        ("产值13.50亿元", Fraction(1_350_000_000), "元", "amount"),
        ("面积2.3千公顷", Fraction(2300), "公顷", "amount"),
        ("总量1.2万亿元", Fraction(1_200_000_000_000), "元", "amount"),
        ("受理33,657件", Fraction(33657), "件", "amount"),
        ("发电8.47亿千瓦时", Fraction(847_000_000), "千瓦时", "amount"),
        ("投资5 亿元", Fraction(500_000_000), "元", "amount"),
        ("增长37.5%", Fraction(3, 8), "%", "percent"),
        ("出生率6.35‰", Fraction(635, 100_000), "‰", "percent"),
        ("提高3.4个百分点", Fraction(34, 1000), "百分点", "points"),
        ("占三成", Fraction(3, 10), "成", "percent"),
        ("占百分之三十五点二", Fraction(352, 1000), "%", "percent"),
        ("是上年的1.2倍", Fraction(6, 5), "倍", "times"),
        ("收入翻番", Fraction(1), "倍", "percent"),
        ("走访三十五家企业", Fraction(35), "家", "amount"),
        ("历时7天", Fraction(7), "天", "duration"),
        ("位居第二名", Fraction(2), "名次", "rank"),
        ("排全省第三,", Fraction(3), "名次", "rank"),
    ],
)
def test_a_figure_has_its_value_unit_and_sort(text: str, value: Fraction, unit: str, sort: str) -> None:
    (figure,) = figures(text)
    assert figure.quantity is not None
    assert (figure.quantity.value, figure.quantity.unit, figure.sort) == (value, unit, sort)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("突破800个", "over"),
        ("超过3万人", "over"),
        ("近300公里", "near"),
        ("约120亿元", "about"),
        ("2600余人", "over"),
        ("不少于20家", "at_least"),
        ("30人左右", "about"),
        ("120个", "none"),
    ],
)
def test_a_hedge_is_the_bound_of_its_figure(text: str, bound: str) -> None:
    (figure,) = figures(text)
    assert figure.quantity is not None
    assert figure.quantity.bound == bound


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("奖励3-5人", 3, 5),
        ("给予10-20万元", 100_000, 200_000),
        ("投入1.5亿至2亿元", 150_000_000, 200_000_000),
    ],
)
def test_a_range_has_two_ends_under_one_unit(text: str, low: int, high: int) -> None:
    (figure,) = figures(text)
    assert figure.quantity is not None
    assert figure.sort == "range"
    assert (figure.quantity.value, figure.quantity.upper) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "印发〔2022〕11号文件",
        "开通5G网络",
        "PM2.5浓度",
        "实施《三年行动方案(2021-2023年)》",
        "落实“五个一百”工程",
        "坚持一企一策",
        "两化融合贯标",
        "推荐第一批企业",
        "拨打13800138000",
        "12345热线",
        "110接警",
        "不满16周岁",
        "世界500强企业",
        "三次产业比为14:36:50",
        "2023年1-6月",
        "截至6月底",
        "产值10亿元以上企业",
        "99999999999999999999999",
    ],
)
def test_names_numbers_of_documents_and_periods_are_no_figures(text: str) -> None:
    assert figures(text) == []


def test_a_class_of_size_leaves_the_count_behind_it() -> None:
    assert [figure.text for figure in figures("10亿元以上11家、1亿元至10亿元96家")] == ["11家", "96家"]


def test_a_damaged_stretch_is_one_figure_without_a_quantity() -> None:
    (first, second) = figures("投资5 9亿元,新建3个", ((2, 7),))
    assert (first.text, first.sort, first.quantity) == ("5 9亿元", "damaged", None)
    assert second.text == "3个"


def test_a_figure_ends_with_its_line() -> None:
    assert [figure.text for figure in figures("63.7\n58.1")] == ["63.7", "58.1"]


def test_the_tokens_cover_the_text_without_gaps() -> None:
    text = "1-6月,完成5G基站建设120个(累计571个),较去年增长127.92%。"
    assert "".join(token.text for token in tokens(text)) == text
