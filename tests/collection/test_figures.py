"""A figure as clerks type it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.collection.figures import as_decimal, read_figure, show_figure
from wanqi.registry.cells import Reason
from wanqi.registry.values import Fault, Value


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("1,234", "件", "1234"),
        ("１，２３４", "件", "1234"),
        ("120个", "个", "120"),
        ("15万", "户", "150000"),
        ("1.2万户", "户", "12000"),
        ("2000", "万元", "20000000"),
        ("2000万元", "万元", "20000000"),
        ("0.2亿元", "万元", "20000000"),
        ("20000000元", "万元", "20000000"),
        ("2000万", "万元", "20000000"),
        ("38.8%", "%", "0.388"),
        ("３８．８％", "%", "0.388"),
        ("−5", "户", "-5"),
        ("0", "件", "0"),
        ("无", "件", "0"),
        (" 48 ", "件", "48"),
        (571.0, "个", "571"),
        (0.1 + 0.2, "%", "0.3"),
        (12.5, "万元", "125000"),
        (1e-05, "%", "0.00001"),
    ],
)
def test_it_is_read(typed: Value, unit: str, value: str) -> None:
    assert read_figure(typed, unit) == Decimal(value)


@pytest.mark.parametrize("typed", ["", " ", "　", "-", "—", "/"])
def test_a_blank_is_unfilled_and_never_zero(typed: str) -> None:
    assert read_figure(typed, "件") is None


@pytest.mark.parametrize(
    ("typed", "unit", "message"),
    [
        ("暂无", "件", "“暂无”不知是零还是没有数据"),
        ("一百多", "件", "“一百多”不是数字"),
        ("1,23", "件", "“1,23”不是数字"),
        ("4.5", "件", "“4.5”不是整数"),
        ("120个", "件", "“120个”的单位与本行不符"),
        ("38.8%", "件", "“38.8%”的单位与本行不符"),
        ("38.8", "%", "“38.8”没有百分号"),
        (38.8, "%", "“38.8”不知是否为百分数"),
        ("12.345元", "元", "“12.345元”的小数位数太多"),
        ("9" * 16, "件", f"“{'9' * 16}”太大"),
        ("=1+1", "件", "“=1+1”不是数字"),
        (True, "件", "“是”不是数字"),
        (date(2023, 6, 1), "件", "“2023-06-01”不是数字"),
        (Fault("公式没有计算结果", "请保存后再上传。"), "件", "公式没有计算结果"),
    ],
)
def test_it_is_refused_with_the_next_step(typed: Value, unit: str, message: str) -> None:
    found = read_figure(typed, unit)
    assert isinstance(found, Reason)
    assert found.message == message
    assert found.hint.endswith("。")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["件", "户", "万户", "万元", "元", "%"]))
def test_what_is_shown_is_read_as_the_same(number: int, unit: str) -> None:
    value = Decimal(number) if unit != "%" else Decimal(number % 10**9).scaleb(-6)
    assert read_figure(show_figure(value, unit), unit) == value


def test_a_fraction_keeps_six_decimals() -> None:
    assert as_decimal(Fraction(1, 3)) == Decimal("0.333333")
    assert str(as_decimal(Fraction(571))) == "571"
    assert as_decimal(None) is None
