"""Sums of many terms: what each term can come to, and a way for them to add up to a wanted value."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from wanqi.packs.thresholds.meaning import Meaning, Undefined
from wanqi.rules import tree

_FINE = 10**8
_ROWS = 24


@lru_cache(maxsize=200)
def _route(terms: tuple[tuple[int, ...], ...], value: int) -> tuple[int, ...] | None:
    """Return one amount for each term that add up to the value, nothing for the last terms where that will do."""
    routes: dict[int, tuple[int, ...]] = {0: ()}
    for choices in terms:
        longer: dict[int, tuple[int, ...]] = {}
        for total, route in routes.items():
            for one in choices[:6]:
                if total + one <= value and total + one not in longer:
                    longer[total + one] = (*route, one)
        if value in longer:
            found = longer[value]
            return (*found, *(0 for _ in terms[len(found) :]))
        routes = longer
    return None


def addends(node: tree.Node) -> list[tree.Node]:
    """Return the terms of a sum; the node itself where it is none."""
    if isinstance(node, tree.Arithmetic) and node.operator == "+":
        return [*addends(node.left), *addends(node.right)]
    return [node]


def _amounts(node: tree.Node, place: Meaning) -> list[Fraction]:
    """Return a few amounts that a term of a sum can come to, what it is now first."""
    found: list[Fraction] = []
    try:
        found.append(place.number(node))
    except Undefined:
        pass
    for part in tree.walk(node):
        match part:
            case tree.Case(branches=branches, otherwise=otherwise):
                ends = (*(value for _, value in branches), otherwise)
                found += [Fraction(one.value) for one in ends if _is_number(one)]  # type: ignore[union-attr,arg-type]
            case tree.Arithmetic(operator="*", left=tree.Literal(value=Decimal() as each), right=right):
                found += [Fraction(each) * times for times in _times(right)]
            case tree.Call(function="least" | "greatest", arguments=arguments):
                found += [Fraction(one.value) for one in arguments if _is_number(one)]  # type: ignore[union-attr,arg-type]
            case _:
                pass
    caps = _caps(node)
    return sorted({one for one in (*found, Fraction(0)) if all(one <= cap for cap in caps)}, reverse=True)


def _caps(node: tree.Node) -> list[Fraction]:
    """Return the constants that cap a term written as least(…)."""
    if not isinstance(node, tree.Call) or node.function != "least":
        return []
    return [Fraction(one.value) for one in node.arguments if _is_number(one)]  # type: ignore[union-attr,arg-type]


def _is_number(node: tree.Node) -> bool:
    return isinstance(node, tree.Literal) and isinstance(node.value, Decimal)


def route(terms: list[tree.Node], value: Fraction, place: Meaning) -> list[Fraction] | None:
    """Return one amount for each term of a sum so that they add up to the value; None where no way is known."""
    choices = tuple(tuple(int(one * _FINE) for one in _amounts(term, place)) for term in terms)
    found = _route(choices, int(value * _FINE))
    return None if found is None else [Fraction(one, _FINE) for one in found]


def _times(node: tree.Node) -> list[Fraction]:
    """Return a few amounts of what a term multiplies: rows that are each worth so much, or small counts."""
    if isinstance(node, tree.Records) and isinstance(node.value, tree.Case):
        each = [one for one in coins(node.value) if one is not None and one > 0]
        several = [one * times for one in each for times in (1, 2, 4)]
        return [*several, sum(each, Fraction(0)), sum(each[:2], Fraction(0))]
    return [Fraction(one) for one in range(5)]


def worth(node: tree.Node) -> Fraction | None:
    """Return a constant number; None for anything else."""
    return (
        Fraction(node.value) if isinstance(node, tree.Literal) and isinstance(node.value, Decimal) else None
    )


def coins(choice: tree.Case) -> list[Fraction | None]:
    """Return what a row is worth by the branch of a choice it takes, None where that is no constant."""
    return [worth(value) for _, value in choice.branches]


def change(given: list[Fraction | None], value: Fraction) -> list[int] | None:
    """Return the numbers of branches, repeated, that add up to the value with the fewest rows; None if none do."""
    fine = tuple((index, int(one * _FINE)) for index, one in enumerate(given) if one is not None and one > 0)
    found = _change(fine, int(value * _FINE))
    return None if found is None else list(found)


@lru_cache(maxsize=1000)
def _change(fine: tuple[tuple[int, int], ...], wanted: int) -> tuple[int, ...] | None:
    """Go row by row through the totals that cannot be had with fewer; each keeps its last row and what was before."""
    last: dict[int, tuple[int, int]] = {0: (-1, 0)}
    new = [0]
    for _ in range(_ROWS):
        if wanted in last:
            break
        longer: list[int] = []
        for total in new:
            for index, one in fine:
                more = total + one
                if more <= wanted and more not in last:
                    last[more] = (index, total)
                    longer.append(more)
        if not longer:
            return None
        new = longer
    return _rows(last, wanted) if wanted in last else None


def _rows(last: dict[int, tuple[int, int]], total: int) -> tuple[int, ...]:
    used: list[int] = []
    while total:
        index, total = last[total]
        used.append(index)
    return tuple(reversed(used))
