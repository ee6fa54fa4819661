"""Exact intervals of rational numbers, with open or closed ends and unbounded sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Self

# One end of an interval: its value, and whether the value itself is left out.
# -inf and +inf are floats only as marks: no arithmetic is done with them.
_End = tuple[Fraction | float, bool]


def _is_infinite(value: Fraction | float) -> bool:
    return isinstance(value, float) and math.isinf(value)


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between `low` and `high`; None means unbounded on that side."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def point(cls, value: Fraction | int) -> Self:
        """The interval that holds one number only."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def between(cls, low: Fraction | int, high: Fraction | int) -> Self:
        """The closed interval from `low` to `high`."""
        return cls(Fraction(low), Fraction(high))

    @classmethod
    def line(cls) -> Self:
        """Every number: nothing is known."""
        return cls(None, None)

    @property
    def empty(self) -> bool:
        """True when no number is left."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def __contains__(self, value: Fraction | int) -> bool:
        return not self.intersect(Interval.point(value)).empty

    def intersect(self, other: Interval) -> Interval:
        """The numbers in both; possibly empty."""
        low, low_open = max((self._bottom, other._bottom), key=lambda end: (end[0], end[1]))
        high, high_open = min((self._top, other._top), key=lambda end: (end[0], not end[1]))
        return _made((low, low_open), (high, high_open))

    def whole(self) -> Interval:
        """The closed interval of the whole numbers inside; possibly empty."""
        low = high = None
        if self.low is not None:
            low = Fraction(math.floor(self.low) + 1 if self.low_open else math.ceil(self.low))
        if self.high is not None:
            high = Fraction(math.ceil(self.high) - 1 if self.high_open else math.floor(self.high))
        return Interval(low, high)

    def __neg__(self) -> Interval:
        return Interval(
            None if self.high is None else -self.high,
            None if self.low is None else -self.low,
            self.high_open,
            self.low_open,
        )

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def __sub__(self, other: Interval) -> Interval:
        return self + (-other)

    def __mul__(self, other: Interval) -> Interval:
        ends = [_product(a, b) for a, b in product(self._ends, other._ends)]
        low = min(ends, key=lambda end: (end[0], end[1]))
        high = max(ends, key=lambda end: (end[0], not end[1]))
        return _made(low, high)

    def __truediv__(self, other: Interval) -> Interval:
        """The quotients; the whole line where the divisor may have either sign."""
        return self * other._reciprocal()

    def _reciprocal(self) -> Interval:
        if self.low is not None and self.low >= 0 and self.high != 0:
            return self._reciprocal_of_positive()
        if self.high is not None and self.high <= 0 and self.low != 0:
            return -((-self)._reciprocal_of_positive())
        return Interval.line()

    def _reciprocal_of_positive(self) -> Interval:
        low: _End = (Fraction(0), True) if self.high is None else (1 / self.high, self.high_open)
        high: _End = (math.inf, True) if not self.low else (1 / self.low, self.low_open)
        return _made(low, high)

    @property
    def _bottom(self) -> _End:
        return (-math.inf, True) if self.low is None else (self.low, self.low_open)

    @property
    def _top(self) -> _End:
        return (math.inf, True) if self.high is None else (self.high, self.high_open)

    @property
    def _ends(self) -> tuple[_End, _End]:
        return self._bottom, self._top


def _made(low: _End, high: _End) -> Interval:
    bottom, top = low[0], high[0]
    return Interval(
        bottom if isinstance(bottom, Fraction) else None,
        top if isinstance(top, Fraction) else None,
        low[1] and not _is_infinite(bottom),
        high[1] and not _is_infinite(top),
    )


def _product(a: _End, b: _End) -> _End:
    # A closed zero times anything is a reached zero, also next to an unbounded side.
    for first, second in ((a, b), (b, a)):
        if first[0] == 0:
            return (Fraction(0), first[1] and not (second[0] == 0 and not second[1]))
    if isinstance(a[0], Fraction) and isinstance(b[0], Fraction):
        return (a[0] * b[0], a[1] or b[1])
    return (math.inf if (a[0] > 0) == (b[0] > 0) else -math.inf, True)


def corners(function: Callable[..., Fraction], box: Sequence[Interval]) -> Interval:
    """The range of a function that is monotone in each variable over a bounded box.

    Exact where a variable occurs twice, which chained interval operators would widen. The ends are taken
    as closed, so the answer may only be too wide by its end points. An unbounded box gives the whole line.
    The caller keeps poles out of the box.
    """
    ends = []
    for side in box:
        if side.low is None or side.high is None:
            return Interval.line()
        ends.append((side.low, side.high))
    values = [function(*corner) for corner in product(*ends)]
    return Interval(min(values), max(values))
