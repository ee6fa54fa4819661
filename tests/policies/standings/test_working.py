"""What a standing says is the same alone and among many, and holds until the day it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.backends.test_packs import pack
from tests.rules.population.drawing import Drawing, write
from wanqi.policies.checkup.plans import prepared
from wanqi.policies.models import Bucket, Verdict
from wanqi.policies.standings.population import rows_of
from wanqi.policies.standings.words import further, word
from wanqi.policies.standings.working import Answer, Working, bucket_of

ON = date(2026, 6, 1)
MANY = 80
KINDS = ("new", "review", "renewal")


@cache
def working(on: date, kind: str) -> Working:
    return Working(prepared(pack(), on, kind))


@cache
def drawn(kind: str) -> list[dict[str, Any]]:
    drawing = Drawing(working(ON, kind).plan, pack().rule_scope, seed=5)
    return [drawing.one(str(number)) for number in range(1, MANY + 1)]


@cache
def alone(kind: str) -> list[Answer]:
    found = working(ON, kind)
    return [answer for one in drawn(kind) for answer in found.answers(int(one["id"]), one)]


def row_of(answer: Answer) -> tuple[Any, ...]:
    masks = (answer.unmet, answer.unknown, answer.missing)
    words = further(*masks)
    return (
        *(answer.organisation, answer.programme, answer.verdict, answer.why, answer.short, answer.bucket),
        *map(word, masks),
        None if words is None else "{" + ",".join(map(str, words)) + "}",
        *answer.score,
        *answer.amount,
        answer.holds_until,
        answer.digest.hex(),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_many_together_give_the_rows_that_each_gives_alone(kind: str, tmp_path: Path) -> None:
    write(tmp_path / "facts", drawn(kind), working(ON, kind).plan)
    together = rows_of(tmp_path / "facts", working(ON, kind))
    expected = sorted(map(row_of, alone(kind)), key=lambda row: row[:2])
    assert sorted(together.rows(), key=lambda row: row[:2]) == expected
    assert {row[2] for row in expected} == {0, 1, 2}


def test_only_holders_are_asked_where_only_they_are(tmp_path: Path) -> None:
    write(tmp_path / "facts", drawn("review"), working(ON, "review").plan)
    asked: Any = {"cn.high-tech": {"3", "7"}}  # the drawn folder's ids are texts
    together = rows_of(tmp_path / "facts", working(ON, "review"), programmes=asked, holders=asked)
    assert together.select("organisation", "programme").rows() == [(3, "cn.high-tech"), (7, "cn.high-tech")]


@settings(max_examples=25)
@given(number=st.integers(0, MANY - 1), share=st.floats(0, 1), kind=st.sampled_from(KINDS))
def test_nothing_changes_before_the_day_it_holds_until(number: int, share: float, kind: str) -> None:
    """Whatever day before the first one told: verdict, leaves, score and amount stay what they were."""
    organisation = drawn(kind)[number]
    now = {one.programme: one for one in alone(kind) if one.organisation == number + 1}
    ends = sorted({(one.holds_until or date(2027, 12, 31)) for one in now.values()})
    until = ends[int(share * (len(ends) - 1))]
    day = until - timedelta(days=1)  # the last day of some, well within the time of those that hold longer
    if day <= ON:
        return
    later = {one.programme: one for one in working(day, kind).answers(number + 1, organisation)}
    for programme, one in now.items():
        if one.holds_until is None or day < one.holds_until:
            same = {"holds_until": None, "digest": b""}
            assert replace(later[programme], **same) == replace(one, **same)


def test_a_day_of_the_data_itself_comes_first() -> None:
    found = working(ON, "new")
    tomorrow = ON + timedelta(days=1)
    rows = list(found.answers(1, drawn("new")[0], turn=tomorrow))
    assert {one.holds_until for one in rows} == {tomorrow}


def test_short_counts_no_condition_that_nobody_can_change() -> None:
    ready = working(ON, "new")
    ruled = ready.ruled["cn.high-tech"]
    leaves = [id for id, _ in ruled.compiled.leaves]
    parts = {part.column: part for part in ruled.compiled.conditions.walk() if part.column}  # type: ignore[union-attr]
    fixed = [
        bit
        for bit, (_, column) in enumerate(ruled.compiled.leaves)
        if ready.prepared.chance(parts[column]).value in ("fixed", "wait")
    ]
    free = [bit for bit in range(len(leaves)) if bit not in fixed]
    assert fixed
    assert ruled.short(1 << fixed[0], 0) is None
    assert ruled.short(1 << free[0], (1 << len(leaves)) - 1 - (1 << free[0])) in (None, 1)


@pytest.mark.parametrize(
    ("verdict", "why", "short", "bucket"),
    [
        (Verdict.MET, None, None, Bucket.MET),
        (Verdict.UNMET, None, 1, Bucket.ONE),
        (Verdict.UNMET, None, 2, Bucket.TWO),
        (Verdict.UNMET, None, 5, Bucket.MORE),
        (Verdict.UNMET, None, None, Bucket.UNMET),
        (Verdict.UNKNOWN, 1, None, Bucket.MISSING),
        (Verdict.UNKNOWN, 2, None, Bucket.UNVERIFIED),
        (Verdict.UNKNOWN, 3, None, Bucket.JUDGEMENT),
    ],
)
def test_every_answer_has_its_place_on_a_screen(
    verdict: int, why: int | None, short: int | None, bucket: int
) -> None:
    assert bucket_of(verdict, why, short) == bucket


@given(st.lists(st.integers(0, 2**200), min_size=3, max_size=3))
def test_masks_of_any_length_come_back(masks: list[int]) -> None:
    from wanqi.policies.models import Standing

    unmet, unknown, missing = masks
    row = Standing(unmet=word(unmet), unknown=word(unknown), missing=word(missing), further=further(*masks))
    assert [row.bits(which) for which in ("unmet", "unknown", "missing")] == masks


def test_an_empty_folder_has_no_rows(tmp_path: Path) -> None:
    write(tmp_path / "facts", [], working(ON, "new").plan)
    found = rows_of(tmp_path / "facts", working(ON, "new"))
    assert found.height == 0
    assert found.schema["digest"] == pl.String
