"""How far a value is from its threshold, and how values are written for people and programs.

The gap is the least change of the value, a whole number of its smallest steps, after which the comparison holds.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from wanqi.rules.types import Type

Known = str | bool | date | int | Decimal | Fraction
Shown = str | bool | int

# Smallest step of a value by its type; `number` values (分, ㎡) carry four decimal places.
STEPS = {
    "count": Fraction(1),
    "money": Fraction(1, 100),
    "ratio": Fraction(1, 10**8),
    "number": Fraction(1, 10**4),
}
_PLACES = {Fraction(1, 10**places): places for places in range(9)}
# Rounding that never carries a value across its threshold: downwards for these, upwards for the others.
_DOWNWARD = frozenset({">=", "<"})


def gap(operator: str, value: Fraction, threshold: Fraction, *, step: Fraction) -> Fraction | None:
    """Return the signed least change, a multiple of step; None for an equality that no step reaches.

    Precondition: the comparison does not hold. A strict comparison on its threshold needs one step.
    """
    away = (threshold - value) / step
    match operator:
        case ">=":
            return ceil(away) * step
        case ">":
            return (floor(away) + 1) * step
        case "<=":
            return floor(away) * step
        case "<":
            return (ceil(away) - 1) * step
        case "=":
            return away * step if away.denominator == 1 else None
        case _:
            return step


def rounded(value: Fraction, operator: str | None, *, step: Fraction) -> Fraction:
    """Return the value on the grid of its step, on the same side of any threshold of that grid."""
    steps = value / step
    return (floor(steps) if operator in _DOWNWARD or operator is None else ceil(steps)) * step


def shown(value: Known | None, kind: Type, *, operator: str | None = None) -> Shown | None:
    """Return the value as JSON carries it: counts whole, money with two places, ratios without trailing zeros."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    step = STEPS[kind.base]
    return written(rounded(Fraction(value), operator, step=step), kind)


def written(value: Fraction, kind: Type) -> Shown:
    """Return an exact number of the type's grid as JSON carries it."""
    if kind.base == "count":
        return int(value)
    text = decimal_text(value, _PLACES[STEPS[kind.base]])
    if kind.base == "money" or "." not in text:
        return text
    return text.rstrip("0").rstrip(".")


def decimal_text(value: Fraction, places: int) -> str:
    """Return an exact number with so many decimal places. Precondition: it has no more."""
    scaled = int(value * 10**places)
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def points(value: Fraction) -> int | float:
    """Return points as a JSON number: whole where they are, else decimal (at most four places, so exact in text)."""
    return (
        int(value)
        if value.denominator == 1
        else float(decimal_text(rounded(value, None, step=STEPS["number"]), 4))
    )
