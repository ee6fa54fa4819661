"""The reward clauses of tests/packs/gallery-awards, each version on a day of its own, put together into one plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.rules.backends.runners import substituted
from wanqi import packs
from wanqi.packs.resolving import assemble, read_tree
from wanqi.packs.thresholds.running import days
from wanqi.rules import BOOL, tree
from wanqi.rules.plan import Named, Pair, Plan
from wanqi.rules.programmes import compile_plan

PROJECT = Path(__file__).resolve().parents[3]
GALLERY = PROJECT / "tests" / "packs" / "gallery-awards"


@cache
def plan_of_gallery() -> Plan:
    """Return one plan of every version with an amount; names carry the number of the version they come from."""
    return joined([numbered(plan, number) for number, plan in enumerate(plans())])


def plans() -> Iterator[Plan]:
    country = {
        path: text for path, text in packs.read_directory(PROJECT / "regions").items() if path[:3] == "cn/"
    }
    sources = {**country, **packs.read_directory(GALLERY)}
    files = read_tree({path: text for path, text in sources.items() if not path.endswith(".cases.yaml")})
    for region in sorted(one.name for one in GALLERY.iterdir()):
        pack = assemble(files, region)
        for id, item in pack.items.programmes.items():
            for version in item.spec.versions:
                if item.file.path.startswith(f"{region}/") and version.amount is not None:
                    asked = [pack.programmes[id]]
                    on, kind = days(version)[0], version.applies_to[0]
                    yield compile_plan(asked, region=region, on=on, kind=kind, scope=pack.rule_scope)


def numbered(plan: Plan, number: int) -> Plan:
    """Return the plan with the number before every name, so that it can stand beside others.

    Beside every amount stands what is paid if the verdict is met, since few random organisations meet everything.
    """

    def new(name: str) -> str:
        return f"{number}:{name}"

    def pair(names: Pair | None) -> Pair | None:
        return None if names is None else (new(names[0]), new(names[1]))

    fields: dict[str, tree.Node] = {
        one.name: tree.Field(new(one.name), one.type, one.source) for one in plan.inputs
    }
    fields |= {name: tree.Field(new(name), node.type) for name, node in plan.nodes.items()}
    stages: list[tuple[Named, ...]] = [
        tuple((new(name), substituted(node, fields)) for name, node in stage) for stage in plan.stages
    ]
    programmes = tuple(
        replace(
            one,
            id=f"{one.id}:{number}",
            verdict=new(one.verdict),
            leaves=tuple((id, new(column)) for id, column in one.leaves),
            score=pair(one.score),
            amount=pair(one.amount),
            steps=(),
        )
        for one in plan.programmes
    )
    paid = {plan.programmes[0].verdict: tree.Literal(True, BOOL)}
    stages[-1] += tuple(
        (f"{new(name)} if met", substituted(substituted(node, paid), fields))
        for name, node in plan.stages[-1]
    )
    inputs = tuple(replace(one, name=new(one.name)) for one in plan.inputs)
    return replace(plan, inputs=inputs, stages=tuple(stages), programmes=programmes)


def joined(parts: list[Plan]) -> Plan:
    """Return the plans as one; every plan has the same number of stages."""
    stages = tuple(
        tuple(named for stage in level for named in stage)
        for level in zip(*(one.stages for one in parts), strict=True)
    )
    inputs = tuple(one for part in parts for one in part.inputs)
    programmes = tuple(one for part in parts for one in part.programmes)
    return replace(parts[0], inputs=inputs, stages=stages, programmes=programmes)
