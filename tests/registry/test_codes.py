"""统一社会信用代码: both check digits, on the standards' own examples and on every slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanqi.registry.codes import ALPHABET, credit_check, normalise, organisation_check, problem

bodies = st.text(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"), min_size=8, max_size=8)


def whole(region: str, body: str) -> str:
    start = f"91{region}{body}"
    start += organisation_check(body)
    return start + credit_check(start)


def test_the_examples_of_the_standards_hold() -> None:
    assert problem("91350100M000100Y43") is None  # GB 32100-2015, annex
    assert organisation_check("D2143569") == "X"  # GB 11714-1997, annex


@given(region=st.integers(110000, 659999).map(str), body=bodies)
def test_a_made_code_is_sound(region: str, body: str) -> None:
    assert problem(whole(region, body)) is None


@given(region=st.integers(110000, 659999).map(str), body=bodies, data=st.data())
def test_every_single_slip_is_noticed(region: str, body: str, data: st.DataObject) -> None:
    code = whole(region, body)
    position = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda char: char != code[position]))
    assert problem(code[:position] + other + code[position + 1 :]) is not None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("91350100M000100Y4", "统一社会信用代码应为18位，现为17位。"),
        ("91350100M000100I43", "统一社会信用代码第16位“I”不是允许的字符（不含I、O、S、V、Z）。"),
        ("91A50100M000100Y43", "统一社会信用代码第3至8位应为行政区划数字。"),
        ("91350100M000100443", "统一社会信用代码第17位（主体标识码校验位）不符，请核对原件。"),
        ("91350100M000100Y44", "统一社会信用代码第18位（校验位）不符，请核对原件。"),
    ],
)
def test_what_is_wrong_is_said(code: str, sentence: str) -> None:
    assert problem(code) == sentence


def test_codes_are_read_as_clerks_type_them() -> None:
    assert normalise(" ９１３５０１００-m000100y43\n") == "91350100M000100Y43"
