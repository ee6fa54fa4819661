"""Random well-typed expressions and rows with holes, for checking that every backend gives one answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from wanqi.rules import BOOL, COUNT, DATE, MONEY, RATIO, TEXT, Scope, Type

SCOPE = Scope(
    {
        "n": COUNT,
        "n2": COUNT,
        "m": MONEY,
        "m2": MONEY,
        "r": RATIO,
        "d": DATE,
        "d2": DATE,
        "b": BOOL,
        "b2": BOOL,
        "code": TEXT,
        "op": Type("enum", ("移动", "电信", "联通")),
        "op2": Type("enum", ("移动", "电信", "联通")),
    }
)

COUNTS = ["0", "1", "-1", "3", "571", "999999999999"]
MONIES = ["0", "0.01", "-0.01", "100", "5000000.05", "9999999999999.99"]
RATIOS = ["0.05", "1", "0", "1.27920000", "0.33333333"]
DATES = ["2022-12-31", "2023-01-01", "2023-06-30", "2024-02-29"]
CODES = ["2614", "26", "0610", "", "二六"]
OPERATORS = ["移动", "电信", "联通"]


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """30 % missing."""
    return st.integers(0, 9).flatmap(lambda draw: st.none() if draw < 3 else values)


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    def one(values: list[str]) -> st.SearchStrategy[Any]:
        return _maybe(st.sampled_from(values))

    row = st.fixed_dictionaries(
        {
            "n": one(COUNTS),
            "n2": one(COUNTS),
            "m": one(MONIES),
            "m2": one(MONIES),
            "r": one([*RATIOS, "-0.05"]),
            "d": _maybe(st.sampled_from([date.fromisoformat(day) for day in DATES])),
            "d2": one(DATES),
            "b": _maybe(st.booleans()),
            "b2": _maybe(st.booleans()),
            "code": one(CODES),
            "op": one(OPERATORS),
            "op2": one(OPERATORS),
        }
    )
    return st.lists(row, min_size=1, max_size=12)


def _of(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


def _join(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda chosen: pattern.format(*chosen))


def numbers(kind: str, depth: int) -> st.SearchStrategy[str]:
    """Return expressions of count, money or ratio that hold no quotient."""
    leaves = {
        "count": _of("n", "n2", "year_of(d)", "month_of(d2)", "0", "1", "3", "571"),
        "money": _of("m", "m2"),
        "ratio": _of("r", "0.05", "0.33333333"),
    }[kind]
    if depth == 0:
        return leaves
    below = numbers(kind, depth - 1)
    options = [
        leaves,
        _join("({} + {})", below, below),
        _join("({} - {})", below, below),
        _join("(-{})", below),
        _join("greatest({}, {})", below, below),
        _join("least({}, {})", below, below),
        _join("round_down({}, {})", below, _of("1", "3") if kind == "count" else _of("1", "0.05", "3")),
        _join("round_half_up({}, {})", below, _of("1", "3") if kind == "count" else _of("1", "0.05", "3")),
        _join("CASE WHEN {} THEN {} ELSE {} END", conditions(depth - 1), below, below),
        _join(
            "CASE WHEN {} THEN {} WHEN {} THEN {} ELSE {} END",
            conditions(0),
            below,
            conditions(0),
            below,
            below,
        ),
    ]
    if kind == "money" and depth == 1:
        options += [_join("({} * {})", leaves, _of("r", "0.05", "2", "n"))]
    return st.one_of(options)


def _comparisons(depth: int) -> st.SearchStrategy[str]:
    sign = _of("=", "<>", "<", "<=", ">", ">=")
    money, count, ratio = (numbers(kind, min(depth, 1)) for kind in ("money", "count", "ratio"))
    simple_money = _of("m", "m2", "(m + m2)", "(m - m2)")
    quotient = st.one_of(
        _join("ratio({}, {})", simple_money, simple_money),
        _join("ratio({}, {})", _of("n", "n2"), _of("n", "n2")),
    )
    return st.one_of(
        _join("{} {} {}", money, sign, money),
        _join("{} {} {}", money, sign, _of("0", "0.01", "5000000.05", "9999999999999.99")),
        _join("{} {} {}", count, sign, st.one_of(count, ratio)),
        _join("{} {} {}", ratio, sign, ratio),
        _join("{} {} {}", quotient, sign, _of("0.05", "1", "0", "r")),
        _join("{} {} {}", quotient, sign, quotient),
        _join(
            "round_down(ratio({}, {}) * 10, 0.5) {} {}", _of("m", "m2"), _of("m", "m2"), sign, _of("0.5", "3")
        ),
        _join(
            "ratio({}, {}, {}) {} {}", _of("m", "m2"), _of("m", "m2"), _of("0", "1"), sign, _of("0.5", "0")
        ),
        _join("ratio({}, {}) {} {}", _of("m", "m2"), _of("n", "n2"), sign, _of("100", "0.01", "m2")),
        _join("{} * {} {} {}", _of("0.05", "r", "2"), _of("m", "m2"), sign, _of("m", "m2", "100")),
        _join(
            "{} {} {}",
            _of("d", "d2", "greatest(d, d2)", "least(d, d2)"),
            sign,
            _of("d2", "DATE '2023-06-30'"),
        ),
        _join(
            "{} BETWEEN {} AND {}",
            _of("d", "d2"),
            _of("DATE '2023-01-01'", "d2"),
            _of("DATE '2023-06-30'", "d"),
        ),
        _join("{} BETWEEN {} AND {}", _of("n", "m"), _of("0", "1"), _of("3", "571")),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    """Return boolean expressions."""
    sign = _of("=", "<>")
    leaves = st.one_of(
        _comparisons(depth),
        _of("b", "b2", "b = b2", "b <> TRUE", "TRUE", "FALSE"),
        _join("op {} {}", sign, _of("'移动'", "'电信'", "op2")),
        _join("code {} {}", sign, _of("'2614'", "''")),
        _join(
            "{} {} ({}, {})", _of("op", "op2"), _of("IN", "NOT IN"), _of("'移动'"), _of("'电信'", "'联通'")
        ),
        _join("{} {} ({}, {})", _of("n", "(n + n2)"), _of("IN", "NOT IN"), _of("0", "3"), _of("571", "-1")),
        _join("starts_with(code, {})", _of("'26'", "''", "'06', '26'")),
        _join(
            "{} IS {}", _of("n", "m + m2", "code", "ratio(m, m2)", "b AND b2", "d"), _of("NULL", "NOT NULL")
        ).filter(lambda text: "AND" not in text),
        _join("(b AND b2) IS {}", _of("NULL", "NOT NULL")),
    )
    if depth == 0:
        return leaves
    below = conditions(depth - 1)
    return st.one_of(
        leaves,
        _join("({} AND {})", below, below),
        _join("({} OR {} OR {})", below, below, below),
        _join("at_least(2, {}, {}, {})", below, below, below),
        _join("(NOT {})", below.map(lambda text: f"({text})")),
        _join("CASE WHEN {} THEN {} ELSE {} END", below, below, below),
        _join("CASE WHEN {} THEN op ELSE {} END = '移动'", below, _of("op2", "'移动'", "'电信'")),
        _join("CASE WHEN {} THEN d ELSE {} END < d2", below, _of("d2", "DATE '2023-01-01'")),
    )
