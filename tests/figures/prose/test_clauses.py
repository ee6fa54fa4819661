"""Figures gathered into entries: a subject, its level, and the rates said of it."""

from __future__ import annotations

import pytest

from wanqi.figures.prose.clauses import passages
from wanqi.figures.prose.frames import Entry, Passage
from wanqi.figures.prose.lexer import tokens


def read(text: str) -> list[Passage]:
    return list(passages(tokens(text), text))


def entries(text: str) -> list[Entry]:
    return [entry for passage in read(text) for entry in passage.entries]


def shown(entry: Entry) -> dict[str, object]:
    single = {"level": entry.level, "base": entry.base, "change": entry.change, "against": entry.against}
    many = {"growths": entry.growths, "rates": entry.rates, "points": entry.points}
    pairs = {"shares": entry.shares, "completions": entry.completions}
    found: dict[str, object] = {name: one.token.text for name, one in single.items() if one is not None}
    found |= {name: [one.token.text for one in ones] for name, ones in many.items() if ones}
    found |= {
        name: [(one.token.text, whole.token.text if whole else None) for one, whole in ones]
        for name, ones in pairs.items()
        if ones
    }
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "受理案件812件,比上年同期多61件,上升8.12%。",
            {"level": "812件", "change": "61件", "growths": ["8.12%"]},
        ),
        ("今年86家,去年同期64家,增34.4%。", {"level": "86家", "base": "64家", "growths": ["34.4%"]}),
        ("企业由120家增加到160家,增长33.3%。", {"level": "160家", "base": "120家", "growths": ["33.3%"]}),
        ("到位资金8亿元,完成任务20亿元的40%。", {"level": "8亿元", "completions": [("40%", "20亿元")]}),
        ("入选企业15家,占全市总数(40家)的37.5%。", {"level": "15家", "shares": [("37.5%", "40家")]}),
        (
            "普及率由84.6%提高到93.1%,提高8.5个百分点。",
            {"against": "84.6%", "rates": ["93.1%"], "points": ["8.5个百分点"]},
        ),
        ("产值12亿元,增长8%,其中出口增长3%。", {"level": "12亿元", "growths": ["8%"]}),
    ],
)
def test_an_entry_holds_what_is_said_of_one_subject(text: str, expected: dict[str, object]) -> None:
    assert shown(entries(text)[0]) == expected


def test_a_decrease_is_negative() -> None:
    (entry,) = entries("事故54起,减少4起,下降6.9%。")
    assert entry.change is not None
    assert (entry.change.value, entry.growths[0].value < 0) == (-4, True)


def test_a_unit_and_its_scale_at_the_end_hold_for_the_list() -> None:
    found = entries("完成12.5亿元:产业6.1、基础3.2、民生2、环保1.2亿元。")
    assert [(entry.label, entry.level and entry.level.value) for entry in found[1:]] == [
        ("产业", 610_000_000),
        ("基础", 320_000_000),
        ("民生", 200_000_000),
        ("环保", 120_000_000),
    ]


def test_a_unit_in_a_note_holds_for_the_list() -> None:
    found = entries("审结60万件:民事45.5、刑事14.5(万件)。")
    assert [entry.level and entry.level.value for entry in found] == [600_000, 455_000, 145_000]


def test_rates_go_one_by_one_to_the_items_before_them() -> None:
    first, second = entries("登记合同216项、专利84件,分别增长18.7%和31.5%。")
    assert [one.token.text for one in first.growths] == ["18.7%"]
    assert [one.token.text for one in second.growths] == ["31.5%"]


def test_rates_of_another_number_than_the_items_go_to_none() -> None:
    found = entries("甲12件、乙8件、丙5件,分别增长18%、31%。")
    assert all(not entry.growths for entry in found)


def test_what_stands_in_brackets_takes_no_rate_from_outside() -> None:
    found = entries("面积21.6万亩(折合1.44万公顷),占计划的46.2%。")
    assert [bool(entry.shares) for entry in found] == [True, False]


def test_a_text_without_stops_is_cut_into_passages() -> None:
    text = "新增1家," * 2000
    found = read(text)
    assert len(found) > 10
    assert sum(len(passage.figures) for passage in found) == 2000
