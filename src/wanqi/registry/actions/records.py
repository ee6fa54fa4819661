"""Writers of records without a register of their own, and of how far the lists of records are complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import Writers
from wanqi.core.errors import RowInvalid
from wanqi.core.packs import current_pack

from ..facts import records
from ..models import RecordCoverage, RecordRow


def _clean_record(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return records.clean_record(current_pack(region), values)


def _clean_coverage(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return records.clean_coverage(current_pack(region), values, today=timezone.localdate())


RECORDS = Writers(RecordRow, clean=_clean_record)
COVERAGES = Writers(RecordCoverage, clean=_clean_coverage)


def correct_record(
    row: RecordRow, values: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
) -> RecordRow:
    """Correct a record and say why; its kind cannot change. Raises RowStale, RowInvalid, AccessRefused."""
    if values.get("kind", row.kind) != row.kind:
        raise RowInvalid({"kind": ["记录类别不能改。登记错了类别的，请撤销后重新登记。"]})
    given = {"kind": row.kind, "values": row.values, **values}
    return RECORDS.correct(row, given, actor=actor, reason=reason, seen=seen)
