"""Which conditions of a rule a screen can be narrowed by, and what keeps the standings that do not meet one.

The conditions offered are those a clerk reads: the parts of the rule's outermost group. Whether a group is met follows
from the bits of its leaves; this narrows a list, it never makes a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any

from django.db.models import F, Q
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from wanqi.packs import Pack
from wanqi.packs.specs.conditions import ConditionSpec

from ..models import RuleVersion
from ..models.standings import MASKS, WORD


@dataclass(frozen=True)
class Offered:
    """A condition a screen can be narrowed by. unmet: what keeps the standings that do not meet it."""

    id: str
    title: str
    unmet: Q


def conditions_of(pack: Pack, rule: RuleVersion) -> tuple[Offered, ...]:
    """Return the outermost conditions of a rule that its leaves can answer, in the order of the text."""
    file = pack.programme_files.get(rule.programme)
    versions = [
        one
        for one in (file.versions if file else ())
        if one.version == rule.version and rule.kind in one.applies_to
    ]
    if not versions:
        return ()
    root = versions[0].conditions
    leaves = [leaf["id"] for leaf in rule.leaves]
    listed = root.all if root.all is not None else (root,)
    found = []
    for place, one in enumerate(listed, start=1):
        unmet = _unmet(one, leaves)
        if unmet is not None:
            found.append(Offered(one.id or f"c{place}", _title(one), unmet))
    return tuple(found)


def _title(spec: ConditionSpec) -> str:
    if spec.title:
        return spec.title
    return "；或".join(_title(one) for one in spec.group or ()) or str(spec.id)


def _unmet(spec: ConditionSpec, leaves: Sequence[str]) -> Q | None:
    """Return what keeps the standings on which the condition is not met; None where its leaves are not known."""
    if spec.id in leaves:
        return has_bit("unmet", leaves.index(spec.id))
    parts = [_unmet(one, leaves) for one in spec.group or ()]
    known = [one for one in parts if one is not None]
    if not parts or len(known) != len(parts):
        return None
    if spec.all is not None:
        return reduce(or_, known)
    failing = len(known) - (spec.n_of or 1) + 1  # so many must fail before the group does
    return reduce(or_, (reduce(and_, some) for some in combinations(known, failing)))


def has_bit(mask: str, place: int) -> Q:
    """Return what keeps the standings with a bit of "unmet", "unknown" or "missing" set."""
    word, bit = divmod(place, WORD)
    field: Any = F(mask)
    if word:
        at = (word - 1) * len(MASKS) + MASKS.index(mask)
        field = Coalesce(F(f"further__{at}"), 0, output_field=BigIntegerField())
    return Q(GreaterThan(field.bitand(1 << bit), 0))
