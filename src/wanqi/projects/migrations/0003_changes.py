"""Every transaction that writes into these registers is noted, so that figures over them are counted again."""

from __future__ import annotations

from django.db import migrations

WATCH = """
CREATE TRIGGER wanqi_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION wanqi_note_change();
"""
REVERSE_WATCH = "DROP TRIGGER wanqi_changed ON {table};"
TABLES = ("projects_fibercoverage", "projects_project", "projects_site")


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0005_changes"),
        ("projects", "0002_projects_and_fibre"),
    ]

    operations = [
        migrations.RunSQL(WATCH.format(table=table), REVERSE_WATCH.format(table=table)) for table in TABLES
    ]
