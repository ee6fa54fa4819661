"""What the application role may do in the database: brought up to date after every migration.

The application logs in as `wanqi_app`. It reads and writes rows, but it cannot change the audit trail or the
history tables, and it cannot touch pack files, regions' definitions or the list of migrations. What an enterprise's
request may do is in `enterprise`.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from . import enterprise

APP_ROLE = "wanqi_app"
APPEND_ONLY = frozenset(
    {
        "core_auditevent",
        "policies_determination",
        "policies_ruleversion",
        "policies_standingchange",
        "reports_archive",
        "reports_archivepart",
    }
)
READ_ONLY = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "core_packfile",
        "core_region",
        "core_area",
        "core_office",
        "core_unit",
        "indicators_change",
    }
)
# Tables whose rows are never overwritten but for one column that says when a row stopped to count.
CLOSED_BY = {"registry_fact": "superseded_at"}


def privileges(table: str) -> tuple[str, ...]:
    """Return the privileges of the application role on a table."""
    if table in READ_ONLY:
        return ("SELECT",)
    if table in APPEND_ONLY or table in CLOSED_BY or table in history_tables():
        return ("SELECT", "INSERT")
    return ("SELECT", "INSERT", "UPDATE", "DELETE")


def history_tables() -> frozenset[str]:
    """Return the event tables of every tracked register."""
    return frozenset(
        model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")
    ) | {"pghistory_context"}


def outdated() -> bool:
    """Return whether the server has the role of enterprises' requests but its row policies were never made."""
    with connection.cursor() as cursor:
        cursor.execute(enterprise.READY)
        ready = bool(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM pg_policies WHERE policyname = %s", [enterprise.POLICY])
        return ready and cursor.fetchone()[0] != len(enterprise.ROWS)


def apply() -> list[str]:
    """Grant exactly `privileges` on every table and return the statements; needs the owner's login.

    Does nothing on a server where the application role does not exist (one login for everything).
    """
    statements: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            return statements
        cursor.execute(enterprise.READY)
        ready = bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT relname FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            name = connection.ops.quote_name(table)
            statements.append(f"REVOKE ALL ON TABLE {name} FROM {APP_ROLE}")
            statements.append(f"GRANT {', '.join(privileges(table))} ON TABLE {name} TO {APP_ROLE}")
            if table in CLOSED_BY:
                column = connection.ops.quote_name(CLOSED_BY[table])
                statements.append(f"GRANT UPDATE ({column}) ON TABLE {name} TO {APP_ROLE}")
        statements.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        # Without the roles of today's script no row policy may stand: the application itself would see nothing.
        statements += enterprise.statements() if ready else []
        for statement in statements:
            cursor.execute(statement)
    return statements
