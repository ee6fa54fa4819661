"""Scores as intervals of points: what is surely given, and what may be given.

Every item becomes a pair of core nodes. Known facts give one number twice; an unknown fact, an expert or a text that
was not read widens the pair, never below the least nor above the most that the item can give.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.types import BOOL, Type

POINTS = Type("number", unit="分")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Marks:
    """Points between low and high; `least` and `most` bound them whatever the facts are (most None: no bound)."""

    low: tree.Node
    high: tree.Node
    least: Decimal
    most: Decimal | None


def constant(low: Decimal, high: Decimal | None) -> Marks:
    """Return fixed ends; high None is open."""
    top: tree.Node = tree.Unknown(POINTS) if high is None else tree.Literal(high, POINTS)
    return Marks(tree.Literal(low, POINTS), top, low, high)


def first_of(branches: Sequence[tuple[tree.Node, Marks]], otherwise: Marks) -> Marks:
    """Return the points of the first branch that holds, over every branch still reachable."""
    if not branches:
        return otherwise
    outcomes = [*(marks for _, marks in branches), otherwise]
    low = tree.Reach(tuple((when, marks.low) for when, marks in branches), otherwise.low, "low", POINTS)
    high = tree.Reach(tuple((when, marks.high) for when, marks in branches), otherwise.high, "high", POINTS)
    tops = [one.most for one in outcomes]
    return Marks(low, high, min(one.least for one in outcomes), _greatest(tops))


def total(items: Iterable[Marks]) -> Marks:
    """Return the sum; fixed points are added up at once."""
    given = list(items)
    fixed = [one for one in given if _fixed(one)]
    moving = [one for one in given if not _fixed(one)]
    least = sum((one.least for one in given), ZERO)
    tops = [one.most for one in given]
    most = sum((one for one in tops if one is not None), ZERO) if None not in tops else None
    if fixed or not moving:
        ends = sum((one.least for one in fixed), ZERO), sum((one.most or ZERO for one in fixed), ZERO)
        moving.append(constant(*ends))
    low, high = moving[0].low, moving[0].high
    for one in moving[1:]:
        low, high = tree.Arithmetic("+", low, one.low, POINTS), tree.Arithmetic("+", high, one.high, POINTS)
    return Marks(low, high, least, most)


def best(items: Sequence[Marks]) -> Marks:
    """Return the points of the item that has most."""
    if len(items) == 1:
        return items[0]
    low = tree.Call("greatest", tuple(one.low for one in items), POINTS)
    high = tree.Call("greatest", tuple(one.high for one in items), POINTS)
    return Marks(low, high, max(one.least for one in items), _greatest([one.most for one in items]))


def computed(low: tree.Node, high: tree.Node, most: Decimal | None) -> Marks:
    """Return points of a formula, kept within [0, most]; an unknown end stands for that end."""
    zero = tree.Literal(ZERO, POINTS)
    bottom: tree.Node = tree.Call("greatest_known", (zero, low), POINTS)
    if most is None:
        return Marks(bottom, tree.Call("greatest", (zero, high), POINTS), ZERO, None)
    limit = tree.Literal(most, POINTS)
    top = tree.Call("greatest", (zero, tree.Call("least_known", (limit, high), POINTS)), POINTS)
    return Marks(tree.Call("least", (limit, bottom), POINTS), top, ZERO, most)


def capped(marks: Marks, most: Decimal | None) -> Marks:
    """Return the points without what is above the cap."""
    if most is None or (marks.most is not None and marks.most <= most):
        return marks
    limit = tree.Literal(most, POINTS)
    low = tree.Call("least", (limit, marks.low), POINTS)
    high = tree.Call("least_known", (limit, marks.high), POINTS)
    return Marks(low, high, min(marks.least, most), most)


def passes(low: tree.Node, high: tree.Node, operator: tree.Comparison, bound: Decimal) -> tree.Node:
    """Return whether points reach a mark (>= or >): yes if the low end does, no if the high end does not."""
    mark = tree.Literal(bound, POINTS)
    surely = tree.Compare(operator, low, mark)
    if low == high:
        return surely
    maybe = tree.Compare(operator, high, mark)
    return tree.Any((surely, tree.All((maybe, tree.Unknown(BOOL)))))


def _fixed(marks: Marks) -> bool:
    return isinstance(marks.low, tree.Literal) and isinstance(marks.high, tree.Literal)


def _greatest(tops: Sequence[Decimal | None]) -> Decimal | None:
    known = [one for one in tops if one is not None]
    return max(known) if len(known) == len(tops) else None
