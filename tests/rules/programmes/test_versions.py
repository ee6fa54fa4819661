"""Which version decides: by the date and the kind of application."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.programmes.sample import ON, leaf, organisation, plan, programme, scope, version
from wanqi.rules.programmes import ProgrammeRefused, compile_plan, evaluate, model

OLD = version(leaf("money", "revenue >= 10000000"), name="2022-63", start="2022-08-01", end="2026-03-31")
NEW = version(leaf("money", "revenue >= 15000000"), name="2026-2", start="2026-04-01")
REVIEW = version(leaf("money", "revenue >= 5000000"), name="2022-63", start="2022-08-01", kinds=("review",))
SME = model.Programme("cn.sme", "专精特新中小企业", (OLD, NEW, REVIEW))


@pytest.mark.parametrize(
    ("on", "kind", "chosen"),
    [
        ("2022-07-31", "new", None),
        ("2022-08-01", "new", OLD),
        ("2026-03-31", "new", OLD),
        ("2026-04-01", "new", NEW),
        ("2030-01-01", "new", NEW),
        ("2026-05-01", "review", REVIEW),
        ("2026-05-01", "renewal", None),
    ],
)
def test_the_version_follows_the_date_and_the_kind(
    on: str, kind: str, chosen: model.RuleVersion | None
) -> None:
    assert SME.version_for(date.fromisoformat(on), kind) is chosen


@pytest.mark.parametrize(
    ("on", "kind", "verdict", "named"),
    [
        ("2026-03-31", "new", "met", "2022-63"),
        ("2026-04-01", "new", "unmet", "2026-2"),
        ("2026-04-01", "review", "met", "2022-63"),
    ],
)
def test_the_same_firm_under_another_version(on: str, kind: str, verdict: str, named: str) -> None:
    [found] = evaluate(
        plan(SME, on=date.fromisoformat(on), kind=kind), organisation({"revenue": {"2025": "12000000"}})
    )
    assert (found.verdict, found.version, found.why) == (verdict, named, None)


def test_no_version_in_force_is_unmet_and_says_so() -> None:
    [found] = evaluate(plan(SME, kind="renewal"), organisation({"revenue": {"2025": "99000000"}}))
    assert found.as_json("a1") == {
        "id": "a1",
        "programme": "cn.sme",
        "version": None,
        "verdict": "unmet",
        "why": "not_in_force",
        "score": None,
        "amount": None,
        "missing": [],
        "conditions": None,
    }


def test_overlapping_versions_are_told_with_the_kind() -> None:
    other = version(leaf("money", "revenue >= 1"), name="2026-3", start="2026-06-01", kinds=("new", "review"))
    whole = model.Programme("cn.sme", "事项", (NEW, other, OLD))
    assert [(one.version, two.version, kind) for one, two, kind in whole.overlaps()] == [
        ("2026-2", "2026-3", "new")
    ]
    assert [*SME.overlaps()] == []


def test_a_fixed_base_year_does_not_move_with_the_date() -> None:
    fixed = model.Programme("cn.sme", "事项", (version(leaf("money", "revenue >= 10"), base_year=2023),))
    assert [one.name for one in plan(fixed, on=date(2027, 5, 1)).inputs] == ["revenue@2023"]
    moving = programme(leaf("money", "revenue >= 10"))
    assert [one.name for one in plan(moving, on=date(2027, 5, 1)).inputs] == ["revenue@2026"]


def test_a_text_that_is_no_expression_names_its_programme_version_and_condition() -> None:
    with pytest.raises(ProgrammeRefused) as refused:
        plan(programme(leaf("money", "revenu >= 10")))
    assert refused.value.place == "cn.sme 2026-2 money"
    assert refused.value.refusal.code == "expression.unknown-field"
    assert "revenue" in refused.value.hint


def test_equal_conditions_of_several_programmes_are_one_column() -> None:
    one = programme(leaf("a", "revenue >= 10"), leaf("b", "rd >= 10"), id="cn.one")
    two = programme(leaf("x", "rd >= 10"), leaf("y", "revenue >= 10"), leaf("z", "rd >= 11"), id="cn.two")
    made = plan(one, two)
    assert made.programmes[0].leaves == (("a", "c0"), ("b", "c1"))
    assert made.programmes[1].leaves == (("x", "c1"), ("y", "c0"), ("z", "c2"))


def test_a_plan_is_the_same_however_often_it_is_made() -> None:
    programmes = [programme(leaf("a", "size_class = '小型'"), leaf("b", "holds('cn.high-tech')"))]
    first = compile_plan(programmes, region="cn", on=ON, kind="new", scope=scope())
    assert first == compile_plan(programmes, region="cn", on=ON, kind="new", scope=scope())
