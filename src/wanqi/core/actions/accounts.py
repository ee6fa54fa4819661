"""Accounts are made by the system administrator; roles are given by the security administrator."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ..access import Actor, require
from ..errors import RowInvalid, RowMissing, StepRefused
from ..models import Area, Office, Role, RoleGrant, Unit, User
from .rows import checked_reason, record, refusing_duplicates


def _checked_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RowInvalid({"password": error.messages}) from None


@transaction.atomic
def create_user(
    username: str, *, display_name: str, password: str, actor: Actor, is_demonstration: bool = False
) -> User:
    """Make an account without any role. Raises RowInvalid for a taken name or a weak password."""
    require(actor, "user", "create")
    user = User(
        username=username.strip(), display_name=display_name.strip(), is_demonstration=is_demonstration
    )
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise RowInvalid(error.message_dict) from None
    _checked_password(password, user)
    user.set_password(password)
    with refusing_duplicates(user):
        user.save(force_insert=True)
    record(
        user,
        "新建账号",
        actor=actor,
        changes=[{"field": "username", "label": "用户名", "old": "—", "new": user.username}],
    )
    return user


def _locked(user: User) -> User:
    try:
        return User.objects.select_for_update().get(pk=user.pk)
    except User.DoesNotExist:
        raise RowMissing("没有这个账号。") from None


@transaction.atomic
def disable_user(user: User, *, actor: Actor, reason: str) -> User:
    """Stop an account from signing in; its rows and its trail stay. Raises StepRefused on one's own account."""
    require(actor, "user", "disable")
    user = _locked(user)
    if actor.user is not None and actor.user.pk == user.pk:
        raise StepRefused("不能停用自己的账号。", hint="请由另一位系统管理员办理。")
    return _switched(user, active=False, actor=actor, reason=reason)


@transaction.atomic
def enable_user(user: User, *, actor: Actor, reason: str) -> User:
    """Let a disabled account sign in again."""
    require(actor, "user", "disable")
    return _switched(_locked(user), active=True, actor=actor, reason=reason)


def _switched(user: User, *, active: bool, actor: Actor, reason: str) -> User:
    words = ("停用", "启用")
    if user.is_active is active:
        raise StepRefused(f"该账号已是{words[active]}状态。")
    reason = checked_reason(reason)
    user.is_active = active
    user.save(update_fields=["is_active"])
    change = {"field": "is_active", "label": "状态", "old": words[not active], "new": words[active]}
    record(user, f"{words[active]}账号", actor=actor, changes=[change], reason=reason)
    return user


@transaction.atomic
def reset_password(user: User, *, password: str, actor: Actor) -> User:
    """Set a new password for an account, which opens it again if it was locked. Raises RowInvalid when it is weak."""
    from axes.utils import reset  # its module reads the settings when imported

    require(actor, "user", "correct")
    user = _locked(user)
    _checked_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    reset(username=user.username)
    record(user, "重置密码", actor=actor)
    return user


@transaction.atomic
def grant_role(
    user: User,
    role: Role | str,
    *,
    region: str,
    actor: Actor,
    office: Office | None = None,
    area: Area | None = None,
    unit: Unit | None = None,
    organisation: int | None = None,
    organisation_name: str = "",
) -> RoleGrant:
    """Give a role with its scope. Raises RowInvalid when duties that must be separated would meet in one person.

    organisation: the enterprise an enterprise's user speaks for, a row of the register of enterprises of that region.
    """
    require(actor, "grant", "create")
    # Held while the separation of duties is checked, so that two grants at once cannot slip past each other's check.
    user = _locked(user)
    grant = RoleGrant(
        user=user,
        role=role,
        region_id=region,
        office=office,
        area=area,
        unit=unit,
        organisation=organisation,
        organisation_name=organisation_name if organisation is not None else "",
    )
    try:
        grant.full_clean()
    except ValidationError as error:
        raise RowInvalid(
            {("" if name == "__all__" else name): texts for name, texts in error.message_dict.items()}
        ) from None
    grant.save(force_insert=True)
    record(
        user,
        "授予角色",
        actor=actor,
        region=region,
        changes=[{"field": "role", "label": "角色", "old": "—", "new": str(grant)}],
    )
    return grant


@transaction.atomic
def revoke_role(grant: RoleGrant, *, actor: Actor, reason: str) -> None:
    """Take a role back. Raises RowInvalid without a reason, StepRefused when somebody else already did."""
    require(actor, "grant", "withdraw")
    reason = checked_reason(reason)
    user, region, label = grant.user, grant.region_id, str(grant)
    if not RoleGrant.objects.filter(pk=grant.pk).delete()[0]:
        raise StepRefused("这项授权已经收回。", hint="请刷新后核对。")
    change = {"field": "role", "label": "角色", "old": label, "new": "—"}
    record(user, "收回角色", actor=actor, region=region, changes=[change], reason=reason)
