"""The way of a return: the table as a whole, and random walks over a stored one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.collection.asked import FIGURES, issued, of
from wanqi.collection.actions import (
    Written,
    approve_return,
    lock_return,
    revise_return,
    save_return,
    send_back,
    submit_return,
    take_back,
)
from wanqi.collection.models import LockedVersion, Return
from wanqi.collection.states import STATES, STEPS, TITLES, steps_from, target_of
from wanqi.core.errors import StepRefused
from wanqi.indicators.models import Observation

ALLOWED = {
    ("open", "save"): "draft",
    ("draft", "save"): "draft",
    ("sent_back", "save"): "sent_back",
    ("draft", "submit"): "submitted",
    ("sent_back", "submit"): "submitted",
    ("submitted", "take_back"): "draft",
    ("submitted", "send_back"): "sent_back",
    ("approved", "send_back"): "sent_back",
    ("submitted", "approve"): "approved",
    ("approved", "lock"): "locked",
    ("locked", "revise"): "sent_back",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_a_step_leads_where_the_table_says_or_nowhere(state: str, step: str) -> None:
    if (state, step) in ALLOWED:
        assert target_of(step, state) == ALLOWED[state, step]
        assert step in steps_from(state)
        return
    with pytest.raises(StepRefused) as refused:
        target_of(step, state)
    assert refused.value.cause == f"这份报数{TITLES[state]}，不能{STEPS[step].title}。"
    assert step not in steps_from(state)


def test_the_model_has_the_states_of_the_table() -> None:
    assert dict(Return.State.choices) == TITLES


def saved(row: Return) -> Return:
    count = Return.objects.get(pk=row.pk).edition
    figures = {**FIGURES, "granted": str(50 + count)}
    written = {line: Written(text, reason="核实") for line, text in figures.items()}
    return save_return(row, written, actor=cast.machine())


STEP: dict[str, Callable[[Return], Return]] = {
    "save": saved,
    "submit": lambda row: submit_return(row, actor=cast.machine()),
    "take_back": lambda row: take_back(row, actor=cast.machine()),
    "send_back": lambda row: send_back(row, actor=cast.machine(), reason="核对"),
    "approve": lambda row: approve_return(row, actor=cast.machine()),
    "lock": lambda row: lock_return(row, actor=cast.machine()),
    "revise": lambda row: revise_return(row, actor=cast.machine(), reason="补报"),
}
_next = {"year": 1949}


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(STEP)), min_size=4, max_size=14))
def test_any_walk_stays_on_the_way(walk: list[str]) -> None:
    _next["year"] += 1
    row = of(issued(period=f"{_next['year']}-01..06", due=date(2023, 7, 10)), "market")
    period = row.round.period
    locks = 0
    for step in walk:
        before = Return.objects.get(pk=row.pk)
        expected = ALLOWED.get((before.state, step))
        if expected is None and (before.state, step) != ("locked", "lock"):
            with pytest.raises(StepRefused):
                STEP[step](row)
            after = Return.objects.get(pk=row.pk)
            assert (after.state, after.version, after.edition) == (
                before.state,
                before.version,
                before.edition,
            )
            continue
        after = STEP[step](row)
        assert after.state == (expected or "locked")
        assert after.version == before.version + (expected is not None)
        locks += expected == "locked"
        assert after.revision == 1 + LockedVersion.objects.filter(belongs_to=row).count() - (
            after.state == "locked"
        )
        # What counts is what was locked last, whatever is being written.
        counted = Observation.objects.current().filter(period=period)
        assert counted.count() == (5 if locks else 0)
        if after.state == "locked":
            content = LockedVersion.objects.get(belongs_to=row, number=after.revision).content
            kept = {one["line"]: one["value"] for one in content["entries"]}
            granted = counted.get(indicator="ip.patents.granted")
            assert granted.value == int(kept["granted"])
