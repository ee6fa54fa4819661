"""What holds for every programme of every version in the packs: each is taken up as soon as its file is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.programmes.populations import Maker, hidden
from tests.rules.programmes.test_explanation import recomputed
from tests.rules.programmes.test_measuring import HOLDS
from wanqi import packs
from wanqi.rules import tree
from wanqi.rules.backends import reference
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Part, Plan
from wanqi.rules.programmes import Evaluator, Outcome, compile_plan
from wanqi.rules.programmes.model import KINDS, Programme
from wanqi.rules.programmes.probing import Probe

DAYS = (date(2023, 6, 30), date(2026, 6, 15))
seeds = st.integers(0, 2**32)
moments = st.sampled_from([(on, kind) for on in DAYS for kind in KINDS])


class Everything:
    """Every programme of the packs, prepared once for each date and kind."""

    def __init__(self, pack: packs.Pack) -> None:
        self.pack = pack
        self.made: dict[tuple[date, str], tuple[Evaluator, Maker]] = {}

    def __call__(self, on: date, kind: str) -> tuple[Evaluator, Maker]:
        if (on, kind) not in self.made:
            plan = self.plan(self.pack.programmes.values(), on=on, kind=kind)
            self.made[on, kind] = Evaluator(plan), Maker(plan, self.pack.rule_scope)
        return self.made[on, kind]

    def plan(self, programmes: Iterable[Programme], *, on: date, kind: str = "new") -> Plan:
        return compile_plan(programmes, region=self.pack.region, on=on, kind=kind, scope=self.pack.rule_scope)

    def __repr__(self) -> str:
        return "Everything()"


@pytest.fixture(scope="session")
def everything(pack: packs.Pack) -> Everything:
    return Everything(pack)


def narrower(less: tuple[Any, Any] | None, more: tuple[Any, Any] | None) -> bool:
    """Whether what is known of more lies within what is known of less; an open end is None."""
    if less is None or more is None:
        return less == more
    low = less[0] is None or (more[0] is not None and more[0] >= less[0])
    return low and (less[1] is None or (more[1] is not None and more[1] <= less[1]))


@settings(max_examples=40, deadline=None)
@given(moments, seeds)
def test_hiding_a_fact_only_makes_unknown_and_only_widens(
    everything: Everything, moment: tuple[date, str], seed: int
) -> None:
    evaluator, maker = everything(*moment)
    random = Random(seed)
    organisation = maker.organisation(random)
    before: list[Outcome] = evaluator.evaluate(organisation)
    for _ in range(4):
        organisation = hidden(organisation, maker, random)
    after: list[Outcome] = evaluator.evaluate(organisation)
    for more, less in zip(before, after, strict=True):
        assert less.verdict in (more.verdict, "unknown"), more.programme
        assert narrower(less.score, more.score), more.programme
        assert narrower(less.amount, more.amount), more.programme


@settings(max_examples=25, deadline=None)
@given(moments, seeds)
def test_the_explanation_agrees_with_the_verdict(
    everything: Everything, moment: tuple[date, str], seed: int
) -> None:
    evaluator, maker = everything(*moment)
    for outcome in evaluator.evaluate(maker.organisation(Random(seed))):
        if outcome.conditions is None:
            assert (outcome.version, outcome.verdict, outcome.why) == (None, "unmet", "not_in_force")
            continue
        assert recomputed(outcome.conditions) == outcome.verdict, outcome.programme
        assert outcome.conditions["why"] == outcome.why, outcome.programme
        assert (outcome.why is not None) == (outcome.verdict == "unknown"), outcome.programme
        assert not outcome.missing or outcome.why == "missing", outcome.programme
        consistent(outcome.conditions)


def consistent(node: dict[str, Any]) -> None:
    """Check that a node says why where it is unknown, and tells a gap only where it is unmet."""
    assert (node["why"] is not None) == (node["verdict"] == "unknown"), node
    assert node["gap"] is None or node["verdict"] == "unmet", node
    for child in node["children"]:
        consistent(child)


@settings(max_examples=25, deadline=None)
@given(moments, seeds)
def test_the_reference_gives_the_same_answer(
    everything: Everything, moment: tuple[date, str], seed: int
) -> None:
    evaluator, maker = everything(*moment)
    row = evaluator.row(maker.organisation(Random(seed)))
    found = columns(evaluator.plan, row)
    codes = {True: 2, None: 1, False: 0}
    assert evaluator.verdicts(row) == tuple(codes[found[one.verdict]] for one in evaluator.plan.programmes)
    for one, outcome in zip(evaluator.plan.programmes, evaluator.outcomes(row), strict=True):
        assert outcome.score == (one.score and tuple(found[end] for end in one.score))
        assert outcome.amount == (one.amount and tuple(found[end] for end in one.amount))


def columns(plan: Plan, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return every named column by slow, obvious Python."""
    known = {one.name: _in_unit(row.get(one.name), one.type.base) for one in plan.inputs}
    found: dict[str, Any] = {}
    for stage in plan.stages:
        found |= {name: reference.evaluate(node, known) for name, node in stage}
        known |= {name: _plain(found[name]) for name, _ in stage}
    return found


def _in_unit(value: Any, base: str) -> Any:
    """Return a snapshot's whole number in the unit of its type, everything else as it is."""
    return Decimal(value).scaleb(-PLACES[base]) if base in PLACES and value is not None else value


def _plain(value: Any) -> Any:
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value


# --- thresholds -----------------------------------------------------------------------------------------------


def test_every_threshold_is_exact_and_one_unit_either_side(everything: Everything) -> None:
    checked = 0
    for on in DAYS:
        for kind in KINDS:
            evaluator, _ = everything(on, kind)
            for one in evaluator.plan.programmes:
                for part in one.conditions.walk() if one.conditions else ():
                    checked += threshold_checked(part, evaluator.plan)
    assert checked > 300


def threshold_checked(part: Part, plan: Plan) -> bool:
    """Check a leaf that compares one column, or the quotient of two, with a constant; return whether it is one."""
    reading = part.reading
    if part.test is None or part.children or reading is None or reading.threshold is None:
        return False
    value, limit, operator = reading.value[0], reading.threshold[0], reading.operator
    if operator is None or not isinstance(limit, tree.Literal) or not isinstance(limit.value, Decimal):
        return False
    if isinstance(value, tree.Field):
        columns = {value.name, *(one.name for one in reading.value if isinstance(one, tree.Field))}
        places, row = PLACES[value.type.base], {}
    elif (
        isinstance(value, tree.Ratio)
        and isinstance(value.numerator, tree.Field)
        and isinstance(value.denominator, tree.Field)
        and value.type.base == "ratio"
        and value.numerator.name != value.denominator.name
    ):
        # Over a denominator of 10^8 of its own steps a quotient has whole numerators at every step of a ratio.
        columns, places = {value.numerator.name}, 8 + PLACES[value.numerator.type.base]
        places -= PLACES[value.denominator.type.base]
        row = {value.denominator.name: 10**8}
    else:
        return False
    at = limit.value.scaleb(places)
    if at != at.to_integral_value():
        return False
    probe = Probe([part.test], plan)
    for step in (-1, 0, 1):
        values = probe.run({**row, **dict.fromkeys(columns, int(at) + step)})
        assert values[probe.places[id(part.test)]] == HOLDS[operator](step, 0), (part.id, step)
    return True


# --- time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "held"), [("2026-10-31", "met"), ("2026-11-01", "unmet"), ("2023-10-31", "unmet")]
)
def test_a_certificate_of_an_old_rule_holds_to_its_own_end(
    everything: Everything, on: str, held: str
) -> None:
    """A title granted before a rule was replaced counts to its last day, whatever rule is then in force."""
    plan = everything.plan([everything.pack.programmes["cn.innovative-sme"]], on=date.fromisoformat(on))
    title = {"programme": "cn.high-tech", "grant_date": "2023-11-01", "valid_to": "2026-10-31"}
    [outcome] = Evaluator(plan).evaluate({"facts": {}, "records": {"titles": [title]}})
    holder = next(one for one in walked(outcome.conditions) if one["id"] == "holder")
    assert holder["verdict"] == held


def walked(node: Any) -> list[dict[str, Any]]:
    return [node, *(one for child in node["children"] for one in walked(child))]


@settings(max_examples=5, deadline=None)
@given(seeds, st.sampled_from([1, 3]))
def test_a_firm_moved_by_whole_years_has_the_same_verdict_that_much_later(
    everything: Everything, seed: int, years: int
) -> None:
    on, pack = DAYS[1], everything.pack
    evaluator, maker = everything(on, "new")
    organisation = without_leap_days(maker.organisation(Random(seed)))
    same = [
        one
        for one in pack.programmes.values()
        if one.version_for(on, "new") == one.version_for(on.replace(year=on.year + years), "new")
        and (version := one.version_for(on, "new")) is not None
        and version.base_year is None
        and "DATE '" not in repr(version)
    ]
    assert len(same) > 10
    later = everything.plan(same, on=on.replace(year=on.year + years))
    now = {one.programme: one for one in evaluator.evaluate(organisation)}
    for then in Evaluator(later).evaluate(moved(organisation, years)):
        before = now[then.programme]
        assert (then.verdict, then.why, then.score) == (before.verdict, before.why, before.score), (
            then.programme
        )


def moved(value: Any, years: int) -> Any:
    """Return the organisation with every date and accounting year so many years later."""
    if isinstance(value, dict):
        return {
            str(int(key) + years) if key.isdecimal() else key: moved(one, years) for key, one in value.items()
        }
    if isinstance(value, list):
        return [moved(one, years) for one in value]
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        day = date.fromisoformat(value)
        return day.replace(year=day.year + years).isoformat()
    return value


def without_leap_days(value: Any) -> Any:
    """Return the organisation with 29 February as the day before, which every year has."""
    if isinstance(value, dict):
        return {key: without_leap_days(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_leap_days(one) for one in value]
    if isinstance(value, str) and value[4:] == "-02-29":
        return (date.fromisoformat(value) - timedelta(days=1)).isoformat()
    return value
