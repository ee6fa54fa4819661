"""Triggers that say which transaction wrote into which table that figures stand on, in that transaction itself.

Whatever writes (an action, COPY, SQL by hand) is noted, once per transaction and table, in a row that no other
transaction touches: nobody waits for anybody, and what is taken back takes its note along. A reader that remembers the
snapshot it read under asks which noted transactions that snapshot did not see.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Now

NOTE = """
CREATE FUNCTION wanqi_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO indicators_change (transaction, source, part)
    VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME, '') ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""
REVERSE_NOTE = "DROP FUNCTION wanqi_note_change();"

WATCH = """
CREATE TRIGGER wanqi_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_change();
"""
REVERSE_WATCH = "DROP TRIGGER wanqi_changed ON {table};"

# Of an enterprise only what rows show of it: its code.
ENTERPRISES = """
CREATE FUNCTION wanqi_note_credit_code() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM changed FULL JOIN former USING (id)
        WHERE changed.credit_code IS DISTINCT FROM former.credit_code
    ) THEN
        INSERT INTO indicators_change (transaction, source, part)
        VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME, '') ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wanqi_changed_code AFTER UPDATE ON registry_organisation
    REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_credit_code();
CREATE TRIGGER wanqi_changed AFTER DELETE OR TRUNCATE ON registry_organisation
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_change();
"""
REVERSE_ENTERPRISES = """
DROP TRIGGER wanqi_changed ON registry_organisation;
DROP TRIGGER wanqi_changed_code ON registry_organisation;
DROP FUNCTION wanqi_note_credit_code();
"""

# Of reported values the indicators, so that one value does not make all others be read again.
VALUES = """
CREATE FUNCTION wanqi_note_values() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO indicators_change (transaction, source, part)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, TG_TABLE_NAME, indicator
        FROM (SELECT indicator FROM changed UNION SELECT indicator FROM former) AS either ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO indicators_change (transaction, source, part)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, TG_TABLE_NAME, indicator FROM changed
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wanqi_changed_insert AFTER INSERT ON indicators_observation
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_values();
CREATE TRIGGER wanqi_changed_update AFTER UPDATE ON indicators_observation
    REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_values();
CREATE TRIGGER wanqi_changed_delete AFTER DELETE ON indicators_observation
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_values();
CREATE TRIGGER wanqi_changed AFTER TRUNCATE ON indicators_observation
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_change();
"""
REVERSE_VALUES = """
DROP TRIGGER wanqi_changed ON indicators_observation;
DROP TRIGGER wanqi_changed_insert ON indicators_observation;
DROP TRIGGER wanqi_changed_update ON indicators_observation;
DROP TRIGGER wanqi_changed_delete ON indicators_observation;
DROP FUNCTION wanqi_note_values();
"""

# A note may go when every reader's snapshot is younger than the end of its transaction: two days after a mark was made,
# whatever had ended by the mark. A database brought back from a copy has notes and marks with numbers still to come.
FORGET = """
CREATE FUNCTION wanqi_forget_changes() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM indicators_change WHERE at < now() - interval '2 days' AND transaction < (
        SELECT max(part::bigint) FROM indicators_change
        WHERE source = '' AND at < now() - interval '2 days'
        AND transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    INSERT INTO indicators_change (transaction, source, part)
    VALUES (pg_current_xact_id()::text::bigint, '', pg_snapshot_xmin(pg_current_snapshot())::text)
    ON CONFLICT DO NOTHING;
    RETURN gone;
END $$;
"""
REVERSE_FORGET = "DROP FUNCTION wanqi_forget_changes();"

TABLES = (
    *("core_area", "indicators_ranking", "registry_activity", "registry_carrier", "registry_engagement"),
    *("registry_expert", "registry_listingplan", "registry_nomination", "registry_nominationstep"),
    *(
        "registry_patent",
        "registry_person",
        "registry_pledgeloan",
        "registry_recognition",
        "registry_trademark",
    ),
)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_enterprise_users"),
        ("indicators", "0004_peers"),
        ("registry", "0007_own_import_profiles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "transaction", "source", "part",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("transaction", models.BigIntegerField(verbose_name="事务编号")),
                ("source", models.CharField(max_length=63, verbose_name="数据表")),
                ("part", models.CharField(blank=True, max_length=120, verbose_name="指标")),
                ("at", models.DateTimeField(db_default=Now(), verbose_name="时间")),
            ],
            options={"verbose_name": "数据变动"},
        ),
        migrations.RunSQL(NOTE, REVERSE_NOTE),
        *(
            migrations.RunSQL(WATCH.format(table=table), REVERSE_WATCH.format(table=table))
            for table in TABLES
        ),
        migrations.RunSQL(ENTERPRISES, REVERSE_ENTERPRISES),
        migrations.RunSQL(VALUES, REVERSE_VALUES),
        migrations.RunSQL(FORGET, REVERSE_FORGET),
    ]  # fmt: skip
