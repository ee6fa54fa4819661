"""Derived facts over derived facts: any order of writing, no circles, years that move together."""

from __future__ import annotations

import pytest

from tests.rules.asking import answer, facts
from tests.rules.organisations import MOMENT, SCOPE
from wanqi.rules import BOOL, COUNT, MONEY, NUMBER, RATIO, ExpressionRefused, lower, parse, tree
from wanqi.rules.deriving import derive


def test_definitions_are_read_in_the_order_they_need() -> None:
    scope = derive(
        {
            "third": ("second[-1] + second", MONEY),
            "second": ("first - rd", MONEY),
            "first": ("revenue * 2", MONEY),
        },
        SCOPE,
    )
    node = lower(parse("third >= 1", scope), MOMENT)
    assert tree.fields(node) == ("revenue@2024", "rd@2024", "revenue@2025", "rd@2025")
    organisation = facts(revenue={"2025": "5", "2024": "4"}, rd={"2025": "1", "2024": "2"})
    assert answer("third", organisation, scope=scope) == (8 - 2) + (10 - 1)


def test_circles_are_refused_with_the_way_round() -> None:
    texts = {
        "a": ("b + 1", COUNT),
        "b": ("c * 2", COUNT),
        "c": ("staff + a", COUNT),
        "good": ("staff", COUNT),
    }
    with pytest.raises(ExpressionRefused) as refusal:
        derive(texts, SCOPE)
    assert str(refusal.value) == (
        "1:9 [expression.circle] 引用绕了一圈：a → b → c → a。\n  派生数据不能绕回自己，请去掉其中一处引用。"
    )
    told: dict[str, str] = {}
    scope = derive(texts, SCOPE, refused=lambda name, error: told.update({name: error.code}))
    assert told == {"c": "expression.circle"}
    assert [name for name in scope.derived if name in texts] == ["good"]


def test_a_fact_of_itself_is_a_circle() -> None:
    with pytest.raises(ExpressionRefused) as refusal:
        derive({"a": ("a[-1] + 1", COUNT)}, SCOPE)
    assert refusal.value.message == "引用绕了一圈：a → a。"


def test_every_bad_definition_is_told() -> None:
    told: dict[str, str] = {}
    derive(
        {"broken": ("staff +", COUNT), "wrong": ("revenue", COUNT), "uses": ("wrong + 1", COUNT)},
        SCOPE,
        refused=lambda name, error: told.update({name: error.code}),
    )
    assert told == {
        "broken": "expression.syntax",
        "wrong": "expression.type",
        "uses": "expression.unknown-field",
    }


def test_a_number_takes_the_decimals_that_fit_it() -> None:
    text = "staff * 0.5 + CASE WHEN mainland THEN 4.5 ELSE 0 END"
    assert parse(text, SCOPE, expect=NUMBER).type == NUMBER
    assert parse("ratio(staff, averaged)", SCOPE, expect=NUMBER).type == NUMBER
    with pytest.raises(ExpressionRefused) as refusal:
        parse("staff * 0.00001", SCOPE, expect=NUMBER)
    assert refusal.value.hint == "结果的小数位比这个类型多，请用 round_down 或 round_half_up 取整。"
    with pytest.raises(ExpressionRefused):
        parse("ratio(staff, averaged)", SCOPE, expect=COUNT)


def test_what_has_no_years_cannot_be_moved() -> None:
    scope = derive(
        {"old": ("established_date <= years_before(on, 3)", BOOL), "share": ("ratio(rd, revenue)", RATIO)},
        SCOPE,
    )
    assert parse("share[-1] >= 0.03", scope).inputs == ("rd", "revenue")
    with pytest.raises(ExpressionRefused) as refusal:
        parse("old[-1]", scope)
    assert str(refusal.value) == "1:1 [expression.years] old 没有年份，不能加下标。\n  直接写 old。"
