"""Random core nodes, plans of them and adversarial rows, for checking that every backend gives one answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from wanqi.rules import BOOL, COUNT, DATE, MONEY, RATIO, TEXT, Type, tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Compiled, FactAt, Input, Plan

NUMBER = Type("number")
LEVEL = Type("enum", ("甲", "乙", "丙"))
TYPES: dict[str, Type] = {
    "n": COUNT,
    "n2": COUNT,
    "m": MONEY,
    "m2": MONEY,
    "r": RATIO,
    "x": NUMBER,
    "d": DATE,
    "d2": DATE,
    "b": BOOL,
    "b2": BOOL,
    "code@'\"`\\": TEXT,  # names and constants that would break out of a careless quotation
    "level": LEVEL,
}
CODE = "code@'\"`\\"
MOST = Decimal("9999999999999.99")
SAMPLES: dict[str, list[Any]] = {
    "count": [0, 1, -1, 2, 3, 20, 571, 999_999_999_999, -999_999_999_999],
    "money": [Decimal(one) for one in ("0", "0.01", "-0.01", "100", "99.99", "5000000.05")] + [MOST, -MOST],
    "ratio": [Decimal(one) for one in ("0", "0.05", "-0.05", "1", "0.33333333", "999999.99999999")],
    "number": [Decimal(one) for one in ("0", "0.0001", "-0.5", "7.5", "60", "999999999999.9999")],
    "date": [date(2022, 12, 31), date(2023, 1, 1), date(2023, 6, 30), date(2024, 2, 29)],
    "text": ["2614", "26", "0610", "", "二六", "a'b\"c\\d${e}", "😀26"],
    "enum": ["甲", "乙", "丙"],
    "bool": [True, False],
}
PREFIXES = ["26", "", "06", "261", "2614", "a'b", "二", "😀", "9", "13", "${"]
NUMERIC = (COUNT, MONEY, RATIO, NUMBER)
SIGNS: list[tree.Comparison] = ["=", "<>", "<", "<=", ">", ">="]


@cache
def rows(size: int = 12) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return rows of checked values, about 30 % of them missing."""

    def one(kind: Type) -> st.SearchStrategy[Any]:
        values = st.sampled_from(SAMPLES[kind.base])
        return st.integers(0, 9).flatmap(lambda draw: st.none() if draw < 3 else values)

    row = st.fixed_dictionaries({name: one(kind) for name, kind in TYPES.items()})
    return st.lists(row, min_size=1, max_size=size)


@cache
def literals(kind: Type) -> st.SearchStrategy[tree.Node]:
    values = SAMPLES[kind.base]
    return st.sampled_from(values).map(
        lambda value: tree.Literal(Decimal(value) if kind.numeric else value, kind)
    )


@cache
def leaves(kind: Type) -> st.SearchStrategy[tree.Node]:
    fields = [tree.Field(name, one) for name, one in TYPES.items() if one == kind]
    return st.one_of(
        st.sampled_from(fields), st.sampled_from(fields), literals(kind), st.just(tree.Unknown(kind))
    )


@cache
def sums(kind: Type, depth: int) -> st.SearchStrategy[tree.Node]:
    """Return numbers that hold no quotient."""
    if depth == 0:
        return leaves(kind)
    below = sums(kind, depth - 1)
    calls = ["greatest", "least", "greatest_known", "least_known"]
    options = [
        leaves(kind),
        st.builds(tree.Arithmetic, st.sampled_from(["+", "-"]), below, below, st.just(kind)),
        st.builds(
            tree.Call,
            st.sampled_from(calls),
            st.lists(below, min_size=1, max_size=3).map(tuple),
            st.just(kind),
        ),
        choices(kind, below, depth),
        reaches(kind, below, depth),
        ladders(kind, depth),
        st.builds(
            tree.Floor, below, st.sampled_from([Decimal(1), Decimal("0.5"), Decimal(10000)]), st.just(kind)
        ),
    ]
    if kind == COUNT:
        days = leaves(DATE)
        options.append(
            st.builds(
                tree.Call,
                st.sampled_from(["year_of", "month_of"]),
                days.map(lambda day: (day,)),
                st.just(COUNT),
            )
        )
    if kind in (MONEY, COUNT) and depth == 1:
        options.append(st.builds(tree.Arithmetic, st.just("*"), leaves(kind), leaves(RATIO), st.just(kind)))
    return st.one_of(options)


def _branches(below: st.SearchStrategy[tree.Node], depth: int, least: int) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(truths(depth - 1), below), min_size=least, max_size=3).map(tuple)


def choices(kind: Type, below: st.SearchStrategy[tree.Node], depth: int) -> st.SearchStrategy[tree.Node]:
    return st.builds(tree.Case, _branches(below, depth, 1), below, st.just(kind))


def reaches(kind: Type, below: st.SearchStrategy[tree.Node], depth: int) -> st.SearchStrategy[tree.Node]:
    return st.builds(
        tree.Reach, _branches(below, depth, 0), below, st.sampled_from(["low", "high"]), st.just(kind)
    )


@cache
def ladders(kind: Type, depth: int) -> st.SearchStrategy[tree.Node]:
    """Return constant outcomes, often in order."""
    steps = st.lists(literals(kind), min_size=2, max_size=5)
    ordered = st.tuples(steps, st.sampled_from([-1, 0, 1])).map(
        lambda pair: sorted(pair[0], key=lambda one: pair[1] * one.value)
    )

    def built(values: list[tree.Node]) -> st.SearchStrategy[tree.Node]:
        conditions = st.lists(truths(depth - 1), min_size=len(values) - 1, max_size=len(values) - 1)
        return st.builds(
            lambda given, side: tree.Reach(
                tuple(zip(given, values[:-1], strict=True)), values[-1], side, kind
            ),
            conditions,
            st.sampled_from(["low", "high"]),
        )

    return ordered.flatmap(built)


@cache
def quotients(depth: int) -> st.SearchStrategy[tree.Node]:
    """Return ratios, sums of ratios and whole multiples below them."""
    plain = st.sampled_from([COUNT, MONEY]).flatmap(
        lambda kind: st.builds(tree.Ratio, sums(kind, depth), sums(kind, depth), st.just(RATIO))
    )
    return st.one_of(
        plain,
        st.builds(
            tree.Arithmetic, st.sampled_from(["+", "-"]), _small_ratio(), _small_ratio(), st.just(RATIO)
        ),
        st.builds(tree.Ratio, _small_ratio(), leaves(COUNT), st.just(RATIO)),
        st.builds(tree.Floor, plain, st.sampled_from([Decimal("0.01"), Decimal(1)]), st.just(RATIO)),
    )


@cache
def _small_ratio() -> st.SearchStrategy[tree.Node]:
    return st.builds(tree.Ratio, leaves(COUNT), leaves(COUNT), st.just(RATIO))


@cache
def comparisons(depth: int) -> st.SearchStrategy[tree.Node]:
    sign = st.sampled_from(SIGNS)
    numbers = st.tuples(st.sampled_from(NUMERIC), st.sampled_from(NUMERIC)).flatmap(
        lambda kinds: st.builds(tree.Compare, sign, sums(kinds[0], depth), sums(kinds[1], 0))
    )
    plain = st.sampled_from([DATE, TEXT, LEVEL, BOOL]).flatmap(
        lambda kind: st.builds(
            tree.Compare, sign if kind == DATE else st.sampled_from(SIGNS[:2]), *[plains(kind, depth)] * 2
        )
    )
    return st.one_of(
        numbers,
        st.builds(tree.Compare, sign, quotients(min(depth, 1)), leaves(RATIO)),
        st.builds(tree.Compare, sign, leaves(RATIO), _small_ratio()),
        plain,
    )


@cache
def plains(kind: Type, depth: int) -> st.SearchStrategy[tree.Node]:
    """Return dates, texts or truths."""
    if kind == BOOL and depth > 0:
        return truths(depth - 1)
    if depth == 0:
        return leaves(kind)
    below = plains(kind, depth - 1)
    options = [leaves(kind), choices(kind, below, depth)]
    if kind == DATE:
        calls = st.sampled_from(["greatest", "least", "greatest_known", "least_known"])
        options.append(st.builds(tree.Call, calls, st.tuples(below, below), st.just(kind)))
    return st.one_of(options)


@cache
def members(depth: int) -> st.SearchStrategy[tree.Node]:
    def of(kind: Type) -> st.SearchStrategy[tree.Node]:
        operand = sums(kind, depth) if kind.numeric else plains(kind, min(depth, 1))
        return st.builds(tree.OneOf, operand, st.lists(literals(kind), min_size=1, max_size=4).map(tuple))

    return st.sampled_from([COUNT, MONEY, TEXT, LEVEL, DATE]).flatmap(of)


@cache
def prefixed() -> st.SearchStrategy[tree.Node]:
    prefixes = st.lists(st.sampled_from(PREFIXES), min_size=1, max_size=9, unique=True)
    return prefixes.map(
        lambda chosen: tree.Call(
            "starts_with", (tree.Field(CODE, TEXT), *(tree.Literal(one, TEXT) for one in chosen)), BOOL
        )
    )


@cache
def truths(depth: int) -> st.SearchStrategy[tree.Node]:
    """Return conditions."""
    if depth <= 0:
        return st.one_of(
            leaves(BOOL), st.builds(tree.Compare, st.sampled_from(SIGNS), leaves(COUNT), leaves(COUNT))
        )
    below = truths(depth - 1)
    parts = st.lists(below, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        comparisons(depth - 1),
        members(depth - 1),
        prefixed(),
        st.builds(tree.All, parts),
        st.builds(tree.Any, parts),
        st.builds(tree.Not, below),
        st.builds(tree.AtLeast, st.integers(1, 3), parts),
        st.builds(
            tree.Known, st.one_of(below, sums(MONEY, depth - 1), quotients(0), leaves(DATE), leaves(TEXT))
        ),
        choices(BOOL, below, depth),
        spans(depth),
    )


@cache
def spans(depth: int) -> st.SearchStrategy[tree.Node]:
    """Return comparisons of an interval with a constant: what only one of its ends decides stays unknown."""

    def compared(pair: tuple[tree.Node, tree.Node], least: tree.Node) -> tree.Node:
        low, high = (tree.Compare(">=", one, least) for one in pair)
        return tree.Any((low, tree.All((high, tree.Unknown(BOOL)))))

    return st.builds(compared, st.tuples(*[sums(NUMBER, min(depth, 1))] * 2), literals(NUMBER))


def plan_of(stages: list[list[tuple[str, tree.Node]]], programmes: tuple[Compiled, ...] = ()) -> Plan:
    inputs = tuple(Input(name, kind, FactAt(name)) for name, kind in TYPES.items())
    return Plan("cn", date(2026, 6, 1), "new", inputs, tuple(tuple(one) for one in stages), programmes)


def whole(value: Any, kind: Type) -> Any:
    """Return a checked value as backends hold it."""
    if value is None or not kind.numeric:
        return value
    return int(Decimal(value).scaleb(PLACES[kind.base]))


def stored(row: dict[str, Any]) -> dict[str, Any]:
    return {name: whole(value, TYPES[name]) for name, value in row.items()}
