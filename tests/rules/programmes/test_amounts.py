"""What is paid: the sum if the verdict is met, nothing if it is unmet, anything between if it is open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.programmes.sample import leaf, organisation, plan, version
from wanqi.rules.awards import AwardRule, Formula, Parts, Sum
from wanqi.rules.programmes import evaluate, holds_until, model


def award(text: str, *limits: str) -> AwardRule:
    """Return an award of one sum with its limits."""
    return AwardRule(root=Parts("all", "奖补", "sum", (Sum("rd", "研发奖补", Formula(text), limits=limits),)))


PAID = replace(version(leaf("money", "revenue >= 1000")), amount=award("0.01 * rd", "500000"))
SUBSIDY = model.Programme("cn.subsidy", "奖补", (PAID,))


def paid(**facts: object) -> dict[str, Any]:
    [found] = evaluate(plan(SUBSIDY), organisation(facts))
    return found.as_json("a")


@pytest.mark.parametrize(
    ("facts", "verdict", "amount"),
    [
        ({"revenue": "1000", "rd": "123456"}, "met", ["1234.56", "1234.56"]),
        ({"revenue": "1000", "rd": "99000000"}, "met", ["500000.00", "500000.00"]),
        ({"revenue": "999.99", "rd": "123456"}, "unmet", ["0.00", "0.00"]),
        ({"rd": "123456"}, "unknown", ["0.00", "1234.56"]),
    ],
)
def test_the_verdict_gates_the_amount(facts: dict[str, object], verdict: str, amount: list[str]) -> None:
    found = paid(**facts)
    assert (found["verdict"], found["amount"]) == (verdict, amount)


def test_an_unknown_base_widens_the_amount_up_to_its_cap() -> None:
    low, high = paid(revenue="1000")["amount"]
    assert low is None or Decimal(low) <= 0
    assert high == "500000.00"


@pytest.mark.parametrize(
    ("revenue", "amount"),
    [
        ("1100", ["60.00", "60.00"]),
        ("1030", ["30.00", "30.00"]),
        ("400", ["0.00", "0.00"]),
        (None, ["0.00", "60.00"]),
    ],
)
def test_the_limit_of_several_sums_is_never_below_nothing(revenue: str | None, amount: list[str]) -> None:
    sums = (Sum("rd", "研发", Formula("10")), Sum("more", "另奖", Formula("50")))
    rule = AwardRule(root=Parts("all", "合计", "sum", sums, limits=("revenue - 1000",)))
    whole = replace(version(leaf("a", "registered")), amount=rule)
    facts = {"registered": True, "revenue": revenue}
    [found] = evaluate(plan(model.Programme("cn.subsidy", "奖补", (whole,))), organisation(facts))
    assert found.as_json("a")["amount"] == amount


def test_the_steps_tell_the_sum_even_where_it_is_not_paid() -> None:
    found = paid(revenue="1", rd="200")
    assert found["amount"] == ["0.00", "0.00"]
    assert ["2.00", "2.00"] in [one["amount"] for one in found["steps"]]


def test_without_an_award_there_is_no_amount() -> None:
    [found] = evaluate(
        plan(model.Programme("cn.sme", "认定", (version(leaf("a", "registered")),))), organisation()
    )
    assert found.amount is None
    assert "steps" not in found.as_json("a")


def test_the_facts_of_an_award_turn_with_the_year() -> None:
    whole = replace(version(leaf("a", "registered")), amount=award("0.01 * rd"))
    made = plan(model.Programme("cn.subsidy", "奖补", (whole,)))
    assert str(holds_until(made, organisation())) == "2027-01-01"
