"""What a return says, as data: what is locked as a version, and what a workbook's digest stands for."""

from __future__ import annotations

from typing import Any

from wanqi.packs.pack import content_digest

from .models import Entry, Return


def as_json(row: Return) -> dict[str, Any]:
    """Return everything a unit handed in; decimals as text, files by their digest."""
    entries = Entry.objects.filter(belongs_to=row).select_related("evidence").order_by("line")
    return {
        "form": row.round.form,
        "period": row.round.period,
        "unit": row.unit.code if row.unit else "",
        "entries": [_entry(one) for one in entries.defer("evidence__content")],
        "rows": row.rows,
        "nothing": row.nothing,
        "reported_by": row.reported_by,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        "note": row.note,
        "evidence": row.evidence.digest if row.evidence else None,
    }


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "line": one.line,
        "value": None if one.value is None else format(one.value.normalize(), "f"),
        "as_written": one.as_written,
        "answer": one.answer,
        "known": None if one.known is None else format(one.known.normalize(), "f"),
        "reason": one.reason,
        "evidence": one.evidence.digest if one.evidence else None,
    }


def digest_of(content: dict[str, Any]) -> str:
    """Return `sha256:<hex>` of what a return says."""
    return content_digest(content)
