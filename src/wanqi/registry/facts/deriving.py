"""Derived facts of one enterprise for its page: its size class, the clusters its industry belongs to."""

from __future__ import annotations

from datetime import date
from typing import Any

from wanqi.packs import Pack
from wanqi.rules.errors import ValueRefused
from wanqi.rules.programmes import Derivation

from ..models import Organisation
from ..models.facts import SourceClass
from .evaluating import facts_json, own_columns
from .reading import Profile, arranged

SIZE, CLUSTER = "size_class", "in_cluster_"
_KEPT = 8
_prepared: dict[tuple[int, date], tuple[Pack, Derivation]] = {}


def derived_of(organisation: Organisation, found: Profile, pack: Pack, on: date) -> dict[str, Any]:
    """Return size_class and every in_cluster_ fact, None where unknown; statistical micro-data are not used."""
    usable = [
        row
        for periods in found.cells.values()
        for cell in periods.values()
        for row in cell.rows
        if row.source_class != SourceClass.STATISTICS
    ]
    facts = {**own_columns(organisation, pack), **facts_json(arranged(usable, pack), pack)}
    try:
        return dict(_derivation(pack, on).evaluate({"facts": facts}))
    except ValueRefused:
        return {}  # a value that an earlier vocabulary allowed


def _derivation(pack: Pack, on: date) -> Derivation:
    kept = _prepared.get((id(pack), on))
    if kept is None or kept[0] is not pack:
        asked = [name for name in pack.derived if name == SIZE or name.startswith(CLUSTER)]
        while len(_prepared) >= _KEPT:
            _prepared.pop(next(iter(_prepared)), None)
        kept = (pack, Derivation(asked, region=pack.region, on=on, scope=pack.rule_scope))
        _prepared[id(pack), on] = kept
    return kept[1]
