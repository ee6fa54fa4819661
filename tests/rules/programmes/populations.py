"""Random organisations for a plan: values on the thresholds of its conditions and beside them, gaps everywhere."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from wanqi.rules import tree
from wanqi.rules.plan import Aggregate, FactAt, Member, Plan, Size
from wanqi.rules.types import RecordScope, Scope, Type

Organisation = dict[str, Any]
_UNITS = {
    "count": Decimal(1),
    "money": Decimal("0.01"),
    "ratio": Decimal("0.00000001"),
    "number": Decimal("0.0001"),
}


class Maker:
    """Makes organisations out of what a plan reads and compares.

    What is computed is never given: hiding a given value brings the computed one back (docs/decisions/0014).
    """

    def __init__(self, plan: Plan, scope: Scope) -> None:
        self.plan = plan
        self.scope = scope
        nodes = [node for stage in plan.stages for _, node in stage]
        self.facts = dict.fromkeys(
            (one.source.fact, one.source.year)
            for one in plan.inputs
            if isinstance(one.source, FactAt | Member | Size) and one.source.fact in scope.fields
        )
        sources = [one.source for one in plan.inputs if isinstance(one.source, Aggregate)]
        self.kinds = {one.kind: one.scope for one in sources}
        nodes += [node for one in sources for node in (one.where, one.value) if node is not None]
        constants = dict.fromkeys(node for node in _all(nodes) if isinstance(node, tree.Literal))
        self.numbers: dict[str, list[Decimal]] = {base: [] for base in _UNITS}
        for one in constants:
            if isinstance(one.value, Decimal):
                self.numbers[one.type.base].append(one.value)
        self.codes = [one.value for one in constants if isinstance(one.value, str)]
        self.days = [
            one.value for one in constants if isinstance(one.value, date) and 1990 < one.value.year < 2050
        ]

    def organisation(self, random: Random) -> Organisation:
        facts: dict[str, Any] = {}
        for fact, year in self.facts:
            value = self.value(self.scope.fields[fact], random) if random.random() > 0.25 else None
            if year is None:
                facts[fact] = value
            else:
                facts.setdefault(fact, {})[str(year)] = value
        records = {kind: self.rows(scope, random) for kind, scope in self.kinds.items()}
        return {"facts": facts, "records": records}

    def rows(self, scope: RecordScope, random: Random) -> list[dict[str, Any]] | None:
        if random.random() < 0.15:
            return None
        rows = [
            {
                name: self.value(kind, random)
                for name, kind in scope.fields.items()
                if kind.base != "set" and random.random() > (0.6 if name in scope.absent else 0.08)
            }
            for _ in range(random.choice([0, 0, 1, 1, 2, 3, 6]))
        ]
        if random.random() < 0.1:
            rows.append({"complete_until": self.day(random).isoformat()})
        return rows

    def value(self, kind: Type, random: Random) -> Any:
        if kind.base == "bool":
            return random.random() < 0.7
        if kind.base == "date":
            return self.day(random).isoformat()
        if kind.base == "set":
            return random.sample(kind.values or (), k=random.randint(0, min(2, len(kind.values or ()))))
        if not kind.numeric:
            return self.code(kind, random)
        return self.number(kind, random)

    def number(self, kind: Type, random: Random) -> Any:
        unit = _UNITS[kind.base]
        pool = self.numbers[kind.base]
        value = Decimal(random.choice(pool) if pool and random.random() < 0.6 else random.choice([0, 1, 100]))
        value += unit * random.choice([-1, 0, 0, 1])
        if random.random() < 0.3:
            value = abs(value) * random.choice([1, 2, 10]) + random.randrange(1000) * unit
        value = abs(value) if kind.positive or kind.base == "count" else value
        value = value if kind.maximum is None else min(value, kind.maximum)
        return int(value) if kind.base == "count" else format(value.quantize(unit), "f")

    def code(self, kind: Type, random: Random) -> str:
        if kind.values:
            return random.choice(kind.values)
        return random.choice(self.codes) if self.codes else "x"

    def day(self, random: Random) -> date:
        base = random.choice([*self.days, self.plan.on])
        return base + timedelta(days=random.choice([-400, -30, -1, 0, 0, 1, 30, 400]))


def hidden(organisation: Organisation, maker: Maker, random: Random) -> Organisation:
    """Return the organisation with one thing less known: a fact, a field of a record, or a whole list."""
    less = copy.deepcopy(organisation)
    facts = [
        (name, year)
        for name, given in less["facts"].items()
        for year in (given if isinstance(given, dict) else [None])
    ]
    fields = [
        (kind, index, name)
        for kind, rows in less["records"].items()
        for index, row in enumerate(rows or ())
        for name in row
        if name != "complete_until" and name not in maker.kinds[kind].absent
    ]
    choice = random.random()
    if choice < 0.5 and facts:
        name, year = random.choice(facts)
        if year is None:
            less["facts"][name] = None
        else:
            less["facts"][name][year] = None
    elif choice < 0.85 and fields:
        kind, index, name = random.choice(fields)
        less["records"][kind][index][name] = None
    elif less["records"]:
        kind = random.choice(sorted(less["records"]))
        rows = less["records"][kind]
        if rows is not None and random.random() < 0.5 and not any("complete_until" in row for row in rows):
            rows.append({"complete_until": "2000-01-01"})
        else:
            less["records"][kind] = None
    return less


def _all(nodes: Iterable[tree.Node]) -> list[tree.Node]:
    return [node for root in nodes for node in tree.walk(root)]
