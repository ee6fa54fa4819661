"""forms/*.yaml: what holds together, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from wanqi import packs
from wanqi.packs import check, read_directory

REGIONS = Path(__file__).parents[2] / "regions"
SOUND = """version: "2026-1"
id: demo
title: 示例
office: one
units: [a, b]
cadence: month
deadline: {day: 5}
lines:
  - {id: x, indicator: m.x, units: [a]}
  - {id: y, indicator: m.y, unit: 万元, combine: sum}
sums:
  - {total: y, parts: [x], relation: at_most}
"""
PACK = """version: "2026-1"
id: cn
title: 示例国
level: 国家
offices: [{code: one, name: 一股}]
units: [{code: a, name: 甲, kind: department}, {code: b, name: 乙, kind: department}]
"""
INDICATORS = """version: "2026-1"
indicators:
  - {id: m.x, title: 某数, unit: 个, nature: flow}
  - {id: m.y, title: 某额, unit: 元, nature: stock}
  - {id: m.share, title: 占比, unit: "%", operator: share, of: m.x, target: m.x}
"""


def problems(form: str) -> list[tuple[int, int, str, str]]:
    sources = {
        "cn/pack.yaml": PACK.encode(),
        "cn/indicators/m.yaml": INDICATORS.encode(),
        "cn/forms/demo.yaml": form.encode(),
    }
    found = [one for one in check(sources).problems if one.file == "cn/forms/demo.yaml"]
    return [(one.line, one.column, one.code, one.message) for one in found]


def test_a_sound_form_has_no_problem() -> None:
    assert problems(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("office: one", "office: two", (4, 9, "pack.unknown-name", "没有股室 two。")),
        ("units: [a, b]", "units: [a, c]", (5, 12, "pack.unknown-name", "没有报送单位 c。")),
        ("indicator: m.x", "indicator: m.z", (9, 24, "pack.unknown-indicator", "没有指标 m.z。")),
        (
            "indicator: m.x",
            "indicator: m.share",
            (9, 24, "pack.nature", "m.share 由其他数算出，不用填报。"),
        ),
        ("unit: 万元", "unit: 个", (10, 35, "pack.form-unit", "m.y 的单位是元，不能按个填报。")),
        (", combine: sum", "", (1, 1, "pack.value", "行 y 由多个单位填报，要写 combine: sum。")),
        (
            "units: [a]}",
            "units: [a], combine: sum}",
            (1, 1, "pack.value", "行 x 只由一个单位填报，不写 combine。"),
        ),
        ("units: [a]}", "units: [c]}", (1, 1, "pack.value", "行 x 的 c 不在 units 中。")),
        ("total: y", "total: z", (1, 1, "pack.value", "sums 写的 z 不在 lines 中。")),
        ("parts: [x]", "parts: [y]", (1, 1, "pack.value", "sums 中 y 的分项不能有它自己，也不能重复。")),
        ("parts: [x]", "parts: [x, x]", (1, 1, "pack.value", "sums 中 y 的分项不能有它自己，也不能重复。")),
        ("id: y,", "id: x,", (1, 1, "pack.value", "行 x 写了两次。")),
        (
            "cadence: month",
            "cadence: month\nmonths: single\nstart_month: 2",
            (1, 1, "pack.value", "start_month: 2 只用于按月累计的报表。"),
        ),
        ("day: 5", "day: 0", (7, 17, "pack.range", "0 太小。")),
        (
            SOUND[SOUND.index("  - {id: y") :],
            "",
            (5, 12, "pack.idle-unit", "b 没有要填的行。"),
        ),
        ("id: demo", "id: other", (2, 5, "pack.file-name", "id 是 other，文件却叫 demo。")),
    ],
)
def test_a_mistake_is_told_at_its_place(old: str, new: str, problem: tuple[int, int, str, str]) -> None:
    assert old in SOUND
    assert problems(SOUND.replace(old, new)) == [problem]


def test_lines_and_rows_exclude_each_other() -> None:
    both = SOUND + "rows: {profile: none}\n"
    assert [one[3] for one in problems(both)] == ["lines（指标行）和 rows（明细）要写且只写一个。"]
    rows = SOUND.partition("lines:")[0] + "rows: {profile: none}\n"
    assert [one[2:] for one in problems(rows)] == [("pack.unknown-name", "没有导入方案 none。")]


def test_the_forms_of_linxiang_survive_their_own_data() -> None:
    pack = packs.resolve(read_directory(REGIONS), "cn-430682")
    assert len(pack.forms) == 6
    for form in pack.forms.values():
        assert packs.read_form(pack, form.model_dump(mode="json")) == form


def test_an_indicator_that_is_only_reported_needs_no_rows() -> None:
    assert [
        one.code
        for one in check(
            {"cn/pack.yaml": PACK.encode(), "cn/indicators/m.yaml": INDICATORS.encode()}
        ).problems
    ] == []
    half = INDICATORS.replace("nature: flow}", "nature: flow, measure: count}")
    found = check({"cn/pack.yaml": PACK.encode(), "cn/indicators/m.yaml": half.encode()}).problems
    assert [one.message for one in found] == ["缺少 date、records。"]
