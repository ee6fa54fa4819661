"""Accounts, roles and the three separated administrators."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.db import IntegrityError

from tests import cast
from wanqi.core.actions import create_user, disable_user, enable_user, grant_role, reset_password, revoke_role
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused
from wanqi.core.models import AuditEvent, Role, RoleGrant, User

pytestmark = pytest.mark.django_db

ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


def test_passwords_are_hashed_with_argon2_in_an_installation() -> None:
    from wanqi import settings as installation

    assert installation.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert settings.AUTH_PASSWORD_VALIDATORS == installation.AUTH_PASSWORD_VALIDATORS


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short-1A", "密码至少10个字符。"),
        ("alllowercaseletters", "密码须包含大写字母、小写字母、数字、符号中的至少三类。"),
        ("password123", "至少三类"),
    ],
)
def test_a_weak_password_makes_no_account(password: str, sentence: str) -> None:
    with pytest.raises(RowInvalid) as refused:
        create_user("wang", display_name="王", password=password, actor=cast.machine())
    assert sentence in " ".join(refused.value.fields["password"])
    assert not User.objects.filter(username="wang").exists()


def test_a_taken_name_is_refused() -> None:
    create_user("wang", display_name="王", password=cast.PASSWORD, actor=cast.machine())
    with pytest.raises(RowInvalid):
        create_user("wang", display_name="汪", password=cast.PASSWORD, actor=cast.machine())
    assert User.objects.filter(username="wang").count() == 1


@pytest.mark.parametrize("first", ADMINS)
@pytest.mark.parametrize("second", [*ADMINS, Role.LEADER])
def test_duties_do_not_meet_in_one_person(first: Role, second: Role) -> None:
    if first is second:
        return
    person = cast.user(first)
    with pytest.raises(RowInvalid, match="须由不同的人担任"):
        grant_role(person, second, region=cast.REGION, actor=cast.machine())
    assert [grant.role for grant in person.grants.all()] == [first]


def test_the_database_itself_refuses_two_duties() -> None:
    person = cast.user(Role.AUDIT_ADMIN)
    with pytest.raises(IntegrityError, match="rolegrant_duties_separated"):
        RoleGrant.objects.create(user=person, role=Role.SYSTEM_ADMIN, region_id=cast.REGION)


def test_several_business_roles_may_meet() -> None:
    person = cast.user(Role.CLERK)
    grant_role(person, Role.CLERK, region=cast.REGION, office=cast.offices()[1], actor=cast.machine())
    assert person.grants.count() == 2


@pytest.mark.parametrize(
    ("role", "sentence"), [(Role.CLERK, "必须指定股室"), (Role.REPORTER, "必须指定报送单位")]
)
def test_a_scoped_role_needs_its_place(role: Role, sentence: str) -> None:
    person = cast.user(None)
    with pytest.raises(RowInvalid, match=sentence):
        grant_role(person, role, region=cast.REGION, actor=cast.machine())
    assert not person.grants.exists()


def test_only_the_security_administrator_gives_and_takes_roles() -> None:
    person = cast.user(None)
    for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.LEADER):
        with pytest.raises(AccessRefused):
            grant_role(person, Role.LEADER, region=cast.REGION, actor=cast.actor(role))
    security = cast.actor(Role.SECURITY_ADMIN)
    grant = grant_role(person, Role.LEADER, region=cast.REGION, actor=security)
    with pytest.raises(RowInvalid, match="请填写原因"):
        revoke_role(grant, actor=security, reason=" ")
    revoke_role(grant, actor=security, reason="调离")
    assert not person.grants.exists()
    assert list(AuditEvent.objects.order_by("id").values_list("verb", "reason"))[-2:] == [
        ("授予角色", ""),
        ("收回角色", "调离"),
    ]


def test_an_account_is_stopped_and_started_with_a_reason() -> None:
    person = cast.user(Role.CLERK)
    system = cast.actor(Role.SYSTEM_ADMIN)
    disable_user(person, actor=system, reason="退休")
    assert User.objects.get(pk=person.pk).is_active is False
    with pytest.raises(StepRefused, match="已是停用状态"):
        disable_user(person, actor=system, reason="退休")
    enable_user(person, actor=system, reason="返聘")
    assert User.objects.get(pk=person.pk).is_active is True


def test_an_administrator_cannot_lock_the_own_door() -> None:
    system = cast.user(Role.SYSTEM_ADMIN)
    from wanqi.core.access import actor_of

    with pytest.raises(StepRefused, match="不能停用自己"):
        disable_user(system, actor=actor_of(system), reason="试")


def test_a_reset_password_works_and_is_never_in_the_trail() -> None:
    person = cast.user(Role.CLERK)
    reset_password(person, password="Another-Horse-7", actor=cast.actor(Role.SYSTEM_ADMIN))
    assert User.objects.get(pk=person.pk).check_password("Another-Horse-7")
    assert "Another-Horse-7" not in str(list(AuditEvent.objects.values()))


def test_a_reset_password_opens_a_locked_account() -> None:
    person = cast.user(Role.CLERK)
    AccessAttempt.objects.create(username=person.username, ip_address="127.0.0.1", failures_since_start=5)
    AccessAttempt.objects.create(username="else", ip_address="127.0.0.1", failures_since_start=5)
    reset_password(person, password="Another-Horse-7", actor=cast.actor(Role.SYSTEM_ADMIN))
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["else"]
