"""The people and rows tests act with; they stand in the region the packs describe."""

from __future__ import annotations

from datetime import date
from typing import Any

from wanqi.core.access import Actor, actor_of, command_actor
from wanqi.core.models import Area, Office, Role, RoleGrant, Unit, User
from wanqi.projects.actions import create_site
from wanqi.projects.models import Site
from wanqi.registry.actions import create_organisation
from wanqi.registry.models import Organisation

REGION = "cn-430682"
PASSWORD = "Correct-Horse-9"
OFFICE_ROLES = {Role.CLERK, Role.HEAD}


def offices() -> tuple[Office, Office]:
    """Return two sections of the bureau: the actor's own and another."""
    first, second = Office.objects.filter(region_id=REGION).order_by("position")[:2]
    return first, second


def units() -> tuple[Unit, Unit]:
    """Return two reporting units: the actor's own and another."""
    first, second = Unit.objects.filter(region_id=REGION).order_by("position")[:2]
    return first, second


def area() -> Area:
    found = Area.objects.filter(region_id=REGION).order_by("position").first()
    assert found is not None
    return found


def user(
    role: Role | None,
    *,
    username: str = "",
    office: Office | None = None,
    unit: Unit | None = None,
    organisation: Organisation | None = None,
) -> User:
    """Make somebody with one role, in the first office or unit, or for a new enterprise, unless another is given."""
    person = User(
        username=username or (role.value if role else "stranger"),
        display_name=role.label if role else "陌生人",
    )
    person.set_password(PASSWORD)
    person.save()
    if role is Role.ENTERPRISE:
        organisation = organisation or create_organisation(
            {"name": f"{person.username}的企业"}, actor=machine(), region=REGION
        )
    if role is not None:
        RoleGrant.objects.create(
            user=person,
            role=role,
            region_id=REGION,
            office=(office or offices()[0]) if role in OFFICE_ROLES else None,
            unit=(unit or units()[0]) if role is Role.REPORTER else None,
            organisation=organisation.pk if organisation is not None else None,
            organisation_name=organisation.name if organisation is not None else "",
        )
    return person


def actor(role: Role | None, **place: Any) -> Actor:
    return actor_of(user(role, **place))


def machine() -> Actor:
    return command_actor("测试")


def site(code: str = "S-1", **values: Any) -> Site:
    """Make a station of the first office and unit, opened 2023-06-15 unless said otherwise."""
    given = {
        "site_code": code,
        "name": f"{code}站",
        "technology": "5G",
        "operator": "移动",
        "area": area(),
        "built_on": date(2023, 5, 1),
        "opened_on": date(2023, 6, 15),
        "office": offices()[0],
        "unit": units()[0],
        **values,
    }
    return create_site(given, actor=machine(), region=REGION)
