"""Answers to texts about one organisation, through everything a real question goes through."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.rules.organisations import MOMENT, SCOPE
from wanqi.rules import Moment, Scope, lower, parse, tree
from wanqi.rules.backends import reference
from wanqi.rules.plan import Input
from wanqi.rules.snapshot import snapshot
from wanqi.rules.spans import span


def columns(*nodes: tree.Node) -> list[Input]:
    """The snapshot columns that lowered nodes read."""
    found = {}
    for node in nodes:
        for part in tree.walk(node):
            if isinstance(part, tree.Field) and part.source is not None:
                found[part.name] = Input(part.name, part.type, part.source)
    return list(found.values())


def answer(
    text: str, organisation: Mapping[str, Any], *, moment: Moment = MOMENT, scope: Scope = SCOPE
) -> Any:
    """The answer to a condition, or the value of anything else."""
    node = lower(parse(text, scope, expect=None), moment)
    return reference.answer(
        node, snapshot(columns(node), organisation, on=moment.on, base_year=moment.base_year)
    )


def ends(
    text: str, organisation: Mapping[str, Any], *, moment: Moment = MOMENT, scope: Scope = SCOPE
) -> tuple[Any, Any]:
    """The lower and upper bound of a number."""
    pair = span(lower(parse(text, scope, expect=None), moment))
    row = snapshot(columns(pair.low, pair.high), organisation, on=moment.on, base_year=moment.base_year)
    return reference.answer(pair.low, row), reference.answer(pair.high, row)


def facts(**values: Any) -> dict[str, Any]:
    return {"facts": values, "records": {}}


def records(**kinds: Any) -> dict[str, Any]:
    return {"facts": {}, "records": kinds}


def share(text: str) -> Fraction:
    return Fraction(text)
