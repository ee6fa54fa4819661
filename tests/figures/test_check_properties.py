"""Silence over figures that are true and correctly rounded; an alarm where no reading is possible."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wanqi.figures import check, claims_from, display, printed

counts = st.integers(1, 20_000)
places = st.integers(0, 2)
money = st.integers(10**6, 10**11)


def _percent(value: Fraction, decimals: int) -> str:
    return display(value, unit="%", decimals=decimals)


def _levels(claims: dict[str, object], *relations: dict[str, object]) -> list[str]:
    return [finding.level for finding in check(claims_from({"claims": claims, "relations": list(relations)}))]


@settings(max_examples=600, deadline=None)
@given(counts, counts, counts, places)
def test_a_true_stock_with_growth_is_silent(base: int, flow: int, later: int, decimals: int) -> None:
    stock = base + flow
    claims: dict[str, object] = {
        "flow": {"text": f"{flow}个"},
        "stock": {"text": f"{stock}个"},
        "hoped": {"text": f"{stock + later}个"},
        "rate": {"text": _percent(Fraction(stock + later - base, base), decimals)},
        "base": {"title": "上年末", "unit": "个"},
    }
    assert _levels(
        claims,
        {"relation": "stock_flow", "licence": "A", "base": "base", "flow": "flow", "stock": "stock"},
        {"relation": "growth", "licence": "A", "base": "base", "now": "hoped", "rate": "rate"},
    ) == []  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(counts, counts, places)
def test_a_true_share_completion_and_rate_are_silent(part: int, rest: int, decimals: int) -> None:
    whole = part + rest
    claims: dict[str, object] = {
        "part": {"text": f"{part}家"},
        "rest": {"text": f"{rest}家"},
        "whole": {"text": f"{whole}家"},
        "share": {"text": _percent(Fraction(part, whole), decimals)},
        "done": {"text": _percent(Fraction(whole, part), decimals)},
        "times": {"text": display(Fraction(whole, part), unit="倍", decimals=1)},
    }
    assert _levels(
        claims,
        {"relation": "share", "licence": "A", "part": "part", "whole": "whole", "rate": "share"},
        {"relation": "rate", "licence": "A", "part": "part", "other": "rest", "rate": "share"},
        {"relation": "completion", "licence": "A", "actual": "whole", "target": "part", "rate": "done"},
        {"relation": "ratio", "licence": "A", "part": "whole", "whole": "part", "times": "times"},
        {"relation": "sum", "licence": "A", "parts": ["part", "rest"], "whole": "whole", "exhaustive": True},
        {"relation": "subset", "licence": "A", "part": "part", "whole": "whole"},
    ) == []  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(money, min_size=2, max_size=5), money, places)
def test_rounded_money_that_adds_up_is_silent(parts: list[int], before: int, decimals: int) -> None:
    whole = sum(parts)
    amounts: dict[str, object] = {
        f"p{n}": {"text": display(part, unit="亿元", decimals=2)} for n, part in enumerate(parts)
    }
    amounts |= {
        "whole": {"text": display(whole, unit="亿元", decimals=2)},
        "before": {"text": display(before, unit="亿元", decimals=2)},
        "more": {"text": display(whole - before, unit="亿元", decimals=2)},
        "rate": {"text": _percent(Fraction(whole - before, before), decimals)},
    }
    assert _levels(
        amounts,
        {
            "relation": "sum", "licence": "A", "parts": [f"p{n}" for n in range(len(parts))], "whole": "whole",
            "exhaustive": True,
        },
        {"relation": "increment", "licence": "A", "now": "whole", "base": "before", "increment": "more"},
        {"relation": "growth", "licence": "A", "now": "whole", "base": "before", "rate": "rate"},
        {"relation": "growth_increment", "licence": "A", "now": "whole", "increment": "more", "rate": "rate"},
    ) == []  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(counts, counts, places)
def test_growth_over_an_unprinted_count_is_silent(base: int, now: int, decimals: int) -> None:
    claims: dict[str, object] = {
        "now": {"text": f"{now}家"},
        "rate": {"text": _percent(Fraction(now - base, base), decimals)},
        "base": {"title": "上年同期", "unit": "家"},
    }
    assume(now > 0)
    assert (
        _levels(claims, {"relation": "growth", "licence": "A", "base": "base", "now": "now", "rate": "rate"})
        == []
    )


@settings(max_examples=250, deadline=None)
@given(st.integers(1, 5000), st.integers(0, 5000), places, st.integers(0, 99_999))
def test_a_share_that_no_rounding_explains_is_flagged(
    part: int, rest: int, decimals: int, wrong: int
) -> None:
    whole = part + rest
    text = display(Fraction(wrong, 10**5), unit="%", decimals=decimals)
    assume(Fraction(part, whole) not in printed(text).loose)
    claims: dict[str, object] = {
        "part": {"text": f"{part}家"},
        "whole": {"text": f"{whole}家"},
        "rate": {"text": text},
    }
    found = _levels(
        claims, {"relation": "share", "licence": "A", "part": "part", "whole": "whole", "rate": "rate"}
    )
    assert len(found) == 1
    assert found[0] in ("error", "query")


@settings(max_examples=250, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(-4000, 4000))
def test_a_stock_that_does_not_add_up_is_an_error(base: int, flow: int, slip: int) -> None:
    assume(slip != 0 and base + flow + slip > 0)
    claims: dict[str, object] = {
        "base": {"text": f"{base}个"},
        "flow": {"text": f"{flow}个"},
        "stock": {"text": f"{base + flow + slip}个"},
    }
    relation = {"relation": "stock_flow", "licence": "A", "base": "base", "flow": "flow", "stock": "stock"}
    assert _levels(claims, relation) == ["error"]
