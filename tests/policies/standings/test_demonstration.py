"""Standings of the demonstration: filled by its loader, and the same when worked out again from what they cite."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.conftest import REGION
from wanqi.core.access import command_actor
from wanqi.core.models import User
from wanqi.core.packs import current_pack
from wanqi.policies import standings
from wanqi.policies.actions import determine
from wanqi.policies.checkup import checkup
from wanqi.policies.models import Standing
from wanqi.policies.standings import checking
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.models import Organisation

SRDI = "cn.srdi-sme"
pytestmark = pytest.mark.usefixtures("demo")


def test_the_demonstration_has_a_standing_for_every_enterprise_and_programme_in_force() -> None:
    found = standings.currency(REGION)
    assert (found.kept, found.waiting, found.current) == (True, 0, True)
    firms = Organisation.objects.current().filter(region_id=REGION).count()
    asked = [one for one in standings.tracks(REGION) if not one.holders_only]
    assert len(asked) > 20
    assert {standings.of_track(one).count() for one in asked} == {firms}
    assert all(sum(standings.counts(one).values()) == firms for one in asked)


def test_every_standing_of_the_demonstration_comes_out_the_same_again() -> None:
    found = checking.verify(REGION, sample=None)
    assert found.wrong == []
    assert (found.checked, found.due) == (Standing.objects.count(), 0)


def test_a_standing_says_what_the_explanation_says() -> None:
    row = Standing.objects.select_related("track", "rule", "organisation").filter(verdict=0, short=1).first()
    assert row is not None
    told = standings.explain(row.organisation, row.track.programme, kind=row.track.kind)
    assert (told.verdict, told.version) == ("unmet", row.rule.version)
    unmet = {one["id"] for one in row.unmet_leaves}
    assert unmet
    assert unmet <= {node["id"] for node in _walked(told.conditions or {}) if node["verdict"] == "unmet"}


def _walked(node: dict[str, object]) -> list[dict[str, object]]:
    children = node.get("children") or []
    assert isinstance(children, list)
    return [node, *(one for child in children for one in _walked(child))]


def test_list_page_and_api_say_how_many_conditions_short(client: Client) -> None:
    day = standings.today(REGION)
    firms = list(Organisation.objects.current().filter(region_id=REGION).order_by("pk"))[::6]
    rows = Standing.objects.filter(organisation__in=firms).select_related("track")
    listed = {(row.organisation_id, row.track.programme, row.track.kind): row.short for row in rows}
    compared, short = 0, set()
    for firm, given in zip(firms, organisations_json(firms, day), strict=True):
        for one in checkup(current_pack(REGION), day, given).programmes:
            if one.version is None:
                continue
            expected = one.short if one.verdict == "unmet" else None
            assert listed[firm.pk, one.id, one.kind] == expected, (firm.name, one.id)
            compared, short = compared + 1, short | {expected}
    assert compared > 1_000
    assert short >= {None, 1, 2}
    client.force_login(
        User.objects.get(username="clerk"), backend="django.contrib.auth.backends.ModelBackend"
    )
    kept = dict(
        Standing.objects.filter(track=standings.track(REGION, SRDI)).values_list("organisation", "short")
    )
    asked, told = "", dict[int, int | None]()
    while asked is not None:
        answer = client.get("/api/screening", {"programme": SRDI, "after": asked}).json()
        told |= {row["organisation"]: row["short"] for row in answer["rows"]}
        asked = answer["next"]
    assert told == kept


def test_a_determination_is_redone_from_what_it_keeps() -> None:
    row = Standing.objects.select_related("track", "organisation").filter(verdict=2).first()
    assert row is not None
    kept = determine(
        row.organisation,
        row.track.programme,
        kind=row.track.kind,
        actor=command_actor("测试"),
        purpose="县级推荐",
    )
    assert (kept.verdict, kept.digest) == (2, f"blake2b-128:{bytes(row.digest).hex()}")
    assert standings.redo(kept).same
