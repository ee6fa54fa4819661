"""Writers of own boundaries: one is in use at a time; the others stay readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import create_row, withdraw_row

from ..models import Outline


@transaction.atomic
def bring_outline(values: Mapping[str, Any], *, actor: Actor, region: str) -> Outline:
    """Put an outline in use; the one before is put out of use in the same act. Raises RowInvalid, AccessRefused."""
    for standing in Outline.objects.select_for_update().current().filter(region_id=region):
        withdraw_row(
            standing, actor=actor, reason=f"换用审图号{values['review_number']}的底图", verb="停用底图"
        )
    return create_row(Outline(region_id=region, **values), actor=actor, verb="启用底图")


def end_outline(row: Outline, *, actor: Actor, reason: str) -> Outline:
    """Put an outline out of use. Raises ReasonMissing, StepRefused, AccessRefused."""
    return withdraw_row(row, actor=actor, reason=reason, verb="停用底图")
