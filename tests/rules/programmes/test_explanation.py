"""The tree of conditions: values, thresholds, gaps, years and terms, points, and that it agrees with the verdict."""

from __future__ import annotations

from typing import Any

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
from wanqi.rules.programmes import evaluate, model

SHOWN = ("value", "threshold", "gap", "unit")


def explained(
    *conditions: model.Condition, facts: dict[str, object] | None = None, **records: object
) -> dict[str, Any]:
    [found] = evaluate(plan(programme(*conditions)), organisation(facts, records))
    assert found.conditions is not None
    return found.conditions


def shown(when: str, facts: dict[str, object] | None = None, **records: object) -> tuple[object, ...]:
    node = explained(leaf("a", when), facts=facts, **records)
    return tuple(node[key] for key in SHOWN)


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ("revenue >= 15000000", {"revenue": "14999999.99"}, ("14999999.99", "15000000.00", "0.01", "元")),
        ("revenue >= 15000000", {"revenue": "15000000"}, ("15000000.00", "15000000.00", None, "元")),
        ("revenue > 15000000", {"revenue": "15000000"}, ("15000000.00", "15000000.00", "0.01", "元")),
        ("revenue <= 15000000", {"revenue": "15000000.01"}, ("15000000.01", "15000000.00", "-0.01", "元")),
        ("revenue < 15000000", {"revenue": "15000000"}, ("15000000.00", "15000000.00", "-0.01", "元")),
        ("15000000 <= revenue", {"revenue": "1"}, ("1.00", "15000000.00", "14999999.00", "元")),
        ("employees <= 500", {"employees": 501}, (501, 500, -1, "人")),
        ("employees > 500", {"employees": 500}, (500, 500, 1, "人")),
        ("employees = 500", {"employees": 503}, (503, 500, -3, "人")),
        ("employees <> 500", {"employees": 500}, (500, 500, 1, "人")),
        ("evaluation >= 60", {"evaluation": "59.5"}, ("59.5", "60", "0.5", "分")),
        ("evaluation > 60", {"evaluation": "60"}, ("60", "60", "0.0001", "分")),
        ("ratio(rd, revenue) >= 0.03", {"rd": "2", "revenue": "100"}, ("0.02", "0.03", "0.01", "比率")),
        (
            "ratio(rd, revenue) >= 0.03",
            {"rd": "2.99", "revenue": "100.01"},
            ("0.02989701", "0.03", "0.00010299", "比率"),
        ),
        ("ratio(rd, revenue) > 0.03", {"rd": "3", "revenue": "100"}, ("0.03", "0.03", "0.00000001", "比率")),
        ("debt_ratio <= 0.8", {"liabilities": "81", "assets": "100"}, ("0.81", "0.8", "-0.01", "比率")),
        ("ratio(rd, revenue) >= 0.03", {"rd": "2"}, (None, "0.03", None, "比率")),
        (
            "main_revenue >= 0.8 * revenue",
            {"main_revenue": "1", "revenue": "10.01"},
            ("1.00", "8.01", "7.01", "元"),
        ),
        (
            "ratio(rd, revenue) >= CASE WHEN revenue <= 100 THEN 0.05 ELSE 0.03 END",
            {"rd": "4", "revenue": "100"},
            ("0.04", "0.05", "0.01", "比率"),
        ),
        (
            "size_class IN ('小型', '微型')",
            {"gbt4754_code": "7210", "employees": 100},
            ("中型", ["小型", "微型"], None, None),
        ),
        ("registered", {"registered": False}, (False, None, None, None)),
        (
            "established_date <= years_before(on, 1)",
            {"established_date": "2025-05-02"},
            ("2025-05-02", "2025-05-01", None, None),
        ),
    ],
)  # fmt: skip
def test_value_threshold_gap_and_unit(
    when: str, facts: dict[str, object], expected: tuple[object, ...]
) -> None:
    assert shown(when, facts) == expected


@pytest.mark.parametrize(
    ("when", "rows", "expected"),
    [
        ("count_where(ip, kind = '发明专利') >= 4", [{"kind": "发明专利"}], (1, 4, 3, "个")),
        ("count_where(ip, kind = '发明专利') > 1", [{"kind": "发明专利"}], (1, 1, 1, "个")),
        ("NOT any_where(ip, kind = '发明专利')", [{"kind": "发明专利"}] * 2, (2, 1, -2, "个")),
        (
            "count_where(ip, kind = '发明专利') >= 4",
            [{"kind": "发明专利"}, {"kind": None}],
            ([1, 2], 4, 2, "个"),
        ),
        ("count_where(ip, kind = '发明专利') >= 2", [{"kind": None}] * 3, ([0, 3], 2, None, "个")),
        ("count_where(ip, kind = '发明专利') >= 2", None, ([0, None], 2, None, "个")),
    ],
)
def test_numbers_of_records(when: str, rows: object, expected: tuple[object, ...]) -> None:
    assert shown(when, ip=rows) == expected


def test_every_year_has_a_part_of_its_own() -> None:
    node = explained(leaf("rd", "each(rd >= 100, 2)"), facts={"rd": {"2025": "100", "2024": "99.99"}})
    assert (node["op"], node["verdict"], node["title"], node["article"], node["tag"]) == (
        "all",
        "unmet",
        "条件rd",
        "第一条",
        "v:S1",
    )
    assert [(one["id"], one["verdict"], one["gap"]) for one in node["children"]] == [
        ("rd@2025", "met", None),
        ("rd@2024", "unmet", "0.01"),
    ]


def test_one_year_of_several_is_enough() -> None:
    node = explained(leaf("rank", "some(rd >= 100, 3)"), facts={"rd": {"2025": "1", "2023": "100"}})
    assert (node["op"], node["verdict"]) == ("any", "met")
    assert [one["verdict"] for one in node["children"]] == ["unmet", "unknown", "met"]


def test_every_term_has_a_part_of_its_own() -> None:
    node = explained(
        leaf("a", "registered AND (rd >= 5 OR employees >= 3)"), facts={"rd": "1", "employees": 3}
    )
    assert [(one["id"], one["op"], one["verdict"], one["why"]) for one in node["children"]] == [
        ("a.1", "leaf", "unknown", "missing"),
        ("a.2", "any", "met", None),
    ]
    assert [one["id"] for one in node["children"][1]["children"]] == ["a.2.1", "a.2.2"]


def test_a_score_shows_the_points_of_every_item() -> None:
    growth = item("growth", bands("ratio(rd, revenue)", ("at_least", "0.05", 20)), most=20, least=15)
    expert = item("expert", model.Expert(points(0, 8)))
    group = item("group", model.Sum((growth, expert)), most=25)
    facts: dict[str, object] = {"rd": "4.9", "revenue": "100"}
    node = explained(score(group, item("local", None, most=5), above=70), facts=facts)
    assert {key: node[key] for key in ("op", "verdict", "why", *SHOWN, "max")} == {
        "op": "score",
        "verdict": "unmet",
        "why": None,
        "value": [0, 13],
        "threshold": 70,
        "gap": 58,
        "unit": "分",
        "max": 30,
    }
    grouped, local = node["children"]
    assert (grouped["op"], grouped["value"], grouped["max"], grouped["verdict"]) == (
        "score",
        [0, 8],
        25,
        "unknown",
    )
    assert (local["op"], local["why"], local["value"]) == ("leaf", "unverified", [0, 5])
    low, judged = grouped["children"]
    assert (low["value"], low["threshold"], low["gap"], low["verdict"], low["measured"]) == (
        [0, 0],
        15,
        15,
        "unmet",
        "0.049",
    )
    assert (judged["verdict"], judged["why"], judged["value"]) == ("unknown", "judgement", [0, 8])


def test_half_points_have_half_a_point_as_their_step() -> None:
    half = model.Choose((model.Option("registered", points("4.5")),), points(0))
    node = explained(score(item("a", half), above=5), facts={"registered": True})
    assert (node["value"], node["gap"]) == ([4.5, 4.5], 0.6)


def recomputed(node: dict[str, Any]) -> str:
    """Return a node's verdict from those of its leaves; scores and leaves speak for themselves."""
    if node["op"] in ("leaf", "score"):
        return str(node["verdict"])
    parts = [recomputed(child) for child in node["children"]]
    needed = {"all": len(parts), "any": 1}.get(node["op"], node.get("n"))
    assert isinstance(needed, int)
    if parts.count("met") >= needed:
        return "met"
    return "unknown" if len(parts) - parts.count("unmet") >= needed else "unmet"


@pytest.mark.parametrize("revenue", [None, "5", "15"])
@pytest.mark.parametrize("rd", [None, "5", "15"])
@pytest.mark.parametrize("staff", [None, 5, 15])
def test_the_tree_agrees_with_the_verdict(revenue: object, rd: object, staff: object) -> None:
    parts = (leaf("a", "revenue >= 10"), leaf("b", "rd >= 10"), leaf("c", "employees >= 10 AND rd >= 3"))
    whole = all_of(any_of(*parts), n_of(2, *parts), any_of(leaf("d", "NOT (rd >= 10)"), parts[0], id="other"))
    facts = {"revenue": revenue, "rd": rd, "employees": staff}
    [found] = evaluate(plan(programme(whole)), organisation(facts))
    assert found.conditions is not None
    assert recomputed(found.conditions) == found.verdict == found.conditions["verdict"]
    assert found.conditions["why"] == found.why


def test_what_is_lacking_leaves_out_what_is_met() -> None:
    small, big = leaf("small", "employees <= 500"), leaf("big", "revenue >= 15000000")
    either = any_of(leaf("one", "employees > 600"), leaf("other", "employees < 100"))
    open_ = n_of(1, leaf("asked", "assets > 5"), leaf("few", "employees > 700"))
    facts = {"employees": 20, "revenue": "1"}
    [found] = evaluate(plan(programme(small, big, either, open_)), organisation(facts, {}))
    assert found.lacking is not None
    assert found.conditions is not None
    assert [node["id"] for node in found.lacking["children"]] == [
        "big",
        found.conditions["children"][3]["id"],
    ]
    assert found.lacking["children"][0] == found.conditions["children"][1]
    assert [node["id"] for node in found.lacking["children"][1]["children"]] == ["asked", "few"]
    [met] = evaluate(plan(programme(small, either)), organisation(facts, {}))
    assert (met.verdict, met.lacking) == ("met", None)


def test_a_score_that_falls_short_keeps_its_items() -> None:
    rated = score(
        item("a", bands("employees", ("at_least", "10", 5))),
        item("b", bands("revenue", ("at_least", "1", 5))),
        at_least=8,
    )
    [found] = evaluate(plan(programme(rated)), organisation({"employees": 20, "revenue": "0"}, {}))
    assert found.verdict == "unmet"
    assert found.lacking == found.conditions
