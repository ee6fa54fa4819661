"""Why a verdict is open, and which facts would settle it."""

from __future__ import annotations

import pytest

from tests.rules.programmes.sample import (
    all_of,
    any_of,
    bands,
    item,
    leaf,
    n_of,
    organisation,
    plan,
    points,
    programme,
    score,
)
from wanqi.rules.programmes import Outcome, evaluate, model

MONEY = leaf("money", "revenue >= 15000000")
SHARE = leaf("share", judge="由专家判断")
LOCAL = leaf("local", tag="unknown")


def outcome(
    *conditions: model.Condition, facts: dict[str, object] | None = None, **records: object
) -> Outcome:
    [found] = evaluate(plan(programme(*conditions)), organisation(facts, records))
    return found


@pytest.mark.parametrize(
    ("conditions", "why", "missing"),
    [
        ((MONEY,), "missing", ("revenue",)),
        ((SHARE,), "judgement", ()),
        ((LOCAL,), "unverified", ()),
        ((MONEY, SHARE, LOCAL), "missing", ("revenue",)),
        ((SHARE, LOCAL), "unverified", ()),
        ((leaf("later", "revenue >= 1", tag="m/M"),), "unverified", ()),
        ((leaf("plain"),), "unverified", ()),
    ],
)
def test_missing_comes_before_unverified_before_judgement(
    conditions: tuple[model.Condition, ...], why: str, missing: tuple[str, ...]
) -> None:
    found = outcome(*conditions)
    assert (found.verdict, found.why, found.missing) == ("unknown", why, missing)


def test_a_number_from_memory_with_confidence_decides() -> None:
    assert outcome(leaf("a", "revenue >= 1", tag="m/H"), facts={"revenue": "2"}).verdict == "met"


def test_what_cannot_matter_any_more_is_not_asked_for() -> None:
    staff = leaf("staff", "employees >= 10")
    assert outcome(any_of(MONEY, staff), SHARE, facts={"employees": 10}).missing == ()
    assert outcome(all_of(MONEY, staff), facts={"employees": 9}).missing == ()
    assert outcome(any_of(all_of(MONEY, staff, id="both"), SHARE), facts={"employees": 9}).why == "judgement"


def test_some_of_several() -> None:
    three = n_of(2, MONEY, leaf("staff", "employees >= 10"), leaf("rd", "rd >= 1"))
    assert outcome(three, facts={"revenue": "15000000"}).missing == ("employees", "rd")
    assert outcome(three, facts={"revenue": "15000000", "rd": "1"}).verdict == "met"
    assert outcome(three, facts={"revenue": "0", "rd": "0"}).verdict == "unmet"
    assert outcome(three, facts={"revenue": "15000000", "rd": "0"}).missing == ("employees",)


@pytest.mark.parametrize(
    ("when", "facts", "missing"),
    [
        ("revenue >= 1 AND rd >= 1", {"revenue": "5"}, ("rd",)),
        ("revenue >= 1 OR rd >= 1", {"revenue": "0"}, ("rd",)),
        ("NOT (revenue >= 1 AND rd >= 1)", {}, ("revenue", "rd")),
        ("ratio(rd, revenue) >= 0.03", {"rd": "5"}, ("revenue",)),
        ("ratio(rd, revenue) >= 0.03", {"rd": "5", "revenue": "0"}, ("revenue",)),
        ("debt_ratio <= 0.8", {"assets": "5"}, ("liabilities",)),
        ("each(rd >= 10, 2)", {"rd": {"2025": "10"}}, ("rd",)),
        ("CASE WHEN registered THEN revenue >= 5 ELSE rd >= 5 END", {"registered": True}, ("revenue",)),
        ("CASE WHEN registered THEN revenue >= 5 ELSE rd >= 5 END", {"registered": False}, ("rd",)),
        (
            "CASE WHEN registered THEN revenue >= 5 ELSE rd >= 5 END",
            {"revenue": "5", "rd": "4"},
            ("registered",),
        ),
        ("has(flags, '补短板', '填空白')", {}, ("flags",)),
        ("size_class IN ('小型', '微型')", {"gbt4754_code": "2614", "revenue": "25000000"}, ("employees",)),
        ("size_class = '小型'", {"employees": 50, "revenue": "5000000"}, ("gbt4754_code",)),
    ],
)
def test_only_facts_that_could_decide_are_missing(
    when: str, facts: dict[str, object], missing: tuple[str, ...]
) -> None:
    found = outcome(leaf("a", when), facts=facts)
    assert (found.verdict, found.why, found.missing) == ("unknown", "missing", missing)


@pytest.mark.parametrize(
    ("when", "facts", "verdict"),
    [
        ("size_class IN ('小型', '微型')", {"gbt4754_code": "2614", "revenue": "5000000"}, "met"),
        ("size_class <> '大型'", {"gbt4754_code": "2614", "employees": 999}, "met"),
        ("size_class = '大型'", {"gbt4754_code": "2614", "employees": 999}, "unmet"),
        ("size_class IN ('中型', '大型')", {"gbt4754_code": "2614", "employees": 999}, "unknown"),
        ("NOT (size_class IN ('小型', '微型'))", {"gbt4754_code": "2614", "revenue": "5000000"}, "unmet"),
    ],
)
def test_a_class_may_be_open_where_the_condition_is_not(
    when: str, facts: dict[str, object], verdict: str
) -> None:
    assert outcome(leaf("size", when), facts=facts).verdict == verdict


def test_an_industry_no_row_names_is_for_somebody_to_judge() -> None:
    facts = {"gbt4754_code": "6621", "employees": 5, "revenue": "1"}
    found = outcome(leaf("size", "size_class IN ('小型', '微型')"), facts=facts)
    assert (found.verdict, found.why, found.missing) == ("unknown", "judgement", ())


@pytest.mark.parametrize(
    ("rows", "verdict", "missing"),
    [
        (None, "unknown", ("ip",)),
        ([], "unmet", ()),
        ([{"kind": "发明专利"}], "unmet", ()),
        ([{"kind": "发明专利"}, {"kind": None}], "unknown", ("ip",)),
        ([{"kind": "发明专利"}, {"complete_until": "2026-04-30"}], "unknown", ("ip",)),
        ([{"kind": "发明专利"}, {"complete_until": "2026-05-01"}], "unmet", ()),
        ([{"kind": "发明专利"}] * 2, "met", ()),
    ],
)
def test_records_are_missing_as_their_kind(rows: object, verdict: str, missing: tuple[str, ...]) -> None:
    found = outcome(leaf("ip", "count_where(ip, kind = '发明专利') >= 2"), ip=rows)
    assert (found.verdict, found.missing) == (verdict, missing)


def test_of_a_score_only_open_items_are_told() -> None:
    rd = item("rd", bands("rd", ("at_least", "10", 40)))
    staff = item("staff", bands("employees", ("at_least", "10", 40)))
    expert = item("expert", model.Expert(points(0, 10)))
    whole = score(rd, staff, expert, at_least=80)
    assert outcome(whole, facts={"rd": "10"}).missing == ("employees",)
    assert outcome(whole, facts={"rd": "10", "employees": 10}).verdict == "met"
    assert outcome(score(rd, expert, at_least=45), facts={"rd": "10"}).why == "judgement"
    assert outcome(whole, facts={"rd": "9"}).verdict == "unmet"


def test_of_a_minimum_only_its_own_items_are_told() -> None:
    rd = item("rd", bands("rd", ("at_least", "10", 90)))
    staff = item("staff", bands("employees", ("at_least", "10", 10)), veto=True)
    expert = item("expert", model.Expert(points(0, 10)))
    found = outcome(score(rd, staff, expert, at_least=60), facts={"rd": "10"})
    assert (found.why, found.missing) == ("missing", ("employees",))


def test_a_score_whose_text_was_not_read_is_unverified() -> None:
    whole = score(item("rd", bands("rd", ("at_least", "10", 90))), at_least=60, tag="unknown")
    found = outcome(whole, facts={"rd": "10"})
    assert (found.verdict, found.why, found.as_json("a")["score"]) == ("unknown", "unverified", [0, 90])
