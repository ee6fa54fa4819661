"""When to ask again: the next date on which a verdict could change while no fact does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.programmes.sample import ON, leaf, organisation, plan, programme, scope, version
from wanqi.rules import tree
from wanqi.rules.moments import Moment, resolved
from wanqi.rules.programmes import ProgrammeUnknown, compile_plan, evaluate, holds_until, model
from wanqi.rules.programmes.turning import crossing
from wanqi.rules.types import MONEY, Parameter

TITLE = "holds('cn.high-tech')"


def until(*conditions: model.Condition, facts: object = None, **records: object) -> date | None:
    return holds_until(plan(programme(*conditions)), {"facts": facts, "records": records})


def title(start: str, end: str, revoked: str | None = None) -> dict[str, object]:
    return {"programme": "cn.high-tech", "grant_date": start, "valid_to": end, "revoked_date": revoked}


def test_nothing_dated_never_turns() -> None:
    assert until(leaf("a", "registered")) is None


def test_annual_facts_turn_at_new_year() -> None:
    assert until(leaf("a", "revenue >= 1")) == date(2027, 1, 1)
    fixed = model.Programme("cn.sme", "事项", (version(leaf("a", "revenue >= 1"), base_year=2024),))
    assert holds_until(plan(fixed), organisation()) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([title("2023-11-01", "2026-10-31")], date(2026, 11, 1)),
        ([title("2026-06-15", "2029-06-14")], date(2026, 6, 15)),
        ([title("2023-11-01", "2026-10-31", revoked="2026-09-01")], date(2026, 9, 1)),
        ([title("2020-11-01", "2023-10-31")], None),
        ([], None),
        ([{"complete_until": "2026-05-20"}], date(2026, 5, 21)),
    ],
)
def test_titles_turn_when_they_begin_end_or_are_revoked(rows: object, expected: date | None) -> None:
    assert until(leaf("a", TITLE), titles=rows) == expected


@pytest.mark.parametrize(
    ("when", "value", "expected"),
    [
        ("established_date <= days_before(on, 365)", "2025-06-01", date(2026, 6, 1)),
        ("established_date <= years_before(on, 3)", "2023-06-01", date(2026, 6, 1)),
        ("established_date <= years_before(on, 3)", "2023-05-01", None),
        ("established_date < years_before(on, 3)", "2023-05-01", date(2026, 5, 2)),
        ("established_date <= years_before(on, 3)", "2020-05-01", None),
        ("established_date <= months_before(on, 6)", "2026-01-31", date(2026, 7, 31)),
        ("established_date <= DATE '2020-01-01' OR on >= DATE '2026-08-01'", None, date(2026, 8, 1)),
    ],
)
def test_distances_turn_when_they_reach_a_date(when: str, value: str | None, expected: date | None) -> None:
    assert until(leaf("a", when), facts={"established_date": value}) == expected


def test_an_accident_is_forgotten_after_its_years() -> None:
    clean = leaf("a", "NOT any_where(incidents, date > years_before(on, 3) AND date <= on)")
    assert until(clean, incidents=[{"date": "2024-02-29"}]) == date(
        2027, 3, 1
    )  # 28 February three years before is still the day before it


def test_versions_turn_on_their_first_and_after_their_last_day() -> None:
    first = version(leaf("a", "registered"), start="2026-01-01", end="2026-08-31")
    later = version(leaf("a", "registered"), name="2026-9", start="2026-09-15")
    other = version(leaf("a", "registered"), name="2026-7", start="2026-07-01", kinds=("review",))
    both = model.Programme("cn.sme", "事项", (first, later, other))
    assert holds_until(plan(both), organisation()) == date(2026, 9, 1)
    assert holds_until(plan(both, on=date(2026, 9, 3)), organisation()) == date(2026, 9, 15)
    assert holds_until(plan(both, on=date(2026, 9, 15)), organisation()) is None


def test_parameters_turn_when_a_new_value_begins() -> None:
    values = ((date(2026, 1, 1), 10), (date(2026, 7, 1), 20))
    made = replace(
        version(leaf("a", "revenue >= floor_of"), base_year=2025),
        parameters={"floor_of": Parameter(MONEY, values)},  # type: ignore[arg-type]  # whole yuan
    )
    assert holds_until(plan(model.Programme("cn.sme", "事项", (made,))), organisation()) == date(2026, 7, 1)


def test_each_programme_turns_by_itself() -> None:
    made = plan(programme(leaf("a", TITLE), id="cn.one"), programme(leaf("b", "revenue >= 1"), id="cn.two"))
    given = organisation(records={"titles": [title("2023-11-01", "2026-10-31")]})
    assert holds_until(made, given, programme="cn.one") == date(2026, 11, 1)
    assert holds_until(made, given, programme="cn.two") == date(2027, 1, 1)
    assert holds_until(made, given) == date(2026, 11, 1)
    with pytest.raises(ProgrammeUnknown) as unknown:
        holds_until(made, given, programme="cn.tow")
    assert unknown.value.hint == "是不是 cn.two？"


days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
backs = st.lists(st.tuples(st.sampled_from(["years", "months", "days"]), st.integers(0, 40)), max_size=2).map(
    tuple
)


@settings(deadline=None)
@given(days, days, backs, st.sampled_from(["reaches", "passes"]))
def test_a_crossing_is_the_first_day_on_which_it_is_so(
    on: date, value: date, back: tuple[tuple[str, int], ...], how: str
) -> None:
    day = tree.Day("on", back=back)  # type: ignore[arg-type]  # units from the list above

    def crossed(asked: date) -> bool:
        found = resolved(day, Moment(asked, asked.year - 1), shift=0)
        return found >= value if how == "reaches" else found > value

    turn = crossing(day, value, on=on, how=how)  # type: ignore[arg-type]  # one of the two above
    if turn is None:
        assert crossed(on)
    else:
        assert crossed(turn)
        assert not crossed(turn - timedelta(days=1))


WHOLE = programme(
    leaf("title", TITLE),
    leaf("age", "established_date <= years_before(on, 2)"),
    leaf("ip", "count_where(ip, kind = '发明专利' AND grant_date <= on AND expiry_date > on) >= 1"),
    leaf("clean", "NOT any_where(incidents, date > months_before(on, 18) AND date <= on)"),
)
recent = st.dates(date(2024, 1, 1), date(2027, 6, 1)).map(date.isoformat)
maybe = st.none() | recent


@settings(max_examples=60, deadline=None)
@given(
    maybe,
    st.lists(st.builds(title, recent, recent, maybe), max_size=2),
    st.lists(
        st.fixed_dictionaries({"kind": st.just("发明专利"), "grant_date": maybe, "expiry_date": maybe}),
        max_size=2,
    ),
    st.lists(st.fixed_dictionaries({"date": recent}), max_size=2),
    st.integers(1, 400),
)
def test_before_that_date_nothing_changes(
    established: object, titles: object, ip: object, incidents: object, ahead: int
) -> None:
    given_ = {
        "facts": {"established_date": established},
        "records": {"titles": titles, "ip": ip, "incidents": incidents},
    }
    [now] = evaluate(plan(WHOLE), given_)
    turn = holds_until(plan(WHOLE), given_)
    day = ON + timedelta(days=ahead)
    if turn is not None and day >= turn:
        day = turn - timedelta(days=1)
    made = compile_plan([WHOLE], region="cn", on=day, kind="new", scope=scope())
    [then] = evaluate(made, given_)
    assert (then.verdict, then.why, then.missing) == (now.verdict, now.why, now.missing)
