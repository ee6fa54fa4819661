"""Scores as intervals: bands and their edges, caps, minima, vetoes, the better of two, experts, unread texts."""

from __future__ import annotations

import pytest

from tests.rules.programmes.sample import (
    all_of,
    any_of,
    bands,
    item,
    leaf,
    organisation,
    plan,
    points,
    programme,
    score,
)
from wanqi.rules.programmes import Outcome, evaluate, model

RD = bands("ratio(rd, revenue)", ("at_least", "0.05", 50), ("at_least", "0.03", 30))
STAFF = bands("ratio(rd_staff, employees)", ("at_least", "0.30", 20), ("at_least", "0.10", 4))
EXPERT = model.Expert(points(0, 8))


def outcome(*conditions: model.Condition, **facts: object) -> Outcome:
    [found] = evaluate(plan(programme(*conditions)), organisation(facts))
    return found


def ends(*items: model.Item, **facts: object) -> list[object]:
    found = outcome(score(*items, at_least=60), **facts).as_json("a")["score"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("rd", "expected"),
    [
        ("50000.00", 50),
        ("49999.99", 30),
        ("30000.00", 30),
        ("29999.99", 0),
        ("0", 0),
        ("-1", 0),
    ],
)
def test_a_band_begins_exactly_at_its_bound(rd: str, expected: int) -> None:
    assert ends(item("rd", RD), rd=rd, revenue="1000000") == [expected, expected]


@pytest.mark.parametrize(
    ("bound", "at", "below", "above"),
    [("at_least", 5, 1, 5), ("more_than", 1, 1, 5), ("at_most", 5, 5, 1), ("less_than", 1, 5, 1)],
)
def test_open_and_closed_bands(bound: model.Bound, at: int, below: int, above: int) -> None:
    scoring = bands("employees", (bound, "100", 5), otherwise=1)
    for value, expected in ((100, at), (99, below), (101, above)):
        assert ends(item("x", scoring), employees=value) == [expected, expected]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [0, 50]),
        ({"rd": "60000"}, [0, 50]),
        ({"rd": "60000", "revenue": "0"}, [0, 50]),  # a quotient by zero says nothing
        ({"rd": "60000", "revenue": "1000000"}, [50, 50]),
    ],
)
def test_an_unknown_value_reaches_every_band(facts: dict[str, object], expected: list[int]) -> None:
    assert ends(item("rd", RD), **facts) == expected


def test_the_better_of_two_ways_counts() -> None:
    amount = item("amount", bands("rd", ("at_least", "5000000", 10), ("at_least", "1000000", 2)))
    both = item("rd", model.BestOf((amount, item("ratio", RD))), most=40)
    assert ends(both, rd="1000000", revenue="10000000") == [40, 40]  # 50 by ratio, capped
    assert ends(both, rd="1000000", revenue="100000000") == [2, 2]
    assert ends(both, rd="5000000") == [10, 40]


def test_the_first_that_holds_counts() -> None:
    choose = model.Choose(
        (
            model.Option("count_where(ip, kind = '发明专利') >= 1", points(30)),
            model.Option("count_where(ip, kind = '实用新型') >= 4", points(24)),
        ),
        points(0),
    )
    made = plan(programme(score(item("ip", choose), at_least=24)))
    patent, model_ = {"kind": "发明专利"}, {"kind": "实用新型"}
    for rows, expected in (
        ([patent], [30, 30]),
        ([model_] * 4, [24, 24]),
        ([model_] * 3, [0, 0]),
        ([*[model_] * 4, {"complete_until": "2026-04-30"}], [24, 30]),
        ([*[model_] * 3, {"kind": None}], [0, 30]),
        (None, [0, 30]),
    ):
        [found] = evaluate(made, organisation(records={"ip": rows}))
        assert found.as_json("a")["score"] == expected


def test_all_that_hold_add_up_to_the_cap() -> None:
    each = model.EachOf(
        tuple(
            model.Option(when, points(3)) for when in ("registered", "institution = '省'", "employees >= 10")
        )
    )
    assert ends(item("quality", each, most=5), registered=True, institution="省", employees=10) == [5, 5]
    assert ends(item("quality", each, most=5), registered=True, institution="市", employees=9) == [3, 3]
    assert ends(item("quality", each, most=5), registered=True) == [3, 5]


def test_points_of_a_formula_stay_between_nothing_and_the_most() -> None:
    years = item("years", model.Formula("least(5, employees - 10)"), most=5)
    assert ends(years, employees=12) == [2, 2]
    assert ends(years, employees=100) == [5, 5]
    assert ends(years, employees=1) == [0, 0]
    assert ends(years) == [0, 5]


def test_a_veto_fails_whatever_the_total_is() -> None:
    vetoed = score(item("staff", STAFF, most=20, veto=True), item("rd", RD), at_least=50)
    facts = {"rd": "50000", "revenue": "1000000", "employees": 40}
    assert outcome(vetoed, rd_staff=3, **facts).verdict == "unmet"
    assert outcome(vetoed, rd_staff=4, **facts).verdict == "met"
    assert outcome(vetoed, **facts).verdict == "unknown"


def test_each_minimum_must_be_reached_besides_the_total() -> None:
    group = item("growth", model.Sum((item("rd", RD), item("staff", STAFF))), most=60, least=30)
    whole = score(
        group, item("registered", model.EachOf((model.Option("registered", points(40)),))), at_least=40
    )
    facts = {"registered": True, "employees": 100, "rd_staff": 30}
    assert outcome(whole, **facts, rd="0", revenue="100").verdict == "unmet"  # 60 in all, 20 of 30 in growth
    assert outcome(whole, **facts, rd="3", revenue="100").verdict == "met"


@pytest.mark.parametrize(
    ("known", "verdict", "why"), [(62, "unmet", None), (63, "unknown", "judgement"), (71, "met", None)]
)
def test_a_strict_mark_with_an_expert(known: int, verdict: str, why: str | None) -> None:
    """More than 70 with eight points left to an expert: at most 70 fails, 71 needs him, 71 without him passes."""
    whole = score(item("known", model.Formula("employees")), item("expert", EXPERT), above=70)
    found = outcome(whole, employees=known)
    assert (found.verdict, found.why) == (verdict, why)
    assert found.as_json("a")["score"] == [known, known + 8]


@pytest.mark.parametrize(("total", "verdict"), [("70", "unmet"), ("71", "met")])
def test_seventy_is_not_more_than_seventy(total: str, verdict: str) -> None:
    whole = score(item("known", model.Formula("employees")), above=70)
    assert outcome(whole, employees=int(total)).verdict == verdict


@pytest.mark.parametrize("tag", ["m/M", "m/L", "inf", "unknown"])
def test_an_item_whose_text_was_not_read_may_give_anything(tag: str) -> None:
    unread = item("rd", RD, most=50, tag=tag)
    facts = {"rd": "1", "revenue": "100", "registered": True}
    assert ends(unread, **facts) == [0, 50]
    whole = score(unread, item("known", model.Formula("employees")), at_least=60)
    assert (outcome(whole, employees=10, **facts).why, outcome(whole, employees=9, **facts).verdict) == (
        "unverified",
        "unmet",
    )


def test_an_item_from_memory_with_confidence_counts() -> None:
    assert ends(item("rd", RD, most=50, tag="m/H"), rd="5", revenue="100") == [50, 50]


def test_an_item_without_a_rule_gives_at_most_its_maximum() -> None:
    assert ends(item("local", None, most=15)) == [0, 15]


def test_intervals_of_bands_are_left_to_judgement() -> None:
    growth = bands("employees", ("at_least", "10", (9, 10)), ("at_least", "5", (7, 8)))
    whole = score(item("growth", growth), at_least=10)
    found = outcome(whole, employees=12)
    assert (found.verdict, found.why, found.missing) == ("unknown", "judgement", ())
    assert outcome(whole, employees=6).verdict == "unmet"
    assert outcome(whole).missing == ("employees",)


def test_a_direct_route_passes_by_the_score() -> None:
    route = all_of(
        leaf("registered", "registered"),
        any_of(leaf("title", "holds('cn.high-tech')"), score(item("rd", RD), at_least=50)),
    )
    made = plan(programme(route))
    title = {"programme": "cn.high-tech", "grant_date": "2025-05-01", "valid_to": "2028-04-30"}
    facts = {"registered": True, "rd": "0", "revenue": "100"}
    [with_title] = evaluate(made, organisation(facts, {"titles": [title]}))
    [without] = evaluate(made, organisation(facts, {"titles": []}))
    [unknown] = evaluate(made, organisation(facts))
    assert (with_title.verdict, without.verdict, unknown.verdict) == ("met", "unmet", "unknown")
    assert unknown.missing == ("titles",)
