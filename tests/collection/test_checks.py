"""What stops a return, what asks for a reason, what passes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from wanqi.collection.checks import Filled, Finding, findings_of, stopping
from wanqi.packs import DeadlineSpec, FormSpec, JumpSpec, LineSpec, SumSpec


def form(*lines: LineSpec, **given: Any) -> FormSpec:
    return FormSpec.model_validate(
        {
            "id": "demo",
            "version": "2026-1",
            "title": "示例",
            "office": "science",
            "units": ("market",),
            "cadence": "month",
            "deadline": DeadlineSpec(day=5),
            "lines": lines,
            **given,
        }
    )


def found(filled: Filled, **given: Any) -> list[tuple[str, str, bool]]:
    said = findings_of(form(filled.line, **given), [filled], has_evidence=False)
    return [(one.level, one.message, one.answered) for one in said]


def line(**given: Any) -> LineSpec:
    return LineSpec.model_validate({"id": "a", "indicator": "a.b", **given})


def one(value: int | str | None, spec: LineSpec | None = None, **given: Any) -> Filled:
    kept = None if value is None else Decimal(value)
    earlier = {name: Decimal(given.pop(name)) for name in ("last", "same", "known") if name in given}
    return Filled(spec or line(), "专利授权量", given.pop("unit", "件"), kept, **earlier, **given)


def test_nothing_unusual_says_nothing() -> None:
    assert found(one(48, last="40", same="45", runs_on=True)) == []


def test_an_unfilled_line_asks_for_a_reason_unless_it_is_optional() -> None:
    assert found(one(None)) == [("reason", "专利授权量未填。", False)]
    assert found(one(None, reason="系统升级")) == [("reason", "专利授权量未填。", True)]
    assert found(one(None, line(required=False))) == []


def test_a_register_figure_must_be_answered() -> None:
    assert found(one(None, known="120")) == [("error", "专利授权量台账数为120件，还没有确认。", False)]
    assert found(one(120, known="120")) == []
    message = "专利授权量填118，台账数为120件，两数不一致。".replace("118，", "118件，")
    assert found(one(118, known="120")) == [("reason", message, False)]


@pytest.mark.parametrize(("value", "levels"), [(-1, ["error"]), (0, []), (100, []), (101, ["error"])])
def test_bounds_include_their_ends(value: int, levels: list[str]) -> None:
    assert [level for level, _, _ in found(one(value, line(maximum="100")))] == levels


def test_bounds_are_in_the_unit_of_the_line() -> None:
    spec = line(maximum="2000")
    assert found(one(20_000_000, spec, unit="万元")) == []
    said = found(one(20_000_001, spec, unit="万元"))
    assert said == [("error", "专利授权量填了2000.0001万元，大于2000万元。", False)]


def test_a_falling_running_figure_asks_for_a_reason() -> None:
    message = "专利授权量为47件，比上期的48件减少了。"
    assert found(one(47, last="48", runs_on=True)) == [("reason", message, False)]
    assert found(one(47, last="48", runs_on=True, reason="撤销一件")) == [("reason", message, True)]
    assert found(one(48, last="48", runs_on=True)) == []
    assert found(one(47, last="48")) == []
    assert found(one(47, line(falling="allow"), last="48", runs_on=True)) == []


@pytest.mark.parametrize(
    ("value", "asked"), [(150, False), (151, True), (50, False), (49, True), (100, False)]
)
def test_a_jump_asks_beyond_its_share(value: int, asked: bool) -> None:
    spec = line(jump=(JumpSpec(against="same", share="0.5"),))
    assert bool(found(one(value, spec, same="100"))) is asked


def test_a_jump_names_both_figures_and_spares_small_ones() -> None:
    spec = line(jump=(JumpSpec(against="same", share="1", least="20"),))
    assert found(one(41, spec, same="10")) == [
        ("reason", "专利授权量为41件，上年同期为10件，增加了31件。", False)
    ]
    assert found(one(30, spec, same="10")) == []
    assert found(one(21, spec, same="0")) == [
        ("reason", "专利授权量为21件，上年同期为0件，增加了21件。", False)
    ]
    assert found(one(20, spec, same="0")) == []
    assert found(one(41, spec)) == []


def sums(relation: str, total: int, *parts: int | None) -> list[Finding]:
    names = ["t", *(f"p{number}" for number in range(len(parts)))]
    lines = tuple(LineSpec(id=name, indicator="a.b", required=False) for name in names)
    rule = SumSpec.model_validate({"total": "t", "parts": tuple(names[1:]), "relation": relation})
    filled = [
        Filled(one, one.id, "件", None if value is None else Decimal(value))
        for one, value in zip(lines, (total, *parts), strict=True)
    ]
    return findings_of(form(*lines, sums=(rule,)), filled, has_evidence=False)


def test_parts_equal_their_total() -> None:
    assert sums("equal", 5, 2, 3) == []
    assert [one.message for one in sums("equal", 6, 2, 3)] == ["p0＋p1为5件，与t6件不等。"]
    assert sums("equal", 6, 2, None) == []


def test_a_part_is_at_most_the_whole() -> None:
    assert sums("at_most", 5, 5) == []
    assert [one.message for one in sums("at_most", 5, 6)] == ["p0为6件，大于t5件。"]


def test_evidence_is_asked_for_as_the_form_says() -> None:
    spec = line(evidence=True)
    assert [level for level, _, _ in found(one(1, spec))] == ["note"]
    assert [level for level, _, _ in found(one(1, spec), evidence="required")] == ["error", "error"]
    assert found(one(1, spec, has_evidence=True), evidence="required") == []
    assert found(one(1), evidence="asked") == []


def test_only_what_stops_is_told_with_its_next_step() -> None:
    found = [
        Finding("a", "error", "错。", "改。"),
        Finding("a", "reason", "怪。", "说明。"),
        Finding("b", "reason", "怪。", "说明。", answered=True),
        Finding("c", "note", "缺。", "补。"),
    ]
    assert stopping(found) == {"a": ["错。改。", "怪。说明。"]}
