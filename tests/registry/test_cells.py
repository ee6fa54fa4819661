"""Cells as clerks type them."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.registry.cells import (
    Reason,
    count_reader,
    date_reader,
    money_reader,
    ratio_reader,
    read_cell,
    term_reader,
    text_reader,
    truth_reader,
)
from wanqi.registry.values import Fault, storable

JUNE = date(2023, 6, 15)
FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")


@pytest.mark.parametrize(
    "written",
    [
        "2023-6-15",
        "2023-06-15",
        "2023/6/15",
        "2023.6.15",
        "20230615",
        "2023年6月15日",
        "2023年6月15号",
        "2023年06月15",
        " 2023 年 6 月 15 日 ",
        "２０２３－６－１５",
        "2023－06－15",
        "2023-06-15 08:30",
        "2023-06-15T08:30:00",
        "2023/6/15 0:00:00",
        "二〇二三年六月十五日",
        "二○二三年六月十五日",
        "45092",
        45092,
        45092.5,
        20230615,
        20230615.0,
        JUNE,
        datetime.fromisoformat("2023-06-15 08:30"),
        "\u200b2023-06-15\u3000",
    ],
)
def test_dates_as_clerks_type_them(written: Any) -> None:
    assert date_reader(FORMATS)(written) == JUNE


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("6月15日", "“6月15日”缺少年份"),
        ("6.15", "“6.15”缺少年份"),
        ("2023年6月", "“2023年6月”缺少日"),
        ("2023.6", "“2023.6”缺少日"),
        (2023.6, "“2023.6”缺少日"),
        ("202306", "“202306”缺少日"),
        ("202312", "“202312”缺少日"),
        ("2023", "“2023”只有年份，缺少月和日"),
        ("2023年", "“2023年”只有年份，缺少月和日"),
        ("23-6-15", "“23-6-15”年份只有两位"),
        ("15/6/2023", "“15/6/2023”年、月、日的顺序不明"),
        ("2023-02-30", "“2023-02-30”在日历上不存在"),
        ("20231301", "“20231301”在日历上不存在"),
        ("2023111", "“2023111”不是日期"),
        ("1023-06-15", "年份1023超出合理范围"),
        ("9999-06-15", "年份9999超出合理范围"),
        ("2023年6月上旬", "“2023年6月上旬”不是日期"),
        ("已开通", "“已开通”不是日期"),
        (True, "“是”是时间，不是日期"),
        (time(8, 30), "“08:30:00”是时间，不是日期"),
        (timedelta(hours=30), "“1 day, 6:00:00”是时间，不是日期"),
    ],
)
def test_dates_that_are_none_say_what_is_missing(written: Any, said: str) -> None:
    found = date_reader(FORMATS)(written)
    assert isinstance(found, Reason)
    assert found.message == said
    assert found.hint.startswith("请")


@given(
    st.dates(date(1954, 12, 1), date(2099, 12, 31)),
    st.sampled_from(["-", "/", ".", "年月日", "compact", "serial"]),
)
def test_every_day_is_read_back(day: date, way: str) -> None:
    written: Any = {
        "年月日": f"{day.year}年{day.month}月{day.day}日",
        "compact": f"{day:%Y%m%d}",
        "serial": (day - date(1899, 12, 30)).days,
    }.get(way, f"{day.year}{way}{day.month}{way}{day.day}")
    assert date_reader(FORMATS)(written) == day


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader_and_no_date_is_guessed(text: str) -> None:
    found = date_reader(FORMATS)(text)
    assert isinstance(found, Reason | date)
    if isinstance(found, date) and not unicodedata.normalize("NFKC", text).strip().isdecimal():
        assert str(found.day) in unicodedata.normalize("NFKC", text) or "十" in text or found.day < 10
    for reader in (
        count_reader,
        money_reader,
        ratio_reader,
        truth_reader,
        text_reader(longest=20),
        text_reader(longest=20, key=True),
        term_reader({"移动": 1}),
    ):
        read_cell(text, reader)


@given(st.text())
def test_whatever_is_stored_can_be_stored(text: str) -> None:
    """PostgreSQL's JSON takes no NUL and no lone surrogate."""
    kept = storable(text)
    assert "\0" not in kept
    kept.encode("utf-8")


@pytest.mark.parametrize("mark", ["", " ", "\u3000", "-", "—", "——", "/", "无", "暂无", "N/A", "\ufeff"])
def test_marks_of_an_empty_cell_say_nothing(mark: str) -> None:
    assert read_cell(mark, date_reader()) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ｓ００１", "S001"),
        (" S 001 ", "S001"),
        ("'430682001", "430682001"),
        (430682001, "430682001"),
        (430682001.0, "430682001"),
        ("S—001", "S—001"),
    ],
)
def test_keys_are_narrowed(written: Any, read: str) -> None:
    assert text_reader(longest=60, key=True)(written) == read


def test_texts_keep_their_chinese_punctuation() -> None:
    assert text_reader(longest=60)("  一号站（东）\n ２楼 ") == "一号站（东） 2楼"


def test_texts_too_long_are_refused_with_their_length() -> None:
    assert text_reader(longest=5)("一二三四五六") == Reason("有6个字，超过5个字的上限", "请缩短后再上传。")


OPERATORS = term_reader(
    {name: name for name in ("移动", "电信", "联通", "广电")},
    meanings={"中国移动": "移动", "移动公司": "移动", "没有的": "不存在的"},
    what="运营商的取值",
)


@pytest.mark.parametrize("written", ["移动", " 移 动 ", "中国移动", "移动公司"])
def test_terms_are_understood_in_the_ways_the_profile_knows(written: str) -> None:
    assert OPERATORS(written) == "移动"


def test_an_unknown_term_names_the_nearest() -> None:
    assert OPERATORS("移动通信") == Reason("“移动通信”不在运营商的取值中", "最接近的是：移动。")
    assert OPERATORS("没有的") == Reason("“没有的”不在运营商的取值中", "可填：移动、电信、联通、广电。")


@pytest.mark.parametrize(
    ("reader", "written", "read"),
    [
        (count_reader, "1,200", 1200),
        (count_reader, "１２个", 12),
        (count_reader, 12.0, 12),
        (count_reader, 0, 0),
        (money_reader, "12.5万元", Decimal("125000.00")),
        (money_reader, "1.2亿元", Decimal("120000000.00")),
        (money_reader, "3,000.5", Decimal("3000.50")),
        (ratio_reader, "37.5%", Decimal("0.375")),
        (ratio_reader, 0.375, Decimal("0.375")),
        (truth_reader, "是", True),
        (truth_reader, "×", False),
    ],
)
def test_numbers(reader: Any, written: Any, read: Any) -> None:
    assert reader(written) == read


@pytest.mark.parametrize(
    ("reader", "written", "said"),
    [
        (count_reader, "-1", "“-1”不是个数"),
        (count_reader, "1.5", "“1.5”不是个数"),
        (count_reader, "约10个", "“约10个”不是数字"),
        (count_reader, True, "“是”不是数字"),
        (money_reader, "0.001", "“0.001”不是到分为止的金额"),
        (money_reader, "10000000000000", "“10000000000000”不是到分为止的金额"),
        (ratio_reader, "37.5", "“37.5”不知是否为百分数"),
        (truth_reader, "也许", "“也许”不是“是”或“否”"),
    ],
)
def test_numbers_that_are_none(reader: Any, written: Any, said: str) -> None:
    found = reader(written)
    assert isinstance(found, Reason)
    assert found.message == said


def test_a_faulty_cell_carries_its_reason() -> None:
    assert read_cell(Fault("公式没有计算结果", "请重新保存。"), count_reader) == Reason(
        "公式没有计算结果", "请重新保存。"
    )
