"""Facts and records for organisations by the thousand: written by SQL, reproducible, of the size that a county knows."""

from __future__ import annotations

import psycopg

from .ground import REGION

# fact → years (none: as of a day), the SQL of its value, of how many enterprises in ten it is known
MONEY = "(abs(hashint8(o.id * 31 + {salt})) %% 100000) * 1000 + 50000"
COUNT = "(abs(hashint8(o.id * 17 + {salt})) %% 400) + 1"
FACTS: tuple[tuple[str, tuple[int, ...], str, int], ...] = (
    ("revenue", (2023, 2024, 2025), MONEY, 8),
    ("rd_expense", (2023, 2024, 2025), "(abs(hashint8(o.id * 7 + {salt})) %% 9000) * 1000", 6),
    ("employees_total", (2024, 2025), COUNT, 9),
    ("rd_employees", (2025,), "(abs(hashint8(o.id * 13 + {salt})) %% 60)", 5),
    ("net_assets", (2023, 2025), MONEY, 4),
    ("total_assets", (2025,), MONEY, 5),
    ("main_revenue", (2025,), MONEY, 4),
    ("is_resident_enterprise", (), "true", 7),
    ("hitech_revenue", (2025,), MONEY, 3),
)
_NUMBER = """
INSERT INTO registry_fact (region_id, organisation_id, fact, period, {column}, as_of, source_class, source,
                           is_demonstration, withdrawn, reason)
SELECT o.region_id, o.id, %(fact)s, %(period)s, {value}, {as_of}, '企业自报', '性能测试数据', true, false, ''
FROM registry_organisation o WHERE o.region_id = %(region)s AND abs(hashint8(o.id * 3 + {salt})) %% 10 < %(known)s
"""
# programme → its certificates in ten thousand enterprises
TITLES = {"cn.high-tech": 500, "cn.tech-sme": 900, "cn.srdi-sme": 200}
_TITLE = """
INSERT INTO registry_recognition (region_id, is_demonstration, version, withdrawn_reason, source, holder_name,
    holder_kind, organisation_id, programme, act, level, kind, authority, batch, document_number, document_title, url,
    certificate_number, granted_on, valid_until, is_unlimited, revoked_reason, tags)
SELECT o.region_id, true, 1, '', '性能测试数据', o.name, 'organisation', o.id, %(programme)s,
    '认定', '', '首次', '', '', '', '', '',
    '', DATE '2023-01-01' + (abs(hashint8(o.id)) %% 900)::int, DATE '2026-01-01' + (abs(hashint8(o.id)) %% 900)::int,
    false, '', '{}'
FROM registry_organisation o WHERE o.region_id = %(region)s AND abs(hashint8(o.id * 19)) %% 10000 < %(known)s
"""
TABLES = ("registry_fact", "registry_patent", "registry_recordcoverage", "registry_recognition")
COVERED = ("titles", "ip", "incidents")
_COVERAGE = """
INSERT INTO registry_recordcoverage (region_id, is_demonstration, version, withdrawn_reason, source, organisation_id,
    kind, complete_until)
SELECT o.region_id, true, 1, '', '性能测试数据', o.id, %(kind)s,
       DATE '2027-06-30' - (abs(hashint8(o.id + %(salt)s)) %% 400)::int
FROM registry_organisation o WHERE o.region_id = %(region)s AND abs(hashint8(o.id * 5 + %(salt)s)) %% 10 < 7
"""
_PATENTS = """
INSERT INTO registry_patent (region_id, is_demonstration, version, withdrawn_reason, source, owner_name,
    organisation_id, number, title, kind, granted_on, acquisition)
SELECT o.region_id, true, 1, '', '性能测试数据', o.name, o.id, 'ZL' || o.id || '.' || n, '一种装置', '实用新型',
       DATE '2020-01-01' + (abs(hashint8(o.id + n)) %% 2000)::int, '自主研发'
FROM registry_organisation o, generate_series(1, 3) n
WHERE o.region_id = %(region)s AND abs(hashint8(o.id * 11)) %% 10 < 3
"""


def fill(owner_url: str) -> int:
    """Write facts, patents and coverage of every organisation of the region; returns the number of facts."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for place, (fact, years, value, known) in enumerate(FACTS):
            for year in years or (0,):
                salt = place * 100 + year % 100
                column = "flag" if value == "true" else "number"
                statement = _NUMBER.format(
                    column=column,
                    value=value.format(salt=salt),
                    as_of="NULL" if year else "DATE '2025-12-31'",
                    salt=salt,
                )
                given = {"fact": fact, "period": str(year or ""), "known": known, "region": REGION}
                connection.execute(statement, given)  # type: ignore[arg-type]
        connection.execute(_PATENTS, {"region": REGION})
        for programme, known in TITLES.items():
            connection.execute(_TITLE, {"region": REGION, "programme": programme, "known": known})
        for place, kind in enumerate(COVERED):
            connection.execute(_COVERAGE, {"region": REGION, "kind": kind, "salt": place})
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            connection.execute(f"VACUUM (ANALYZE) {table}")
        found = connection.execute("SELECT count(*) FROM registry_fact").fetchone()
    assert found is not None
    return int(found[0])
