"""The best lawful combination of one year: what excludes each other, 就高不重复 groups, one of several, caps.

Exact: branch and bound over the subsets of at most twelve programmes. A set is worth what it surely pays, then what it
may pay; among equals the smaller set, then the one earlier in the given order. Groups apply in their order, as the
texts do: what a group takes away is taken from the later members first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MOST = 12
OPEN = Decimal(10) ** 15  # 元, above every sum: what an open end may pay until a cap binds
Ends = tuple[Decimal, Decimal | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """A programme that may be applied for: bounds of what it pays, in 元; high None: open. excludes: other ids."""

    id: str
    low: Decimal
    high: Decimal | None
    excludes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """What several programmes may pay together.

    highest: only the member that pays most counts. one_of: no two may be applied for. cap: at most `most` 元 together.
    """

    id: str
    title: str
    rule: Literal["highest", "one_of", "cap"]
    members: frozenset[str]
    most: Decimal | None = None


def lawful(chosen: Sequence[Offer], groups: Sequence[Group]) -> bool:
    """Return whether the programmes may be applied for together."""
    ids = {one.id for one in chosen}
    if any(one.excludes & ids for one in chosen):
        return False
    return all(len(group.members & ids) <= 1 for group in groups if group.rule == "one_of")


def paid(amounts: Sequence[tuple[str, Decimal]], groups: Sequence[Group]) -> dict[str, Decimal]:
    """Return what each programme of a set pays once every group has been applied, by id, in the given order."""
    left = dict(amounts)
    for group in groups:
        inside = [id for id in left if id in group.members]
        if group.rule == "highest" and inside:
            best = max(inside, key=lambda id: (left[id], -inside.index(id)))
            left.update({id: Decimal(0) for id in inside if id != best})
        elif group.rule == "cap" and group.most is not None:
            rest = group.most
            for id in inside:
                left[id] = min(left[id], rest)
                rest -= left[id]
    return left


def most(one: Offer) -> Decimal:
    """Return the most an offer may pay, OPEN where nobody says."""
    return OPEN if one.high is None else one.high


def worth(chosen: Sequence[Offer], groups: Sequence[Group]) -> tuple[Decimal, Decimal]:
    """Return (surely, at most) of a set in 元; from OPEN upwards the most is not known."""
    low = sum(paid([(one.id, one.low) for one in chosen], groups).values(), Decimal(0))
    high = sum(paid([(one.id, most(one)) for one in chosen], groups).values(), Decimal(0))
    return low, high


def best(offers: Sequence[Offer], groups: Sequence[Group]) -> tuple[Offer, ...]:
    """Return the best lawful set, in the given order. Raises ValueError for more than twelve offers."""
    if len(offers) > MOST:
        raise ValueError(f"at most {MOST} offers, got {len(offers)}")
    return _Search(offers, groups).run()


class _Search:
    """Depth first, taking each offer before leaving it; what all that remain could add at most bounds a branch."""

    def __init__(self, offers: Sequence[Offer], groups: Sequence[Group]) -> None:
        self._offers, self._groups = offers, groups
        zero = Decimal(0)
        self._rest = [(zero, zero)] * (len(offers) + 1)
        for place in range(len(offers) - 1, -1, -1):
            one, (low, high) = offers[place], self._rest[place + 1]
            self._rest[place] = low + one.low, high + most(one)
        self._best: tuple[tuple[Decimal, Decimal, int], tuple[int, ...]] = ((zero, zero, 0), ())

    def run(self) -> tuple[Offer, ...]:
        self._visit(0, ())
        return tuple(self._offers[place] for place in self._best[1])

    def _visit(self, place: int, taken: tuple[int, ...]) -> None:
        chosen = [self._offers[one] for one in taken]
        low, high = worth(chosen, self._groups)
        value = low, high, -len(taken)
        if value > self._best[0] or (value == self._best[0] and taken < self._best[1]):
            self._best = value, taken
        if place == len(self._offers):
            return
        more = self._loose(taken, place)
        if (more[0], more[1]) < (self._best[0][0], self._best[0][1]):
            return
        for one in range(place, len(self._offers)):
            if lawful([*chosen, self._offers[one]], self._groups):
                self._visit(one + 1, (*taken, one))

    def _loose(self, taken: tuple[int, ...], place: int) -> tuple[Decimal, Decimal]:
        """Return a bound no set below can pass: every sum as if no group took anything away."""
        own = [self._offers[one] for one in taken]
        low = sum((one.low for one in own), Decimal(0)) + self._rest[place][0]
        return low, sum((most(one) for one in own), Decimal(0)) + self._rest[place][1]
