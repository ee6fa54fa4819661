"""Targets and shortfalls of a demonstration: known places, parts that add up, steps in their order."""

from __future__ import annotations

import pytest

from wanqi.packs import check

from .test_forms import INDICATORS, PACK

TARGET = "  - {id: m.x.target, title: 某数全年目标, unit: 个, nature: target}\n"
SOUND = """version: "2026-1"
as_of: 2023-06-30
period: 2023H1
seed: 1
note: 演示数据，都是虚构的。
made_targets:
  - {indicator: m.x.target, year: 2023, value: "10", office: one}
breakdowns:
  - {indicator: m.x.target, year: 2023, dimension: department, due_on: 2023-12-31,
     parts: [{to: a, value: "7.5"}, {to: b, value: "2.5"}]}
shortfalls:
  - {indicator: m.x, period: 2023H1, title: 进度慢, finding: 差5个。, office: one, raised_on: 2023-06-30,
     to_unit: a, due_on: 2023-09-30}
"""


def problems(demo: str) -> list[tuple[str, str]]:
    sources = {
        "cn/pack.yaml": PACK.encode(),
        "cn/indicators/m.yaml": (INDICATORS + TARGET).encode(),
        "cn/demo.yaml": demo.encode(),
    }
    return [(one.code, one.message) for one in check(sources).problems if one.file == "cn/demo.yaml"]


def test_sound_targets_have_no_problem() -> None:
    assert problems(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('indicator: m.x.target, year: 2023, value', 'indicator: m.x, year: 2023, value',
         ("pack.unknown-name", "没有目标指标 m.x。")),
        ("dimension: department", "dimension: park", ("pack.unknown-name", "没有承担单位 a。")),
        ('value: "2.5"', 'value: "2"', ("pack.sum", "分项合计 9.5，与目标 10 不等。")),
        ("to_unit: a", "to_unit: c", ("pack.unknown-name", "没有报送单位 c。")),
        ("office: one, raised_on", "office: two, raised_on", ("pack.unknown-name", "没有股室 two。")),
        ("indicator: m.x, period", "indicator: m.z, period", ("pack.unknown-indicator", "没有指标 m.z。")),
    ],
)  # fmt: skip
def test_what_names_nothing_or_does_not_add_up_is_told(old: str, new: str, problem: tuple[str, str]) -> None:
    assert problem in problems(SOUND.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (", due_on: 2023-09-30", ""),
        ("to_unit: a, due_on: 2023-09-30", "answer: 已办, answered_on: 2023-07-01"),
        ("due_on: 2023-09-30}", "due_on: 2023-09-30, closing: 已办, closed_on: 2023-07-01}"),
    ],
)
def test_a_shortfall_takes_one_step_after_the_other(old: str, new: str) -> None:
    ((code, message),) = problems(SOUND.replace(old, new, 1))
    assert "短板" in message
    assert code == "pack.value"
