"""What every page of the shell shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from wanqi.core.access import Actor
from wanqi.core.models import Role
from wanqi.core.models.people import ALONE

from .menu import address, menu_for
from .place import place_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return `shell`, lazily: fragments and sign-in pages do not pay for the menu."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    if actor is None or actor.user is None:
        return {"signed_in": False}
    business = any(grant.role not in ALONE for grant in actor.grants)
    return {
        "signed_in": True,
        "menu": menu_for(actor, path=request.path),
        "name": actor.name,
        "initial": actor.name[:1],
        "roles": "、".join(dict.fromkeys(role_title(grant.role) for grant in actor.grants)) or "尚未授权",
        "demonstration": actor.user.is_demonstration,
        "place": place_of(request),
        "switches": business,
        "search": may_search(actor) and address("search"),
    }


def role_title(role: Role) -> str:
    """Return the role's title on screen."""
    return str(Role(role).label)


def may_search(actor: Actor) -> bool:
    """Return whether any register is open to the actor."""
    return any(
        actor.can(resource, "view") for resource in ("organisation", "document", "site", "observation")
    )
