"""What a figure is computed from: rows of a kind, reported values of an indicator, announced ranks. Definitions only."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Literal

from wanqi.packs import IndicatorSpec

# ("rows", kind of records) | ("reported", id of an indicator) | ("announced", "")
Source = tuple[Literal["rows", "reported", "announced"], str]
ANNOUNCED: Source = ("announced", "")


def sources(definitions: Mapping[str, IndicatorSpec], id: str) -> frozenset[Source]:
    """Return everything that can decide a figure of an indicator, through whatever it is computed from."""
    found: set[Source] = set()
    seen: set[str] = set()
    pending = [id]
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        found.add(("reported", one))
        spec = definitions.get(one)
        if spec is None:
            continue
        if spec.records is not None:
            found.add(("rows", spec.records))
        if spec.operator == "rank":
            found.add(ANNOUNCED)
        pending += spec.inputs
    return frozenset(found)


def affected(definitions: Mapping[str, IndicatorSpec], changed: Set[Source]) -> frozenset[str]:
    """Return the indicators whose figures may be others where some sources changed."""
    if not changed:
        return frozenset()
    return frozenset(id for id in definitions if not changed.isdisjoint(sources(definitions, id)))
