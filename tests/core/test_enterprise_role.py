"""The database role of enterprises' requests: its rights in full, and that it never reaches another's row."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from tests import cast
from wanqi.core import enterprise
from wanqi.core.models import Role
from wanqi.registry.actions import create_organisation
from wanqi.registry.models import Organisation

pytestmark = pytest.mark.django_db


def _rights(kind: str, names: str) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.relname, p.name FROM pg_class c CROSS JOIN unnest(ARRAY[{names}]) AS p(name) "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r','p') "
            f"AND has_{kind}_privilege('wanqi_enterprise', c.oid, p.name)"
        )
        return {(table, right) for table, right in cursor.fetchall()}


def test_the_role_has_exactly_the_declared_rights() -> None:
    found = _rights("table", "'SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'")
    wanted = {
        (table, right)
        for table, rights in enterprise.PRIVILEGES.items()
        for right in rights
        if "(" not in right
    }
    assert found == wanted
    some = _rights("any_column", "'SELECT','INSERT','UPDATE'") - found
    assert some == {
        (table, right.split(" ")[0])
        for table, rights in enterprise.PRIVILEGES.items()
        for right in rights
        if "(" in right
    }


def test_every_readable_table_of_enterprises_has_its_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.tablename, c.relrowsecurity, p.roles::text FROM pg_policies p "
            "JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = 'public'::regnamespace"
        )
        found = cursor.fetchall()
    assert {(table, True, "{wanqi_enterprise}") for table in enterprise.ROWS} == set(found)
    shared = {"core_region", "core_area", "core_office", "core_packfile"}
    written = {"registry_factcorrectionevent", "core_auditevent"}
    assert set(enterprise.PRIVILEGES) - set(enterprise.ROWS) == shared | written


def test_a_request_sees_its_own_enterprise_alone_and_the_login_comes_back() -> None:
    own, other = (
        create_organisation({"name": name}, actor=cast.machine(), region=cast.REGION) for name in "甲乙"
    )
    with enterprise.own_rows(own.pk, user=1):
        assert list(Organisation.objects.values_list("pk", flat=True)) == [own.pk]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("wanqi_enterprise",)
    assert Organisation.objects.filter(pk__in=[own.pk, other.pk]).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('wanqi.organisation', true)")
        assert cursor.fetchone() == ("wanqi_app", "")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM core_user",
        "SELECT * FROM registry_organisationevent",
        "SELECT reason FROM core_auditevent",
        "UPDATE registry_organisation SET name = '乙'",
        "UPDATE registry_factcorrection SET answer = '同意'",
        "INSERT INTO registry_fact (region_id) VALUES ('cn-430682')",
        "DELETE FROM registry_factcorrection",
    ],
)
def test_what_the_role_may_not_do_is_refused(statement: str) -> None:
    with pytest.raises(Exception) as refused, enterprise.own_rows(1, user=1), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_an_enterprise_user_holds_no_other_role() -> None:
    from wanqi.core.actions import grant_role
    from wanqi.core.errors import RowInvalid

    person = cast.user(Role.ENTERPRISE)
    with pytest.raises(RowInvalid):
        grant_role(person, Role.LEADER, region=cast.REGION, actor=cast.machine())
    with pytest.raises(RowInvalid):
        grant_role(cast.user(Role.LEADER), Role.ENTERPRISE, region=cast.REGION, actor=cast.machine())
    assert [grant.role for grant in person.grants.all()] == [Role.ENTERPRISE]
