"""Writing numbers the way Chinese reports print them: rounded half away from zero, minus as −."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

Number = Fraction | Decimal | int
Rounding = Literal["half_up", "down", "up"]

MINUS = "−"
_RATIO_UNITS = {"%": 100, "‰": 1000, "个百分点": 100, "百分点": 100, "成": 10}
_SCALES = {"万": 10**4, "亿": 10**8}


def display(
    value: Number,
    *,
    unit: str = "",
    decimals: int | None = None,
    group: bool = False,
    signed: bool = False,
    rounding: Rounding = "half_up",
) -> str:
    """`value` with its unit: 571 → "571个", Fraction(120, 451) → "26.61%", 20000000 → "2000万元".

    A unit that begins with 万 or 亿 scales; %, ‰ and 百分点 take a ratio where 1 is 100 %. Without
    `decimals`: two for %, ‰ and 百分点, and for the rest as many as the value has, at most two. `group` sets
    thousands marks, `signed` a + before a gain. `rounding` "up" goes to the larger number, "down" to the
    smaller one.
    """
    scaled = Fraction(value) * _RATIO_UNITS.get(unit, 1) / _SCALES.get(unit[:1], 1)
    places = _places(scaled, unit) if decimals is None else decimals
    steps = _rounded(scaled * 10**places, rounding)
    digits = f"{abs(steps):0{places + 1}d}"
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    if group:
        whole = f"{int(whole):,}"
    sign = MINUS if steps < 0 else "+" if signed and steps > 0 else ""
    return f"{sign}{whole}{'.' + part if part else ''}{unit}"


def display_interval(
    low: Number, high: Number, *, unit: str = "", decimals: int | None = None, group: bool = False
) -> str:
    """An interval such as "655—727个": rounded outwards, so that it still covers what it says."""
    first = display(low, decimals=decimals, unit=unit, group=group, rounding="down").removesuffix(unit)
    last = display(high, decimals=decimals, unit=unit, group=group, rounding="up")
    return f"{first}—{last}"


def display_change(rate: Number, *, decimals: int = 2) -> str:
    """A growth in words: "增长26.61%", "下降3.20%", or "持平" when it rounds to nothing."""
    printed_rate = display(abs(Fraction(rate)), unit="%", decimals=decimals)
    if Fraction(printed_rate.removesuffix("%")) == 0:
        return "持平"
    return f"{'增长' if rate > 0 else '下降'}{printed_rate}"


def _places(scaled: Fraction, unit: str) -> int:
    if unit in _RATIO_UNITS and unit != "成":
        return 2
    return next((n for n in (0, 1) if (scaled * 10**n).denominator == 1), 2)


def _rounded(scaled: Fraction, rounding: Rounding) -> int:
    floor = scaled.numerator // scaled.denominator
    if rounding == "down":
        return floor
    if rounding == "up":
        return -((-scaled.numerator) // scaled.denominator)
    half = (abs(scaled) + Fraction(1, 2)).__floor__()
    return half if scaled >= 0 else -half
