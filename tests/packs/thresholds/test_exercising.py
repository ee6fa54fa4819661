"""Generated cases: exactly on a threshold, one unit beside it, missing; and what is said when that cannot be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi import packs
from wanqi.packs.cases import Coverage
from wanqi.packs.thresholds import amounts, running
from wanqi.packs.thresholds.exercising import Case, exercise, thresholds
from wanqi.packs.thresholds.meaning import Firm, Meaning
from wanqi.packs.thresholds.regions import Exercises
from wanqi.packs.thresholds.solving import Solver, Unsolvable, ordinary
from wanqi.rules import BOOL, COUNT, DATE, MONEY, RATIO, Scope, Type, parse
from wanqi.rules.lowering import Moment
from wanqi.rules.types import Parameter, RecordScope

MOMENT = Moment(date(2026, 6, 15), 2025)
SET = Type("set", ("甲", "乙"))
SCOPE = Scope(
    {
        "revenue": MONEY,
        "assets": MONEY,
        "staff": COUNT,
        "share": RATIO,
        "own": BOOL,
        "founded": DATE,
        "flags": SET,
        "code": Type("text"),
        "established_date": DATE,
    },
    known_tests=False,
    dated=True,
    annual=frozenset({"revenue", "assets", "staff"}),
    records={
        "awards": RecordScope(
            {
                "day": DATE,
                "rank": COUNT,
                "amount": Type("money", positive=True),
                "level": Type("enum", ("国", "省")),
            }
        ),
        "lists": RecordScope({"start": DATE, "end": DATE}, {"end": date(9999, 12, 31)}),
    },
    params={"least": Parameter(MONEY, ((date(2020, 1, 1), Decimal(5)),))},
)
SOUND = packs.read_directory(Path(__file__).parents[1] / "sound")


def cases(text: str) -> list[tuple[Case, ...] | None]:
    root = parse(text, SCOPE, expect=None).root
    return [exercise(one, MOMENT) for one in thresholds(root)]


def answers(text: str) -> list[list[tuple[str, object]]]:
    found = cases(text)
    assert None not in found, text
    return [[(one.side, one.expected) for one in made or ()] for made in found]


INCLUSIVE = [("at", True), ("under", False), ("over", True), ("missing", None)]
EXCLUSIVE = [("at", False), ("under", False), ("over", True), ("missing", None)]
AT_MOST = [("at", True), ("under", True), ("over", False), ("missing", None)]
BELOW = [("at", False), ("under", True), ("over", False), ("missing", None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("revenue >= 15000000", INCLUSIVE),
        ("revenue > 15000000", EXCLUSIVE),
        ("revenue <= 15000000", AT_MOST),
        ("revenue < 15000000", BELOW),
        (
            "15000000 <= revenue",
            [("at", True), ("under", True), ("over", False), ("missing", None)],
        ),
        ("NOT revenue >= 15000000", BELOW),
        ("revenue >= least", INCLUSIVE),
        ("share >= 0.1", INCLUSIVE),
        ("founded <= years_before(on, 1)", AT_MOST),
        ("ratio(revenue, assets) >= 0.05", INCLUSIVE),
        ("ratio(staff, staff[-1]) >= 0.3", INCLUSIVE),
        ("each(revenue >= 1000000, 2)", INCLUSIVE),
        ("some(revenue >= 1000000, 3)", INCLUSIVE),
        ("first_time(revenue >= 1000000, 2)", INCLUSIVE),
        ("total(revenue, 2) >= 12000000", INCLUSIVE),
        ("mean(revenue, 3) >= 400000000", INCLUSIVE),
        ("growth(revenue) >= 0.05", INCLUSIVE),
        ("avg_growth(revenue, 2) >= 0.05", INCLUSIVE),
        ("cagr(revenue, 2) >= 0.05", INCLUSIVE),
        ("hnte_growth(revenue) >= 0.15", INCLUSIVE),
        ("count_where(awards) >= 4", INCLUSIVE),
        ("sum_where(awards, amount) >= 20000000", INCLUSIVE),
        ("top_where(awards, amount, 3) > 10000000", EXCLUSIVE),
        ("size_of(flags) >= 2", [("at", True), ("under", False), ("missing", None)]),
        ("own AND revenue >= 5", INCLUSIVE),
        ("own OR revenue >= 5", INCLUSIVE),
        ("at_least(2, own, has(flags, '甲'), revenue >= 5)", INCLUSIVE),
        ("greatest(revenue, assets) >= 5", INCLUSIVE),
        ("staff = 3", [("at", True), ("under", False), ("over", False), ("missing", None)]),
    ],
)
def test_a_threshold_is_met_by_what_its_operator_means(text: str, expected: list[tuple[str, object]]) -> None:
    (found,) = answers(text)
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_thresholds_inside_filters_of_records_are_exercised_by_one_row() -> None:
    text = "any_where(awards, level = '国' AND rank <= 3 AND day > years_before(on, 3) AND day <= on)"
    count, rank, after, until = answers(text)
    assert count == [("at", True), ("under", False), ("over", True), ("missing", None)]
    assert rank == [("at", True), ("under", True), ("over", False), ("missing", None)]
    assert after == [("at", False), ("under", False), ("over", True), ("missing", None)]
    assert until == [("at", True), ("under", True), ("over", False), ("missing", None)]


def test_a_field_whose_absence_means_something_hides_the_whole_list() -> None:
    found = cases("NOT any_where(lists, start <= on AND end > on)")
    end = found[2]
    assert end is not None
    assert [one.side for one in end] == ["at", "under", "over", "missing"]
    assert "lists" not in end[-1].firm.records
    assert [row["end"] for one in end[:3] for row in one.firm.records["lists"]] == [
        date(2026, 6, 15),
        date(2026, 6, 14),
        date(2026, 6, 16),
    ]


def test_the_unit_is_a_fen_one_person_one_day() -> None:
    (made,) = cases("revenue >= 15000000")
    assert made is not None
    assert [one.firm.annual.get(("revenue", 2025)) for one in made] == [
        Fraction(15000000),
        Fraction("14999999.99"),
        Fraction("15000000.01"),
        None,
    ]
    (made,) = cases("founded <= years_before(on, 1)")
    assert made is not None
    assert [one.firm.facts.get("founded") for one in made][:3] == [
        date(2025, 6, 15),
        date(2025, 6, 14),
        date(2025, 6, 16),
    ]


def test_a_tier_is_exercised_with_the_ratio_that_depends_on_it() -> None:
    text = "ratio(assets, revenue) >= CASE WHEN revenue <= 50000000 THEN 0.05 ELSE 0.03 END"
    outer, inner = answers(text)
    assert outer == INCLUSIVE
    assert [side for side, _ in inner] == ["at", "under", "over", "missing"]
    assert dict(inner)["at"] != dict(inner)["over"]


@pytest.mark.parametrize(
    "text",
    [
        "revenue >= 10 AND revenue >= 20",
        "share > 0.1 AND share < 0.05",
        "own AND NOT own AND revenue >= 5",
    ],
)
def test_a_comparison_that_never_decides_is_not_exercised(text: str) -> None:
    assert None in cases(text)


@given(
    bound=st.integers(1, 10**9),
    sign=st.sampled_from([">=", ">", "<=", "<"]),
    share=st.decimals("0.01", "0.99", places=2),
)
@settings(max_examples=40, deadline=None)
def test_any_bound_is_exercised_exactly(bound: int, sign: str, share: Decimal) -> None:
    inside = sign in (">=", "<=")
    for text in (f"revenue {sign} {bound}", f"ratio(assets, revenue) {sign} {share}"):
        (found,) = answers(text)
        assert dict(found)["at"] is inside
        assert dict(found)["over"] is (sign in (">=", ">"))
        assert dict(found)["missing"] is None


# --- the solver and the meaning ----------------------------------------------------------------------------------


def solved(text: str, want: bool) -> Meaning:
    firm = Firm(ordinary(0))
    place = Meaning(firm, MOMENT.on, MOMENT.base_year)
    Solver(firm, 0).satisfy(parse(text, SCOPE).root, want, place)
    return place


@pytest.mark.parametrize("want", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "own AND revenue > 5 OR staff < 3",
        "code IN ('26', '27')",
        "starts_with(code, '26')",
        "has(flags, '甲') AND NOT has(flags, '乙')",
        "NOT any_where(awards, level = '省' AND day <= on)",
        "year_of(founded) = 2020",
        "CASE WHEN own THEN revenue ELSE assets END >= 7",
        "at_least(2, own, staff >= 5, share > 0.5)",
    ],
)
def test_conditions_are_made_true_and_false(text: str, want: bool) -> None:
    assert solved(text, want).truth(parse(text, SCOPE).root) is want


def test_what_cannot_be_is_refused_and_leaves_nothing_behind() -> None:
    firm = Firm(ordinary(0))
    place = Meaning(firm, MOMENT.on, MOMENT.base_year)
    with pytest.raises(Unsolvable):
        Solver(firm, 0).satisfy(parse("share > 5 AND share < 1", SCOPE).root, True, place)
    with pytest.raises(Unsolvable):
        Solver(firm, 0).reach(parse("staff", SCOPE, expect=None).root, Fraction(1, 2), place)
    assert firm.annual.get(("staff", 2025)) != Fraction(1, 2)


def test_sums_are_paid_out_in_few_rows() -> None:
    coins = [Fraction(2), Fraction(5), None, Fraction(10)]
    assert amounts.change(coins, Fraction(17)) == [0, 1, 3]
    assert amounts.change(coins, Fraction(0)) == []
    assert amounts.change(coins, Fraction(3)) is None


# --- whole packs -------------------------------------------------------------------------------------------------


def exercised(sources: packs.Sources, region: str = "cn") -> tuple[Coverage, list[str]]:
    coverage, run = Coverage(), Exercises()
    problems = run.run(packs.resolve(sources, region), coverage)
    return coverage, [one.code for one in problems]


def test_every_threshold_of_the_sound_pack_is_exercised() -> None:
    coverage, problems = exercised(SOUND)
    assert problems == []
    assert coverage.thresholds == coverage.exercised == 28


@pytest.mark.parametrize(("least", "found"), [("11", 28), ("12", 28), ("0", 27), ("21", 27)])
def test_a_floor_between_two_steps_is_exercised_by_the_steps_next_to_it(least: str, found: int) -> None:
    path = "cn/programmes/growing.yaml"
    text = SOUND[path].decode().replace("max: 20, veto: true", f"max: 30, min: {least}")
    coverage, _ = exercised({**SOUND, path: text.encode()})
    assert (coverage.thresholds, coverage.exercised) == (28, found)


def test_coverage_falls_when_a_threshold_cannot_be_exercised() -> None:
    path = "cn/programmes/growing.yaml"
    text = SOUND[path].decode().replace("when: share > 0.1}", 'when: "share > 0.1 AND share > 0.2"}')
    coverage, problems = exercised({**SOUND, path: text.encode()})
    assert (coverage.thresholds, coverage.exercised) == (29, 28)
    assert problems == ["pack.threshold-not-exercised"]
    whole, fallen = packs.check(SOUND).coverage, packs.check({**SOUND, path: text.encode()}).coverage
    assert fallen < whole


def test_what_is_not_verified_has_no_thresholds() -> None:
    path = "cn/programmes/growing.yaml"
    text = (
        SOUND[path]
        .decode()
        .replace("article: 附件1, when: revenue >= least", "article: 附件1, tag: m/M, when: revenue >= least")
    )
    coverage, problems = exercised({**SOUND, path: text.encode()})
    assert (coverage.thresholds, coverage.exercised, problems) == (27, 27, [])


def test_a_region_exercises_only_what_it_adds() -> None:
    coverage, run = Coverage(), Exercises()
    run.run(packs.resolve(SOUND, "cn"), coverage)
    cases_before, thresholds_before = run.cases, coverage.thresholds
    run.run(packs.resolve(SOUND, "cn-43"), coverage)
    assert (run.cases, coverage.thresholds) == (cases_before, thresholds_before)


def test_an_answer_that_differs_from_the_meaning_is_a_problem() -> None:
    pack = packs.resolve(SOUND, "cn")
    item = pack.items.programmes["cn.growing"]
    made: running.Made = {}
    assert running.run(pack, item, made).problems == []
    key = next(one for one in made if one[0] == "revenue >= 10000000")
    right = made[key]
    assert right is not None
    made[key] = tuple(replace(one, expected=not one.expected) if one.side == "at" else one for one in right)
    (problem,) = running.run(pack, item, made).problems
    assert (problem.code, problem.line) == ("pack.threshold-answer", 22)
    assert problem.message == "正好在界限上时应为不符合，算得符合。"


def test_a_version_is_exercised_on_a_day_it_is_in_force_and_for_every_value_of_a_parameter() -> None:
    pack = packs.resolve(SOUND, "cn")
    old, new = pack.programme_files["cn.growing"].versions
    assert running.days(old) == (date(2024, 6, 15),)
    assert running.days(new) == (date(2026, 6, 15),)
    path = "cn/programmes/growing.yaml"
    text = (
        SOUND[path]
        .decode()
        .replace(
            "tag: v:S1}]}\n    conditions",
            'tag: v:S1}, {from: 2027-01-01, value: "16000000", article: 附件1}]}\n    conditions',
        )
    )
    later = packs.resolve({**SOUND, path: text.encode()}, "cn").programme_files["cn.growing"].versions[1]
    assert running.days(later) == (date(2026, 6, 15), date(2027, 1, 1))
