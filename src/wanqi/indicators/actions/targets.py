"""Writers of target breakdowns: the head and all parts of one form in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import (
    changes_between,
    checked_reason,
    correct_row,
    create_row,
    withdraw_row,
)
from wanqi.core.errors import AccessRefused, RowInvalid, RowStale, StepRefused
from wanqi.core.models import Area, Office, Unit
from wanqi.core.packs import current_pack

from ..models import TargetBreakdown, TargetPart

Holder = Office | Unit | Area


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGiven:
    """One line of the form: who holds how much, who answers for it, until when."""

    holder: Holder
    value: Decimal
    person: str = ""
    due_on: date | None = None
    note: str = ""

    def fields(self) -> dict[str, Any]:
        """Return the part's own model fields, the holder apart."""
        return {"value": self.value, "person": self.person, "due_on": self.due_on, "note": self.note}


@transaction.atomic
def create_breakdown(
    values: Mapping[str, Any],
    parts: Sequence[PartGiven],
    *,
    actor: Actor,
    region: str,
    is_demonstration: bool = False,
) -> TargetBreakdown:
    """Break a target down; `values` are fields of the head. Raises RowInvalid, AccessRefused; then nothing is kept."""
    spec = current_pack(region).indicators.get(str(values.get("indicator")))
    if spec is None or spec.nature != "target":
        raise RowInvalid({"indicator": ["请选择一个有全年目标的指标。"]})
    head = TargetBreakdown(region_id=region, is_demonstration=is_demonstration, **values)
    _check_parts(head, parts)
    head = create_row(head, actor=actor, verb="分解目标")
    for position, part in enumerate(parts):
        _add(head, part, position, actor)
    return head


@transaction.atomic
def correct_breakdown(
    head: TargetBreakdown,
    values: Mapping[str, Any],
    parts: Sequence[PartGiven],
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
) -> TargetBreakdown:
    """Bring a breakdown to what the form says: parts are added, corrected, or withdrawn where they are missing.

    seen: the head's `version` the actor looked at; it counts every change of the head or of a part.
    Raises RowStale, ReasonMissing, RowInvalid, StepRefused, AccessRefused; then nothing is kept.
    """
    why = checked_reason(reason)
    held = TargetBreakdown.objects.select_for_update(of=("self",)).get(pk=head.pk)
    if seen is not None and seen != held.version:
        raise RowStale(
            f"该分解已在{held.updated_at.astimezone():%Y-%m-%d %H:%M}被他人修改。",
            hint="您填写的内容仍保留，请核对最新内容后重新提交。",
        )
    if held.withdrawn_at is not None:
        raise StepRefused("该分解已撤销，不能修改。", hint="如需恢复，请先恢复该分解。")
    _require(held, "correct", actor)
    _check_parts(held, parts)
    before = held.version
    changed = correct_row(held, values, actor=actor, reason=why)
    if _parts_brought(changed, parts, actor, why) and changed.version == before:
        changed.version += 1
        changed.updated_at = Now()
        changed.save(update_fields=["version", "updated_at"])
        changed.refresh_from_db()
    return changed


def withdraw_breakdown(row: TargetBreakdown, *, actor: Actor, reason: str) -> TargetBreakdown:
    """Take a breakdown out of the board; its parts stay with it."""
    return withdraw_row(row, actor=actor, reason=reason)


def _require(head: TargetBreakdown, verb: str, actor: Actor) -> None:
    if not actor.may_place(
        "target", verb, region=head.region_id, office=head.office_id, area=None, unit=head.unit_id
    ):
        raise AccessRefused("只能分解本股室负责的目标。", hint="请核对责任股室，或联系其经办人。")


def _check_parts(head: TargetBreakdown, parts: Sequence[PartGiven]) -> None:
    """Raise RowInvalid where there is no part, a holder stands twice or is not of the dimension."""
    if not parts:
        raise RowInvalid({"parts": ["请至少填写一个分项的目标数。"]})
    seen: set[tuple[str, int]] = set()
    for part in parts:
        name = part.holder.name
        key = (type(part.holder).__name__, part.holder.pk)
        if key in seen:
            raise RowInvalid({"parts": [f"“{name}”填了两行，请合并。"]})
        seen.add(key)
        if dimension_of(part.holder) != head.dimension:
            asked = TargetBreakdown.Dimension(head.dimension).label
            raise RowInvalid({"parts": [f"“{name}”不是{asked}，请核对“分解到”。"]})


def dimension_of(holder: Holder) -> str:
    """Return the dimension that a holder belongs to; the kind of a unit names its own."""
    if isinstance(holder, Office):
        return TargetBreakdown.Dimension.OFFICE
    return holder.kind if isinstance(holder, Unit) else TargetBreakdown.Dimension.AREA


def _slot(holder: Holder) -> str:
    return {Office: "to_office", Unit: "to_unit", Area: "to_area"}[type(holder)]


def _add(head: TargetBreakdown, part: PartGiven, position: int, actor: Actor, reason: str = "") -> None:
    row = TargetPart(
        region_id=head.region_id,
        office=head.office,
        breakdown=head,
        position=position,
        is_demonstration=head.is_demonstration,
        **{_slot(part.holder): part.holder},
        **part.fields(),
    )
    create_row(row, actor=actor, reason=reason, verb="分解目标")


def _parts_brought(head: TargetBreakdown, parts: Sequence[PartGiven], actor: Actor, reason: str) -> bool:
    """Write what differs and return whether anything did."""
    place = {"office": head.office}  # the parts stand where their head stands
    standing = {(_slot(row.holder), row.holder.pk): row for row in head.parts.current().held()}
    is_changed = False
    for position, part in enumerate(parts):
        row = standing.pop((_slot(part.holder), part.holder.pk), None)
        if row is None:
            _add(head, part, position, actor, reason)
            is_changed = True
        elif changes_between(row, {**part.fields(), **place}):
            correct_row(row, {**part.fields(), **place}, actor=actor, reason=reason)
            is_changed = True
    for row in standing.values():
        withdraw_row(row, actor=actor, reason=reason, verb="取消分项")
        is_changed = True
    return is_changed
