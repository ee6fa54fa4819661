"""The relations of prose as exact functions on closed boxes of rational numbers.

A law gives the numbers that its derived figure may show, over all numbers its inputs may stand for. Every law
is monotone in each input on its domain, so the corners of the box are exact; None means that the inputs leave
everything open (an empty base), which never raises an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from wanqi.figures.quantities import Quantity, granularity

Box = tuple[Fraction, Fraction]
Numbers = Sequence[Fraction]

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Law:
    """`of(inputs, constants)` is the derived number; `guard` says where it is defined.

    `sum` writes the calculation: {0}, {1} … are the inputs as printed, {c0} the constants.
    """

    name: str
    title: str
    of: Callable[[Numbers, Numbers], Fraction]
    guard: Callable[[Numbers, Numbers], bool]
    written: str


def _always(_numbers: Numbers, _constants: Numbers) -> bool:
    return True


def _positive(place: int) -> Callable[[Numbers, Numbers], bool]:
    return lambda x, _c: x[place] > 0


LAWS: dict[str, Law] = {
    law.name: law
    for law in (
        Law("share", "占比", lambda x, _: x[0] / x[1], _positive(1), "{0}÷{1}"),
        Law("rest", "其余占比", lambda x, _: 1 - x[0] / x[1], _positive(1), "1−{0}÷{1}"),
        Law("growth", "增长率", lambda x, _: x[0] / x[1] - 1, _positive(1), "({0}−{1})÷{1}"),
        Law(
            "growthd", "增长率", lambda x, _: x[1] / (x[0] - x[1]), lambda x, _: x[0] > x[1],
            "{1}÷({0}−{1})",
        ),
        Law(
            "stock_growth", "较上年末增长", lambda x, _: x[0] / (x[1] - x[2]) - 1, lambda x, _: x[1] > x[2],
            "({0}−({1}−{2}))÷({1}−{2})",
        ),
        Law("delta", "增加额", lambda x, _: x[0] - x[1], _always, "{0}−{1}"),
        Law("pp", "百分点", lambda x, _: x[0] - x[1], _always, "{0}−{1}"),
        Law("samebench", "同一进度", lambda x, _: x[0] - x[1] + x[2], _always, "({0}−{1})+{2}"),
        Law("pacepp", "快于时序进度", lambda x, c: x[0] - c[0], _always, "{0}−{c0}"),
        Law(
            "rate2", "比率", lambda x, _: x[0] / (x[0] + x[1]), lambda x, _: x[0] >= 0 and x[1] > 0,
            "{0}÷({0}+{1})",
        ),
        Law("ratio", "平均数", lambda x, _: x[0] / x[1], _positive(1), "{0}÷{1}"),
        Law("scaled", "平均数", lambda x, c: x[0] / x[1] * c[0], _positive(1), "{0}÷{1}"),
        Law("average", "平均数", lambda x, c: x[0] / c[0], _always, "{0}÷{c0}"),
        Law("ratio100", "比值", lambda x, _: x[0] / x[1] * 100, _positive(1), "{0}÷{1}×100"),
        Law("conv", "单位换算", lambda x, c: x[0] * c[0], _always, "{0}×{c0}"),
        Law("productk", "面积×单产", lambda x, c: x[0] * x[1] * c[0], _always, "{0}×{1}"),
        Law("cagr", "年均增长", lambda x, c: x[0] * (1 + x[1]) ** int(c[0]), lambda x, _: x[1] > -1, "{0}×(1+{1})^{c0}"),
        Law("cagrtot", "累计增长", lambda x, c: (1 + x[0]) ** int(c[0]) - 1, lambda x, _: x[0] > -1, "(1+{0})^{c0}−1"),
        Law("gsum", "增速相乘", lambda x, _: (1 + x[0]) * (1 + x[1]) - 1, _always, "(1+{0})×(1+{1})−1"),
    )
}  # fmt: skip


def reach(law: Law, boxes: Sequence[Box], constants: Numbers) -> Box | None:
    """The lowest and highest number that `law` gives over the boxes; None where it is undefined somewhere."""
    low = high = None
    for corner in product(*boxes):
        if not law.guard(corner, constants):
            return None
        value = law.of(corner, constants)
        low = value if low is None or value < low else low
        high = value if high is None or value > high else high
    return None if low is None or high is None else (low, high)


def total(boxes: Sequence[Box]) -> Box:
    """What the sum of the boxes may be."""
    return sum((low for low, _ in boxes), Fraction(0)), sum((high for _, high in boxes), Fraction(0))


def weighted_growth(levels: Sequence[Box], rates: Sequence[Box]) -> Box | None:
    """The growth of a whole that its parts make up: their sum now over their sum before.

    Shifting weight to a faster part only raises it, so the highest growth has the fastest parts as large and the
    others as small as they may be; the best cut between the two is tried out.
    """
    if any(level[0] < 0 for level in levels) or any(rate[0] <= -1 for rate in rates):
        return None
    high = _extreme([(rate[1], level) for rate, level in zip(rates, levels, strict=True)], highest=True)
    low = _extreme([(rate[0], level) for rate, level in zip(rates, levels, strict=True)], highest=False)
    return None if low is None or high is None else (low, high)


def _extreme(parts: list[tuple[Fraction, Box]], *, highest: bool) -> Fraction | None:
    parts.sort(key=lambda part: part[0], reverse=highest)
    best: Fraction | None = None
    for cut in range(len(parts) + 1):
        now = before = Fraction(0)
        for place, (rate, level) in enumerate(parts):
            amount = level[1] if place < cut else level[0]
            now += amount
            before += amount / (1 + rate)
        if before > 0:
            growth = now / before - 1
            best = growth if best is None or (growth > best) == highest else best
    return best


def weighted_completion(levels: Sequence[Box], rates: Sequence[Box], whole: Box) -> Box | None:
    """The completion of a whole whose parts reached `rates` of their plans."""
    low = high = Fraction(0)
    for level, rate in zip(levels, rates, strict=True):
        if rate[0] <= 0 or level[0] < 0:
            return None
        low += level[0] / rate[1]
        high += level[1] / rate[0]
    if low <= 0:
        return None
    return whole[0] / high, whole[1] / low


def whole_base(now: Quantity, rate: Box) -> tuple[int, int] | None:
    """The first and last whole number from which `now` may have grown at `rate`; first > last if there is none."""
    if rate[0] <= -1:
        return None
    lowest, highest = now.value / (1 + rate[1]), now.value / (1 + rate[0])
    return -((-lowest.numerator) // lowest.denominator), highest.numerator // highest.denominator


def meets(one: Box, other: Box) -> bool:
    """True when two boxes share a number."""
    return one[0] <= other[1] and other[0] <= one[1]


def box(quantity: Quantity) -> Box:
    """Every number a printed figure may stand for: its rounding and its hedge."""
    if quantity.upper is not None:
        return min(quantity.value, quantity.upper), max(quantity.value, quantity.upper)
    slack = Fraction(0) if quantity.exact else quantity.step / 2
    low, high = quantity.value - slack, quantity.value + slack
    if quantity.bound == "none":
        return low, high
    far = granularity(quantity.value, quantity.step)
    outward = quantity.bound in ("over", "at_least")
    if quantity.bound == "about":
        return low - far, high + far
    return (low, high + far) if outward == (quantity.value >= 0) else (low - far, high)


def face(quantity: Quantity) -> Box:
    """The rounding of a printed figure alone: 突破800个 says 800."""
    slack = Fraction(0) if quantity.exact else quantity.step / 2
    return quantity.value - slack, quantity.value + slack


def loose(quantity: Quantity, *, padded: bool = True) -> Box:
    """The numbers a figure may stand for when its last digit was cut off, raised, or padded with a zero."""
    if quantity.exact or quantity.upper is not None:
        return box(quantity)
    low, high = quantity.value - quantity.step, quantity.value + quantity.step
    zeros = padding(quantity) if padded else 0
    if zeros:
        half = quantity.step * zeros / 2
        low, high = min(low, quantity.value - half), max(high, quantity.value + half)
    wide = box(quantity)
    return min(low, wide[0]), max(high, wide[1])


def padding(quantity: Quantity) -> int:
    """Ten for a zero at the end of two or more decimals, a hundred for two zeros; 0 for none."""
    digits = "".join(c for c in quantity.text if c.isdigit() or c == ".")
    part = digits.partition(".")[2]
    zeros = len(part) - len(part.rstrip("0"))
    return 10**zeros if zeros and len(part) > 1 else 0
