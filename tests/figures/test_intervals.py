"""Interval arithmetic contains every sampled point, and its ends are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.figures import Interval
from wanqi.figures.intervals import corners

numbers = st.fractions(min_value=-50, max_value=50, max_denominator=12)
positive = st.fractions(min_value=Fraction(1, 9), max_value=50, max_denominator=12)


@st.composite
def sampled(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval, perhaps open or unbounded, and a number inside it."""
    inside = draw(numbers)
    below, above = draw(st.none() | numbers.map(abs)), draw(st.none() | numbers.map(abs))
    low = None if below is None else inside - below
    high = None if above is None else inside + above
    low_open = low is not None and low < inside and draw(st.booleans())
    high_open = high is not None and high > inside and draw(st.booleans())
    return Interval(low, high, low_open, high_open), inside


@settings(max_examples=1500, deadline=None)
@given(sampled(), sampled())
def test_arithmetic_contains_every_sampled_point(first: object, second: object) -> None:
    (a, x), (b, y) = first, second  # type: ignore[misc]
    assert x + y in a + b
    assert x - y in a - b
    assert x * y in a * b
    assert -x in -a
    if y:
        assert x / y in a / b
    if x == y:
        assert x in a.intersect(b)


@settings(max_examples=500, deadline=None)
@given(sampled())
def test_whole_numbers_inside_are_kept(one: tuple[Interval, Fraction]) -> None:
    interval, inside = one
    for number in (inside.__floor__(), inside.__ceil__()):
        assert (number in interval) == (number in interval.whole())


@settings(max_examples=300, deadline=None)
@given(st.tuples(positive, positive), st.tuples(positive, positive), st.fractions(0, 1), st.fractions(0, 1))
def test_corners_contain_a_share_of_parts(
    first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction], s: Fraction, t: Fraction
) -> None:
    (a, b), (c, d) = sorted(first), sorted(second)
    x, y = a + s * (b - a), c + t * (d - c)
    box = (Interval.between(a, b), Interval.between(c, d))
    assert x / (x + y) in corners(lambda p, q: p / (p + q), box)


def test_quotient_is_exact_and_guards_zero() -> None:
    assert Interval.between(1, 2) / Interval.between(4, 8) == Interval.between(Fraction(1, 8), Fraction(1, 2))
    assert Interval.point(1) / Interval.between(-1, 1) == Interval.line()
    assert Interval.point(1) / Interval.point(0) == Interval.line()
    assert Interval.point(1) / Interval(Fraction(0), Fraction(2)) == Interval(Fraction(1, 2), None)


def test_open_ends_stay_out() -> None:
    over = Interval(Fraction(800), None, low_open=True)
    assert 800 not in over
    assert 801 in over
    assert Interval.point(800).intersect(over).empty
    assert over.whole() == Interval(Fraction(801), None)
    assert (over - Interval.point(451)).low_open


@pytest.mark.parametrize(("low", "high", "empty"), [(1, 1, False), (2, 1, True)])
def test_empty(low: int, high: int, empty: bool) -> None:
    assert Interval.between(low, high).empty is empty
