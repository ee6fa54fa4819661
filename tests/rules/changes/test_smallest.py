"""The smallest change: against every value of every fact, and on rules as programmes have them."""

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rules.changes.small_rules import NAMES, TOP, WIDE_TOP, by_hand, lifted, one_by_hand, rule
from wanqi.rules import tree
from wanqi.rules.backends import closure
from wanqi.rules.changes import smallest
from wanqi.rules.plan import Compiled, FactAt, Input, Plan
from wanqi.rules.types import BOOL, COUNT, DATE, MONEY, Type


@pytest.mark.slow
def test_ten_thousand_small_cases_agree_with_trying_everything() -> None:
    source = random.Random(20230630)
    decided = impossible = 0
    for _ in range(1_000):
        plan = rule(source)
        found_by_hand = lifted(plan)
        for _ in range(10):
            row = {name: source.randint(0, TOP) for name in NAMES}
            remedy, expected = smallest(plan, row, "p"), by_hand(found_by_hand, row)
            found = remedy and (len(remedy.changes), sum((c.relative for c in remedy.changes), Fraction(0)))
            assert found == expected, (plan.stages, row)
            decided += expected is not None
            impossible += expected is None
    assert decided > 3_000
    assert impossible > 1_000


def test_one_fact_over_a_wide_range_is_found_without_trying_everything() -> None:
    source = random.Random(43068200)
    decided = 0
    for _ in range(150):
        plan = rule(source, WIDE_TOP)
        for _ in range(4):
            row = {name: source.choice((0, 1, 5, 40, 333, WIDE_TOP)) for name in NAMES}
            remedy = smallest(plan, row, "p", most=1)
            assert (remedy and remedy.changes[0].relative) == (
                one_by_hand(plan, row) if closure.compile_plan(plan).verdicts(row)[0] == 0 else None
            ), (plan.stages, row)
            decided += remedy is not None
    assert decided > 100


REVENUE, RD = tree.Field("revenue@2025", MONEY), tree.Field("rd_expense@2025", MONEY)


def _plan(*conditions: tree.Node, inputs: tuple[Input, ...]) -> Plan:
    named = tuple((f"c{n}", one) for n, one in enumerate(conditions))
    verdict = tree.All(tuple(tree.Field(name, BOOL) for name, _ in named))
    leaves = tuple((name, name) for name, _ in named)
    stages: tuple[tuple[tuple[str, tree.Node], ...], ...] = (named, (("v0", verdict),))
    return Plan(
        "cn", date(2026, 6, 1), "new", inputs, stages, (Compiled("cn.x", "2026-1", "", "v0", leaves),)
    )


MONEY_INPUTS = (
    Input("revenue@2025", MONEY, FactAt("revenue", 2025)),
    Input("rd_expense@2025", MONEY, FactAt("rd_expense", 2025)),
)
RATIO = tree.Compare(
    ">=", tree.Ratio(RD, REVENUE, Type("ratio")), tree.Literal(Decimal("0.03"), Type("ratio"))
)
FLOOR = tree.Compare(">=", REVENUE, tree.Literal(Decimal("15000000"), MONEY))


def test_one_fact_to_the_fen() -> None:
    plan = _plan(RATIO, FLOOR, inputs=MONEY_INPUTS)
    remedy = smallest(plan, {"revenue@2025": 1_600_000_000, "rd_expense@2025": 40_000_001}, "cn.x")
    assert remedy is not None
    assert [(c.fact, c.year, c.old, c.new) for c in remedy.changes] == [
        ("rd_expense", 2025, 40_000_001, 48_000_000)
    ]
    assert remedy.verdict is True
    assert remedy.changes[0].closed
    assert not remedy.possible


def test_lifting_a_ratio_by_cutting_revenue_is_no_way_below_the_floor() -> None:
    """Half the revenue would lift the ratio, but the whole programme then fails its floor: two facts are needed."""
    plan = _plan(RATIO, FLOOR, inputs=MONEY_INPUTS)
    remedy = smallest(plan, {"revenue@2025": 1_400_000_000, "rd_expense@2025": 10_000_000}, "cn.x")
    assert remedy is not None
    assert {c.fact: c.new for c in remedy.changes} == {"revenue": 1_500_000_000, "rd_expense": 45_000_000}


def test_what_is_met_or_unknown_needs_nothing() -> None:
    plan = _plan(RATIO, FLOOR, inputs=MONEY_INPUTS)
    assert smallest(plan, {"revenue@2025": 1_500_000_000, "rd_expense@2025": 45_000_000}, "cn.x") is None
    assert smallest(plan, {"revenue@2025": 1_500_000_000, "rd_expense@2025": None}, "cn.x") is None


def test_a_fixed_fact_is_left_alone() -> None:
    plan = _plan(FLOOR, inputs=MONEY_INPUTS)
    row = {"revenue@2025": 1, "rd_expense@2025": 1}
    assert smallest(plan, row, "cn.x", fixed={"revenue"}) is None
    assert smallest(plan, row, "cn.x") is not None


def test_a_date_moves_to_the_last_day_that_will_do() -> None:
    founded = tree.Field("established_date", DATE)
    old_enough = tree.Compare("<=", founded, tree.Literal(date(2025, 6, 1), DATE))
    plan = _plan(old_enough, inputs=(Input("established_date", DATE, FactAt("established_date")),))
    remedy = smallest(plan, {"established_date": date(2025, 6, 2)}, "cn.x")
    assert remedy is not None
    assert remedy.changes[0].new == date(2025, 6, 1)
    assert not remedy.possible  # nobody can have been founded a day earlier


def test_a_rounded_number_moves_to_the_step_that_will_do() -> None:
    step = tree.Floor(REVENUE, Decimal(10_000), MONEY)
    plan = _plan(tree.Compare(">=", step, tree.Literal(Decimal(500_000), MONEY)), inputs=MONEY_INPUTS)
    remedy = smallest(plan, {"revenue@2025": 49_000_000, "rd_expense@2025": 1}, "cn.x")
    assert remedy is not None
    assert [(c.fact, c.new) for c in remedy.changes] == [("revenue", 50_000_000)]


def test_a_rounded_number_close_to_what_it_rounds() -> None:
    """Equal at every whole 元, so that the places are as many as there are 元: the nearest is meant."""
    whole = tree.Compare("=", tree.Floor(REVENUE, Decimal(1), MONEY), REVENUE)
    plan = _plan(whole, inputs=MONEY_INPUTS)
    remedy = smallest(plan, {"revenue@2025": 123_456_789_049, "rd_expense@2025": 1}, "cn.x")
    assert remedy is not None
    assert [c.new for c in remedy.changes] == [123_456_789_000]


@pytest.mark.parametrize(
    ("part", "operator", "bound", "new"),
    [
        ("year_of", "<=", 2022, date(2022, 12, 31)),
        ("month_of", "=", 7, date(2025, 7, 1)),
        ("month_of", ">", 9, date(2025, 10, 1)),
    ],
)
def test_years_and_months_of_a_date(part: str, operator: tree.Comparison, bound: int, new: date) -> None:
    founded = tree.Field("established_date", DATE)
    shifted = tree.Arithmetic("+", tree.Call(part, (founded,), COUNT), tree.Literal(Decimal(3), COUNT), COUNT)
    compared = tree.Compare(operator, shifted, tree.Literal(Decimal(bound + 3), COUNT))
    plan = _plan(compared, inputs=(Input("established_date", DATE, FactAt("established_date")),))
    remedy = smallest(plan, {"established_date": date(2025, 6, 1)}, "cn.x")
    assert remedy is not None
    assert remedy.changes[0].new == new


def test_what_was_given_is_one_fact_whatever_would_be_computed() -> None:
    names = ("net", "assets", "debts")
    own, assets, debts = (tree.Field(f"{name}@2025", MONEY) for name in names)
    computed = tree.Arithmetic("-", assets, debts, MONEY)
    net = tree.Case(((tree.Known(own), own),), computed, MONEY)
    inputs = tuple(Input(f"{name}@2025", MONEY, FactAt(name, 2025, given=name == "net")) for name in names)
    plan = _plan(tree.Compare(">", net, tree.Literal(Decimal(0), MONEY)), inputs=inputs)
    remedy = smallest(plan, {"net@2025": -500, "assets@2025": 100, "debts@2025": 300}, "cn.x")
    assert remedy is not None
    assert [(c.fact, c.old, c.new) for c in remedy.changes] == [("net", -500, 1)]


def test_a_choice_and_a_yes() -> None:
    kinds = Type("enum", ("鼓励", "允许", "限制"))
    policy = tree.Field("product_policy_class", kinds)
    allowed = tree.OneOf(policy, (tree.Literal("鼓励", kinds), tree.Literal("允许", kinds)))
    brand = tree.Field("has_own_brand", BOOL)
    inputs = (
        Input("product_policy_class", kinds, FactAt("product_policy_class")),
        Input("has_own_brand", BOOL, FactAt("has_own_brand")),
    )
    remedy = smallest(
        _plan(allowed, brand, inputs=inputs), {"product_policy_class": "限制", "has_own_brand": False}, "cn.x"
    )
    assert remedy is not None
    assert {c.fact: c.new for c in remedy.changes} == {"product_policy_class": "鼓励", "has_own_brand": True}


def test_more_changes_than_allowed_are_not_offered() -> None:
    facts = [f"f{n}" for n in range(5)]
    inputs = tuple(Input(name, COUNT, FactAt(name)) for name in facts)
    ones = [tree.Compare(">=", tree.Field(name, COUNT), tree.Literal(Decimal(1), COUNT)) for name in facts]
    row = dict.fromkeys(facts, 0)
    assert smallest(_plan(*ones, inputs=inputs), row, "cn.x") is None
    remedy = smallest(_plan(*ones, inputs=inputs), row, "cn.x", most=5)
    assert remedy is not None
    assert len(remedy.changes) == 5


def test_a_search_that_would_never_end_ends_with_what_it_has() -> None:
    """Products of four facts over their whole range: which of the ways is the shortest, nobody waits for."""
    facts = ("a", "b", "c", "d")
    inputs = tuple(Input(name, COUNT, FactAt(name)) for name in facts)
    a, b, c, d = (tree.Field(name, COUNT) for name in facts)
    fields = [(a, b), (b, c), (c, d), (d, a)]
    pairs = [tree.Arithmetic("*", one, two, COUNT) for one, two in fields]
    bound = tree.Literal(Decimal(1_000_003), COUNT)
    plan = _plan(*(tree.Compare("=", pair, bound) for pair in pairs), inputs=inputs)
    remedy = smallest(plan, dict.fromkeys(facts, 7), "cn.x")
    assert remedy is not None
    assert sorted(one.new for one in remedy.changes) == [1, 1, 1_000_003, 1_000_003]


def test_a_programme_the_plan_does_not_have() -> None:
    with pytest.raises(KeyError, match=r"cn\.y"):
        smallest(_plan(FLOOR, inputs=MONEY_INPUTS), {}, "cn.y")
