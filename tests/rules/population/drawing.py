"""Random organisations as JSON carries them, and the same as a folder of Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from tests.rules.backends.rows import Rows
from wanqi.rules import tree
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.gathering import TITLES
from wanqi.rules.plan import Aggregate, FactAt, Input, Member, Plan, Size
from wanqi.rules.programmes.organisations import TITLE, wrong_code
from wanqi.rules.types import RecordScope, Scope, Type

Organisation = dict[str, Any]


class Drawing:
    """Draws organisations that touch what a plan reads; about 30 % of the values are missing."""

    def __init__(self, plan: Plan, scope: Scope, seed: int) -> None:
        self.plan, self.scope, self.random = plan, scope, Random(seed)
        self.rows = Rows(plan, seed)
        self.kinds = {
            one.source.kind: one.source.scope for one in plan.inputs if isinstance(one.source, Aggregate)
        }
        self.constants = {kind: list(self._constants(kind)) for kind in self.kinds}

    def _constants(self, kind: str) -> list[tree.Literal]:
        nodes = [
            node
            for one in self.plan.inputs
            if isinstance(one.source, Aggregate) and one.source.kind == kind
            for node in (one.source.where, one.source.value)
            if node is not None
        ]
        return [part for node in nodes for part in tree.walk(node) if isinstance(part, tree.Literal)]

    def one(self, id: str) -> Organisation:
        row = self.rows.one()
        facts: dict[str, Any] = {}
        for one in self.plan.inputs:
            self.put(facts, one, row[one.name])
        records = {
            kind: self.listed(kind, fields)
            for kind, fields in self.kinds.items()
            if self.random.random() < 0.7
        }
        return {"id": id, "facts": facts, "records": records}

    def put(self, facts: dict[str, Any], one: Input, raw: Any) -> None:
        match one.source:
            case FactAt(fact=fact, year=year):
                rule = self.scope.codes.get(fact)
                if rule is not None and raw is not None:
                    found = (f"{one}10"[: rule.digits] for one in (raw, self.random.choice(rule.prefixes)))
                    raw = next(one for one in found if wrong_code(one, rule) is None)
                value = written(raw, one.type)
            case Member(fact=fact, year=year, values=values) | Size(fact=fact, year=year, allowed=values):
                chosen = list(values or ("甲",))
                some = self.random.sample(chosen, self.random.randint(0, len(chosen)))
                held = facts.get(fact) if year is None else facts.get(fact, {}).get(str(year))
                value = None if raw is None else [*(held or []), *some]
            case _:
                return
        if year is None:
            facts[fact] = value
        else:
            facts.setdefault(fact, {})[str(year)] = value

    def listed(self, kind: str, fields: RecordScope) -> list[dict[str, Any]]:
        rows = [
            {name: self.cell(kind, name, one) for name, one in fields.fields.items() if one.base != "set"}
            for _ in range(self.random.choice((0, 0, 1, 2, 5)))
        ]
        rows = [row for row in rows if any(value is not None for value in row.values())]
        if self.random.random() < 0.3:
            rows.append({"complete_until": self.random.choice(("2020-01-01", "2026-06-01", "2030-01-01"))})
        return rows

    def cell(self, kind: str, name: str, wanted: Type) -> Any:
        if self.random.random() < 0.3:
            return None
        if (kind, name) == (TITLES, TITLE):
            return self.random.choice([*sorted(self.scope.programmes or ()), "cn-4301.another"])
        same = [one.value for one in self.constants[kind] if one.type.base == wanted.base]
        if wanted.base == "bool":
            return self.random.random() < 0.5
        if wanted.base == "date":
            days = [one for one in same if isinstance(one, date)] or [date(2024, 6, 30)]
            return self.random.choice(days).replace(day=self.random.choice((1, 15, 28))).isoformat()
        if wanted.numeric:
            numbers = [one for one in same if isinstance(one, Decimal) and abs(one) < 10**6]
            number = int((self.random.choice(numbers) if numbers else Decimal(3)).scaleb(PLACES[wanted.base]))
            most = beyond(wanted) - 1
            return written(min(most, max(0, number + self.random.choice((-1, 0, 1)))), wanted)
        allowed = wanted.values or [str(one) for one in same if isinstance(one, str)] or ["甲"]
        return self.random.choice(list(allowed))


def written(raw: Any, kind: Type) -> Any:
    """Return a stored value as JSON carries it."""
    if raw is None or kind.base == "bool":
        return raw
    if kind.base == "date":
        return raw.isoformat()
    if kind.base in ("money", "ratio", "number"):
        return f"{Decimal(raw).scaleb(-PLACES[kind.base]):f}"
    return raw


def write(folder: Path, organisations: Sequence[Organisation], plan: Plan) -> None:
    """Write the folder of facts that says the same."""
    folder.mkdir(exist_ok=True)
    columns: dict[str, Any] = {"id": [one["id"] for one in organisations]}
    schema: dict[str, Any] = {"id": pl.String}
    for one in plan.inputs:
        if isinstance(one.source, Aggregate):
            continue
        fact, year = one.source.fact, one.source.year
        name = fact if year is None else f"{fact}@{year}"
        values = [each["facts"].get(fact) for each in organisations]
        if year is not None:
            values = [None if value is None else value.get(str(year)) for value in values]
        sets = isinstance(one.source, Member | Size)
        columns[name] = values if sets else [stored(value, one.type) for value in values]
        schema[name] = pl.List(pl.String) if sets else _dtype(one.type)
    pl.DataFrame(columns, schema=schema).write_parquet(folder / "organisations.parquet", row_group_size=64)
    kinds = {one.source.kind: one.source.scope for one in plan.inputs if isinstance(one.source, Aggregate)}
    for kind, fields in kinds.items():
        _write_kind(folder / f"{kind}.parquet", kind, fields, organisations)


def _write_kind(path: Path, kind: str, fields: RecordScope, organisations: Sequence[Organisation]) -> None:
    scalars = {name: one for name, one in fields.fields.items() if one.base != "set"}
    rows = []
    for one in organisations:
        listed = one["records"].get(kind)
        if listed is None:
            continue
        for row in listed or [{}]:
            until = row.get("complete_until")
            cells = {name: stored(row.get(name), wanted) for name, wanted in scalars.items()}
            rows.append({"id": one["id"], **cells, "complete_until": until and date.fromisoformat(until)})
    schema = {
        "id": pl.String,
        **{name: _dtype(one) for name, one in scalars.items()},
        "complete_until": pl.Date,
    }
    pl.DataFrame(rows, schema=schema).sample(fraction=1.0, shuffle=True, seed=1).write_parquet(path)


def stored(value: Any, kind: Type) -> Any:
    """Return a JSON value as Parquet holds it: money in fen, other decimals as such, days as days."""
    if value is None:
        return None
    if kind.base == "money":
        return int(Decimal(value) * 100)
    if kind.base in ("ratio", "number"):
        return Decimal(value)
    return date.fromisoformat(value) if kind.base == "date" else value


def _dtype(kind: Type) -> Any:
    if kind.base in ("ratio", "number"):
        return pl.Decimal(28, PLACES[kind.base])
    whole = pl.Int64 if kind.base in ("money", "count") else pl.String
    return {"date": pl.Date, "bool": pl.Boolean}.get(kind.base, whole)
