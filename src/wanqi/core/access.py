"""Who may do what: one table, role × resource × verb → scope. Everything not in it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q, QuerySet

from .errors import AccessRefused, RowMissing
from .models import Role, RoleGrant, User


class Scope(StrEnum):
    """Which rows a verb reaches: the whole region, or those of the own 股室, 片区, 报送单位 or enterprise."""

    REGION = "region"
    OFFICE = "office"
    AREA = "area"
    UNIT = "unit"
    ORGANISATION = "organisation"


READ = ("view", "export")
WRITE = ("create", "correct", "withdraw", "import")
# Registers whose rows everybody in the bureau reads and each office writes of its own.
REGISTERS = (
    "organisation",
    "document",
    "site",
    "observation",
    "fact",
    "record",
    "coverage",
    "person",
    "engagement",
    "expert",
    "recognition",
    "nomination",
    "patent",
    "trademark",
    "loan",
    "carrier",
    "activity",
    "problem",
    "project",
    "fiber",
    "task",
    "ranking",
    "commendation",
    "target",
    "shortfall",
    "outline",
    "window",
)
# Resources whose rows are rows of the register of enterprises themselves.
ABOUT_THE_ORGANISATION = frozenset({"checkup"})
# What a unit outside the bureau may hand in and see of its own.
REPORTED = ("site", "observation", "fiber", "patent", "trademark", "loan")


def _grant(resources: Iterable[str], verbs: Iterable[str], scope: Scope) -> dict[tuple[str, str], Scope]:
    return {(resource, verb): scope for resource in resources for verb in verbs}


_BUSINESS_READ = _grant(
    (
        *REGISTERS,
        "batch",
        "indicator",
        "report",
        "check",
        "explanation",
        "remark",
        "standing",
        "determination",
        "checkup",
        "correction",
    ),
    READ,
    Scope.REGION,
)
_OFFICE_WRITE = {
    **_BUSINESS_READ,
    **_grant(("check",), (*READ, "create", "withdraw"), Scope.OFFICE),  # a saved text is its office's own
    **_grant(("explanation",), ("create", "withdraw"), Scope.OFFICE),
    **_grant(REGISTERS, WRITE, Scope.OFFICE),
    **_grant(("correction",), ("answer",), Scope.REGION),
    **_grant(("batch",), ("create", "undo"), Scope.OFFICE),
    # A kept screen is its maker's own, or its office's; phones in clear are for who has to call.
    **_grant(("screen",), ("view", "create", "correct", "withdraw"), Scope.OFFICE),
    **_grant(("phone",), ("view",), Scope.OFFICE),
    **_grant(("determination",), ("create",), Scope.REGION),
    **_grant(("report",), ("create", "correct", "withdraw"), Scope.OFFICE),  # a paragraph is its office's own
    **_grant(("remark",), ("create", "correct"), Scope.REGION),
    # Plans to go public are restricted: the own office only, and leaders.
    **_grant(("listing",), (*READ, *WRITE), Scope.OFFICE),
    **_grant(("form", "return"), READ, Scope.REGION),
    **_grant(("form",), ("create", "correct", "withdraw"), Scope.OFFICE),
    **_grant(("return",), ("create", "correct", "submit", "review", "lock", "withdraw"), Scope.OFFICE),
    **_grant(("shortfall",), ("submit",), Scope.OFFICE),  # the answer of the office that was asked to act
}
# The head of the office that compiles a report sees to 汇总 and 送审; leaders change its words and sign it.
_HEAD_WRITE = {**_OFFICE_WRITE, **_grant(("report",), ("compile",), Scope.OFFICE)}
_LEADER_READ = {**_BUSINESS_READ, **_grant(("listing", "form", "return"), READ, Scope.REGION)}
_LEADER_WRITE = {
    **_LEADER_READ,
    **_grant(("report",), ("sign",), Scope.REGION),
    **_grant(("remark",), ("create", "correct"), Scope.REGION),
}

TABLE: Mapping[Role, Mapping[tuple[str, str], Scope]] = {
    Role.CLERK: _OFFICE_WRITE,
    Role.HEAD: _HEAD_WRITE,
    Role.DEPUTY: _LEADER_WRITE,
    Role.LEADER: _LEADER_WRITE,
    Role.REPORTER: {
        **_grant(REPORTED, (*READ, *WRITE), Scope.UNIT),
        **_grant(("batch",), (*READ, "create", "undo"), Scope.UNIT),
        **_grant(("return",), (*READ, "correct", "submit"), Scope.UNIT),
        **_grant(("shortfall",), (*READ, "submit"), Scope.UNIT),  # what the own unit was asked to make good
    },
    Role.EXPERT: {},  # experts see only what they are asked to review
    Role.FINANCE: _grant(
        ("organisation", "document", "indicator", "report", "explanation"), READ, Scope.REGION
    ),
    Role.AUDITOR: {**_BUSINESS_READ, **_grant(("listing", "form", "return"), READ, Scope.REGION)},
    Role.SYSTEM_ADMIN: _grant(("user",), ("view", "create", "correct", "disable"), Scope.REGION),
    Role.SECURITY_ADMIN: {
        **_grant(("user",), ("view",), Scope.REGION),
        **_grant(("grant",), ("view", "create", "withdraw"), Scope.REGION),
    },
    Role.AUDIT_ADMIN: _grant(("audit",), READ, Scope.REGION),
    # All that an enterprise reaches: its own check-up with the data in it, and what it asks to have corrected.
    Role.ENTERPRISE: {
        **_grant(("checkup",), READ, Scope.ORGANISATION),
        **_grant(("correction",), (*READ, "create", "withdraw"), Scope.ORGANISATION),
    },
}
RESOURCES = frozenset(resource for verbs in TABLE.values() for resource, _ in verbs)
VERBS = frozenset(verb for verbs in TABLE.values() for _, verb in verbs)


@dataclass(frozen=True)
class Grant:
    """One role with its place; `None` where the role has no such place. organisation: the enterprise it speaks for."""

    role: Role
    region: str
    office: int | None = None
    area: int | None = None
    unit: int | None = None
    organisation: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: built once per request or command. `user` is None for the command line itself."""

    user: User | None
    name: str
    grants: tuple[Grant, ...] = ()
    address: str | None = None
    is_command: bool = False
    regions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "regions", frozenset(grant.region for grant in self.grants))

    def scopes(self, resource: str, verb: str) -> tuple[tuple[Scope, Grant], ...]:
        """Return the scopes under which the actor may do `verb` on `resource`, each with its grant."""
        if resource not in RESOURCES or verb not in VERBS:
            raise ValueError(f"undeclared permission: {resource}.{verb}")
        return tuple(
            (TABLE[grant.role][resource, verb], grant)
            for grant in self.grants
            if (resource, verb) in TABLE[grant.role]
        )

    def can(self, resource: str, verb: str) -> bool:
        """Return whether any row of `resource` may be within the actor's reach for `verb`."""
        return self.is_command or bool(self.scopes(resource, verb))

    def rows_of(self, resource: str, *, to: str) -> Q:
        """Return the filter that keeps the rows on which the actor may do `to`."""
        if self.is_command:
            return Q()
        parts = [_within(resource, scope, grant) for scope, grant in self.scopes(resource, to)]
        if not parts:
            return Q(pk__in=[])
        # One role that reaches the whole region makes the others redundant, and the query plain.
        whole = [
            part
            for (scope, _), part in zip(self.scopes(resource, to), parts, strict=True)
            if scope is Scope.REGION
        ]
        combined = Q()
        for part in whole or parts:
            combined |= part
        return combined

    def may_place(
        self,
        resource: str,
        verb: str,
        *,
        region: str,
        office: int | None,
        area: int | None,
        unit: int | None,
        organisation: int | None = None,
    ) -> bool:
        """Return whether the actor may do `verb` on a row that stands, or would stand, at this place."""
        if self.is_command:
            return True
        place = {
            Scope.REGION: None,
            Scope.OFFICE: office,
            Scope.AREA: area,
            Scope.UNIT: unit,
            Scope.ORGANISATION: organisation,
        }
        return any(
            grant.region == region
            and (
                scope is Scope.REGION
                or (place[scope] is not None and place[scope] == getattr(grant, scope.value))
            )
            for scope, grant in self.scopes(resource, verb)
        )

    def offices(self) -> tuple[int, ...]:
        """Return the ids of the actor's own offices."""
        return tuple(grant.office for grant in self.grants if grant.office is not None)

    def units(self) -> tuple[int, ...]:
        """Return the ids of the actor's own reporting units."""
        return tuple(grant.unit for grant in self.grants if grant.unit is not None)

    @property
    def organisation(self) -> int | None:
        """The enterprise this actor speaks for, None for everybody who is no enterprise's user."""
        return next((grant.organisation for grant in self.grants if grant.role is Role.ENTERPRISE), None)


def _within(resource: str, scope: Scope, grant: Grant) -> Q:
    inside = Q(region_id=grant.region)
    if scope is Scope.REGION:
        return inside
    place = getattr(grant, scope.value)
    if place is None:
        return Q(pk__in=[])
    if scope is Scope.ORGANISATION and resource in ABOUT_THE_ORGANISATION:
        return inside & Q(pk=place)
    return inside & Q(**{f"{scope.value}_id": place})


def actor_of(user: User, *, address: str | None = None) -> Actor:
    """Return the actor for a signed-in user: one query for the grants."""
    grants = tuple(
        Grant(Role(role), region, office, area, unit, organisation)
        for role, region, office, area, unit, organisation in RoleGrant.objects.filter(user=user)
        .order_by("id")
        .values_list("role", "region_id", "office_id", "area_id", "unit_id", "organisation")
    )
    return Actor(user=user, name=str(user), grants=grants if user.is_active else (), address=address)


def command_actor(name: str) -> Actor:
    """Return the actor of the command line: whoever holds the installation's own account on the machine."""
    return Actor(user=None, name=name, is_command=True)


def require(actor: Actor, resource: str, verb: str) -> None:
    """Raise AccessRefused unless the actor may do `verb` on some row of `resource`."""
    if not actor.can(resource, verb):
        raise AccessRefused("您的角色没有这项操作的权限。", hint="如工作需要，请联系安全管理员授权。")


Row = TypeVar("Row", bound=Model)


def get_row(rows: QuerySet[Row], actor: Actor, pk: Any, *, to: str) -> Row:
    """Return the row on which the actor may do `to`.

    Raises RowMissing when it is absent or may not be seen, AccessRefused when it may be seen but not that done.
    """
    resource = rows.model.resource  # type: ignore[attr-defined]
    try:
        row = rows.filter(actor.rows_of(resource, to="view")).get(pk=pk)
    except (ObjectDoesNotExist, ValueError, OverflowError):
        raise RowMissing("没有找到这条记录，或您无权查看。", hint="请返回列表核对。") from None
    if to != "view" and not rows.filter(actor.rows_of(resource, to=to)).filter(pk=pk).exists():
        raise AccessRefused("这条记录不归您的股室或单位，不能修改。", hint="请联系该记录的责任股室。")
    return row
