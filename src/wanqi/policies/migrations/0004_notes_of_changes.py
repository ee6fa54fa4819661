"""Triggers that note what standings no longer follow, and wake the worker; all in the transaction that changes something.

Whatever writes (an action, COPY, SQL by hand) is noted by statement, one row per organisation, so that an import of a
hundred thousand rows stays as quick as it was. Nothing is noted for regions whose standings are not kept. The worker
is woken once per transaction by a job of its own, so that nobody waits for anybody else's transaction.
"""

from __future__ import annotations

from django.db import migrations

WAKE = """
CREATE FUNCTION wanqi_wake_standings(about text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mark text := 'wanqi.woken_' || replace(about, '-', '_');
BEGIN
    IF coalesce(current_setting(mark, true), '') <> 'yes' THEN
        PERFORM set_config(mark, 'yes', true);
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args)
        VALUES ('default', 'wanqi.policies.tasks.keep_standings', 5, 'standings:' || about,
                jsonb_build_object('region', about));
    END IF;
END $$;
"""
REVERSE_WAKE = "DROP FUNCTION wanqi_wake_standings(text);"

NOTE = """
CREATE FUNCTION wanqi_note_{table}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    about text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        FOR about IN
            WITH touched AS ({updated}), noted AS (
                INSERT INTO policies_standingdue (region, organisation, items)
                SELECT region_id, organisation_id, {items} FROM touched
                JOIN policies_standingbook USING (region_id)
                WHERE organisation_id IS NOT NULL GROUP BY region_id, organisation_id RETURNING region
            ) SELECT DISTINCT region FROM noted
        LOOP
            PERFORM wanqi_wake_standings(about);
        END LOOP;
    ELSE
        FOR about IN
            WITH touched AS ({changed}), noted AS (
                INSERT INTO policies_standingdue (region, organisation, items)
                SELECT region_id, organisation_id, {fresh_items} FROM touched
                JOIN policies_standingbook USING (region_id)
                WHERE organisation_id IS NOT NULL GROUP BY region_id, organisation_id RETURNING region
            ) SELECT DISTINCT region FROM noted
        LOOP
            PERFORM wanqi_wake_standings(about);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wanqi_noted_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_{table}();
CREATE TRIGGER wanqi_noted_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_{table}();
"""
ON_UPDATE = """
CREATE TRIGGER wanqi_noted_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_{table}();
"""
REVERSE_NOTE = """
DROP TRIGGER wanqi_noted_insert ON {table};
DROP TRIGGER wanqi_noted_delete ON {table};
DROP TRIGGER IF EXISTS wanqi_noted_update ON {table};
DROP FUNCTION wanqi_note_{table}();
"""
ROWS = "SELECT region_id, organisation_id, {item} AS item FROM {name}"

# Of a fact only `superseded_at` is ever updated, which says nothing new; whatever else is, by hand, goes row by row.
FACT_BY_HAND = """
CREATE FUNCTION wanqi_note_fact_by_hand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM policies_standingbook WHERE region_id = NEW.region_id) THEN
        INSERT INTO policies_standingdue (region, organisation, items)
        VALUES (NEW.region_id, OLD.organisation_id, ARRAY[OLD.fact]),
               (NEW.region_id, NEW.organisation_id, ARRAY[NEW.fact]);
        PERFORM wanqi_wake_standings(NEW.region_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wanqi_noted_by_hand AFTER UPDATE OF
    organisation_id, fact, period, as_of, number, text, day, flag, items, source_class, source, withdrawn, recorded_at
    ON registry_fact FOR EACH ROW EXECUTE FUNCTION wanqi_note_fact_by_hand();
"""
REVERSE_FACT_BY_HAND = """
DROP TRIGGER wanqi_noted_by_hand ON registry_fact;
DROP FUNCTION wanqi_note_fact_by_hand();
"""

PACKS = """
CREATE FUNCTION wanqi_note_packs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wanqi_wake_standings(region_id) FROM policies_standingbook;
    RETURN NULL;
END $$;
CREATE TRIGGER wanqi_noted_packs AFTER INSERT OR UPDATE OR DELETE ON core_packfile
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_packs();
"""
REVERSE_PACKS = """
DROP TRIGGER wanqi_noted_packs ON core_packfile;
DROP FUNCTION wanqi_note_packs();
"""

ITEMS = {
    "registry_recordrow": "kind",
    "registry_recordcoverage": "kind",
    "registry_recognition": "'titles'",
    "registry_patent": "'ip'",
    "registry_trademark": "'ip'",
    "registry_pledgeloan": "'loan'",
}
# What changes in a row of the register without a word about the enterprise.
SILENT = "'{updated_at,version,search_text,name_pinyin,contact,phone}'::text[]"


def _noting(table: str, item: str) -> migrations.RunSQL:
    """Return what notes every change of a register's rows under an item."""
    changed = ROWS.format(item=item, name="changed")
    both = f"{changed} UNION ALL {ROWS.format(item=item, name='former')}"
    items = "array_agg(DISTINCT item::text)"
    texts = NOTE.format(table=table, updated=both, changed=changed, items=items, fresh_items=items)
    return migrations.RunSQL(texts + ON_UPDATE.format(table=table), REVERSE_NOTE.format(table=table))


def _facts() -> migrations.RunSQL:
    """Statistical micro-data are no reason to compare anything again: no rule is given them."""
    changed = f"{ROWS.format(item='fact', name='changed')} WHERE source_class <> '统计'"
    items = "array_agg(DISTINCT item::text)"
    texts = NOTE.format(
        table="registry_fact", updated=changed, changed=changed, items=items, fresh_items=items
    )
    return migrations.RunSQL(texts, REVERSE_NOTE.format(table="registry_fact"))


def _organisations() -> migrations.RunSQL:
    """A new organisation is compared with everything, a changed one with what reads the register's columns."""
    changed = "SELECT region_id, id AS organisation_id, NULL AS item FROM changed"
    updated = (
        "SELECT changed.region_id, changed.id AS organisation_id FROM changed JOIN former USING (id) "
        f"WHERE to_jsonb(changed) - {SILENT} <> to_jsonb(former) - {SILENT}"
    )
    texts = NOTE.format(
        table="registry_organisation",
        updated=updated,
        changed=changed,
        items="ARRAY['organisation']",
        fresh_items="NULL::text[]",
    )
    table = "registry_organisation"
    return migrations.RunSQL(texts + ON_UPDATE.format(table=table), REVERSE_NOTE.format(table=table))


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0003_standings"),
        ("registry", "0005_contacts_and_what_patents_count_for"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(WAKE, REVERSE_WAKE),
        _facts(),
        _organisations(),
        *(_noting(table, item) for table, item in ITEMS.items()),
        migrations.RunSQL(FACT_BY_HAND, REVERSE_FACT_BY_HAND),
        migrations.RunSQL(PACKS, REVERSE_PACKS),
    ]
