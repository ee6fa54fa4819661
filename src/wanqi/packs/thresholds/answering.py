"""The engine's answers about one rule version: conditions, points and marks of made-up organisations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wanqi.packs.pack import Pack
from wanqi.packs.thresholds.meaning import Firm, Value
from wanqi.rules import tree
from wanqi.rules.evaluation import compile_nodes
from wanqi.rules.plan import Part
from wanqi.rules.programmes import compile_plan, model
from wanqi.rules.snapshot import Snapshot
from wanqi.rules.types import BOOL

Answer = dict[tuple[str, str], object]


class Answers:
    """One version of one programme, compiled for a day and kind of application."""

    def __init__(
        self, pack: Pack, programme: model.Programme, version: model.RuleVersion, *, on: date
    ) -> None:
        alone = model.Programme(programme.id, programme.title, (version,))
        plan = compile_plan(
            [alone], region=pack.region, on=on, kind=version.applies_to[0], scope=pack.rule_scope
        )
        root = plan.programmes[0].conditions
        assert root is not None
        self._keys: list[tuple[str, str]] = []
        nodes: list[tree.Node] = []
        for part in root.walk():
            for name, node in _asked(part):
                self._keys.append((part.id, name))
                nodes.append(node)
        self._run = compile_nodes(nodes, plan)
        self._row = Snapshot(plan.inputs, on=on)
        self._types, self._records = types_of(pack)

    def __call__(self, firm: Firm) -> Answer:
        """Return (part, `test` | `low` | `high`) → answer for every condition and line, None where unknown."""
        row = self._row(organisation(firm, self._types, self._records))
        return dict(zip(self._keys, self._run(row), strict=True))


def _asked(part: Part) -> list[tuple[str, tree.Node]]:
    found: list[tuple[str, tree.Node]] = []
    if part.op == "leaf" and part.column is not None:
        found.append(("test", tree.Field(part.column, BOOL)))
    elif part.test is not None:
        found.append(("test", part.test))
    if part.points is not None:
        found += [("low", part.points[0]), ("high", part.points[1])]
    return found


def types_of(pack: Pack) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the base type of every fact, and of every field by kind of record."""
    scope = pack.rule_scope
    records: dict[str, dict[str, str]] = {
        kind: {name: field.base for name, field in one.fields.items()} for kind, one in scope.records.items()
    }
    return {name: kind.base for name, kind in scope.fields.items()}, records


def organisation(
    firm: Firm, types: Mapping[str, str], records: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return the made-up organisation as JSON carries one; types: base type by fact, and by kind and field."""
    facts: dict[str, Any] = {name: _json(value, types[name]) for name, value in firm.facts.items()}
    for (name, year), value in firm.annual.items():
        facts.setdefault(name, {})[str(year)] = _json(value, types[name])
    rows = {
        kind: [
            {name: _json(value, records[kind][name]) for name, value in row.items() if value is not None}
            for row in given
        ]
        for kind, given in firm.records.items()
    }
    return {"facts": facts, "records": rows}


def _json(value: Value, base: str) -> object:
    if isinstance(value, Fraction):
        return int(value) if base == "count" else plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def plain(value: Fraction) -> str:
    """Return a fraction that is a decimal as text."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
