"""A figure as somebody typed it into a line, as the value that is kept, and back. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wanqi.packs import unit_scale
from wanqi.registry.cells import Reason, blank, number_from
from wanqi.registry.values import Fault, Value, plain

ZERO = frozenset(("无", "零", "没有", "〇"))
UNDECIDED = frozenset(("暂无", "待定", "不详", "未知"))
WHOLE = frozenset("笔场所个家台座项人件户次名条只起期份")
SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
MOST = Decimal(10) ** 15
_PARTS = re.compile(r"([-+]?[\d,]+(?:\.\d+)?)(.*)")
_ONLY_NUMBER = "请只填数字，单位按本行的单位；没有发生的填0。"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a line is filled in: unit as shown, unit kept, and what one shown unit is in it."""

    shown: str
    kept: str
    scale: Decimal

    @property
    def places(self) -> int:
        """Decimals a kept value may have."""
        if self.kept in WHOLE:
            return 0
        return 2 if self.kept == "元" else 6


def measure_of(unit: str) -> Measure:
    """Return how a line with this unit is filled in."""
    kept, scale = unit_scale(unit)
    return Measure(unit, kept, scale)


def read_figure(value: Value, unit: str) -> Decimal | Reason | None:
    """Return the value in the kept unit, None for 未填, or why it is no figure.

    无 and 0 are zero; a blank or a dash is not. A share needs its percent sign, except in a cell formatted as one,
    which holds the share itself.
    """
    if isinstance(value, Fault):
        return Reason(value.message, value.hint)
    measure = measure_of(unit)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Reason(f"“{plain(value)}”不是数字", _ONLY_NUMBER)
    if not isinstance(value, str):
        return _from_number(value, measure)
    text = unicodedata.normalize("NFKC", plain(value)).replace("−", "-")
    text = "".join(text.split())
    if text in ZERO:
        return Decimal(0)
    if text in UNDECIDED:
        return Reason(
            f"“{text}”不知是零还是没有数据", "没有发生的填0；还没有数据的留空，并在情况说明中写明原因。"
        )
    if blank(text):
        return None
    return _from_text(text, measure)


def _from_number(value: float, measure: Measure) -> Decimal | Reason:
    # A spreadsheet keeps 15 digits; the rest of a float is noise of its sums.
    number = Decimal(f"{value:.15g}")
    if measure.shown == "%" and abs(number) > 1:
        return Reason(f"“{format(number.normalize(), 'f')}”不知是否为百分数", "请写明百分号，如37.5%。")
    return _kept(number if measure.shown == "%" else number * measure.scale, measure, plain(value))


def _from_text(text: str, measure: Measure) -> Decimal | Reason:
    found = _PARTS.fullmatch(text)
    number = number_from(found[1]) if found else Reason(f"“{text[:30]}”不是数字", _ONLY_NUMBER)
    if isinstance(number, Reason) or found is None:
        return Reason(f"“{text[:30]}”不是数字", _ONLY_NUMBER)
    scale = _scale_of(found[2], measure)
    if scale is None:
        return _wrong_unit(text, found[2], measure)
    return _kept(number[0] * scale, measure, text)


def _scale_of(written: str, measure: Measure) -> Decimal | None:
    """Return what the unit behind a number is in the kept unit, None where it does not belong there."""
    if measure.shown == "%":
        return measure.scale if written == "%" else None
    if written in ("", measure.shown):
        return measure.scale
    if written == measure.kept:
        return Decimal(1)
    if written[:1] in SCALES and written[1:] in ("", measure.kept):
        return SCALES[written[:1]]
    return None


def _wrong_unit(text: str, written: str, measure: Measure) -> Reason:
    if measure.shown == "%":
        return Reason(
            f"“{text[:30]}”没有百分号",
            f"请写明百分号，如{text[:20]}%。" if not written else "请写成37.5%这样。",
        )
    return Reason(f"“{text[:30]}”的单位与本行不符", f"本行的单位是“{measure.shown}”，请换算后只填数字。")


def _kept(value: Decimal, measure: Measure, written: str) -> Decimal | Reason:
    if abs(value) >= MOST:
        return Reason(f"“{written[:30]}”太大", "请核对位数和单位。")
    exact = value.quantize(Decimal(1).scaleb(-measure.places))
    if exact != value:
        if measure.places == 0:
            return Reason(f"“{written[:30]}”不是整数", f"按“{measure.kept}”计的数要填整数，请核对。")
        return Reason(
            f"“{written[:30]}”的小数位数太多",
            f"最多保留到{measure.kept or '百分号前四位'}的小数{measure.places}位。",
        )
    return exact


def show_figure(value: Decimal | None, unit: str) -> str:
    """Return a kept value as somebody would type it into the line: 2000 for 20000000 元 in 万元, 38.8% for 0.388."""
    if value is None:
        return ""
    scaled = value / measure_of(unit).scale
    text = format(scaled.normalize(), "f")
    return f"{text}%" if unit == "%" else text


def as_decimal(value: Fraction | None) -> Decimal | None:
    """Return a fraction with at most six decimals, as the database keeps it."""
    if value is None:
        return None
    found = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()
