"""The shipped regions: one chain, and saying of 临湘 only what its report says.

That every file and case holds and everything is covered, `wanqi check` says in README's session (tests/test_readme.py).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

from wanqi import figures, packs
from wanqi.registry import codes

ROOT = Path(__file__).parents[2]
SOURCES = packs.read_directory(ROOT / "regions")


@cache
def pack() -> packs.Pack:
    return packs.resolve(SOURCES, "cn-430682")


def test_the_county_stands_on_city_province_and_country() -> None:
    assert pack().chain == ("cn", "cn-43", "cn-4306", "cn-430682")
    assert [packs.resolve(SOURCES, region).title for region in pack().chain] == [
        "全国",
        "湖南省",
        "岳阳市",
        "临湘市",
    ]


def test_demonstration_stations_agree_with_the_report() -> None:
    assert pack().demo is not None
    stations = packs.generate(pack().demo)["sites"]
    opened = [station["opened_on"] for station in stations]
    assert all(isinstance(day, date) for day in opened)
    assert len(stations) == 571
    assert Counter(str(day)[:7] for day in opened if str(day) >= "2023") == {
        "2023-01": 12,
        "2023-02": 9,
        "2023-03": 24,
        "2023-04": 21,
        "2023-05": 26,
        "2023-06": 28,
    }
    assert Counter(str(day)[:4] for day in opened) == {
        "2019": 5,
        "2020": 59,
        "2021": 121,
        "2022": 266,
        "2023": 120,
    }
    assert all(str(station["built_on"]) <= str(station["opened_on"]) for station in stations)
    assert len({station["site_code"] for station in stations}) == 571
    assert all("演示" in str(station["name"]) for station in stations)


def test_the_demonstration_is_the_same_every_time() -> None:
    assert pack().demo is not None
    assert packs.generate(pack().demo) == packs.generate(pack().demo)
    assert packs.generate(pack().demo)["sites"][0] == {
        "opened_on": date(2019, 11, 13),
        "site_code": "演示-0001",
        "name": "演示站址0001",
        "technology": "5G",
        "operator": "电信",
        "area": "demo-06",
        "built_on": date(2019, 9, 23),
    }


def test_demonstration_organisations_are_fictitious_with_valid_codes() -> None:
    assert pack().demo is not None
    organisations = packs.generate(pack().demo)["organisations"]
    assert len(organisations) == 210
    assert organisations[0]["name"] == "演示企业01（临湘）"
    for organisation in organisations:
        code = str(organisation["credit_code"])
        assert codes.problem(code) is None
        assert code.startswith("91430682DEM0")
    assert len({organisation["credit_code"] for organisation in organisations}) == 210


def test_what_the_report_states_is_quoted_from_it() -> None:
    assert pack().demo is not None
    report = pack().documents["half-year-2023"]
    clauses = {clause.id: clause.text for clause in report.clauses}
    stated = [(one.indicator, one.period, one.bound, one.value) for one in pack().demo.observations]
    assert stated[:4] == [
        ("infra.5g.new", "2023H1", "=", "120"),
        ("infra.5g.total", "2023-06-30", "=", "571"),
        ("infra.5g.forecast", "2023-12-31", ">", "800"),
        ("infra.5g.total.vs_year_end", "2023", "=", "1.2792"),
    ]
    assert len(stated) == 42
    for one in (*pack().demo.observations, *pack().demo.targets, *pack().demo.stated):
        assert one.as_written in clauses[one.clause]
    for name in pack().demo.named:
        assert name.name in clauses[name.clause]
    assert all(target.assumption for target in pack().demo.targets)
    assert (report.number, report.issued_on) == (None, None)


def test_the_check_finds_what_is_wrong_with_the_sentence() -> None:
    indicator = pack().indicators["infra.5g.check"]
    assert indicator.sentence is not None
    assert any(indicator.sentence in clause.text for clause in pack().documents["half-year-2023"].clauses)
    found = figures.check(figures.claims_from(indicator.claims_data))
    assert [(one.level, one.relation) for one in found] == [("error", "stock_flow"), ("query", "run_rate")]


def test_every_invented_place_and_person_is_marked() -> None:
    assert pack().demo is not None
    assert all(area.demonstration and area.name.startswith("演示") for area in pack().areas)
    assert all(office.demonstration for office in pack().offices)
    assert all(user.name.startswith("演示") for user in pack().demo.users)
    assert len({user.role for user in pack().demo.users}) == 12


def test_industrial_is_mining_to_water_supply() -> None:
    text = pack().derived["is_industrial"].expression
    assert re.findall(r"'(\d\d)'", text) == [f"{division:02d}" for division in range(6, 47)]


def test_rules_and_packs_read_no_clock_and_nothing_random() -> None:
    for path in [*(ROOT / "src/wanqi/rules").rglob("*.py"), *(ROOT / "src/wanqi/packs").rglob("*.py")]:
        calls = {
            node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
        }
        assert not calls & {"now", "today", "utcnow", "random", "shuffle"}, path
        assert "import random" not in path.read_text(), path
