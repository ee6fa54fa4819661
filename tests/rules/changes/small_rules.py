"""Random small rules over a few whole numbers, small enough to try every value of every fact."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod
from operator import ne

from wanqi.rules import tree
from wanqi.rules.backends import closure
from wanqi.rules.plan import Compiled, FactAt, Input, Plan
from wanqi.rules.types import BOOL, Type

TOP = 7
WHOLE = Type("count", maximum=Decimal(TOP), positive=True)
WIDE_TOP = 600
NAMES = ("a", "b", "c")


def rule(source: random.Random, top: int = TOP) -> Plan:
    """Return a plan of one programme `p` over a, b and c (0 to `top` each)."""
    kind = Type("count", maximum=Decimal(top), positive=True)
    inputs = tuple(Input(name, kind, FactAt(name, 2025)) for name in NAMES)
    first = _condition(source, 2)
    verdict = tree.All((tree.Field("c1", BOOL), _condition(source, 2)))
    stages: tuple[tuple[tuple[str, tree.Node], ...], ...] = ((("c1", first),), (("v1", verdict),))
    return Plan(
        "cn", date(2026, 6, 1), "new", inputs, stages, (Compiled("p", "2026-1", "", "v1", (("c1", "c1"),)),)
    )


def _condition(source: random.Random, depth: int) -> tree.Node:
    form = source.choice(("compare", "compare", "all", "any", "n_of", "score")) if depth else "compare"
    if form == "compare":
        operator = source.choice((">=", ">", "<=", "<", "=", "<>"))
        left, right = _number(source), _number(source)
        return tree.Compare(operator, left, right)  # type: ignore[arg-type]  # one of the operators
    if form == "score":
        return _score(source)
    parts = tuple(_condition(source, depth - 1) for _ in range(source.randint(2, 3)))
    return tree.All(parts) if form == "all" else tree.Any(parts) if form == "any" else tree.AtLeast(2, parts)


def _score(source: random.Random) -> tree.Node:
    """Return a total of two items and its mark, as programmes have them: both ends, so that hiding only widens."""
    items = [
        ((_condition(source, 0), _literal(source.randint(2, 4))), (_condition(source, 0), _literal(1)))
        for _ in range(2)
    ]
    mark = _literal(source.randint(1, 6))
    ends: list[tree.Node] = []
    for side in ("low", "high"):
        one, two = (tree.Reach(branches, _literal(0), side, WHOLE) for branches in items)
        ends.append(tree.Compare(">=", tree.Arithmetic("+", one, two, WHOLE), mark))
    return tree.Any((ends[0], tree.All((ends[1], tree.Unknown(BOOL)))))


def _number(source: random.Random) -> tree.Node:
    form = source.choice(("field", "field", "literal", "sum", "product", "ratio", "least", "rounded"))
    one, two = tree.Field(source.choice(NAMES), WHOLE), tree.Field(source.choice(NAMES), WHOLE)
    match form:
        case "field":
            return one
        case "literal":
            return _literal(source.randint(0, TOP))
        case "sum":
            return tree.Arithmetic(source.choice(("+", "-")), one, two, WHOLE)
        case "product":
            return tree.Arithmetic("*", _literal(source.randint(1, 3)), one, WHOLE)
        case "ratio":
            return tree.Ratio(one, two, Type("ratio"))
        case "rounded":
            share = tree.Ratio(one, two, Type("ratio"))
            step = Decimal(source.choice(("2", "5"))) if source.random() < 0.7 else Decimal("0.25")
            return tree.Floor(one if step > 1 else share, step, WHOLE)
        case _:
            return tree.Call(source.choice(("least", "greatest")), (one, two), WHOLE)


def _literal(value: int) -> tree.Node:
    return tree.Literal(Decimal(value), WHOLE)


def lifted(plan: Plan) -> list[tuple[int, ...]]:
    """Return the values of all facts, of all that there are, with which the programme is not 不符合."""
    answer = closure.compile_plan(plan).verdicts
    every = product(range(TOP + 1), repeat=len(NAMES))
    return [values for values in every if answer(dict(zip(NAMES, values, strict=True)))[0] != 0]


def by_hand(found: list[tuple[int, ...]], row: dict[str, int]) -> tuple[int, Fraction] | None:
    """Return (facts moved, relative change) of the best of `lifted`, None where nothing needs or helps."""
    now = tuple(row[name] for name in NAMES)
    if now in found:
        return None
    bases = [max(value, 1) for value in now]
    whole = prod(bases)
    weights = [whole // base for base in bases]
    costs = (
        (
            sum(map(ne, values, now)),
            sum(abs(new - old) * each for new, old, each in zip(values, now, weights, strict=True)),
        )
        for values in found
    )
    best = min(costs, default=None)
    return None if best is None else (best[0], Fraction(best[1], whole))


def one_by_hand(plan: Plan, row: dict[str, int]) -> Fraction | None:
    """Return the relative change of the best single fact among all its values to WIDE_TOP; None where none helps."""
    answer = closure.compile_plan(plan).verdicts
    costs = [
        Fraction(abs(value - row[name]), max(row[name], 1))
        for name in NAMES
        for value in range(WIDE_TOP + 1)
        if value != row[name] and answer({**row, name: value})[0] != 0
    ]
    return min(costs, default=None)
