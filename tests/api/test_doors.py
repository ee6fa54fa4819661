"""One answer at every door: page, portal, API and command line, for every programme of the region and any data."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.conftest import ROOT
from tests.registry.facts.rows import enterprise, fact
from tests.web.test_checkup import client_of
from wanqi import packs
from wanqi.cli.evaluate import prepare
from wanqi.core.models import Role
from wanqi.packs import FactSpec, Pack
from wanqi.policies.checkup import checkup
from wanqi.policies.checkup.plans import prepared
from wanqi.registry.facts import values
from wanqi.registry.facts.evaluating import organisation_json
from wanqi.rules.plan import Aggregate
from wanqi.web.portal.answers import Answers

pytestmark = pytest.mark.django_db
# A failing example is told as it was drawn: each costs a whole check-up at every door.
ANY = settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SEEDS = st.integers(0, 2**32 - 1)
TYPED = {  # as people type them, money and shares in the unit the page asks for
    "bool": ["是", "否"],
    "money": ["0", "99.99", "2000", "5,000", "40000"],
    "count": ["0", "3", "20", "300"],
    "number": ["0", "12.5", "70"],
    "ratio": ["0", "5", "70"],
    "date": ["2012-05-01", "2025-03-01"],
}
TEXTS = {"gbt4754_code": ["2614", "6510", "5290"], "region_code": ["430682", "110105"]}


@cache
def region() -> Pack:
    """Return the county's pack; no fixture, because a failing example prints what it is given."""
    return packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)


def read_by_rules(pack: Pack, on: date) -> tuple[list[str], list[str]]:
    """Return the facts ("id@year" or "id@") and the kinds of records that any programme in force reads."""
    sources = [one.source for one in prepared(pack, on, "new").plan.inputs]
    kinds = {one.kind for one in sources if isinstance(one, Aggregate)}
    facts = {
        f"{one.fact}@{'' if one.year is None else one.year}"
        for one in sources
        if not isinstance(one, Aggregate) and one.fact in pack.facts
    }
    return sorted(facts), sorted(kinds)


def typed(spec: FactSpec, id: str, chance: Random) -> str:
    """Return what somebody may type for a fact."""
    if spec.type in ("enum", "set"):
        return chance.choice(list(spec.values or ()))
    listed = TYPED.get(spec.type) or TEXTS.get(id, ["演示"])
    most = spec.value_type.maximum
    if spec.type == "count" and most is not None:
        listed = [one for one in listed if int(one) <= most]
    return chance.choice(listed)


def answers(pack: Pack, on: date, chance: Random) -> Answers:
    """Return what a visitor has typed: most facts the rules read, and of most records that there are none."""
    facts, kinds = read_by_rules(pack, on)
    said = {
        key: typed(pack.facts[key.partition("@")[0]], key.partition("@")[0], chance)
        for key in facts
        if chance.random() < 0.8
    }
    return Answers(said, {kind: [] for kind in kinds if chance.random() < 0.8}, [])


def told(pack: Pack, on: date, organisation: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return programme → what the command line prints of it."""
    run = prepare(pack, on=on, kind="new", programmes=(), derived=())
    lines = json.loads(json.dumps(list(run(organisation))))
    return {line["programme"]: said(line) for line in lines}


def said(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["version"], line["verdict"], line["why"], line["missing"], line["amount"]


def shown(found: Any) -> dict[str, tuple[Any, ...]]:
    """Return programme → what a check-up shows of it, for first applications."""

    def amount(one: Any) -> list[str | None] | None:
        if one.amount is None:
            return None
        return [None if end is None else f"{Decimal(end):.2f}" for end in (one.amount.low, one.amount.high)]

    in_force = [one for one in found.programmes if one.version is not None and one.kind == "new"]
    return {
        one.id: (one.version, one.verdict, one.why, [id for _, id in one.missing], amount(one))
        for one in in_force
    }


@ANY
@given(seed=SEEDS)
def test_what_a_visitor_types_is_judged_alike(seed: int) -> None:
    on, pack, client = timezone.localdate(), region(), Client()
    given_answers = answers(pack, on, Random(seed))
    organisation = given_answers.organisation(pack)
    expected = told(pack, on, {**organisation, "id": "check"})
    assert set(expected) == {id for id, one in pack.programmes.items() if one.version_for(on, "new")}
    asked = {"facts": organisation["facts"], "records": organisation["records"]}
    answered = client.post("/api/check", data=json.dumps(asked), content_type="application/json").json()
    assert {line["programme"]: said(line) for line in answered["lines"]} == expected
    every = {"programme": list(expected), "answers": given_answers.text(), "step": "result"}
    page = client.post("/portal/check/", every)
    assert shown(page.context["found"]) == expected
    body = page.content.decode()
    assert all(one.title in body and one.word in body for one in page.context["found"].programmes)
    best = page.context["found"].combination
    paid = [one["programme"] for one in (answered["combination"] or {"chosen": []})["chosen"]]
    assert paid == [one.id for one in best.chosen] if best else paid == []


@pytest.mark.parametrize("seed", [20261123])
def test_what_is_registered_is_judged_alike(seed: int) -> None:
    on, pack, chance = timezone.localdate(), region(), Random(seed)
    own = enterprise(1)
    homes = {id: spec.home for id, spec in pack.facts.items()}
    facts = [
        one
        for one in read_by_rules(pack, on)[0]
        if not homes[one.partition("@")[0]].startswith("organisation.")
    ]
    for key in chance.sample(facts, 10):
        id, _, year = key.partition("@")
        value = values.read_value(pack.facts[id], typed(pack.facts[id], id, chance))
        fact(own, id, values.as_json(pack.facts[id], value), period=year)
    expected = told(pack, on, organisation_json(own, on))
    clerk = client_of(cast.user(Role.CLERK, username=f"clerk-{own.pk}"))
    answered = clerk.get(f"/api/organisations/{own.pk}/check").json()
    assert {line["programme"]: said(line) for line in answered["lines"]} == expected
    page = clerk.get(reverse("checkup", args=[own.pk]))
    assert shown(page.context["found"]) == expected
    whole = checkup(pack, on, organisation_json(own, on), kind="new")
    assert shown(whole) == expected
