"""The demonstration agrees with every figure of the report that can be true; what cannot is shown as it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from wanqi.cli.demonstration import described
from wanqi.collection.models import Return
from wanqi.core.models import Owned, User
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluation import evaluate_indicators
from wanqi.indicators.models import Commendation, Observation, Ranking, Shortfall, TargetBreakdown
from wanqi.projects.models import Project
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.models import Fact, ListingPlan, NameList, Nomination, Organisation, Person, Recognition
from wanqi.reports.models import Draft
from wanqi.rules.programmes import Evaluator, compile_plan

REGION = "cn-430682"
# What the report says and no rows can: the forecast is a bound, the growth has no base, 360 % is 162 of 45.
IMPOSSIBLE = {
    "infra.5g.forecast": Fraction(691),
    "infra.5g.total.vs_year_end": Fraction(120, 451),
    "sme.tech.yoy": Fraction(117, 45),
}
# Held as a bound: more than 150,000.
BOUNDS = {"infra.gigabit.covered": Fraction(150_528)}


@pytest.mark.usefixtures("demo_db")
def test_every_figure_the_report_states_follows_from_rows() -> None:
    demo = current_pack(REGION).demo
    assert demo is not None
    stated = {one.indicator: Fraction(one.value) for one in demo.observations}
    figures = evaluate_indicators(REGION, stated, "2023H1")
    counted = {id: figure.value for id, figure in figures.items()}
    assert counted == {**stated, **IMPOSSIBLE, **BOUNDS}
    ranges = {
        id
        for id, figure in figures.items()
        if figure.interval is None or figure.interval.low != figure.interval.high
    }
    assert ranges == {"infra.5g.forecast"}


@pytest.mark.usefixtures("demo_db")
def test_what_the_report_names_carries_only_what_it_says_and_is_no_demonstration() -> None:
    named: list[tuple[type[Owned], set[str], str]] = [
        (Nomination, {"福尔程公司", "国发", "比德"}, "holder_name"),
        (ListingPlan, {"金叶众望"}, "company_name"),
    ]
    for model, names, field in named:
        real = model.objects.filter(is_demonstration=False)
        assert set(real.values_list(field, flat=True)) == names
        assert all("2023年上半年" in row.source and "按" in row.note for row in real)
    projects = Project.objects.filter(is_demonstration=False)
    assert projects.count() == 7
    assert set(projects.values_list("declared_on", "approved_on", "investment")) == {(None, None, None)}
    assert not Recognition.objects.filter(is_demonstration=False).exists()
    assert not Person.objects.filter(is_demonstration=False).exists()


@pytest.mark.usefixtures("demo_db")
def test_fictitious_enterprises_meet_fall_short_by_one_by_two_or_lack_data() -> None:
    pack = current_pack(REGION)
    day = date(2023, 6, 30)
    asked = [pack.programmes[f"cn.{id}"] for id in ("little-giant", "srdi-sme")]
    plan = compile_plan(asked, region=REGION, on=day, kind="new", scope=pack.rule_scope)
    evaluator = Evaluator(plan)
    numbers = (1, 3, 4, 5, 15, 19, 22, 23)
    rows = [Organisation.objects.get(name=f"演示企业{number:02d}（临湘）") for number in numbers]
    found = [
        [_told(one.as_json(given["id"])) for one in evaluator.evaluate(given)]
        for given in organisations_json(rows, day)
    ]
    assert [giant for giant, _ in found[:4]] == [
        ("met", None, []),
        ("unmet", None, ["share"]),
        ("unmet", None, ["debt", "share"]),
        ("unknown", "missing", []),
    ]
    assert [srdi for _, srdi in found[4:]] == [
        ("met", None, []),
        ("unmet", None, ["rd-ratio"]),
        ("unmet", None, ["niche", "rd-ratio"]),
        ("unknown", "missing", []),
    ]
    facts = Fact.objects.filter(is_demonstration=True)
    assert Fact.objects.count() == facts.count()
    assert not facts.filter(organisation__is_demonstration=False).exists()
    assert {row.phone[:7] for row in rows} == {"1390000"}


def _told(outcome: dict[str, Any]) -> tuple[str, str | None, list[str]]:
    unmet = [one["id"] for one in outcome["conditions"]["children"] if one["verdict"] == "unmet"]
    return outcome["verdict"], outcome["why"], unmet


@pytest.mark.usefixtures("demo_db")
def test_a_name_list_waits_half_confirmed() -> None:
    (found,) = NameList.objects.all()
    assert (found.state, found.programme) == ("open", "cn.high-tech")
    decided = found.rows.order_by("position").values_list("decision", "decided_by__display_name")
    taken, waits = ("matched", "演示经办人"), ("pending", None)
    assert list(decided) == [taken, taken, taken, taken, waits, taken, waits, waits]


@pytest.mark.usefixtures("demo_db")
def test_two_forms_are_asked_and_each_has_been_handed_in_by_the_unit_with_registers() -> None:
    found = Return.objects.filter(is_demonstration=True).order_by("round__form", "unit__code")
    assert [(one.round.form, one.unit.code, one.state) for one in found if one.unit] == [
        ("infra-5g-monthly", "broadcast", "open"),
        ("infra-5g-monthly", "mobile", "open"),
        ("infra-5g-monthly", "telecom", "open"),
        ("infra-5g-monthly", "tower", "submitted"),
        ("infra-5g-monthly", "unicom", "open"),
        ("ip-monthly", "market", "submitted"),
    ]
    market = found.get(unit__code="market")
    assert {one.line: (one.value, one.answer) for one in market.entries.all()} == {
        "applied": (0, "confirmed"),
        "granted": (48, "confirmed"),
        "trademarks": (139, "confirmed"),
        "pledges": (4, "confirmed"),
        "amount": (2000, "confirmed"),
    }


@pytest.mark.usefixtures("demo_db")
def test_targets_are_broken_down_to_offices_areas_and_the_park_and_add_up() -> None:
    rows = TargetBreakdown.objects.order_by("indicator", "dimension")
    sums = {
        (one.indicator, one.dimension, one.basis): sum(part.value for part in one.parts.all()) for one in rows
    }
    assert sums == {
        ("contracts.amount.target", "office", "whole"): 3,
        ("contracts.amount.target", "park", "whole"): Decimal("1.8"),
        ("industry.firms.target", "area", "whole"): 150,
        ("industry.firms.target", "park", "whole"): 60,
        ("infra.5g.target", "area", "gain"): 800 - 451,
        ("infra.5g.target", "operator", "gain"): 800 - 451,
        ("research.spending.target", "office", "whole"): 8,
    }
    assert all(one.is_demonstration and "虚构" in one.source for one in rows)
    made = Observation.objects.filter(nature="target", is_demonstration=True).order_by("indicator")
    assert list(made.values_list("indicator", "value")) == [
        ("contracts.amount.target", 3),
        ("industry.firms.target", 150),
        ("research.spending.target", 8),
    ]


@pytest.mark.usefixtures("demo_db")
def test_shortfalls_stand_at_every_step_of_their_way() -> None:
    rows = Shortfall.objects.order_by("pk")
    assert [(one.state, one.person, one.due_on, one.answered_on, one.closed_on) for one in rows] == [
        ("待交办", "", None, None, None),
        ("办理中", "演示填报员", date(2023, 9, 30), None, None),
        ("已反馈", "演示科技经办人", date(2023, 6, 30), date(2023, 6, 29), None),
        ("已销号", "演示经办人", date(2023, 5, 31), date(2023, 5, 30), date(2023, 6, 1)),
    ]
    assert all(one.is_demonstration and one.title.endswith("（演示）") for one in rows)


@pytest.mark.usefixtures("demo_db")
def test_every_office_that_writes_the_report_has_an_account() -> None:
    draft = Draft.objects.get(period="2023H1")
    offices = {part.office.code for part in draft.parts.select_related("office") if part.office}
    clerks = User.objects.filter(is_demonstration=True, grants__role="clerk")
    assert offices == {"general", "digital", "industry", "science", "talent", "funds"}
    assert set(clerks.values_list("grants__office__code", flat=True)) == offices
    pack = current_pack(REGION)
    assert pack.demo is not None
    told = {user.username: described(pack, user) for user in pack.demo.users}
    assert (told["clerk-industry"], told["deputy"]) == ("经办人（产业发展股）", "分管领导")
    assert (told["reporter"], told["enterprise"]) == (
        "填报员（铁塔公司）",
        "企业用户（演示企业03（临湘））",
    )


@pytest.mark.usefixtures("demo_db")
def test_stated_ranks_are_official_ranks_with_the_report_as_source() -> None:
    ranks = Ranking.objects.order_by("indicator", "basis")
    assert [(one.indicator, one.rank, one.peers, one.peer_set, one.basis) for one in ranks] == [
        ("digital.fusion_certified", 1, 6, "岳阳六县市", ""),
        ("digital.fusion_pilots", 1, 6, "岳阳六县市", ""),
        ("digital.three", 2, 6, "岳阳六县市", ""),
        ("sme.tech", 2, None, "岳阳市", "增量"),
        ("sme.tech", 2, None, "岳阳市", "总量"),
    ]
    assert all(not one.is_demonstration and one.source for one in ranks)
    assert Commendation.objects.count() == 1
