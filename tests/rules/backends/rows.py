"""Adversarial snapshot rows of a plan: on thresholds and one unit either side, extremes, signs, and holes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.plan import Plan
from wanqi.rules.types import Type

MISSING = 0.3


class Rows:
    """Draws rows of whole numbers, dates, truths and text; about 30 % of the values are missing.

    full: the share of the inputs that no row misses.
    """

    def __init__(self, plan: Plan, seed: int, *, full: float = 0) -> None:
        self.plan, self.random = plan, Random(seed)
        self.full = {one.name for one in plan.inputs if self.random.random() < full} if full else set[str]()
        self.constants = list(_constants(plan))
        self.factors = [value for value in self.numbers("ratio") if 0 < value < 10] or [Decimal("0.05")]
        self.pools = {one.name: self.pool(one.type) for one in plan.inputs}

    def numbers(self, *bases: str) -> list[Decimal]:
        return sorted(
            {one.value for one in self.constants if one.type.base in bases and isinstance(one.value, Decimal)}
        )

    def pool(self, kind: Type) -> list[Any]:
        if kind.base == "bool":
            return [True, False]
        if kind.base == "date":
            days = [one.value for one in self.constants if isinstance(one.value, date)] or [date(2025, 1, 1)]
            return [day + timedelta(by) for day in days for by in (-1, 0, 1)]
        if not kind.numeric:
            texts = [str(one.value) for one in self.constants if isinstance(one.value, str)]
            return list(kind.values or [*texts, *(f"{text}9" for text in texts), "", "二六'\"\\"])
        return self.whole_pool(kind)

    def whole_pool(self, kind: Type) -> list[int]:
        places = PLACES[kind.base]
        most = beyond(kind) - 1
        bases = self.numbers(kind.base) if kind.base != "count" else self.numbers("count", "number")
        near = {Decimal(0), Decimal(1), Decimal(20), *bases}
        near |= {
            one * factor
            for one in self.random.sample(sorted(near), min(8, len(near)))
            for factor in self.factors
        }
        if kind.base == "money":
            near |= {Decimal(one) for one in (10_000_000, 50_000_000, 100_000_000, 200_000_000)}
        whole = {int(one.scaleb(places)) for one in near}
        pool = {value + by for value in whole for by in (-1, 0, 1)} | {most, -most, -5 * 10**places}
        least = 0 if kind.positive else -most
        return sorted(value for value in pool if least <= value <= most)

    def one(self) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for place in self.plan.inputs:
            missing = self.random.random() < MISSING and place.name not in self.full
            row[place.name] = None if missing else self.random.choice(self.pools[place.name])
        if self.random.random() < 0.5:
            self.set_shares(row)
        return row

    def set_shares(self, row: dict[str, Any]) -> None:
        """Put some facts at an exact share of another one of their type, or one unit off."""
        numeric = [one for one in self.plan.inputs if one.type.base in ("money", "count")]
        for one in self.random.sample(numeric, min(len(numeric), 12)):
            other = self.random.choice(numeric)
            base = row[other.name]
            if base is not None and other.type.base == one.type.base:
                share = int(base * self.random.choice(self.factors)) + self.random.choice((-1, 0, 0, 1))
                if abs(share) < beyond(one.type) and (share >= 0 or not one.type.positive):
                    row[one.name] = share


def _constants(plan: Plan) -> Iterator[tree.Literal]:
    for stage in plan.stages:
        for _, node in stage:
            yield from (part for part in tree.walk(node) if isinstance(part, tree.Literal))
