"""Writers of the register of recognitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.actions import Writers, correct_row
from wanqi.core.actions.rows import checked_reason
from wanqi.core.errors import RowInvalid, StepRefused

from ..models import Recognition
from ..programmes import granted_in
from .holding import cleaned, completed


def _clean(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean, granted = cleaned(region, values)
    act = clean.get("act")
    if granted is not None and granted.act and act and act != granted.act:
        raise RowInvalid(
            {"act": [f"“{granted.title}”是“{granted.act}”，不能写成“{act}”，请选“{granted.act}”。"]}
        )
    if clean.get("is_unlimited") and clean.get("valid_until"):
        raise RowInvalid({"valid_until": ["已勾选长期有效，请不要再填有效期；或去掉长期有效。"]})
    return clean


RECOGNITIONS = Writers(Recognition, _clean)


def recognised(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a new recognition with what its 事项 says: act, level, authority, end of validity.

    The end is a proposal by the length the packs give; it can be corrected to what the certificate says.
    """
    found = completed(region, values)
    granted = granted_in(region).get(found.get("programme", ""))
    if granted is None:
        return found
    found["act"] = found.get("act") or granted.act or "认定"
    found["authority"] = found.get("authority") or granted.authority
    given = found.get("granted_on")
    if given is not None and not found.get("valid_until") and not found.get("is_unlimited"):
        found["valid_until"] = granted.last_day(given)
    return found


def create_recognition(
    values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Recognition:
    """Register a recognition; what its 事项 fixes is filled in. Raises RowInvalid, AccessRefused."""
    given = recognised(region, values)
    return RECOGNITIONS.create(given, actor=actor, region=region, is_demonstration=is_demonstration)


def revoke_recognition(row: Recognition, *, on: date | None, reason: str, actor: Actor) -> Recognition:
    """Note that the authority took the title away on a day; the record stays and no longer counts from then on.

    Raises ReasonMissing, RowInvalid for a day before the grant, StepRefused where it is revoked already.
    """
    why = checked_reason(reason)
    if row.revoked_on is not None:
        raise StepRefused(f"该称号已于{row.revoked_on.isoformat()}登记撤销。", hint="日期有误的，请用更正。")
    if on is None:
        raise RowInvalid({"on": ["请填写撤销或取消的日期。"]})
    if row.granted_on is not None and on < row.granted_on:
        raise RowInvalid({"on": [f"撤销日期早于认定日期{row.granted_on.isoformat()}，请核对。"]})
    values = {"revoked_on": on, "revoked_reason": why[:300]}
    return correct_row(row, values, actor=actor, reason=why, verb="登记撤销称号")
