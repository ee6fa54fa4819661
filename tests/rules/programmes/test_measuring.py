"""The least change after which a comparison holds, in whole steps, and how numbers are written."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.rules.programmes import measuring

HOLDS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "<>": operator.ne,
}
whole = st.integers(-(10**15), 10**15)
under = st.integers(1, 10**6)


@pytest.mark.parametrize(
    ("sign", "value", "threshold", "expected"),
    [
        (">=", (10, 1), (15, 1), 5),
        (">", (15, 1), (15, 1), 1),
        ("<=", (15, 1), (10, 1), -5),
        ("<", (10, 1), (10, 1), -1),
        ("=", (3, 1), (7, 1), 4),
        ("=", (7, 2), (4, 1), None),
        ("<>", (4, 1), (4, 1), 1),
        (">=", (7, 2), (4, 1), 1),
        (">", (7, 2), (4, 1), 1),
        ("<=", (9, 2), (4, 1), -1),
        ("<", (9, 2), (4, 1), -1),
    ],
)
def test_gap(sign: str, value: tuple[int, int], threshold: tuple[int, int], expected: int | None) -> None:
    assert measuring.gap(sign, value, threshold) == expected


@given(st.sampled_from(sorted(set(HOLDS) - {"="})), whole, under, whole, under)
def test_the_gap_satisfies_and_no_smaller_one_does(sign: str, a: int, b: int, c: int, d: int) -> None:
    value, threshold = Fraction(a, b), Fraction(c, d)
    if HOLDS[sign](value, threshold):
        return
    gap = measuring.gap(sign, (a, b), (c, d))
    assert gap is not None
    assert HOLDS[sign](value + gap, threshold)
    nearer = gap - 1 if gap > 0 else gap + 1
    assert not HOLDS[sign](value + nearer, threshold)


@given(st.sampled_from([">=", ">", "<=", "<"]), whole, under, whole)
def test_rounding_keeps_the_side_of_the_threshold(sign: str, a: int, b: int, limit: int) -> None:
    exact = HOLDS[sign](Fraction(a, b), limit)
    assert HOLDS[sign](measuring.rounded((a, b), sign), limit) == exact


@pytest.mark.parametrize(
    ("steps", "base", "expected"),
    [
        (12, "count", 12),
        (2_000_000_000, "money", "20000000.00"),
        (-5, "money", "-0.05"),
        (3_000_000, "ratio", "0.03"),
        (0, "ratio", "0"),
        (123_456_789, "ratio", "1.23456789"),
        (1_000_000, "number", "100"),
        (395_000, "number", "39.5"),
    ],
)
def test_numbers_are_written_as_json_carries_them(steps: int, base: str, expected: object) -> None:
    assert measuring.written(steps, base) == expected


@pytest.mark.parametrize(
    ("steps", "expected"), [(600_000, 60), (0, 0), (395_000, 39.5), (18_750, 1.875), (-30_000, -3)]
)
def test_points_are_json_numbers(steps: int, expected: float) -> None:
    found = measuring.points(steps)
    assert found == expected
    assert isinstance(found, int) == (expected == int(expected))
