"""系统管理: accounts, roles, the log; each administrator sees his own pages and no business rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from tests import cast
from wanqi.core.models import AuditEvent, Role, RoleGrant, User

Pages = Callable[[Role | None], Client]
SYSTEM, SECURITY, AUDIT = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN
PAGES = {
    "/administration/accounts/": {SYSTEM, SECURITY},
    "/administration/accounts/new/": {SYSTEM},
    "/administration/grants/": {SECURITY},
    "/administration/audit/": {AUDIT},
    "/administration/audit/export/": {AUDIT},
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_an_administration_page_opens_for_its_administrator_only(
    signed_in: Pages, role: Role | None, path: str
) -> None:
    assert signed_in(role).get(path).status_code == (200 if role in PAGES[path] else 403)


@pytest.mark.parametrize("role", [SYSTEM, SECURITY, AUDIT])
def test_an_administrator_sees_no_business_rows(signed_in: Pages, role: Role) -> None:
    site = cast.site()
    client = signed_in(role)
    assert "S-1站" not in client.get("/").content.decode()
    for path in ("/sites/", f"/sites/{site.pk}/", "/organisations/", "/sites/export/", "/search/?q=S-1"):
        assert client.get(path).status_code == 403


def test_an_account_is_made_without_a_role_and_can_sign_in(signed_in: Pages) -> None:
    admin = signed_in(SYSTEM)
    given = {"username": "newcomer", "display_name": "新来的", "password": "Strong-Word-7"}
    answer = admin.post("/administration/accounts/new/", given)
    made = User.objects.get(username="newcomer")
    assert answer["Location"] == f"/administration/accounts/{made.pk}/"
    assert not made.grants.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"password": "short"}, "密码"),
        ({"password": "alllowercaseletters"}, "密码"),
        ({"username": "system_admin"}, "已存在"),
        ({"display_name": ""}, "请填写姓名"),
    ],
)
def test_a_weak_password_or_a_taken_name_is_refused(
    signed_in: Pages, changed: dict[str, str], told: str
) -> None:
    admin = signed_in(SYSTEM)
    before = User.objects.count()
    given = {"username": "newcomer", "display_name": "新来的", "password": "Strong-Word-7", **changed}
    answer = admin.post("/administration/accounts/new/", given)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert User.objects.count() == before


def test_an_account_is_stopped_with_a_reason_and_let_in_again(signed_in: Pages) -> None:
    admin = signed_in(SYSTEM)
    person = cast.user(Role.CLERK)
    path = f"/administration/accounts/{person.pk}/switch/"
    assert admin.post(path, {"reason": ""}).status_code == 422
    admin.post(path, {"reason": "调离"})
    person.refresh_from_db()
    assert not person.is_active
    admin.post(path, {"reason": "调回"})
    person.refresh_from_db()
    assert person.is_active
    assert list(AuditEvent.objects.filter(reason__in=["调离", "调回"]).values_list("verb", flat=True)) == [
        "停用账号",
        "启用账号",
    ]


def test_an_administrator_cannot_stop_the_own_account(signed_in: Pages) -> None:
    admin = signed_in(SYSTEM)
    own = User.objects.get(username="system_admin")
    assert admin.post(f"/administration/accounts/{own.pk}/switch/", {"reason": "试"}).status_code == 409
    own.refresh_from_db()
    assert own.is_active


def test_a_role_is_given_and_taken_back_with_a_reason(signed_in: Pages) -> None:
    security = signed_in(SECURITY)
    person = cast.user(None)
    office = cast.offices()[0]
    security.post(f"/administration/accounts/{person.pk}/grant/", {"role": "clerk", "office": office.pk})
    grant = RoleGrant.objects.get(user=person)
    assert str(grant) == f"经办人（{office.name}）"
    security.post(f"/administration/grants/{grant.pk}/revoke/", {"reason": "调离"})
    assert not RoleGrant.objects.filter(user=person).exists()


@pytest.mark.parametrize("role", ["system_admin", "audit_admin", "security_admin"])
def test_duties_that_must_be_apart_cannot_meet_in_one_person(signed_in: Pages, role: str) -> None:
    security = signed_in(SECURITY)
    person = cast.user(Role.CLERK)
    answer = security.post(f"/administration/accounts/{person.pk}/grant/", {"role": role})
    assert answer.status_code == 422
    assert "须由不同的人担任" in answer.content.decode()
    assert RoleGrant.objects.filter(user=person).count() == 1


def test_a_clerk_without_a_section_is_refused(signed_in: Pages) -> None:
    person = cast.user(None)
    answer = signed_in(SECURITY).post(f"/administration/accounts/{person.pk}/grant/", {"role": "clerk"})
    assert answer.status_code == 422
    assert "必须指定股室" in answer.content.decode()


def test_the_log_is_filtered_turned_and_exported(signed_in: Pages) -> None:
    for number in range(60):
        cast.site(f"L-{number:02d}")
    audit = signed_in(AUDIT)
    page = audit.get("/administration/audit/?verb=登记&q=L-0").content.decode()
    assert "共 <b>10</b> 条" in page
    first = audit.get("/administration/audit/").content.decode()
    assert "更早" in first
    answer = audit.get("/administration/audit/export/?verb=登记&q=L-0")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [line[2] for line in lines[1:]] == ["登记"] * 10
    assert AuditEvent.objects.filter(verb="导出操作日志").count() == 1


def test_the_log_cannot_be_written_through_its_page(signed_in: Pages) -> None:
    before = AuditEvent.objects.count()
    signed_in(AUDIT).post("/administration/audit/", {"verb": "伪造"})
    assert AuditEvent.objects.count() == before
