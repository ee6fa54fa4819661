"""What a row may carry for each type, and its two forms.

Null is unknown; a float is refused because it is not exact. `checked` gives the Python form (Decimal in 元), `whole` the
stored one every column of a snapshot has: money in fen, a ratio in 10⁻⁸, a number in 10⁻⁴, a count as it is, all int.
`unscaled` and `exact` lead back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction

from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.errors import ValueRefused
from wanqi.rules.types import Type

Value = str | bool | date | int | Decimal
Whole = str | bool | date | int

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d+)?", re.ASCII)


def checked(name: str, value: object, kind: Type) -> Value | None:
    """Return the value as its type's Python form, or None where it is unknown.

    count: int; money (元), number and ratio: Decimal, also from a decimal string; date: date, also from an ISO string;
    text, enum and area: str; bool: bool. Raises ValueRefused for anything else.
    """
    if value is None:
        return None
    if kind.base == "bool" and isinstance(value, bool):
        return value
    if kind.coded and isinstance(value, str):
        return value
    if kind.base == "date":
        return _day(name, value)
    if kind.numeric and not isinstance(value, bool):
        return _number(name, value, kind)
    raise _refused(name, value, kind)


def row(values: Mapping[str, object], fields: Mapping[str, Type]) -> dict[str, Value | None]:
    """Return the checked values of exactly the given fields; an absent one is unknown."""
    return {name: checked(name, values.get(name), kind) for name, kind in fields.items()}


def whole(name: str, value: object, kind: Type) -> Whole | None:
    """Return the value as a snapshot stores it; codes must be among those permitted.

    name: where the value stands, for the message. Raises ValueRefused.
    """
    if value is None:
        return None
    if isinstance(value, str) and kind.coded:
        return code(name, value, kind)
    if kind.numeric and isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise _refused(name, value, kind)
    plain = checked(name, value, kind)
    if isinstance(plain, Decimal):
        return int(plain.scaleb(PLACES[kind.base]))
    return plain


def unscaled(stored: Whole | None, kind: Type) -> Value | None:
    """Return the Python form of a stored value."""
    if isinstance(stored, int) and kind.numeric and kind.base != "count":
        return Decimal(stored).scaleb(-PLACES[kind.base])
    return stored


def exact(stored: Whole | None, kind: Type) -> Fraction | Whole | None:
    """Return the value of a stored one: numbers as fractions in their own unit, everything else as it is."""
    if isinstance(stored, int) and kind.numeric:
        return Fraction(stored, 10 ** PLACES[kind.base])
    return stored


def code(name: str, value: str, kind: Type) -> str:
    """Return a code that is one of the permitted values. Raises ValueRefused."""
    if kind.values is None or value in kind.values:
        return value
    near = get_close_matches(value, kind.values, n=1, cutoff=0.3)
    hint = f"是不是 {near[0]}？" if near else f"可选：{'、'.join(kind.values[:20])}。"
    raise ValueRefused(name, f"{said(value)} 不在可选值中。", hint=hint)


def codes(name: str, values: object, allowed: tuple[str, ...] | None) -> frozenset[str]:
    """Return the values of a set, each of them permitted. Raises ValueRefused."""
    listed = isinstance(values, Sequence) and not isinstance(values, str)
    if not listed or not all(isinstance(one, str) for one in values):  # type: ignore[attr-defined]  # a sequence
        raise ValueRefused(
            name, f"{said(values)} 不是多选。", hint='写成列表，例如 ["补短板"]，一项也没有写 []。'
        )
    kind = Type("set", allowed)
    return frozenset(code(name, one, kind) for one in values)  # type: ignore[attr-defined]  # the same


def said(value: object) -> str:
    """Return a refused value as a message quotes it: the text, or what stood in the JSON."""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError):
            value = str(value)
    return f"“{''.join(one if one.isprintable() else '·' for one in value[:40])}”"


def iso_day(text: str) -> date:
    """Return the date written 2023-06-30. Raises ValueError for anything else, such as a day of a week (2023-W26-5)."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _day(name: str, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return iso_day(value)
        except ValueError:
            pass
    raise ValueRefused(name, f"{said(value)} 不是日期。", hint="写成 2023-06-30。")


def _number(name: str, value: object, kind: Type) -> int | Decimal:
    if isinstance(value, float):
        hint = '写成字符串，例如 "0.05"。'
        raise ValueRefused(name, f"{said(value)} 是浮点数，不精确。", hint=hint)
    if not isinstance(value, int | Decimal | str):
        raise _refused(name, value, kind)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _refused(name, value, kind) from None
    places = PLACES[kind.base]
    if not number.is_finite() or abs(number).scaleb(places) >= beyond(kind):
        raise ValueRefused(name, f"{said(value)} 超出{kind.title}的范围。", hint=_range(kind))
    if kind.positive and number < 0:
        raise ValueRefused(name, f"{said(value)} 是负数。", hint="这一项不能为负，请核对。")
    if number != number.quantize(Decimal(1).scaleb(-places)):
        raise ValueRefused(name, f"{said(value)} 的小数多于 {places} 位。", hint="请按单位核对。")
    return int(number) if kind.base == "count" else number


def _refused(name: str, value: object, kind: Type) -> ValueRefused:
    return ValueRefused(name, f"{said(value)} 不是{kind.title}。", hint=f"这一项应填{kind.title}。")


def _range(kind: Type) -> str:
    most = Decimal(beyond(kind) - 1).scaleb(-PLACES[kind.base])
    return f"最大 {most:f}，请核对单位。"
