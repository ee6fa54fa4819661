"""Many programmes out of a few: copies of a plan's programmes with their thresholds moved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from tests.rules.backends.runners import literal, substituted
from wanqi.rules import tree
from wanqi.rules.backends import reference
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Compiled, Named, Plan

FACTORS = tuple(Decimal(one) for one in ("0.8", "0.9", "1", "1.1", "1.2"))


def jittered(plan: Plan, copies: int, *, seed: int = 1) -> Plan:
    """Return a plan of so many copies of the programmes, in turn; every condition of a copy has its constants times one
    of five factors. What conditions rest on (shared values, scores) is the plan's own.
    """
    random, nodes = Random(seed), dict(plan.nodes)
    first: dict[str, tree.Node] = {}
    moved: dict[str, tree.Node] = {}
    verdicts: list[Named] = []
    programmes: list[Compiled] = []
    leaves = {column for one in plan.programmes for _, column in one.leaves}
    decided = {one.verdict for one in plan.programmes}
    for stage in plan.stages:
        first |= {name: node for name, node in stage if name not in leaves | decided}
    for number in range(copies):
        source = plan.programmes[number % len(plan.programmes)]
        renamed = {column: f"{column}×{random.choice(FACTORS)}" for _, column in source.leaves}
        for column, name in renamed.items():
            moved.setdefault(name, _moved(nodes[column], Decimal(name.rsplit("×", 1)[1])))
        verdict = f"v×{number}"
        verdicts.append((verdict, _renamed(nodes[source.verdict], renamed)))
        own = tuple((id, renamed[column]) for id, column in source.leaves)
        programmes.append(
            replace(source, id=f"{source.id}×{number}", verdict=verdict, leaves=own, amount=None)
        )
    stages = (tuple(first.items()), tuple(moved.items()), tuple(verdicts))
    return replace(plan, stages=stages, programmes=tuple(programmes))


def said_by_reference(plan: Plan, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every named truth of the plan for every row, as plain fractions have it; numbers are put in for names."""
    found = []
    for row in rows:
        facts = {one.name: _exact(row[one.name], one.type) for one in plan.inputs}
        numbers: dict[str, tree.Node] = {}
        for stage in plan.stages:
            for name, node in stage:
                own = substituted(node, numbers) if numbers.keys() & set(tree.fields(node)) else node
                value = reference.evaluate(own, facts)
                if node.type.numeric:
                    numbers[name] = tree.Unknown(node.type) if value is None else literal(value, node.type)
                else:
                    facts[name] = value
        found.append(facts)
    return found


def _exact(raw: Any, kind: Any) -> Any:
    return Decimal(raw).scaleb(-PLACES[kind.base]) if kind.numeric and raw is not None else raw


def _moved(node: Any, factor: Decimal) -> Any:
    """Return a node with every constant that a number is compared with times a factor."""
    if isinstance(node, tree.Compare) and isinstance(node.right, tree.Literal):
        value = node.right.value
        if isinstance(value, Decimal) and not isinstance(node.left, tree.Literal):
            return replace(node, right=replace(node.right, value=value * factor))
    return _through(node, lambda one: _moved(one, factor))


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, tree.Field):
        return replace(node, name=names.get(node.name, node.name))
    return _through(node, lambda one: _renamed(one, names))


def _through(node: Any, change: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(change(one) for one in node)
    if not isinstance(node, tree.Node) or isinstance(node, tree.Literal | tree.Unknown | tree.Field):
        return node
    return type(node)(**{one: change(getattr(node, one)) for one in node.__dataclass_fields__})
