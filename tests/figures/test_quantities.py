"""Reading single written numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wanqi.figures import Interval, UnreadableNumber, printed


@pytest.mark.parametrize(
    ("text", "value", "unit", "interval"),
    [
        ("571", 571, "", (Fraction(1141, 2), Fraction(1143, 2))),
        ("571个", 571, "个", (571, 571)),
        ("２０家", 20, "家", (20, 20)),
        ("一百二十家", 120, "家", (120, 120)),
        ("两千家", 2000, "家", (2000, 2000)),
        ("1,234人", 1234, "人", (1234, 1234)),
        ("37.5%", Fraction(3, 8), "%", (Fraction(3745, 10000), Fraction(3755, 10000))),
        ("37.50％", Fraction(3, 8), "%", (Fraction(37495, 100000), Fraction(37505, 100000))),
        ("−3.2%", Fraction(-32, 1000), "%", (Fraction(-325, 10000), Fraction(-315, 10000))),
        ("3.5‰", Fraction(35, 10000), "‰", (Fraction(345, 100000), Fraction(355, 100000))),
        ("1.2个百分点", Fraction(12, 1000), "百分点", (Fraction(115, 10000), Fraction(125, 10000))),
        ("1.2百分点", Fraction(12, 1000), "百分点", (Fraction(115, 10000), Fraction(125, 10000))),
        ("百分之三点五", Fraction(35, 1000), "%", (Fraction(345, 10000), Fraction(355, 10000))),
        ("三成", Fraction(3, 10), "成", (Fraction(1, 4), Fraction(7, 20))),
        ("2.5倍", Fraction(5, 2), "倍", (Fraction(49, 20), Fraction(51, 20))),
        ("翻番", 1, "倍", (Fraction(19, 20), Fraction(21, 20))),
        ("翻两番", 3, "倍", (Fraction(57, 20), Fraction(63, 20))),
        ("13亿元", 13 * 10**8, "元", (125 * 10**7, 135 * 10**7)),
        ("2000万元", 2 * 10**7, "元", (19_995_000, 20_005_000)),
        ("15.2万户", 152_000, "户", (151_500, 152_500)),
        ("3-5人", 3, "人", (3, 5)),
        ("10—20万元", 100_000, "元", (100_000, 200_000)),
        ("15%-20%", Fraction(3, 20), "%", (Fraction(3, 20), Fraction(1, 5))),
        ("近800个", 800, "个", (700, 800)),
        ("约800个", 800, "个", (700, 900)),
        ("10%以上", Fraction(1, 10), "%", (Fraction(1, 10), Fraction(1, 5))),
    ],
)
def test_value_unit_and_interval(
    text: str, value: Fraction, unit: str, interval: tuple[Fraction, Fraction]
) -> None:
    quantity = printed(text)
    assert (quantity.value, quantity.unit) == (value, unit)
    assert quantity.interval == Interval.between(*interval)


def test_a_bound_leaves_its_number_out_and_ends_at_its_granularity() -> None:
    over = printed("突破800个")
    assert over.face == Interval.point(800)
    assert over.interval == Interval(Fraction(800), Fraction(900), low_open=True)
    assert printed("40余家").interval == Interval(Fraction(40), Fraction(50), low_open=True)


def test_a_set_target_is_exact() -> None:
    assert printed("75亿元", exact=True).interval == Interval.point(75 * 10**8)


def test_a_last_digit_may_be_truncated_or_padded() -> None:
    assert Fraction(7757, 10000) in printed("77.60%").loose
    assert Fraction(7757, 10000) not in printed("77.60%").interval
    assert Fraction(362, 100) not in printed("360%").loose


@pytest.mark.parametrize(
    "text",
    [
        "",
        "个",
        "5 9亿元",
        "108 3%",
        "321 146件",
        "28. 1%",
        "98%%",
        "20xx",
        "**.*%",
        "增长xx0.9%",
        "5.",
        "1,23个",
        "十百家",
    ],
)
def test_a_damaged_number_is_unreadable_and_never_wrong(text: str) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        printed(text)
    assert refused.value.text == text
    assert "请改成" in str(refused.value)
