"""Whose standings somebody sees: those of the enterprises in reach, of the own 片区 where every role is bound to one."""

from __future__ import annotations

from typing import Any

from wanqi.core.access import Actor, Scope
from wanqi.registry.models import Organisation

RESOURCE = "standing"


def areas_of(actor: Actor, region: str, *, to: str = "view") -> frozenset[int] | None:
    """Return the 片区 within which the actor may do `to`; None for the whole region."""
    if actor.is_command:
        return None
    areas = {grant.area for _, grant in actor.scopes(RESOURCE, to) if grant.region == region}
    return None if None in areas else frozenset(area for area in areas if area is not None)


def sees_region(actor: Actor, region: str, *, to: str = "view") -> bool:
    """Return whether every enterprise of the region is in reach, so that no query has to ask whose it is."""
    if actor.is_command:
        return True
    whole = any(
        scope is Scope.REGION and grant.region == region for scope, grant in actor.scopes(RESOURCE, to)
    )
    return whole and areas_of(actor, region, to=to) is None


def organisations_of(actor: Actor, region: str, *, to: str = "view") -> Any:
    """Return the enterprises in force whose standings the actor may see or take out."""
    rows = Organisation.objects.current().filter(actor.rows_of(RESOURCE, to=to), region_id=region)
    areas = areas_of(actor, region, to=to)
    return rows if areas is None else rows.filter(area_id__in=areas)
