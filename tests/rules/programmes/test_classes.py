"""Class tables: every bound exactly, what is unknown, and industries no row names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.programmes.sample import CLASSES, ON, scope
from wanqi import packs
from wanqi.rules.programmes import Derivation

WAN = 10_000
VECTORS = [
    ("2614", 1000, 40000, None, "大型"),
    ("2614", 999, 500000, None, "中型"),
    ("2614", 5000, 39999, None, "中型"),
    ("2614", 300, 2000, None, "中型"),
    ("2614", 299, 39999, None, "小型"),
    ("2614", 20, 300, None, "小型"),
    ("2614", 19, 30000, None, "微型"),
    ("2614", 500, "299.99", None, "微型"),
    ("4710", None, 80000, 79999, "中型"),
    ("5110", 5, 1000, None, "小型"),
    ("6510", 103, "15735.28", None, "中型"),
    ("7010", None, 100, 1999, "微型"),
    ("7210", 300, None, 119999, "中型"),
    ("7510", 10, None, None, "小型"),
    ("0111", None, "49.9", None, "微型"),
]


@pytest.mark.parametrize(("code", "staff", "revenue", "assets", "expected"), VECTORS)
def test_the_published_vectors(
    pack: packs.Pack, code: str, staff: int | None, revenue: object, assets: object, expected: str
) -> None:
    facts = {
        "gbt4754_code": code,
        "employees_total": None if staff is None else {"2025": staff},
        "revenue": None if revenue is None else {"2025": yuan(revenue)},
        "total_assets": None if assets is None else {"2025": yuan(assets)},
    }
    sized = Derivation(["size_class"], region="cn", on=date(2026, 5, 1), scope=pack.rule_scope)
    assert sized.evaluate({"facts": facts}) == {"size_class": expected}


def yuan(wan: object) -> str:
    whole, _, part = str(wan).partition(".")
    return f"{int(whole) * WAN + int((part + '0000')[:4])}.00"


CLASSED = Derivation(["size_class"], region="cn", on=ON, scope=scope())


def classed(**facts: object) -> object:
    return CLASSED.evaluate({"facts": facts})["size_class"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"gbt4754_code": "26", "employees": 19, "revenue": None}, "微型"),  # no revenue would change it
        ({"gbt4754_code": "26", "employees": 20, "revenue": None}, None),
        ({"gbt4754_code": "26", "employees": None, "revenue": "2999999.99"}, "微型"),
        ({"gbt4754_code": None, "employees": 5, "revenue": "1"}, None),
        ({"gbt4754_code": "66", "employees": 5, "revenue": "1"}, None),
        ({"gbt4754_code": "70", "employees": 5, "revenue": "1"}, None),  # excepted from the row
        ({"gbt4754_code": "71", "employees": 300}, "大型"),
    ],
)
def test_a_class_is_known_only_where_nothing_could_change_it(
    facts: dict[str, object], expected: str | None
) -> None:
    assert classed(**facts) == expected


@given(
    st.sampled_from(["26", "30", "7", "70", "66"]),
    st.sampled_from([9, 10, 19, 20, 99, 100, 299, 300, 999, 1000]),
    st.sampled_from(["2999999.99", "3000000", "19999999.99", "20000000", "399999999.99", "400000000"]),
)
def test_the_table_read_by_hand(code: str, staff: int, revenue: str) -> None:
    row = next(
        (
            one
            for one in CLASSES.rows
            if code.startswith(one.prefixes) and not (one.excepted and code.startswith(one.excepted))
        ),
        None,
    )
    values = {"employees": staff, "revenue": float(revenue)}
    expected = None
    if row is not None:
        reached = [
            name
            for place, name in enumerate(CLASSES.classes[:-1])
            if all(values[fact] >= float(bounds[place]) for fact, bounds in row.bounds.items())
        ]
        expected = reached[0] if reached else CLASSES.classes[-1]
    assert classed(gbt4754_code=code, employees=staff, revenue=revenue) == expected
