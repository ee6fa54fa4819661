"""Facts and records for organisations by the thousand: written by SQL, reproducible, of the size that a county knows."""

from __future__ import annotations

import psycopg

from .ground import REGION, tell

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
FROM registry_organisation o
WHERE o.region_id = %(region)s AND o.id <= %(last)s AND abs(hashint8(o.id * 3 + {salt})) %% 10 < %(known)s
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
FROM registry_organisation o
WHERE o.region_id = %(region)s AND o.id <= %(last)s AND abs(hashint8(o.id * 19)) %% 10000 < %(known)s
"""
TABLES = ("registry_fact", "registry_patent", "registry_recordcoverage", "registry_recognition")
COVERED = ("titles", "ip", "incidents")
_COVERAGE = """
INSERT INTO registry_recordcoverage (region_id, is_demonstration, version, withdrawn_reason, source, organisation_id,
    kind, complete_until)
SELECT o.region_id, true, 1, '', '性能测试数据', o.id, %(kind)s,
       DATE '2027-06-30' - (abs(hashint8(o.id + %(salt)s)) %% 400)::int
FROM registry_organisation o
WHERE o.region_id = %(region)s AND o.id <= %(last)s AND abs(hashint8(o.id * 5 + %(salt)s)) %% 10 < 7
"""
_PATENTS = """
INSERT INTO registry_patent (region_id, is_demonstration, version, withdrawn_reason, source, owner_name,
    organisation_id, number, title, kind, granted_on, acquisition)
SELECT o.region_id, true, 1, '', '性能测试数据', o.name, o.id, 'ZL' || o.id || '.' || n, '一种装置', '实用新型',
       DATE '2020-01-01' + (abs(hashint8(o.id + n)) %% 2000)::int, '自主研发'
FROM registry_organisation o, generate_series(1, 3) n
WHERE o.region_id = %(region)s AND o.id <= %(last)s AND abs(hashint8(o.id * 11)) %% 10 < 3
"""


def fill(owner_url: str, *, last: int = 2**62) -> int:
    """Write facts, titles, patents and coverage of organisations up to a number; returns the number of facts."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        where = {"region": REGION, "last": last}
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
                given = {**where, "fact": fact, "period": str(year or ""), "known": known}
                connection.execute(statement, given)  # type: ignore[arg-type]
        connection.execute(_PATENTS, where)
        for programme, known in TITLES.items():
            connection.execute(_TITLE, {**where, "programme": programme, "known": known})
        for place, kind in enumerate(COVERED):
            connection.execute(_COVERAGE, {**where, "kind": kind, "salt": place})
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            connection.execute(f"VACUUM (ANALYZE) {table}")
    return facts(owner_url)


def facts(owner_url: str) -> int:
    """Return how many facts there are."""
    with psycopg.connect(owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM registry_fact").fetchone()
    assert found is not None
    return int(found[0])


COLUMNS = (
    'unmet, unknown, missing, evaluated_at, track_id, rule_id, "on", holds_until, verdict, why, short, bucket, digest, '
    "score_low, score_high, amount_low, amount_high, further"
)
# The organisations of a range, each with the one whose standings it gets: their numbers follow one another.
COPIES = """
(SELECT id, (id - {first}) % {many} + {first} AS original FROM registry_organisation
 WHERE region_id = '{region}' AND id BETWEEN {begin} AND {end} AND id > {last} AND withdrawn_at IS NULL) AS copy
"""
COPIED = f"""
INSERT INTO policies_standing (organisation_id, {COLUMNS})
SELECT copy.id, {COLUMNS} FROM {COPIES} JOIN policies_standing ON organisation_id = original
"""
GROUPED = f"""
INSERT INTO policies_grouping (organisation_id, region_id, size_class, clusters)
SELECT copy.id, region_id, size_class, clusters FROM {COPIES} JOIN policies_grouping ON organisation_id = original
"""
ORIGINALS = "bench_originals"
AT_ONCE = 50_000  # organisations


def copy_standings(owner_url: str, *, first: int, last: int) -> None:
    """Give every later organisation the standings of one of those from first to last; the indexes are built after.

    The table is not written to the log of the database meanwhile nor after: nobody keeps it, and reading is the same.
    """
    given = {"first": first, "last": last, "many": last - first + 1, "region": REGION}
    with psycopg.connect(owner_url, autocommit=True) as connection:

        def run(statement: str, **more: object) -> None:
            connection.execute(statement.format(**given, **more))  # type: ignore[arg-type]

        run("SET maintenance_work_mem = '1GB'")
        run("TRUNCATE policies_standingdue")
        made = _without_indexes(connection, "policies_standing")
        run("ALTER TABLE policies_standing SET UNLOGGED")
        run(f"CREATE UNLOGGED TABLE {ORIGINALS} AS SELECT * FROM policies_standing")
        run(f"ANALYZE {ORIGINALS}")
        final = connection.execute("SELECT max(id) FROM registry_organisation").fetchone()
        assert final is not None
        for begin in range(first, final[0] + 1, AT_ONCE):
            part = {"begin": begin, "end": begin + AT_ONCE - 1}
            run(COPIED.replace("JOIN policies_standing", f"JOIN {ORIGINALS}"), **part)
            run(GROUPED, **part)
            tell(f"standings up to enterprise {begin + AT_ONCE:,} of {final[0]:,}")
        run(f"DROP TABLE {ORIGINALS}")
        for statement in made:
            connection.execute(statement)  # type: ignore[arg-type]
        connection.execute("VACUUM (ANALYZE) policies_standing, policies_grouping, policies_standingdue")


def _without_indexes(connection: psycopg.Connection, table: str) -> list[str]:
    """Drop the indexes and the primary key of a table; returns the statements that make them again."""
    keys = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'",
        [table],
    ).fetchall()
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT indexname = ANY(%s)",
        [table, [name for name, _ in keys]],
    ).fetchall()
    for name, _ in keys:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")  # type: ignore[arg-type]
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")  # type: ignore[arg-type]
    again = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in keys]
    return [*again, *(definition for _, definition in indexes)]


def copied(owner_url: str) -> bool:
    """Return whether the standings have been copied by an earlier run."""
    with psycopg.connect(owner_url) as connection:
        found = connection.execute("SELECT FROM policies_standingbook WHERE filled_at IS NOT NULL").fetchone()
    return found is not None
