"""A screen says what brute force says of every enterprise of the demonstration: groups, filters, pages, another day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests import cast
from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.policies.actions.screens import start_run
from wanqi.policies.checkup.plans import prepared_one
from wanqi.policies.models import Bucket, ScreenRun
from wanqi.policies.screening import live, rows
from wanqi.policies.screening.asked import SLUGS, Screen, kept_screen, read_screen
from wanqi.policies.screening.conditions import conditions_of
from wanqi.policies.screening.reasons import reasons
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.models import Organisation

ON = date(2023, 6, 30)
SRDI = "cn.srdi-sme"
WHY = {"missing": Bucket.MISSING, "unverified": Bucket.UNVERIFIED, "judgement": Bucket.JUDGEMENT}


def everybody() -> list[Organisation]:
    return list(Organisation.objects.current().order_by("pk"))


def brute_force(programme: str) -> dict[int, Any]:
    """Return organisation → outcome, each evaluated on its own by the engine."""
    evaluator = prepared_one(current_pack(cast.REGION), programme, ON, "new").evaluator
    every = everybody()
    given = organisations_json(every, ON)
    return {one.pk: evaluator.evaluate(line)[0] for one, line in zip(every, given, strict=True)}


def asked(screen: Screen, actor: Actor | None = None) -> Any:
    track = rows.track_of(cast.REGION, screen)
    assert track is not None
    return rows.standings(actor or cast.machine(), track, screen, on=ON)


def ids(screen: Screen) -> set[int]:
    return set(asked(screen).values_list("organisation", flat=True))


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("programme", [SRDI, "cn.innovative-sme", "cn.high-tech"])
def test_the_groups_are_those_of_brute_force(programme: str) -> None:
    outcomes = brute_force(programme)
    counted = rows.counts(asked(Screen(programme)))
    assert list(counted) == list(Bucket)
    assert counted[Bucket.MET] == sum(one.verdict == "met" for one in outcomes.values())
    unmet = (Bucket.ONE, Bucket.TWO, Bucket.MORE, Bucket.UNMET)
    assert sum(counted[one] for one in unmet) == sum(one.verdict == "unmet" for one in outcomes.values())
    for why, bucket in WHY.items():
        found = {pk for pk, one in outcomes.items() if one.verdict == "unknown" and one.why == why}
        assert counted[bucket] == len(found)
        assert (
            set(asked(Screen(programme)).filter(bucket=bucket).values_list("organisation", flat=True))
            == found
        )
    assert sum(counted.values()) == len(outcomes) > 200


@pytest.mark.usefixtures("demo")
def test_a_condition_or_a_datum_narrows_to_exactly_those_that_lack_it() -> None:
    outcomes = brute_force(SRDI)
    track = rows.track_of(cast.REGION, Screen(SRDI))
    assert track is not None
    assert track.rule is not None
    offered = conditions_of(current_pack(cast.REGION), track.rule)
    assert [one.id for one in offered][:3] == ["registered", "size", "not-abnormal"]
    told = {id: (title, many) for id, title, many in rows.lacks(asked(Screen(SRDI)), track.rule)}
    for one in offered:
        unmet = {
            pk
            for pk, outcome in outcomes.items()
            for part in outcome.conditions["children"]
            if part["id"] == one.id and part["verdict"] == "unmet"
        }
        assert ids(Screen(SRDI, lack=one.id)) == unmet
        assert told.get(one.id, ("", 0))[1] == len(unmet)
    missing = Counter(name for one in outcomes.values() if one.verdict == "unknown" for name in one.missing)
    assert dict(rows.missing(asked(Screen(SRDI)), track.rule)) == dict(missing)
    lacking = {pk for pk, one in outcomes.items() if one.verdict == "unknown" and "rd_expense" in one.missing}
    assert ids(Screen(SRDI, missing="rd_expense")) == lacking
    assert ids(Screen(SRDI, missing="nothing")) == ids(Screen(SRDI, lack="nothing")) == set()


@pytest.mark.usefixtures("demo")
def test_the_drawer_says_what_the_list_says() -> None:
    shown = {row.organisation_id: (row.bucket, row.short) for row in asked(Screen(SRDI))}
    with_facts = [one for one in everybody() if shown[one.pk][0] != Bucket.MISSING]
    assert len(with_facts) > 30
    for one, told in reasons(with_facts, SRDI, kind="new", on=ON):
        assert told.programme is not None
        assert (told.bucket, told.programme.short or None) == shown[one.pk]
        assert bool(told.lacking) == (told.programme.verdict == "unmet")


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("sort", ["", "name"])
@pytest.mark.parametrize("bucket", ["", "missing"])
def test_pages_lead_through_every_enterprise_once_and_back(sort: str, bucket: str) -> None:
    screen = Screen(SRDI, bucket=bucket, sort=sort)
    found = asked(screen)
    whole = [row.organisation_id for row in rows.ordered(found, screen)]
    seen: list[int] = []
    page = rows.page(found, screen, after=None, before=None, size=50)
    pages = [page]
    while page.next is not None:
        page = rows.page(found, screen, after=page.next, before=None, size=50)
        pages.append(page)
    for one in pages:
        assert one.first == len(seen) + 1
        seen += [row.organisation_id for row in one.rows]
    assert seen == whole
    assert len(set(seen)) == len(seen) > 150
    back = rows.page(found, screen, after=None, before=page.previous, size=50)
    assert [row.organisation_id for row in back.rows] == [row.organisation_id for row in pages[-2].rows]
    assert back.first == pages[-2].first
    if not sort and not bucket:
        order = [row.bucket for row in rows.ordered(found, screen)]
        assert order == sorted(order)


@pytest.mark.usefixtures("demo")
def test_another_day_is_worked_out_as_the_standings_are() -> None:
    actor = cast.machine()
    same = start_run(cast.REGION, Screen(SRDI, on=ON), ON, actor=actor)
    assert same.ended_at is not None
    kept = {str(row.organisation_id): [row.bucket, row.short] for row in asked(Screen(SRDI))}
    assert {pk: row[:2] for pk, row in same.rows.items()} == kept
    track = rows.track_of(cast.REGION, Screen(SRDI))
    assert track is not None
    assert track.rule is not None
    run = live.Run(actor, same, Screen(SRDI, on=ON), today=ON)
    assert run.counts() == rows.counts(asked(Screen(SRDI)))
    lacks = {id: many for id, _, many in rows.lacks(asked(Screen(SRDI)), track.rule)}
    assert {id: many for id, _, many in run.lacks({})} == lacks
    assert run.missing() == rows.missing(asked(Screen(SRDI)), track.rule)
    first = run.page(after=None, before=None, size=30)
    second = run.page(after=first.next, before=None, size=30)
    assert [row.organisation_id for row in first.rows + second.rows] == [row[0] for row in run.ordered()][:60]
    back = run.page(after=None, before=second.previous, size=30)
    assert [row.organisation_id for row in back.rows] == [row.organisation_id for row in first.rows]
    assert ScreenRun.objects.count() == 1


def test_an_address_says_everything_a_screen_asks_and_nothing_that_is_not_there() -> None:
    from pathlib import Path

    from wanqi import packs

    pack = packs.resolve(packs.read_directory(Path("regions")), cast.REGION, checked=False)
    screen = Screen(
        SRDI, kind="review", on=ON, bucket="short1", area="3", cluster="in_cluster_chemicals", size="小型",
        lack="rd-ratio", missing="ip", held="without", nominated="with", text="化工", sort="name",
    )  # fmt: skip
    again, ignored = read_screen(screen.query(), programme=SRDI, areas=["3"], area="", pack=pack)
    assert (again, ignored) == (screen, ())
    assert kept_screen(SRDI, "review", screen.kept()).but(on=ON) == screen
    wrong = {"bucket": "x", "size": "巨型", "on": "2023-13-01", "area": "9", "sort": "\x00"}
    read, ignored = read_screen(wrong, programme=SRDI, areas=["3"], area="", pack=pack)
    assert read == Screen(SRDI)
    assert ignored == ("比对结论", "片区", "企业规模", "比对日期")
    assert sorted(SLUGS) == list(Bucket)
