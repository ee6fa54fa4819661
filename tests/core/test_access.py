"""Who may do what: the table, cell by cell, and the rows of others."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.core.access import READ, REGISTERS, RESOURCES, TABLE, VERBS, WRITE, Scope, get_row, require
from wanqi.core.errors import AccessRefused, RowMissing
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.access import get_site
from wanqi.projects.actions import correct_site, create_site, withdraw_site
from wanqi.projects.models import Site

pytestmark = pytest.mark.django_db

LEADERS = (Role.DEPUTY, Role.LEADER, Role.AUDITOR)
ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


def test_every_role_is_in_the_table() -> None:
    assert set(TABLE) == set(Role)


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.LEADER])
def test_leaders_read_and_see_to_reports(role: Role) -> None:
    written = {(resource, verb) for resource, verb in TABLE[role] if verb not in READ}
    assert written == {("report", "sign"), ("remark", "create"), ("remark", "correct")}


def test_auditors_only_read() -> None:
    assert {verb for _, verb in TABLE[Role.AUDITOR]} == set(READ)


@pytest.mark.parametrize("role", ADMINS)
def test_administrators_see_no_business_rows(role: Role) -> None:
    business = {*REGISTERS, "batch", "indicator", "report", "check", "explanation"}
    assert {resource for resource, _ in TABLE[role]} & business == set()


def test_only_the_audit_administrator_reads_the_log_and_nothing_else() -> None:
    assert {resource for resource, _ in TABLE[Role.AUDIT_ADMIN]} == {"audit"}
    assert [role for role in Role if any(resource == "audit" for resource, _ in TABLE[role])] == [
        Role.AUDIT_ADMIN
    ]


def test_the_one_who_makes_accounts_cannot_give_roles() -> None:
    assert ("grant", "create") not in TABLE[Role.SYSTEM_ADMIN]
    assert ("user", "create") not in TABLE[Role.SECURITY_ADMIN]


def test_clerks_write_in_their_office_and_reporters_in_their_unit() -> None:
    assert {TABLE[Role.CLERK][register, verb] for register in REGISTERS for verb in WRITE} == {Scope.OFFICE}
    assert {TABLE[Role.REPORTER]["site", verb] for verb in (*READ, *WRITE)} == {Scope.UNIT}
    assert ("organisation", "view") not in TABLE[Role.REPORTER]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_everything_outside_the_table_is_refused(role: Role, resource: str) -> None:
    somebody = cast.actor(role)
    for verb in VERBS:
        assert somebody.can(resource, verb) is ((resource, verb) in TABLE[role])
        if (resource, verb) not in TABLE[role]:
            with pytest.raises(AccessRefused):
                require(somebody, resource, verb)


def test_an_undeclared_permission_is_an_error_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="undeclared permission"):
        cast.actor(Role.CLERK).can("site", "fly")


@pytest.mark.parametrize("role", [Role.CLERK, Role.HEAD, *LEADERS])
def test_the_bureau_reads_every_station_of_the_region(role: Role) -> None:
    mine = cast.site("S-1")
    other = cast.site("S-2", office=cast.offices()[1], unit=cast.units()[1])
    assert list(Site.objects.visible_to(cast.actor(role)).order_by("site_code")) == [mine, other]


def test_a_reporter_sees_only_the_own_unit() -> None:
    mine = cast.site("S-1")
    other = cast.site("S-2", unit=cast.units()[1])
    reporter = cast.actor(Role.REPORTER)
    assert list(Site.objects.visible_to(reporter)) == [mine]
    with pytest.raises(RowMissing):
        get_site(reporter, other.pk)


@pytest.mark.parametrize("role", [None, Role.EXPERT, Role.FINANCE, *ADMINS])
def test_others_see_no_station_and_cannot_tell_whether_it_exists(role: Role | None) -> None:
    row = cast.site("S-1")
    somebody = cast.actor(role)
    assert not Site.objects.visible_to(somebody).exists()
    with pytest.raises(RowMissing) as hidden:
        get_site(somebody, row.pk)
    with pytest.raises(RowMissing) as absent:
        get_site(somebody, row.pk + 1_000_000)
    assert str(hidden.value) == str(absent.value)


@pytest.mark.parametrize("nonsense", ["abc", "", None, 10**30, "1; DROP"])
def test_a_nonsense_number_is_a_missing_row(nonsense: object) -> None:
    with pytest.raises(RowMissing):
        get_site(cast.actor(Role.CLERK), nonsense)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.CLERK, Role.HEAD, Role.REPORTER)]
)
def test_a_reader_changes_nothing(role: Role) -> None:
    row, somebody = cast.site("S-1"), cast.actor(role)
    before, events = Site.objects.values().get(pk=row.pk), AuditEvent.objects.count()
    with pytest.raises(AccessRefused):
        correct_site(row, {"opened_on": date(2023, 7, 1)}, actor=somebody, reason="试")
    with pytest.raises(AccessRefused):
        withdraw_site(row, actor=somebody, reason="试")
    with pytest.raises(AccessRefused):
        create_site({"site_code": "S-9", "name": "新站"}, actor=somebody, region=cast.REGION)
    assert Site.objects.values().get(pk=row.pk) == before
    assert (Site.objects.count(), AuditEvent.objects.count()) == (1, events)


@pytest.mark.parametrize("role", [Role.CLERK, Role.REPORTER])
def test_a_writer_cannot_touch_rows_of_another_place(role: Role) -> None:
    row = cast.site("S-2", office=cast.offices()[1], unit=cast.units()[1])
    before = Site.objects.values().get(pk=row.pk)
    with pytest.raises(AccessRefused):
        correct_site(row, {"name": "改名"}, actor=cast.actor(role), reason="试")
    assert Site.objects.values().get(pk=row.pk) == before


def test_a_writer_cannot_push_a_row_to_another_place() -> None:
    row = cast.site("S-1")
    with pytest.raises(AccessRefused):
        correct_site(row, {"office": cast.offices()[1]}, actor=cast.actor(Role.CLERK), reason="移交")
    row.refresh_from_db()
    assert row.office == cast.offices()[0]


def test_a_visible_row_of_another_office_is_refused_not_hidden() -> None:
    row = cast.site("S-2", office=cast.offices()[1])
    with pytest.raises(AccessRefused, match="不归您的股室或单位"):
        get_site(cast.actor(Role.CLERK), row.pk, to="correct")


def test_a_disabled_account_holds_nothing() -> None:
    somebody = cast.user(Role.CLERK)
    somebody.is_active = False
    somebody.save()
    from wanqi.core.access import actor_of

    assert actor_of(somebody).grants == ()


def test_the_command_line_reaches_every_row() -> None:
    row = cast.site("S-1")
    assert get_row(Site.objects.all(), cast.machine(), row.pk, to="correct") == row
