"""Values, thresholds and gaps as people say them: 万元 and 亿元, percent, 个百分点, 件."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from wanqi.rules.plan import Aggregate, Part

_COUNTED = {
    "ip": "件",
    "titles": "项",
    "incidents": "起",
    "tenants": "家",
    "financing": "笔",
    "science_awards": "项",
}
_SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝", "<>": "≠"}
_DAYS = {">=": "不早于", ">": "晚于", "<=": "不晚于", "<": "早于", "=": "为", "<>": "不为"}
NOTHING = "—"


def unit_of(part: Part, unit: str | None, inputs: tuple[Any, ...]) -> str:
    """Return what is counted: the kind's own measure word for records, else the unit the rule names."""
    kinds = [one.source.kind for one in inputs if isinstance(one.source, Aggregate)]
    if unit in (None, "个") and kinds:
        return _COUNTED.get(kinds[0], "条")
    return unit or ""


def number(value: Decimal, unit: str, operator: str | None = None) -> str:
    """Return a number with its unit; money (元) in 万元 or 亿元, a share (比率) in percent.

    operator: of the comparison the value stands in; a share is rounded so that it stays on its side of the threshold.
    """
    if unit == "元":
        return money(value)
    if unit == "比率":
        side = ROUND_FLOOR if operator in (">=", "<") else ROUND_CEILING if operator in ("<=", ">") else None
        percent = value * 100
        return f"{_plain(percent if side is None else percent.quantize(Decimal('0.01'), rounding=side))}%"
    return f"{_plain(value)}{unit}"


def money(value: Decimal) -> str:
    """Return 元 as documents write it, exact: 亿元 or 万元 where that is whole to the 元, else 元."""
    if abs(value) >= 10**8 and value % 10**4 == 0:
        return f"{_plain(value / 10**8)}亿元"
    if abs(value) >= 10**4 and value % 100 == 0:
        return f"{_plain(value / 10**4)}万元"
    return f"{_plain(value)}元"


def _plain(value: Decimal) -> str:
    text = format(value, ",f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def ends(low: Decimal | None, high: Decimal | None, unit: str, operator: str | None = None) -> str:
    """Return an interval in words; an open end is said."""
    if low is not None and low == high:
        return number(low, unit, operator)
    if high is None and not low:
        return "待补充数据"
    if high is None:
        return f"至少{number(low or Decimal(0), unit)}，尚不完整"
    if low is None:
        return f"至多{number(high, unit)}，尚不完整"
    return f"{number(low, unit)}—{number(high, unit)}"


def said(value: Any, unit: str, operator: str | None = None) -> str:
    """Return a value of the tree of conditions in words; unknown is an em dash."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        low, high = (None if one is None else Decimal(str(one)) for one in value)
        return ends(low, high, unit, operator)
    exact = decimal(value) if unit else None
    return number(exact, unit, operator) if exact is not None else str(value)


def decimal(value: Any) -> Decimal | None:
    """Return a number of the tree of conditions, None for dates, terms and intervals."""
    if isinstance(value, bool) or value is None or isinstance(value, list):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value))
    try:
        date.fromisoformat(value)
    except ValueError:
        pass
    else:
        return None
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def threshold(value: Any, unit: str, operator: str | None) -> str:
    """Return what is asked, with its sign: ≥100万元, 不晚于2022-12-31, 中型、小型或微型."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    exact = decimal(value)
    if exact is None:
        return f"{_DAYS.get(operator or '', '')}{value}"
    return f"{_SIGNS.get(operator or '', '')}{number(exact, unit)}"


def gap(value: Any, unit: str) -> str:
    """Return how much is lacking or too much; never less than what is needed."""
    exact = decimal(value)
    if exact is None or exact == 0:
        return ""
    word, size = ("差", exact) if exact > 0 else ("超", -exact)
    if unit == "比率":
        points = (size * 100).quantize(Decimal("0.01"), rounding=ROUND_CEILING)
        return f"{word} {_plain(points)} 个百分点"
    if unit == "元":
        return f"{word} {money(size)}"
    return f"{word} {_plain(size)} {unit}".strip()


def share(value: Any, limit: Any) -> Decimal | None:
    """Return value ÷ threshold for a bar, None where either is no number or the threshold is not above zero."""
    if isinstance(value, list) and len(value) == 2 and value[0] is not None:
        value = value[0]
    one, other = decimal(value), decimal(limit)
    if one is None or other is None or other <= 0:
        return None
    return max(one, Decimal(0)) / other
