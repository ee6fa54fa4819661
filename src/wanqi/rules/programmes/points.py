"""Points of scores and their items as JSON carries them."""

from __future__ import annotations

from decimal import Decimal

from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Part
from wanqi.rules.programmes import measuring
from wanqi.rules.programmes.probing import Exact

_POINTS = PLACES["number"]


def written(steps: Exact | None) -> int | float | None:
    """Return points given in steps, None where they are open."""
    return None if steps is None else measuring.points(measuring.rounded(steps))


def amount(value: Decimal) -> int | float:
    """Return points given as a decimal number."""
    return measuring.points(_in_steps(value))


def lacking(part: Part, high: Exact | None) -> int | float | None:
    """Return the points by which the most that can be reached falls short of the mark; None if it does not."""
    if part.mark is None or high is None:
        return None
    operator, bound = part.mark
    unit = int((part.step or Decimal(1)).scaleb(_POINTS))
    found = measuring.gap(operator, (high[0], high[1] * unit), (_in_steps(bound), unit))
    return None if found is None or found <= 0 else measuring.points(found * unit)


def _in_steps(value: Decimal) -> int:
    return int(value.scaleb(_POINTS))
