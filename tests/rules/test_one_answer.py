"""Every backend gives the answer of the reference, cell by cell; hiding a value only makes answers unknown."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.rules.expressions import SCOPE, conditions, numbers, rows
from wanqi.rules import (
    COUNT,
    MONEY,
    RATIO,
    Expression,
    ExpressionRefused,
    RulesError,
    evaluate,
    frame,
    parse,
    to_polars,
)
from wanqi.rules.backends import polars, reference
from wanqi.rules.bounds import PLACES
from wanqi.rules.functions import CORE_CALLS, FUNCTIONS


def answers(expression: Expression, given_rows: list[dict[str, Any]]) -> list[Any]:
    table = frame(given_rows, SCOPE)
    return table.with_columns(to_polars(expression).alias("answer"))["answer"].to_list()


def read(text: str, **options: Any) -> Expression:
    """Parse what the strategies wrote; sums of extremes may be refused as too large, which is their right."""
    try:
        return parse(text, SCOPE, **options)
    except ExpressionRefused as error:
        assume(error.code not in ("expression.overflow", "expression.too-long"))
        raise


@settings(max_examples=200, deadline=None)
@given(text=conditions(2), given_rows=rows())
def test_polars_answers_conditions_like_the_reference(text: str, given_rows: list[dict[str, Any]]) -> None:
    expression = read(text)
    assert answers(expression, given_rows) == [evaluate(expression, row) for row in given_rows]


@settings(max_examples=80, deadline=None)
@given(
    case=st.sampled_from([COUNT, MONEY, RATIO]).flatmap(
        lambda kind: st.tuples(st.just(kind), numbers(kind.base, 1))
    ),
    given_rows=rows(),
)
def test_polars_answers_numbers_like_the_reference(case: Any, given_rows: list[dict[str, Any]]) -> None:
    kind, text = case
    expression = read(text, expect=None)
    scale = PLACES[expression.type.base]
    assume("*" not in text or kind is not MONEY)  # a product with a ratio is finer than fen
    exact = [evaluate(expression, row) for row in given_rows]
    assert answers(expression, given_rows) == [
        None if one is None else Fraction(one) * 10**scale for one in exact
    ]


@settings(max_examples=120, deadline=None)
@given(text=conditions(2), given_rows=rows(), data=st.data())
def test_hiding_a_value_never_turns_yes_into_no(
    text: str, given_rows: list[dict[str, Any]], data: Any
) -> None:
    assume(" IS " not in text)
    expression = read(text)
    row = given_rows[0]
    hidden = {**row, data.draw(st.sampled_from(sorted(row))): None}
    before, after = evaluate(expression, row), evaluate(expression, hidden)
    assert after in (before, None)


def test_every_function_has_both_implementations() -> None:
    assert set(FUNCTIONS) <= set(CORE_CALLS) == set(reference.CALLS)
    assert set(FUNCTIONS) <= set(polars.CALLS)


def test_a_ratio_exactly_on_its_threshold_is_met() -> None:
    """A plain quotient of decimals refuses many of these; cross-multiplying refuses none."""
    expression = parse("ratio(m, m2) >= 0.05", SCOPE)
    table = [{"m": Decimal(revenue) / 20, "m2": Decimal(revenue)} for revenue in range(1, 2001)]
    assert answers(expression, table) == [True] * 2000


def test_the_largest_amounts_do_not_wrap() -> None:
    expression = parse("ratio(m, m2) >= ratio(m2, m)", SCOPE)
    top = "9999999999999.99"
    assert answers(expression, [{"m": top, "m2": top}, {"m": "9999999999999.98", "m2": top}]) == [True, False]


def test_polars_is_not_loaded_to_read_or_evaluate() -> None:
    code = (
        "import sys; from wanqi.rules import *; from wanqi.rules import snapshot, deriving; "
        "evaluate(parse('n > 1', Scope({'n': COUNT})), {'n': 2}); "
        "print([name for name in ('polars', 'duckdb', 'pyarrow', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_quotient_has_no_column() -> None:
    expression = parse("ratio(m, m2)", SCOPE, expect=RATIO)
    assert evaluate(expression, {"m": "1", "m2": "3"}) == Fraction(1, 3)
    with pytest.raises(RulesError) as refusal:
        to_polars(expression)
    assert str(refusal.value) == "商没有精确的列：请写成比较，例如 ratio(a, b) >= 0.05，或逐行计算。"
