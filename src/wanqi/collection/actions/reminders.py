"""Writers of reminders: what was sent, to whom, by whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import record
from wanqi.core.errors import AccessRefused, RowInvalid

from ..models import Reminder, Return, Round


@transaction.atomic
def remind(round: Round, *, actor: Actor, text: str, returns: Sequence[Return]) -> Reminder:
    """Note that units were reminded with a text. Raises RowInvalid for a unit that has handed in, AccessRefused."""
    if not actor.may_place(
        "return", "review", region=round.region_id, office=round.office_id, area=None, unit=None
    ):
        raise AccessRefused("这张报表不归您的股室催报。", hint="请联系责任股室。")
    said = text.replace("\x00", "").strip()
    if not said or len(said) > 5_000:
        raise RowInvalid({"text": ["请填写催报文字，5000字以内。"]})
    held = Return.objects.filter(pk__in=[row.pk for row in returns], round=round).select_related("unit")
    named = list(held.order_by("unit__position", "pk"))
    if not named:
        raise RowInvalid({"units": ["请至少选择一个单位。"]})
    done = [str(row.unit) for row in named if not row.is_open]
    if done:
        raise RowInvalid({"units": [f"{'、'.join(done)}已经报送或免报，不用再催。请刷新后重新生成。"]})
    reminder = Reminder.objects.create(
        region_id=round.region_id,
        round=round,
        units=[row.unit.code for row in named if row.unit],
        text=said,
        sent_by=actor.user,
    )
    names = "、".join(str(row.unit) for row in named)
    record(
        round, "催报", actor=actor, changes=[{"field": "units", "label": "单位", "old": "—", "new": names}]
    )
    return reminder
