"""Values as clerks type them, in the unit they think in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.packs import FactSpec
from wanqi.registry.facts.values import as_json, check_value, columns_of, in_words, read_value, same
from wanqi.rules.errors import ValueRefused


def spec(**given: Any) -> FactSpec:
    return FactSpec.model_validate({"title": "某项", "period": "annual", **given})


MONEY = spec(type="money", unit="元", source_unit="万元")
COUNT = spec(type="count", unit="人", max="10000000")
SHARE = spec(type="ratio", source_unit="%", max="1", positive=True)
LEVEL = spec(type="enum", values=("国家", "省", "无"))
FIELDS = spec(type="set", values=("六基", "填空白"))


@pytest.mark.parametrize(
    ("item", "typed", "value", "words"),
    [
        (MONEY, "1,234.5万", Decimal("12345000"), "1,234.5万元"),
        (MONEY, "１２３４．５", Decimal("12345000"), "1,234.5万元"),
        (MONEY, "1.2亿元", Decimal("120000000"), "12,000万元"),
        (MONEY, "300元", Decimal(300), "0.03万元"),
        (MONEY, "−5", Decimal(-50000), "−5万元"),
        (MONEY, 20.5, Decimal(205000), "20.5万元"),
        (COUNT, "320人", Decimal(320), "320人"),
        (COUNT, "1.2万人", Decimal(12000), "12,000人"),
        (SHARE, "37.5%", Decimal("0.375"), "37.5%"),
        (SHARE, "37.5", Decimal("0.375"), "37.5%"),
        (spec(type="date", period="scalar"), "2019年3月1日", date(2019, 3, 1), "2019-03-01"),
        (spec(type="bool"), "是", True, "是"),
        (LEVEL, " 国家 ", "国家", "国家"),
        (LEVEL, "无", "无", "无"),
        (FIELDS, "填空白、六基", ["填空白", "六基"], "填空白、六基"),
        (MONEY, "—", None, "—"),
        (COUNT, "无", None, "—"),
        (spec(type="text"), "  浮标  钓具 ", "浮标 钓具", "浮标 钓具"),
    ],
)
def test_what_is_typed_is_read_in_the_usual_unit(item: FactSpec, typed: Any, value: Any, words: str) -> None:
    found = read_value(item, typed)
    assert (found, in_words(item, found)) == (value, words)


def test_the_unit_of_the_field_counts_where_none_is_typed() -> None:
    assert read_value(MONEY, "300", unit="元") == Decimal(300)
    assert read_value(MONEY, "300万", unit="元") == Decimal(3_000_000)


@pytest.mark.parametrize(
    ("item", "typed", "said"),
    [
        (MONEY, "三百万", "不是数字"),
        (MONEY, "1,23万", "不是数字"),
        (MONEY, "3人", "单位“人”不适用"),
        (MONEY, "0.001元", "小数多于 2 位"),
        (MONEY, "1000000000万", "超出"),
        (COUNT, "12.5", "小数多于 0 位"),
        (COUNT, "-3", "负数"),
        (COUNT, "20000000", "超出"),
        (SHARE, "120", "120%超过了100%"),
        (SHARE, "-1%", "负数"),
        (LEVEL, "市", "不在可选值中"),
        (FIELDS, "六基、七基", "不在可选值中"),
        (spec(type="date", period="scalar"), "2019年3月", "缺少日"),
        (spec(type="bool"), "大概", "不是“是”或“否”"),
        (spec(type="text"), "长" * 301, "301个字"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(item: FactSpec, typed: str, said: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_value(item, typed)
    assert said in f"{refused.value.message}{refused.value.hint}"


@given(st.decimals(min_value=-(10**9) + 1, max_value=10**9 - 1, places=6))
def test_ten_thousands_are_exact(number: Decimal) -> None:
    found = read_value(MONEY, f"{number:f}万元")
    assert found == number * 10_000
    assert read_value(MONEY, in_words(MONEY, found)) == found


def test_a_value_fills_exactly_one_column() -> None:
    for value, column in (
        (Decimal(0), "number"),
        ("甲", "text"),
        (date(2023, 1, 1), "day"),
        (False, "flag"),
        ([], "items"),
    ):
        columns = columns_of(value)
        assert [name for name, kept in columns.items() if kept is not None] == [column]


def test_json_is_what_programmes_read() -> None:
    assert as_json(MONEY, Decimal("12345000")) == "12345000.00"
    assert as_json(COUNT, Decimal(320)) == 320
    assert as_json(SHARE, Decimal("0.37500000")) == "0.375"
    assert as_json(FIELDS, ["六基"]) == ["六基"]
    assert check_value(MONEY, "12345000.00") == Decimal("12345000")
    assert same(["a", "b"], ["b", "a"])
    assert not same(True, Decimal(1))
