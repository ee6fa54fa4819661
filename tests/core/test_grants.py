"""What the application role may do in the database, in full, and that raw SQL under it cannot change the trail."""

from __future__ import annotations

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from wanqi.core import grants

pytestmark = pytest.mark.django_db


def granted() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, p.name FROM pg_class c CROSS JOIN unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE',"
            "'TRUNCATE','REFERENCES','TRIGGER']) AS p(name) WHERE c.relnamespace = 'public'::regnamespace "
            "AND c.relkind IN ('r','p') AND has_table_privilege('wanqi_app', c.oid, p.name)"
        )
        found: dict[str, set[str]] = {}
        for table, privilege in cursor.fetchall():
            found.setdefault(table, set()).add(privilege)
    return found


def test_the_application_logs_in_as_its_own_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("wanqi_app", "wanqi_app")


def test_every_table_has_exactly_the_declared_privileges() -> None:
    tables = set(connection.introspection.table_names())
    assert {table: set(grants.privileges(table)) for table in tables} == granted()


def test_append_only_tables_are_the_trail_and_every_history() -> None:
    append_only = {table for table, privileges in granted().items() if privileges == {"SELECT", "INSERT"}}
    histories = {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    verdicts = {"policies_determination", "policies_ruleversion", "policies_standingchange"}
    signed = {"reports_archive", "reports_archivepart"}
    known = {"core_auditevent", "pghistory_context", "registry_fact"} | verdicts | signed
    assert append_only == known | histories
    assert {"indicators_observationevent", "registry_organisationevent", "projects_siteevent"} < histories


def test_of_a_fact_only_the_end_may_be_written() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'registry_fact'::regclass AND attnum > 0 "
            "AND has_column_privilege('wanqi_app', attrelid, attnum, 'UPDATE')"
        )
        assert cursor.fetchall() == [("superseded_at",)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET reason = ''",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent",
        "UPDATE projects_siteevent SET name = ''",
        "DELETE FROM projects_siteevent",
        "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
        "DROP TABLE core_auditevent",
        "CREATE TABLE mine (id int)",
        "SET ROLE wanqi_owner",
        "UPDATE core_packfile SET content = ''",
    ],
)
def test_raw_sql_of_the_application_role_is_refused(statement: str) -> None:
    with pytest.raises(Exception) as refused, connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
