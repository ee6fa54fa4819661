"""Reading one written number: its value, unit and the interval of numbers it may stand for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from wanqi.figures.errors import UnreadableNumber
from wanqi.figures.intervals import Interval
from wanqi.figures.numerals import NUMERAL, numeral

Bound = Literal["none", "over", "at_least", "near", "about", "at_most"]

# Hedges before or after the number. 突破 and 超 leave the number itself out, 以上 takes it in.
_BEFORE: dict[str, Bound] = {
    "突破": "over", "超过": "over", "超": "over", "逾": "over", "不少于": "at_least", "不低于": "at_least",
    "至少": "at_least", "近": "near", "接近": "near", "约": "about", "大约": "about", "约为": "about",
    "不超过": "at_most", "不高于": "at_most", "至多": "at_most",
}  # fmt: skip
_AFTER: dict[str, Bound] = {
    "以上": "at_least", "余": "over", "多": "over", "左右": "about", "上下": "about", "以下": "at_most",
    "以内": "at_most",
}  # fmt: skip
_SCALES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_RATIO_UNITS = {
    "%": Fraction(1, 100),
    "‰": Fraction(1, 1000),
    "百分点": Fraction(1, 100),
    "成": Fraction(1, 10),
}
# What is counted one by one. Measured amounts (元, 吨, 公里 …) are rounded even when printed whole.
COUNTERS = frozenset("个家件人名次项条户座处台套批篇宗起所期场辆头只位本册部块颗份")

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_PATTERN = re.compile(
    rf"(?P<before>{'|'.join(sorted(_BEFORE, key=len, reverse=True))})?"
    rf"(?P<sign>[+-])?(?P<low>{_NUMBER}|{NUMERAL})"
    rf"(?:(?P<lowscale>[万亿])?(?P<lowpercent>%)?[-~至到](?P<high>{_NUMBER}|{NUMERAL}))?"
    r"(?P<more>余|多)?(?P<scale>十万|百万|千万|十|百(?!分点)|千|万|亿)?(?P<unit>[^\d\s+\-~,.]*?)"
    rf"(?P<after>{'|'.join(sorted(_AFTER, key=len, reverse=True))})?"
)
_PERCENT_WORDS = re.compile(
    rf"(?P<kind>百分之|千分之)(?P<number>{_NUMBER}|{NUMERAL})(?P<point>点(?P<part>[〇零一二三四五六七八九]+))?"
)
_FOLD = str.maketrans(
    {
        "－": "-",
        "−": "-",
        "—": "-",
        "–": "-",
        "～": "~",
        "〜": "~",
        "％": "%",
        "﹪": "%",
        "，": ",",
        "．": ".",
    }
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as printed.

    `value` is the number itself (a ratio: 37.5% is 3/8), `step` one unit of its last printed digit,
    `exact` whether it is counted or set rather than rounded, `upper` the second number of a range.
    """

    text: str
    value: Fraction
    unit: str
    step: Fraction
    exact: bool = False
    bound: Bound = "none"
    upper: Fraction | None = None

    @property
    def whole(self) -> bool:
        """True when only whole numbers make sense: things counted one by one."""
        return self.unit in COUNTERS

    @property
    def face(self) -> Interval:
        """What the number says without its hedge: 突破800个 says 800."""
        if self.upper is not None:
            return Interval.between(min(self.value, self.upper), max(self.value, self.upper))
        if self.exact:
            return Interval.point(self.value)
        return Interval(self.value - self.step / 2, self.value + self.step / 2)

    @property
    def interval(self) -> Interval:
        """Every number this may stand for.

        A hedge reaches as far as one unit of the last digit that is not zero: 突破800 may be 823 or 900, but
        who had 1028 would have written 突破1000.
        """
        if self.upper is not None or self.bound == "none":
            return self.face
        reach = granularity(self.value, self.step)
        if self.bound == "over":
            return Interval(self.value, self.value + reach, low_open=self.exact)
        if self.bound == "at_least":
            return Interval(self.value, self.value + reach)
        if self.bound in ("near", "at_most"):
            return Interval(self.value - reach, self.value)
        return Interval(self.value - reach, self.value + reach)

    @property
    def loose(self) -> Interval:
        """The interval when the last digit was truncated, nudged or padded with zeros."""
        if self.exact or self.upper is not None:
            return self.interval
        padding = re.search(r"\.\d*?(0+)(?!\d)", unicodedata.normalize("NFKC", self.text))
        unit = self.step * 10 ** len(padding[1]) if padding else self.step
        wide = Interval(self.value - unit, self.value + unit)
        own = self.interval
        if own.low is None or own.high is None or wide.low is None or wide.high is None:
            return Interval.line()
        return Interval(min(own.low, wide.low), max(own.high, wide.high))


def granularity(value: Fraction, step: Fraction) -> Fraction:
    """One unit of the last digit of `value` that is not zero, at least `step`."""
    unit = step
    while value and (value / (unit * 10)).denominator == 1:
        unit *= 10
    return unit


def printed(text: str, *, exact: bool | None = None) -> Quantity:
    """The number written as `text`, e.g. "120个", "突破15万户", "37.5%", "3-5人", "百分之三十五".

    `exact=True` says that the number is set, not rounded (任务75亿元); None decides by the unit: counts are
    exact unless written in 万 or 亿. Raises UnreadableNumber when a digit may be missing.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_FOLD).strip()
    words = _PERCENT_WORDS.fullmatch(folded)
    if words:
        return _percent_in_words(text, words)
    turned = _turned(text, folded)
    if turned is not None:
        return turned
    folded = re.sub(r"(?<=\d)\s+(?=[^\d\s.,])", "", folded)
    if re.search(r"\s", folded):
        raise UnreadableNumber(text, "数字中间有空格，可能缺了小数点或位数")
    match = _PATTERN.fullmatch(folded)
    if match is None:
        raise UnreadableNumber(text, "不是一个完整的数字，或有被遮盖、重复的符号")
    return _assembled(text, match, exact)


def _percent_in_words(text: str, match: re.Match[str]) -> Quantity:
    base = Fraction(1, 100 if match["kind"] == "百分之" else 1000)
    value, step = _digits(text, match["number"])
    if match["part"]:
        part = "".join(str(numeral(c)) for c in match["part"])
        step = Fraction(1, 10 ** len(part))
        value += int(part) * step
    return Quantity(text, value * base, "%" if match["kind"] == "百分之" else "‰", step * base)


def _turned(text: str, folded: str) -> Quantity | None:
    """翻番, 翻一番, 翻两番 as growth: one doubling is +100 %; said loosely, so within 5 % of it."""
    match = re.fullmatch(rf"(?:实现)?翻(?P<n>{NUMERAL}|\d)?番", folded)
    if match is None:
        return None
    times = (numeral(match["n"]) if not (match["n"] or "1").isdigit() else int(match["n"] or 1)) or 1
    value = Fraction(2**times - 1)
    return Quantity(text, value, "倍", value / 10)


def _assembled(text: str, match: re.Match[str], exact: bool | None) -> Quantity:
    value, step = _digits(text, match["low"])
    unit = match["unit"] or ""
    scale_word = match["scale"] or ""
    if unit.startswith("个百分点"):
        unit = "百分点"
    if unit and unit not in _RATIO_UNITS and re.search(r"[%‰*xX#?]|…", unit):
        raise UnreadableNumber(text, "单位不清楚，或符号重复")
    factor = Fraction(_SCALES[scale_word]) * _RATIO_UNITS.get(unit, Fraction(1))
    negative = -1 if match["sign"] == "-" else 1
    upper = None
    if match["high"]:
        high, _ = _digits(text, match["high"])
        upper = high * factor
        low_factor = Fraction(_SCALES[match["lowscale"]]) if match["lowscale"] else factor
        return Quantity(text, value * low_factor, unit, step * low_factor, exact is not False, "none", upper)
    bound: Bound = _BEFORE.get(match["before"] or "", "none")
    for hedge in (match["more"], match["after"]):
        if hedge and bound == "none":
            bound = _AFTER[hedge]
    counted = unit in COUNTERS and step == 1 and scale_word in ("", "十", "百", "千")
    return Quantity(
        text, negative * value * factor, unit, step * factor, counted if exact is None else exact, bound
    )


def _digits(text: str, written: str) -> tuple[Fraction, Fraction]:
    """Value and step of digits or of a Chinese numeral."""
    if written[0].isascii():
        plain = Decimal(written.replace(",", ""))
        exponent = plain.as_tuple().exponent
        return Fraction(plain), Fraction(1, 10 ** -int(exponent)) if isinstance(exponent, int) else Fraction(
            1
        )
    value = numeral(written)
    if value is None:
        raise UnreadableNumber(text, f"“{written}”不是规范的中文数字")
    return Fraction(value), Fraction(1)
