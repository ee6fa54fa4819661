"""Codes of GB/T 4754: the list as it stands in the packs, and how a wrong code is answered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from wanqi import packs
from wanqi.registry.industries import industry_name, industry_problem, names

ROOT = Path(__file__).resolve().parents[2]


@cache
def known() -> Mapping[str, str]:
    return names(packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False))


def test_the_list_is_whole() -> None:
    codes = list(known())
    assert [sum(len(code) == digits for code in codes) for digits in (2, 3, 4)] == [97, 473, 1382]
    assert len(codes) == 97 + 473 + 1382
    assert codes == sorted(codes)
    assert all(code[:-1] in known() for code in codes if len(code) > 2)
    assert all(known()[code] == known()[code[:3]] for code in codes if len(code) == 4 and code.endswith("0"))


def test_the_divisions_are_those_that_rules_are_checked_by() -> None:
    pack = packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)
    divisions = pack.codes["gbt4754"].codes
    assert [code for code in known() if len(code) == 2] == list(divisions)
    # The amendment of 2019 shortened one name.
    assert {code for code, name in divisions.items() if known()[code] != name} == {"96"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("2614", "有机化学原料制造"),
        ("261", "基础化学原料制造"),
        ("2615", "基础化学原料制造"),
        ("26", "化学原料和化学制品制造业"),
        ("9231", "监察委员会"),
        ("99", ""),
        ("", ""),
    ],
)
def test_a_name_is_that_of_the_narrowest_group(code: str, name: str) -> None:
    assert industry_name(code, known()) == name


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("2614", None),
        ("26", None),
        ("2669x", "国民经济行业分类中没有“2669x”。相近的有：2669 其他专用化学产品制造。"),
        (
            "2615",
            "国民经济行业分类中没有“2615”。"
            "相近的有：2611 无机酸制造、2612 无机碱制造、2613 无机盐制造、2614 有机化学原料制造。",
        ),
        ("化工", "国民经济行业分类中没有“化工”。请写2至4位数字，如2614。"),
    ],
)
def test_a_wrong_code_is_answered_with_what_is_near(code: str, said: str | None) -> None:
    assert industry_problem(code, known()) == said


def test_without_a_list_nothing_is_refused() -> None:
    assert industry_problem("XX", {}) is None
