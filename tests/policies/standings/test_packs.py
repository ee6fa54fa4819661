"""Standings follow the packs: a threshold, a version, a programme that comes or goes; only what that touches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests import cast
from tests.policies.standings.test_keeping import DAY, fact, firms, kept
from wanqi import packs
from wanqi.cli.cluster import Cluster
from wanqi.cli.connection import switch_login
from wanqi.core.actions import load_packs
from wanqi.core.models import PackFile
from wanqi.policies import standings
from wanqi.policies.actions import standing_notes, standing_runs
from wanqi.policies.models import Bucket, Standing, StandingChange, Track
from wanqi.policies.standings import checking, keeping
from wanqi.registry.models import Organisation, RecordCoverage

REGION = cast.REGION
SCALE = "cn.above-scale"
FILE = "cn/programmes/above-scale.yaml"
Edit = Callable[[str], str]


@pytest.fixture
def load(cluster: Cluster, committed_db: str) -> Iterator[Callable[[Edit], None]]:
    """What loads the packs in use again with one file edited, as their owner; on a database of the test's own."""
    urls = cluster.urls(committed_db)

    def loaded(edit: Edit) -> None:
        connection.close()
        switch_login(urls.owner_url)
        sources = {one.path: bytes(one.content) for one in PackFile.objects.filter(active=True)}
        sources[FILE] = edit(sources[FILE].decode()).encode()
        pack = packs.resolve(sources, REGION, checked=False)
        load_packs(sources, regions={REGION: pack}, actor=cast.machine())
        connection.close()
        switch_login(urls.app_url)

    yield loaded
    connection.close()


def replaced(old: str, new: str, *, version: str) -> Edit:
    def edit(text: str) -> str:
        assert text.count(old) == 1
        changed = re.sub('^version: "[^"]+"', f'version: "{version}"', text.replace(old, new), count=1)
        assert changed.startswith(f'version: "{version}"')
        return changed

    return edit


def industrial() -> Organisation:
    (firm,) = firms(1)
    Organisation.objects.filter(pk=firm.pk).update(gbt4754_code="2614", credit_code="91430682MA4L16JQ9B")
    fact(firm, "main_revenue", 30_000_000)
    return firm


def written() -> dict[Any, datetime]:
    return dict(Standing.objects.values_list("track", "evaluated_at"))


def rules() -> dict[int, int]:
    return dict(Track.objects.filter(rule__isnull=False).values_list("pk", "rule"))


def moves() -> list[Any]:
    return list(StandingChange.objects.values_list("track__programme", "old", "new", "cause"))


@pytest.mark.slow
def test_standings_follow_a_threshold_and_a_programme_that_goes_and_comes_back(
    load: Callable[[Edit], None],
) -> None:
    firm = industrial()
    kept()
    own = Standing.objects.filter(organisation=firm, track__programme=SCALE)
    was = own.get().bucket
    assert was != Bucket.ONE
    _threshold(load, own, was)
    # A programme without a version for new applications has no standings of them.
    others = Standing.objects.exclude(track__programme=SCALE)
    before = dict(others.values_list("track", "evaluated_at"))
    every, few = "applies_to: [new, review, renewal]", "applies_to: [renewal]"
    load(replaced(every, few, version="2027-3"))
    keeping.work(REGION)
    assert not own.exists()
    assert [one for one in standings.tracks(REGION, "new") if one.programme == SCALE] == []
    assert moves()[2:] == [(SCALE, was, None, ["rule"])]
    load(replaced(few, every, version="2027-4"))
    keeping.work(REGION)
    assert own.get().bucket == was
    assert moves()[3:] == [(SCALE, None, was, ["rule"])]
    assert dict(others.values_list("track", "evaluated_at")) == before
    found = checking.verify(REGION, sample=None)
    assert (found.wrong, found.due) == ([], 0)


def _threshold(load: Callable[[Edit], None], own: Any, was: int) -> None:
    """Raise the threshold above the firm's figure, followed alone, and take it back, followed together."""
    low, high = "main_revenue >= 20000000", "main_revenue >= 50000000"
    for old, new, version, together in ((low, high, "2027-1", False), (high, low, "2027-2", True)):
        before, former, bucket = written(), rules(), own.get().bucket
        load(replaced(old, new, version=version))
        usual, standing_notes.TOGETHER = standing_notes.TOGETHER, 0 if together else 200
        try:
            keeping.work(REGION)
        finally:
            standing_notes.TOGETHER = usual
        moved = {track for track, rule in rules().items() if former[track] != rule}
        after = written()
        assert {track for track in before if before[track] != after[track]} == moved & set(before)
        assert own.get().track_id in moved
        assert len(moved) < len(former) / 2
        assert own.get().bucket == (was if together else Bucket.ONE)
        assert moves()[-1] == (SCALE, bucket, own.get().bucket, ["rule"])
    assert len(moves()) == 2


@pytest.mark.django_db
def test_a_list_that_becomes_complete_is_followed_by_what_reads_it() -> None:
    (firm,) = firms(1)
    kept()
    before = written()
    RecordCoverage.objects.create(region_id=REGION, organisation=firm, kind="incidents", complete_until=DAY)
    keeping.work(REGION)
    after = written()
    moved = {track for track in before if before[track] != after[track]}
    reading = {one.pk for one in standings.tracks(REGION) if one.rule and "incidents" in one.rule.asks}
    assert moved
    assert moved <= reading & set(before) < set(before)


@pytest.mark.django_db
def test_many_together_are_compared_only_with_what_touches_them() -> None:
    some = firms(4)
    kept()
    before = dict(Standing.objects.values_list("pk", "evaluated_at"))
    for firm in some:
        fact(firm, "main_revenue", 30_000_000)
    day = standing_runs.Day.of(REGION, DAY)
    assert standing_runs.work_many(day, [one.pk for one in some]) == len(some)
    after = dict(Standing.objects.values_list("pk", "evaluated_at"))
    moved = {track for key in before if before[key] != after[key] for track in key[1:]}
    reading = {
        track.pk
        for (programme, kind), track in day.tracks.items()
        if "main_revenue" in day.workings[kind].ruled[programme].read
    }
    assert moved == {track for _, track in before if track in reading} < {track for _, track in before}
    found = checking.verify(REGION, sample=None)
    assert (found.wrong, found.due) == ([], 0)
