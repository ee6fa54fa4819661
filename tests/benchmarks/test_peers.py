"""The programmes in other engines' languages: what is written, and that folding them loses nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from benchmarks.peers import facts, known, ours, report
from benchmarks.peers.languages import Cel, JsonLogic, Numpy, RuleEngine, Zen
from benchmarks.peers.measuring import MASKS, NUMBERS, TEXT, VERDICTS, Agreement, Population, Timed
from benchmarks.peers.programmes import CHOSEN, programmes
from benchmarks.peers.taking_turns import Times
from benchmarks.peers.translating import Language, Translator

from benchmarks import engine_data
from wanqi.rules.programmes import compile_plan

ROOT = Path(__file__).resolve().parent.parent.parent


def written(language: Language[Any], programme: str) -> Any:
    return Translator(language).truth(programmes().trees[CHOSEN.index(programme)])


def undigested(text: str) -> str:
    """Return a text without what tells questions to one list apart, which any change of the question changes."""
    return re.sub(r"_[0-9a-f]{12}\b", "", text)


def test_thresholds_are_whole_numbers_in_fen() -> None:
    assert undigested(written(Zen(), "cn-43.tech-center")) == (
        "(rd_expense_2024 >= 500000000 and rd_staff_fulltime_2024 >= 50 and rd_equipment_original_value >= 1000000000"
        " and smuggling_events_count < 1 and tax_evasion_events_count < 1"
        " and serious_dishonesty_count < 1)"
    )


def test_a_quotient_is_divided_or_multiplied_out() -> None:
    divided = "(space_area_tenant / space_area) >= 0.75"
    assert divided in written(Zen(), "cn.maker-space")
    assert divided in written(RuleEngine(), "cn.maker-space")
    assert "(space_area_tenant * 4) >= (space_area * 3)" in written(Cel(), "cn.maker-space")
    assert {">=": [{"/": [{"var": ["space_area_tenant"]}, {"var": ["space_area"]}]}, 0.75]} in written(
        JsonLogic(), "cn.maker-space"
    )["and"]


def test_a_date_is_a_day_since_1970() -> None:
    day = (date(2023, 12, 1) - date(1970, 1, 1)).days
    assert f"operation_start_date <= {day} and" in written(Zen(), "cn.maker-space")


def test_an_average_is_multiplied_out_where_it_is_compared() -> None:
    assert "(ip_count >= 45 or ip_count >= 100)" in undigested(written(Zen(), "cn.industrial-design"))


def test_options_and_prefixes_have_each_language_s_form() -> None:
    assert 'listed_status == "未上市"' in written(Cel(), "cn.key-little-giant")
    assert 'gbt4754_code =~ "(06|07|' in written(RuleEngine(), "cn.above-scale")
    assert 'startsWith(gbt4754_code, "06") or' in written(Zen(), "cn.above-scale")
    assert written(JsonLogic(), "cn.above-scale")["and"][0]["in"][0] == {
        "substr": [{"var": ["gbt4754_code"]}, 0, 2]
    }


def test_vectors_compute_what_is_used_twice_once() -> None:
    language = Numpy()
    truth = written(language, "cn-43.engineering-center")
    assert language.lines == [
        "x0 = rd_expense_deductible_2024 + rd_expense_deductible_2023 + rd_expense_deductible_2022",
        "x1 = main_revenue_2024 + main_revenue_2023 + main_revenue_2022",
        "x2 = x0 / x1",
    ]
    assert "((x2 >= 0.03) & (x0 >= 900000000))" in truth


def test_neighbouring_divisions_are_one_range_for_vectors() -> None:
    assert written(Numpy(), "cn.above-scale").startswith("((((x0 >= 6) & (x0 <= 46)))")


def test_a_programme_that_no_fact_decides_is_refused() -> None:
    pack = engine_data.pack()
    plan = compile_plan(
        [pack.programmes["cn.ip-demo"]],
        region=engine_data.REGION,
        on=date(2025, 6, 1),
        kind="new",
        scope=pack.rule_scope,
    )
    with pytest.raises(ValueError, match=r"cn\.ip-demo"):
        known.programme(plan, plan.programmes[0])


def test_the_dict_and_the_columns_give_the_same_answers_and_both_occur() -> None:
    asked = programmes()
    frame = facts.frame(asked, 400)
    one, many = ours.One(asked), ours.Many(asked)
    columns = [column.to_list() for column in ours.truths(many.masks(frame), asked)]
    rows = facts.dicts(frame)
    assert [one.truths_of_conditions(one.conditions(row)) for row in rows] == [
        list(each) for each in zip(*columns, strict=True)
    ]
    assert [[code == 2 for code in one.verdicts(row)] for row in rows] == [
        list(each) for each in zip(*columns, strict=True)
    ]
    assert all({True, False} == set(column) for column in columns)


def test_a_fact_left_out_of_the_dict_leaves_verdicts_unknown() -> None:
    asked = programmes()
    one, row = ours.One(asked), facts.dicts(facts.frame(asked, 1))[0]
    row = {**row, "main_revenue_2024": 10**10, "gbt4754_code": None, "operation_start_date": None}
    assert one.verdicts(row)[0] == 1


def _times(*seconds: float) -> Times:
    return Times(wall=list(seconds), processor=list(seconds))


def test_the_section_tells_which_goal_was_missed() -> None:
    same = Agreement("zen-engine", 2000, 0, {})
    one = [
        Timed("this engine", "verdicts and every condition", _times(1e-5, 1e-5, 2e-5), same),
        Timed("zen-engine", "a compiled expression a programme", _times(1.2e-4, 1.3e-4, 1.2e-4), same),
        Timed("zen-engine", "all eight in one compiled expression", _times(2e-5, 2e-5, 2e-5), same),
    ]
    times = {MASKS: _times(1.0), VERDICTS: _times(0.5), TEXT: _times(2.5), NUMBERS: _times(2.1)}
    many = Population(1000, times, Agreement("OpenFisca", 1000, 1, {"cn.tech-sme": 1}), same)
    machine = {
        "cores": 2,
        "processor": "x",
        "memory_gib": 1,
        "python": "3.11",
        "packages": dict.fromkeys(report.PACKAGES, "1"),
        "load_before": [0.1],
        "load_after": [0.2],
    }
    text = report.text(
        one, many, asked=programmes(), facts=machine, at=datetime(2026, 11, 22, 12, tzinfo=UTC)
    )
    assert "a compiled expression a programme 12.0 × (met)" in text
    assert "all eight in one compiled expression 2.0 × (missed)" in text
    assert "codes as text 2.5 × (met)" in text
    assert "Of 8,000 answers these differ: OpenFisca 1 (`cn.tech-sme` 1)" in text
    assert report.missed(one, many)
    assert not report.missed(one[:2], many)


def test_what_the_rules_need_is_as_new_in_both_environments() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z][\w.-]*)==(\S+)", text, re.MULTILINE))

    product, peers = versions("requirements.lock"), versions("requirements-peers.lock")
    both = ("sqlglot", "polars", "pydantic", "ruamel-yaml", "duckdb", "opencc")
    assert {name: peers[name] for name in both} == {name: product[name] for name in both}
