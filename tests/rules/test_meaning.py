"""Random texts with every construct: the answer is what the oracle reads, and hiding only moves toward unknown."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.rules.asking import columns
from tests.rules.oracle import Oracle
from tests.rules.organisations import MOMENT, ON, SCOPE, conditions, funds, gathered, hidden, organisations
from wanqi.rules import Expression, ExpressionRefused, lower, parse
from wanqi.rules.backends import reference
from wanqi.rules.snapshot import Snapshot
from wanqi.rules.spans import span


def read(text: str, **options: Any) -> Expression:
    """Parse what the strategies wrote; products that may pass 128 bits are refused, which is their right."""
    try:
        return parse(text, SCOPE, **options)
    except ExpressionRefused as error:
        assume(error.code not in ("expression.overflow", "expression.too-long"))
        raise


@settings(max_examples=250, deadline=None)
@given(text=conditions(1), organisation=organisations())
def test_a_lowered_condition_answers_as_the_authored_one_reads(
    text: str, organisation: dict[str, Any]
) -> None:
    expression = read(text)
    node = lower(expression, MOMENT)
    row = Snapshot(columns(node), on=ON, base_year=MOMENT.base_year)(organisation)
    wanted = Oracle(organisation, ON, MOMENT.base_year).truth(expression.root)
    assert reference.answer(node, row) is wanted


SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
WITHIN = st.sampled_from(["0", "1", "2", "-1", "staff", "count_where(ip)"])


@settings(max_examples=250, deadline=None)
@given(number=gathered(), sign=SIGNS, other=WITHIN, organisation=organisations())
def test_bounds_decide_what_the_records_decide(
    number: str, sign: str, other: str, organisation: dict[str, Any]
) -> None:
    expression = read(f"{number} {sign} {other}")
    node = lower(expression, MOMENT)
    row = Snapshot(columns(node), on=ON, base_year=MOMENT.base_year)(organisation)
    assert reference.answer(node, row) is Oracle(organisation, ON, MOMENT.base_year).truth(expression.root)


@settings(max_examples=250, deadline=None)
@given(text=conditions(1), organisation=organisations(), data=st.data())
def test_hiding_only_moves_toward_unknown(text: str, organisation: dict[str, Any], data: Any) -> None:
    node = lower(read(text), MOMENT)
    ask = Snapshot(columns(node), on=ON, base_year=MOMENT.base_year)
    before = reference.answer(node, ask(organisation))
    after = reference.answer(node, ask(data.draw(hidden(organisation))))
    assert after in (before, None)


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(gathered().filter(lambda one: not one.startswith("ratio")), funds()),
    organisation=organisations(),
    data=st.data(),
)
def test_hiding_only_widens_bounds(text: str, organisation: dict[str, Any], data: Any) -> None:
    pair = span(lower(read(text, expect=None), MOMENT))
    ask = Snapshot(columns(pair.low, pair.high), on=ON, base_year=MOMENT.base_year)

    def ends(one: dict[str, Any]) -> tuple[Any, Any]:
        low, high = (reference.answer(side, ask(one)) for side in (pair.low, pair.high))
        return (float("-inf") if low is None else low), (float("inf") if high is None else high)

    before, after = ends(organisation), ends(data.draw(hidden(organisation)))
    assert before[0] <= before[1]
    assert after[0] <= before[0]
    assert after[1] >= before[1]


@settings(max_examples=100, deadline=None)
@given(
    text=st.sampled_from(
        [
            "revenue - rd[-1] > 1",
            "rd_ratio >= 0.5",
            "total(rd, 2) > 2",
            "young",
            "compound >= 0",
            "hnte_growth(revenue) > 0",
            "count_where(ip, grant_date <= year_end(0)) >= 1",
            "first_time(revenue > 1, 2)",
        ]
    ),
    organisation=organisations(),
    back=st.integers(0, 2),
)
def test_a_window_shifts_everything_that_speaks_of_the_year(
    text: str, organisation: dict[str, Any], back: int
) -> None:
    moved = lower(parse(text, SCOPE), MOMENT, shift=-back)
    within = lower(parse(f"each({text}, {back + 1})", SCOPE), MOMENT)
    assert within.parts[back] == moved  # type: ignore[union-attr]
    assert Oracle(organisation, ON, MOMENT.base_year - back).truth(
        parse(text, SCOPE).root
    ) is reference.answer(moved, Snapshot(columns(moved), on=ON, base_year=MOMENT.base_year)(organisation))
