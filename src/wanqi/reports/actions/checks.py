"""What is kept of a check before sending: why a sum stands, and a text with what was found in it."""

from __future__ import annotations

from django.db import transaction

from wanqi.core.access import Actor, require
from wanqi.core.actions import checked_reason, create_row, withdraw_row
from wanqi.core.errors import StepRefused
from wanqi.core.models import Office

from ..checking import Checked, as_json, key_of
from ..models import Explanation, SavedCheck

PASTED = "粘贴的文字"


@transaction.atomic
def explain(checked: Checked, key: str, *, actor: Actor, region: str, reason: str) -> Explanation:
    """Keep why one sum of a text stands: in later drafts of the region it is not asked about again.

    key: of an open finding, as `key_of` gives it. Raises ReasonMissing, AccessRefused, RowInvalid where somebody
    was quicker, StepRefused where the text has no such finding.
    """
    require(actor, "explanation", "create")
    reason = checked_reason(reason)
    finding = next((one for one in checked.findings if key_of(one) == key), None)
    if finding is None:
        raise StepRefused("这一处疑点已不在文中，或刚被他人说明。", hint="请重新核对后再看。")
    row = Explanation(
        region_id=region,
        office=own_office(actor),
        key=key,
        level=finding.level,
        figures=list(finding.figures),
        message=finding.message,
        reason=reason,
        is_demonstration=_is_demonstration(actor),
    )
    return create_row(row, actor=actor, reason=reason, verb="经核无误")


def take_back(row: Explanation, *, actor: Actor, reason: str) -> Explanation:
    """Ask about the sum again from now on. Raises ReasonMissing, StepRefused, AccessRefused."""
    return withdraw_row(row, actor=actor, reason=reason, verb="撤回说明")


@transaction.atomic
def save_check(checked: Checked, *, actor: Actor, region: str, title: str, source: str = "") -> SavedCheck:
    """Keep a text with what was found in it, for the actor's own office.

    source: the file's name; empty for pasted words. Raises RowInvalid without a title, AccessRefused.
    """
    require(actor, "check", "create")
    row = SavedCheck(
        region_id=region,
        office=own_office(actor),
        title=" ".join(title.replace("\x00", "").split()),
        source=source[:200] or PASTED,
        text=checked.text,
        result=as_json(checked),
        period=checked.period,
        read=checked.read,
        weighed=checked.weighed,
        errors=len(checked.of("error")),
        queries=len(checked.of("query")),
        notes=len(checked.of("note")),
        explained=len(checked.explained),
        is_demonstration=_is_demonstration(actor),
    )
    return create_row(row, actor=actor, verb="保存核对")


def withdraw_check(row: SavedCheck, *, actor: Actor, reason: str) -> SavedCheck:
    """Take a saved check out of the list. Raises ReasonMissing, StepRefused, AccessRefused."""
    return withdraw_row(row, actor=actor, reason=reason, verb="撤回")


def own_office(actor: Actor) -> Office | None:
    """Return the first of the actor's own offices."""
    return Office.objects.filter(pk__in=actor.offices()).order_by("position").first()


def _is_demonstration(actor: Actor) -> bool:
    return actor.user is not None and actor.user.is_demonstration
