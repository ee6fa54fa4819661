"""What a row may carry for each type. Null is unknown; a float is refused because it is not exact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from wanqi.rules.bounds import FIELD_LIMITS, PLACES
from wanqi.rules.errors import ValueRefused
from wanqi.rules.types import Type

Value = str | bool | date | int | Decimal


def checked(name: str, value: object, kind: Type) -> Value | None:
    """Return the value as its type's Python form, or None where it is unknown.

    count: int; money (元) and ratio: Decimal, also from a decimal string; date: date, also from an ISO string;
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


def _day(name: str, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueRefused(name, f"{str(value)[:40]!r} 不是日期。", hint="写成 2023-06-30。")


def _number(name: str, value: object, kind: Type) -> int | Decimal:
    if isinstance(value, float):
        hint = '写成字符串，例如 "0.05"。'
        raise ValueRefused(name, f"{value!r} 是浮点数，不精确。", hint=hint)
    if not isinstance(value, int | Decimal | str):
        raise _refused(name, value, kind)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _refused(name, value, kind) from None
    places = PLACES[kind.base]
    if not number.is_finite() or abs(number) >= FIELD_LIMITS[kind.base]:
        raise ValueRefused(name, f"{str(value)[:40]} 超出{kind.title}的范围。", hint="请核对单位。")
    if number != number.quantize(Decimal(1).scaleb(-places)):
        raise ValueRefused(name, f"{value} 的小数多于 {places} 位。", hint="请按单位核对。")
    return int(number) if kind.base == "count" else number


def _refused(name: str, value: object, kind: Type) -> ValueRefused:
    return ValueRefused(name, f"{str(value)[:40]!r} 不是{kind.title}。", hint=f"这一项应填{kind.title}。")
