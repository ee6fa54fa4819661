"""What expressions mean: unknown is never false and never zero, and numbers are exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from tests.rules.expressions import SCOPE
from wanqi import rules
from wanqi.rules import MONEY, ValueRefused, evaluate, frame, parse, to_polars

MEANINGS: list[tuple[str, dict[str, Any], Any]] = [
    ("b AND b2", {"b": False}, False),
    ("b AND b2", {"b": True}, None),
    ("b OR b2", {"b": True}, True),
    ("b OR b2", {"b": False}, None),
    ("NOT b", {}, None),
    ("n = 0", {}, None),
    ("n <> 0", {}, None),
    ("n * 0 = 0", {}, None),
    ("op IN ('移动', '电信')", {}, None),
    ("op NOT IN ('移动', '电信')", {"op": "联通"}, True),
    ("n IS NULL", {}, True),
    ("n IS NULL", {"n": 0}, False),
    ("(b AND b2) IS NOT NULL", {"b": False}, True),
    ("d BETWEEN DATE '2023-01-01' AND DATE '2023-06-30'", {"d": date(2023, 1, 1)}, True),
    ("d BETWEEN DATE '2023-01-01' AND DATE '2023-06-30'", {"d": "2023-06-30"}, True),
    ("d BETWEEN DATE '2023-01-01' AND DATE '2023-06-30'", {"d": date(2023, 7, 1)}, False),
    ("d BETWEEN d2 AND DATE '2023-06-30'", {"d": date(2023, 7, 1)}, False),
    ("ratio(m, m2) >= 0.05", {"m": "0.15", "m2": "3.00"}, True),
    ("ratio(m, m2) > 0.05", {"m": "0.15", "m2": "3.00"}, False),
    ("ratio(m, m2) >= 0", {"m": "1", "m2": "0"}, None),
    ("ratio(m, m2) >= 0", {"m": "1", "m2": "-1"}, None),
    ("ratio(m, m2, 0) >= 0", {"m": "1", "m2": "-1"}, True),
    ("ratio(m, m2, 1) >= 0.5", {"m": "1", "m2": "2"}, True),
    ("ratio(m, m2, 1) >= 0.5", {"m": "1"}, None),
    ("at_least(2, b, b2, n = 1)", {"b": True, "n": 1}, True),
    ("at_least(2, b, b2, n = 1)", {"b": False, "n": 2}, False),
    ("round_down(m, 0.5) = 1.5", {"m": "1.99"}, True),
    ("round_half_up(m, 0.5) = 2", {"m": "1.75"}, True),
    ("round_down(ratio(m, m2) * 100) = 33", {"m": "1", "m2": "3"}, True),
    ("ratio(m, n) > 99.99", {"m": "200", "n": 2}, True),
    ("0.1 + 0.2 = 0.3", {}, True),
    ("CASE WHEN b THEN n ELSE 3 END = 3", {"n": 3}, True),
    ("CASE WHEN b THEN n ELSE 3 END = 3", {"n": 4}, None),
    ("CASE WHEN b THEN n WHEN b2 THEN 5 ELSE 3 END = 3", {"b": False, "b2": False}, True),
    ("greatest(n, n2) > 1", {"n": 5}, None),
    ("starts_with(code, '06', '26')", {"code": "2614"}, True),
    ("starts_with(code, '06', '26')", {"code": "3026"}, False),
    ("year_of(d) = 2023 AND month_of(d) <= 6", {"d": date(2023, 6, 30)}, True),
    ("m >= 9999999999999.99", {"m": Decimal("9999999999999.99")}, True),
    ("- n < 0", {"n": 3}, True),
]


@pytest.mark.parametrize(("text", "row", "answer"), MEANINGS)
def test_meaning(text: str, row: dict[str, Any], answer: Any) -> None:
    expression = parse(text, SCOPE)
    assert evaluate(expression, row) is answer
    assert frame([row], SCOPE).with_columns(to_polars(expression).alias("x"))["x"].to_list() == [answer]


def test_a_constant_on_the_left_answers_every_row() -> None:
    """Polars 2.1 gives one row for some of these when every value is unknown."""
    expression = parse("0 = greatest(n, n2)", SCOPE)
    assert frame([{}, {}], SCOPE).with_columns(to_polars(expression).alias("x"))["x"].to_list() == [
        None,
        None,
    ]


def test_money_is_exact_to_the_fen() -> None:
    expression = parse("m - m2", SCOPE, expect=MONEY)
    row = {"m": "5000000.05", "m2": "0.01"}
    assert evaluate(expression, row) == Fraction(500000004, 100)
    assert frame([row], SCOPE).select(to_polars(expression).alias("x"))["x"].to_list() == [500000004]


BAD_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"m": 1.5}, 'm：“1.5” 是浮点数，不精确。\n  写成字符串，例如 "0.05"。'),
    (
        {"m": "10000000000000"},
        "m：“10000000000000” 超出金额（元）的范围。\n  最大 9999999999999.99，请核对单位。",
    ),
    ({"m": "0.001"}, "m：“0.001” 的小数多于 2 位。\n  请按单位核对。"),
    ({"m": "NaN"}, "m：“NaN” 超出金额（元）的范围。\n  最大 9999999999999.99，请核对单位。"),
    ({"n": "三"}, "n：“三” 不是整数。\n  这一项应填整数。"),
    ({"n": True}, "n：“true” 不是整数。\n  这一项应填整数。"),
    ({"n": Decimal("1.5")}, "n：“1.5” 的小数多于 0 位。\n  请按单位核对。"),
    ({"d": "2023-02-30"}, "d：“2023-02-30” 不是日期。\n  写成 2023-06-30。"),
    ({"d": "2023-W26-5"}, "d：“2023-W26-5” 不是日期。\n  写成 2023-06-30。"),
    ({"b": "是"}, "b：“是” 不是是/否。\n  这一项应填是/否。"),
    ({"code": 2614}, "code：“2614” 不是文本。\n  这一项应填文本。"),
]


@pytest.mark.parametrize(("row", "message"), BAD_VALUES)
def test_a_value_of_another_type_is_refused(row: dict[str, Any], message: str) -> None:
    (name,) = row
    with pytest.raises(ValueRefused) as refusal:
        evaluate(parse(f"{name} IS NULL", SCOPE), row)
    assert str(refusal.value) == message
    with pytest.raises(ValueRefused):
        frame([row], SCOPE)


def test_the_frame_has_one_column_per_field_and_the_declared_types() -> None:
    table = frame([{"m": "1.01", "r": "0.05", "n": 2}, {}], SCOPE)
    assert dict(table.schema) == {
        "n": pl.Int64,
        "n2": pl.Int64,
        "m": pl.Int64,
        "m2": pl.Int64,
        "r": pl.Int64,
        "d": pl.Date,
        "d2": pl.Date,
        "b": pl.Boolean,
        "b2": pl.Boolean,
        "code": pl.String,
        "op": pl.String,
        "op2": pl.String,
    }
    assert table.select("m", "r", "n").rows() == [(101, 5_000_000, 2), (None, None, None)]


def test_the_public_names_are_those_listed() -> None:
    public = {name for name in vars(rules) if not name.startswith("_")}
    modules = {name for name in public if isinstance(vars(rules)[name], ModuleType)}
    assert public - modules - {"annotations"} == set(rules.__all__)
