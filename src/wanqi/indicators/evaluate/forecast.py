"""Forecast by run rate: the stock now, plus the months to come at the mean of the months so far.

Over n months with flows x₁…xₙ, mean m and standard deviation s = √(Σ(xᵢ−m)²/(n−1)), the sum of h months to
come is h·m ± t·s·√(h + h²/n), with t the two-sided quantile of Student's distribution with n−1 degrees of
freedom at the level: h from the months' own scatter, h²/n from the mean being estimated. Everything is exact
but t, taken to six decimals, and the square root, taken to nine and rounded outwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product

from wanqi.figures import Interval

_ROOT = 10**9
_QUANTILE = 10**6


@dataclass(frozen=True, slots=True)
class Forecast:
    """value: the middle; interval: at the level; mean and deviation per month; quantile: t."""

    value: Fraction
    interval: Interval
    mean: Fraction
    deviation: Fraction
    quantile: Fraction
    months: int


def run_rate(stock: Fraction, flows: Sequence[Fraction], *, months: int, level: Fraction) -> Forecast:
    """Return the forecast of the stock after `months` more months.

    flows: at least two months; level: between 0 and 1. Raises ValueError otherwise.
    """
    if len(flows) < 2:
        raise ValueError("a scatter needs two months")
    n, h = len(flows), months
    mean = sum(flows, Fraction(0)) / n
    variance = sum(((flow - mean) ** 2 for flow in flows), Fraction(0)) / (n - 1)
    quantile = student_quantile((1 + level) / 2, n - 1)
    half = root(quantile**2 * variance * (h + Fraction(h * h, n)))
    middle = stock + h * mean
    return Forecast(middle, Interval(middle - half, middle + half), mean, root(variance), quantile, h)


def run_rate_between(stock: Interval, flows: Sequence[Interval], *, months: int, level: Fraction) -> Interval:
    """Return what a forecast may be when the stock and some months are only known as ranges.

    The lower end is concave and the upper end convex in the months' flows, so both are reached at corners.
    """
    ends = [_ends(flow) for flow in flows]
    low, high = _ends(stock)
    flowing = product(*map(set, ends))
    corners = [run_rate(low, corner, months=months, level=level).interval for corner in flowing]
    lows = [corner.low for corner in corners if corner.low is not None]
    highs = [corner.high for corner in corners if corner.high is not None]
    return Interval(min(lows), max(highs) + high - low)


def _ends(interval: Interval) -> tuple[Fraction, Fraction]:
    if interval.low is None or interval.high is None:
        raise ValueError("an unbounded range")
    return interval.low, interval.high


def root(value: Fraction) -> Fraction:
    """Return the square root, exact where it is rational, else rounded up at the ninth decimal."""
    over, under = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if over * over == value.numerator and under * under == value.denominator:
        return Fraction(over, under)
    scaled = value * _ROOT * _ROOT
    floor = math.isqrt(scaled.numerator // scaled.denominator)
    return Fraction(floor + 1, _ROOT)


@lru_cache(maxsize=64)
def student_quantile(share: Fraction, freedom: int) -> Fraction:
    """Return t with P(T ≤ t) = share for Student's distribution, to six decimals.

    share: from 1/2 up to, not including, 1. Source of the sums: Abramowitz and Stegun 26.7.3 and 26.7.4.
    """
    if not Fraction(1, 2) <= share < 1 or freedom < 1:
        raise ValueError("the share must be in [1/2, 1) and the degrees of freedom positive")
    within = float(2 * share - 1)
    low, high = 0.0, 1.0
    while _within(high, freedom) < within:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < within else (low, middle)
    return Fraction(round(high * _QUANTILE), _QUANTILE)


def _within(t: float, freedom: int) -> float:
    """Return P(−t ≤ T ≤ t): a finite sum for whole degrees of freedom."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    if freedom % 2:
        total, term = 0.0, cosine
        for step in range(1, (freedom - 1) // 2 + 1):
            total += term
            term *= cosine * cosine * (2 * step) / (2 * step + 1)
        return 2 / math.pi * (angle + sine * total)
    total, term = 0.0, 1.0
    for step in range(1, freedom // 2 + 1):
        total += term
        term *= cosine * cosine * (2 * step - 1) / (2 * step)
    return sine * total
