"""How far a value is from its threshold, and how values are written for people and programs.

Numbers are counted in steps: the smallest differences of their type. A value may lie between two steps, as quotients
do, and is a pair (over, under); a gap is a whole number of steps.
"""

from __future__ import annotations

from datetime import date

from wanqi.rules.bounds import PLACES
from wanqi.rules.programmes.probing import Exact
from wanqi.rules.types import Type

Shown = str | bool | int
# Rounding that never carries a value across its threshold: downwards for these, upwards for the others.
_DOWNWARD = frozenset({None, ">=", "<"})


def gap(operator: str, value: Exact, threshold: Exact) -> int | None:
    """Return the signed least number of steps after which the comparison holds; None if no step makes it equal.

    Precondition: it does not hold. A strict comparison on its threshold needs one step.
    """
    over = threshold[0] * value[1] - value[0] * threshold[1]
    under = value[1] * threshold[1]
    match operator:
        case ">=":
            return -(-over // under)
        case ">":
            return over // under + 1
        case "<=":
            return over // under
        case "<":
            return -(-over // under) - 1
        case "=":
            return None if over % under else over // under
        case _:
            return 1


def rounded(value: Exact, operator: str | None = None) -> int:
    """Return the value in whole steps, on the same side of any threshold that is a whole number of them."""
    over, under = value
    return over // under if operator in _DOWNWARD else -(-over // under)


def written(steps: int, base: str) -> Shown:
    """Return a number as JSON carries it: counts whole, money with two places, others without trailing zeros."""
    if base == "count":
        return steps
    text = decimal_text(steps, PLACES[base])
    return text if base == "money" else text.rstrip("0").rstrip(".")


def decimal_text(steps: int, places: int) -> str:
    """Return steps of 10^-places as a decimal number with that many places."""
    digits = str(abs(steps)).rjust(places + 1, "0")
    return f"{'-' if steps < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def plain(value: object) -> Shown | None:
    """Return what is no number as JSON carries it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | bool) else None


def as_json(value: object, kind: Type) -> Shown | None:
    """Return a value of a snapshot's row as JSON carries it."""
    if kind.numeric and isinstance(value, int) and not isinstance(value, bool):
        return written(value, kind.base)
    return plain(value)


def points(steps: int) -> int | float:
    """Return points, given in steps of `number`, as a JSON number: whole where they are, else exact in its digits."""
    whole, rest = divmod(steps, 10 ** PLACES["number"])
    return whole if rest == 0 else float(decimal_text(steps, PLACES["number"]))
