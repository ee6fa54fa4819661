"""The second net under an enterprise's requests: a role of the database that reaches the rows of one enterprise alone.

The first net is `core.access`. Should a page forget it, the role `wanqi_enterprise` has no right on the table, or its
row policy hides every other enterprise. The role cannot log in; it is taken on inside the request's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction

from .errors import WanqiError

ROLE = "wanqi_enterprise"
OWN = "NULLIF(current_setting('wanqi.organisation', true), '')::bigint"
SELF = "NULLIF(current_setting('wanqi.user', true), '')::bigint"
# Whether today's role script has been run on the server.
READY = (
    f"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') "  # noqa: S608 (a constant)
    "AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'wanqi_app' AND rolbypassrls)"
)

_HELD = "SELECT"
# What the role may do, by table; nothing on any other. A right on some columns is written as SQL has it.
PRIVILEGES: Mapping[str, tuple[str, ...]] = {
    "core_region": (_HELD,),
    "core_area": (_HELD,),
    "core_office": (_HELD,),
    "core_packfile": (_HELD,),
    "policies_document": (_HELD,),
    "policies_clause": (_HELD,),
    "registry_organisation": (_HELD,),
    "registry_fact": (_HELD,),
    "registry_recordrow": (_HELD,),
    "registry_recordcoverage": (_HELD,),
    "registry_recognition": (_HELD,),
    "registry_patent": (_HELD,),
    "registry_trademark": (_HELD,),
    "registry_pledgeloan": (_HELD,),
    "registry_factcorrection": (_HELD, "INSERT", "UPDATE (state, answered_at, updated_at, version)"),
    "registry_factcorrectionevent": ("INSERT", "SELECT (pgh_id)"),
    "core_attachment": (_HELD, "INSERT"),
    "core_auditevent": ("INSERT", "SELECT (id, at)"),
}
_ISSUED = "stage IN ('印发', '废止') AND withdrawn_at IS NULL"
# Which rows, by table; a table without a condition holds nothing of any enterprise.
ROWS: Mapping[str, str] = {
    "policies_document": _ISSUED,
    "policies_clause": "EXISTS (SELECT FROM policies_document d WHERE d.id = document_id)",
    "registry_organisation": f"id = {OWN}",
    # Statistical micro-data leave the bureau's own pages for nothing, not even for the enterprise they are about.
    "registry_fact": f"organisation_id = {OWN} AND source_class <> '统计'",
    "registry_recordrow": f"organisation_id = {OWN}",
    "registry_recordcoverage": f"organisation_id = {OWN}",
    "registry_recognition": f"organisation_id = {OWN}",
    "registry_patent": f"organisation_id = {OWN}",
    "registry_trademark": f"organisation_id = {OWN}",
    "registry_pledgeloan": f"organisation_id = {OWN}",
    "registry_factcorrection": f"organisation_id = {OWN}",
    "core_attachment": (
        f"uploaded_by_id = {SELF} OR EXISTS "
        "(SELECT FROM registry_factcorrection c WHERE c.file_id = core_attachment.id)"
    ),
}
POLICY = "own_rows"


class EnterpriseRoleMissing(WanqiError):
    """The server's roles are older than this program."""

    code = "core.enterprise-role-missing"
    status = 503


def statements() -> list[str]:
    """Return what gives the role exactly its rights and its rows, whatever it had before."""
    found = [f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}"]
    for table, rights in PRIVILEGES.items():
        found.append(f"GRANT {', '.join(rights)} ON TABLE {table} TO {ROLE}")
    for table, condition in ROWS.items():
        found.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        found.append(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
        found.append(f"CREATE POLICY {POLICY} ON {table} TO {ROLE} USING ({condition})")
    return found


@contextmanager
def own_rows(organisation: int, *, user: int) -> Iterator[None]:
    """Run what follows in one transaction under the role, for one enterprise; raise EnterpriseRoleMissing without it.

    What raises takes everything back. The login is the application's again at the end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READY)
        if not cursor.fetchone()[0]:
            raise EnterpriseRoleMissing(
                "数据库还没有建立企业用户的角色，企业页面暂不能用。",
                hint="请系统管理员运行 wanqi roles --sql 打印的脚本和 wanqi migrate。",
            )
        cursor.execute(
            "SELECT set_config('wanqi.organisation', %s, true), set_config('wanqi.user', %s, true)",
            [str(organisation), str(user)],
        )
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        # Inside a longer transaction the role would otherwise outlast this block.
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "SELECT set_config('wanqi.organisation', '', true), set_config('wanqi.user', '', true)"
        )
