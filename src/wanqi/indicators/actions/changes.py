"""The notes of what was written, which would otherwise grow for ever."""

from __future__ import annotations

from django.db import connection


def forget_changes() -> int:
    """Remove the notes that no reader can still ask for; returns how many. Made daily, it keeps those of two days."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wanqi_forget_changes()")
        return int(cursor.fetchone()[0])
