"""Standings of the demonstration: filled by its loader, and the same when worked out again from what they cite."""

from __future__ import annotations

import pytest

from tests.conftest import REGION
from wanqi.core.access import command_actor
from wanqi.policies import standings
from wanqi.policies.actions import determine
from wanqi.policies.models import Standing
from wanqi.policies.standings import checking
from wanqi.registry.models import Organisation

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
