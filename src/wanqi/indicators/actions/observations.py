"""Writers of the observation register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.access import Actor, Scope
from wanqi.core.actions import correct_row, create_row, restore_row, withdraw_row
from wanqi.core.errors import AccessRefused, RowInvalid
from wanqi.core.packs import current_pack

from ..errors import PeriodRefused
from ..evaluate import read_period
from ..models import Observation


def _checked(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "indicator" in clean and clean["indicator"] not in current_pack(region).indicators:
        raise RowInvalid({"indicator": [f"没有“{clean['indicator']}”这个指标，请从指标目录中选择。"]})
    if "period" in clean:
        try:
            read_period(clean["period"])
        except PeriodRefused as refused:
            raise RowInvalid({"period": [str(refused)]}) from None
    return clean


def _require_authority(row: Observation, verb: str, actor: Actor, values: Mapping[str, Any]) -> None:
    """Raise AccessRefused where somebody who reports for a unit would set a target or speak for a document.

    A target is the bureau's; a value cited from a document stands beside the report as what that document says.
    """
    scopes = [scope for scope, _ in actor.scopes(row.resource, verb)]
    if actor.is_command or not scopes or set(scopes) != {Scope.UNIT}:
        return
    natures = {row.nature, values.get("nature", row.nature)}
    if Observation.Nature.TARGET in natures or row.source_document or values.get("source_document"):
        raise AccessRefused(
            "填报员不能登记、修改目标，也不能登记、修改文件里写明的数。",
            hint="请联系责任股室；本单位报来的数，性质选“填报值”，不填来源文件标识。",
        )


def create_observation(
    values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Observation:
    """Register a reported value; `values` are model fields. Raises RowInvalid, AccessRefused."""
    clean = _checked(region, values)
    row = Observation(region_id=region, is_demonstration=is_demonstration, **clean)
    _require_authority(row, "create", actor, clean)
    return create_row(row, actor=actor)


def correct_observation(
    row: Observation, values: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
) -> Observation:
    """Correct a reported value and say why. Raises RowStale, ReasonMissing, RowInvalid, AccessRefused."""
    clean = _checked(row.region_id, values)
    _require_authority(row, "correct", actor, clean)
    return correct_row(row, clean, actor=actor, reason=reason, seen=seen)


def withdraw_observation(row: Observation, *, actor: Actor, reason: str) -> Observation:
    """Take a reported value out; it stays readable."""
    _require_authority(row, "withdraw", actor, {})
    return withdraw_row(row, actor=actor, reason=reason)


def restore_observation(row: Observation, *, actor: Actor, reason: str) -> Observation:
    """Bring a withdrawn value back."""
    _require_authority(row, "withdraw", actor, {})
    return restore_row(row, actor=actor, reason=reason)
