"""Quotients of polynomials in one unknown, with exact coefficients, and where they change sign.

A polynomial is a tuple of fractions, lowest power first, without zeros at its end; () is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

Polynomial = tuple[Fraction, ...]

_ONE: Polynomial = (Fraction(1),)


@dataclass(frozen=True, slots=True)
class Quotient:
    """top(x) / bottom(x)."""

    top: Polynomial
    bottom: Polynomial = _ONE

    def __add__(self, other: Quotient) -> Quotient:
        if self.bottom == other.bottom:
            return Quotient(_plus(self.top, other.top), self.bottom)
        top = _plus(_times(self.top, other.bottom), _times(other.top, self.bottom))
        return Quotient(top, _times(self.bottom, other.bottom))

    def __neg__(self) -> Quotient:
        return Quotient(tuple(-one for one in self.top), self.bottom)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + -other

    def __mul__(self, other: Quotient) -> Quotient:
        return Quotient(_times(self.top, other.top), _times(self.bottom, other.bottom))

    def over(self, other: Quotient) -> Quotient:
        """Return self / other; the caller knows that other is not zero."""
        return Quotient(_times(self.top, other.bottom), _times(self.bottom, other.top))

    @property
    def steady(self) -> bool:
        """Whether it is the same everywhere."""
        return len(self.top) <= 1 and len(self.bottom) <= 1

    def at(self, x: Fraction | int) -> Fraction:
        """Return the value at x, where the bottom is not zero; the top alone where it is."""
        return _at(self.top, x) / (_at(self.bottom, x) or 1)

    def sign(self, x: Fraction) -> int:
        """Return -1, 0 or 1: the sign at x, where the bottom is not zero."""
        value = self.at(x)
        return (value > 0) - (value < 0)

    def turns(self, low: int, high: int) -> set[int]:
        """Return whole numbers around every place in [low, high] where the sign may change."""
        return roots(self.top, low, high) | roots(self.bottom, low, high)


def constant(value: Fraction | int) -> Quotient:
    """Return the quotient that is always `value`."""
    return Quotient((Fraction(value),) if value else ())


def unknown(step: Fraction) -> Quotient:
    """Return x × step: the field whose whole number is x."""
    return Quotient((Fraction(0), step))


def roots(polynomial: Polynomial, low: int, high: int) -> set[int]:
    """Return floor and ceiling of every real root in [low, high].

    Between two neighbouring turning points a polynomial is monotonic, so each root there is found by halving.
    """
    if len(polynomial) < 2 or low > high:
        return set()
    if len(polynomial) == 2:
        root = -polynomial[0] / polynomial[1]
        return {root.__floor__(), root.__ceil__()} if low <= root <= high else set()
    slope = tuple(power * one for power, one in enumerate(polynomial))[1:]
    turning = sorted({low, high, *(place for place in roots(slope, low, high) if low <= place <= high)})
    found = {place for place in turning if _at(polynomial, place) == 0}
    for left, right in pairwise(turning):
        if _at(polynomial, left) * _at(polynomial, right) < 0:
            found |= _between(polynomial, left, right)
    return found


def _between(polynomial: Polynomial, left: int, right: int) -> set[int]:
    rising = _at(polynomial, left) < 0
    while right - left > 1:
        middle = (left + right) // 2
        value = _at(polynomial, middle)
        if value == 0:
            return {middle}
        left, right = (middle, right) if (value < 0) == rising else (left, middle)
    return {left, right}


def _at(polynomial: Polynomial, x: Fraction | int) -> Fraction:
    value = Fraction(0)
    for one in reversed(polynomial):
        value = value * x + one
    return value


def _plus(one: Polynomial, two: Polynomial) -> Polynomial:
    longer, shorter = (one, two) if len(one) >= len(two) else (two, one)
    return _trimmed([a + (shorter[n] if n < len(shorter) else 0) for n, a in enumerate(longer)])


def _times(one: Polynomial, two: Polynomial) -> Polynomial:
    if not one or not two:
        return ()
    found = [Fraction(0)] * (len(one) + len(two) - 1)
    for n, a in enumerate(one):
        for m, b in enumerate(two):
            found[n + m] += a * b
    return _trimmed(found)


def _trimmed(coefficients: list[Fraction]) -> Polynomial:
    while coefficients and coefficients[-1] == 0:
        coefficients.pop()
    return tuple(coefficients)
