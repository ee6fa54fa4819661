"""Writers of import profiles made in the browser from an example file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import attach, correct_row, create_row, withdraw_row
from wanqi.core.errors import AccessRefused, RowInvalid

from ..importing import kinds_of, sink_of
from ..models import OwnProfile
from ..profiles import as_definition, checked_profile, imports_of
from ..sheets import open_table

MADE = "按样表做成导入方案"


@transaction.atomic
def start_profile(
    name: str, content: bytes, *, kind: str, sheet: str, region: str, office: int | None, actor: Actor
) -> OwnProfile:
    """Keep an example file as the draft of a profile and return it; it is offered nowhere until it is made ready.

    Raises TableRefused, AccessRefused where the actor imports nothing of that kind, RowInvalid.
    """
    _require_kind(kind, region=region, actor=actor)
    open_table(content, name=name)
    row = OwnProfile(
        region_id=region,
        office_id=office,
        code=_free_code(region),
        title=name.rpartition(".")[0][:200] or name[:200],
        kind=kind,
        sheet=sheet[:200],
        example=attach(name, content, content_type="application/octet-stream", region=region, actor=actor),
        is_demonstration=bool(actor.user and actor.user.is_demonstration),
    )
    return create_row(row, actor=actor)


@transaction.atomic
def keep_profile(
    row: OwnProfile, definition: Mapping[str, Any], *, actor: Actor, reason: str = "", seen: int | None = None
) -> OwnProfile:
    """Make a draft ready, or change a profile for the imports to come; its version goes up with each.

    Batches under way keep what was matched. Raises MappingRefused, ReasonMissing for a profile in use, RowStale,
    RowInvalid, AccessRefused.
    """
    number = row.version + 1
    version = f"{timezone.localdate().year}-{number}"
    profile = checked_profile(row.region_id, {**definition, "id": row.code, "version": version})
    _require_kind(profile.kind, region=row.region_id, actor=actor)
    if any(one.title == profile.title for id, one in imports_of(row.region_id).items() if id != row.code):
        raise RowInvalid({"title": [f"已有名为“{profile.title}”的导入方案，请换一个名称。"]})
    draft = row.state == OwnProfile.State.DRAFT
    values = {
        "title": profile.title,
        "kind": profile.kind,
        "definition": as_definition(profile),
        "state": OwnProfile.State.READY,
    }
    return correct_row(row, values, actor=actor, reason=MADE if draft else reason, seen=seen)


def withdraw_profile(row: OwnProfile, *, actor: Actor, reason: str) -> OwnProfile:
    """Take a profile out of use; what was imported with it stays. Raises ReasonMissing, AccessRefused."""
    return withdraw_row(row, actor=actor, reason=reason)


def _require_kind(kind: str, *, region: str, actor: Actor) -> None:
    if kind not in kinds_of(region):
        raise RowInvalid({"kind": ["请选择导入到哪个台账。"]})
    if not actor.can(sink_of(kind).model.resource, "import"):
        raise AccessRefused("您的角色不能导入这个台账。", hint="如工作需要，请联系安全管理员授权。")


def _free_code(region: str) -> str:
    """Return the next identifier of the region's own profiles; one that was withdrawn is not given again."""
    return f"own-{OwnProfile.objects.filter(region=region).count() + 1}"
