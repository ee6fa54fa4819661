"""Printing numbers as Chinese reports do."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.figures import display, display_change, display_interval


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (571, {"unit": "个"}, "571个"),
        (Fraction(120, 451), {"unit": "%"}, "26.61%"),
        (Fraction(571, 800), {"unit": "%"}, "71.38%"),
        (Fraction(-71375, 100000), {"unit": "%"}, "−71.38%"),
        (Fraction(1, 8), {"unit": "%", "decimals": 0}, "13%"),
        (Fraction(-1, 100000), {"unit": "%"}, "0.00%"),
        (Fraction(12, 1000), {"unit": "个百分点", "decimals": 1}, "1.2个百分点"),
        (Decimal("20000000.00"), {"unit": "万元"}, "2000万元"),
        (Decimal("147000000"), {"unit": "亿元"}, "1.47亿元"),
        (1234567, {"unit": "元", "group": True}, "1,234,567元"),
        (-1234, {"group": True, "decimals": 2}, "−1,234.00"),
        (Fraction(1, 10), {"unit": "%", "signed": True, "decimals": 1}, "+10.0%"),
        (Fraction(1, 3), {}, "0.33"),
    ],
)
def test_display(value: Fraction, options: dict[str, object], text: str) -> None:
    assert display(value, **options) == text  # type: ignore[arg-type]


def test_an_interval_is_rounded_outwards() -> None:
    assert display_interval(Fraction(6549, 10), Fraction(7271, 10), unit="个", decimals=0) == "654—728个"
    assert display_interval(Fraction(-5, 3), Fraction(1, 3), unit="%", decimals=1) == "−166.7—33.4%"


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Fraction(120, 451), "增长26.61%"),
        (Fraction(-32, 1000), "下降3.20%"),
        (0, "持平"),
        (Fraction(1, 10**6), "持平"),
    ],
)
def test_change_in_words(rate: Fraction, text: str) -> None:
    assert display_change(rate) == text


@settings(max_examples=500, deadline=None)
@given(st.decimals(min_value=-(10**6), max_value=10**6, places=5, allow_nan=False), st.integers(0, 3))
def test_rounding_agrees_with_decimal(value: Decimal, decimals: int) -> None:
    step = Decimal(1).scaleb(-decimals)
    for rounding, mode in (("half_up", ROUND_HALF_UP), ("down", ROUND_FLOOR), ("up", ROUND_CEILING)):
        text = display(value, decimals=decimals, rounding=rounding).replace("−", "-")  # type: ignore[arg-type]
        assert Decimal(text) == value.quantize(step, rounding=mode)
        assert not text.startswith("-") or Decimal(text) < 0
