"""Windows over years: what each function means, year by year.

`at(k)` gives the operand k years after the base year. A year without a value is unknown, unless the function says
what a year before founding stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import reduce

from wanqi.rules import tree
from wanqi.rules.comparing import compare, zero
from wanqi.rules.folding import arithmetic
from wanqi.rules.tree import Node
from wanqi.rules.types import COUNT, DATE, RATIO, Type

MAX_YEARS = 10
# The word an author writes where the years before founding count as absent.
SINCE_FOUNDING = "since_founding"
CONDITIONS = frozenset({"each", "some", "first_time"})
SUMS = frozenset({"total", "mean"})
GROWTHS = frozenset({"growth", "avg_growth", "cagr", "hnte_growth"})

At = Callable[[int], Node]


def window(node: tree.Window, at: At, *, year: int, founding: Node | None) -> Node:
    """Return the lowered window. year: its base year; founding: the lowered date of founding, where it is asked."""
    years = range(0, -node.years, -1)
    match node.function:
        case "each":
            return tree.All(tuple(at(k) for k in years))
        case "some":
            return tree.Any(tuple(at(k) for k in years))
        case "first_time":
            return _first_time(at, node.years, year=year, founding=founding)
        case "total":
            return _total(at, node, year=year, founding=founding)
        case "mean":
            return _mean(at, node, year=year, founding=founding)
        case "growth":
            return _growth(at(0), at(-1))
        case "avg_growth":
            return _average_growth(at, node.years)
        case "hnte_growth" if founding is not None:
            return _three_year_growth(at, year=year, founding=founding)
        case _:
            raise AssertionError(f"no window {node.function}")


def _founded_after(founding: Node, year: int) -> Node:
    return compare(">", founding, tree.Literal(date(year, 12, 31), DATE))


def _first_time(at: At, years: int, *, year: int, founding: Node | None) -> Node:
    """True in the base year and in none of the years before; a year before founding counts as not."""
    earlier = []
    for back in range(1, years + 1):
        never: Node = tree.Not(at(-back))
        if founding is not None:
            never = tree.Any((_founded_after(founding, year - back), never))
        earlier.append(never)
    return tree.All((at(0), *earlier))


def _since(value: Node, founding: Node | None, year: int) -> Node:
    """Return the value of a year, nothing for a year before the one of founding."""
    if founding is None:
        return value
    return tree.Case(((_founded_after(founding, year), zero(value.type)),), value, value.type)


def _total(at: At, node: tree.Window, *, year: int, founding: Node | None) -> Node:
    terms = [_since(at(-back), founding, year - back) for back in range(node.years)]
    return reduce(lambda one, two: arithmetic("+", one, two, node.type), terms)


def _mean(at: At, node: tree.Window, *, year: int, founding: Node | None) -> Node:
    count: Node = tree.Literal(Decimal(node.years), COUNT)
    if founding is not None:
        one = tree.Literal(Decimal(1), COUNT)
        ones = [_since(one, founding, year - back) for back in range(node.years)]
        count = reduce(lambda a, b: arithmetic("+", a, b, COUNT), ones)
    return tree.Ratio(_total(at, node, year=year, founding=founding), count, node.type)


def _rate(after: Node, before: Node) -> Node:
    return tree.Ratio(after, before, RATIO)


def _growth(after: Node, before: Node) -> Node:
    return tree.Ratio(arithmetic("-", after, before, after.type), before, RATIO)


def _average_growth(at: At, years: int) -> Node:
    """(x₀/x₋₁ + x₋₁/x₋₂ + …) / n − 1, unknown where one of the earlier years is not positive."""
    rates = [_rate(at(-back), at(-back - 1)) for back in range(years)]
    return _less_one(_divided(reduce(lambda one, two: arithmetic("+", one, two, RATIO), rates), years))


def _divided(value: Node, by: int) -> Node:
    share: Node
    if by in (1, 2, 4, 5, 8, 10):  # whose share is a finite decimal
        share = tree.Literal(Decimal(1) / by, RATIO)
    else:
        share = tree.Ratio(tree.Literal(Decimal(1), COUNT), tree.Literal(Decimal(by), COUNT), RATIO)
    return value if by == 1 else arithmetic("*", value, share, RATIO)


def _less_one(value: Node) -> Node:
    return arithmetic("-", value, tree.Literal(Decimal(1), RATIO), RATIO)


def _three_year_growth(at: At, *, year: int, founding: Node) -> Node:
    """½ (v₂/v₁ + v₃/v₂) − 1 over the last three years, with the edge cases of the working guide.

    No two full years of operation, or nothing in the year before: 0. Two years, or nothing in the first of three:
    v₃/v₂ − 1. A negative earlier year leaves it unknown.
    """
    first, second, third = at(-2), at(-1), at(0)
    none, recent = zero(RATIO), _less_one(_rate(third, second))
    whole = _less_one(_divided(arithmetic("+", _rate(second, first), _rate(third, second), RATIO), 2))
    branches = (
        (_founded_after(founding, year - 1), none),
        (compare("=", second, zero(_plain(second.type))), none),
        (_founded_after(founding, year - 2), recent),
        (compare("=", first, zero(_plain(first.type))), recent),
    )
    return tree.Case(branches, whole, RATIO)


def _plain(kind: Type) -> Type:
    return Type(kind.base)
