"""Writers of the observation register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.actions import correct_row, create_row, restore_row, withdraw_row
from wanqi.core.errors import RowInvalid
from wanqi.core.packs import current_pack

from .models import Observation


def _checked(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "indicator" in clean and clean["indicator"] not in current_pack(region).indicators:
        raise RowInvalid({"indicator": [f"没有“{clean['indicator']}”这个指标，请从指标目录中选择。"]})
    return clean


def create_observation(
    values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Observation:
    """Register a reported value; `values` are model fields. Raises RowInvalid, AccessRefused."""
    clean = _checked(region, values)
    return create_row(Observation(region_id=region, is_demonstration=is_demonstration, **clean), actor=actor)


def correct_observation(
    row: Observation, values: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
) -> Observation:
    """Correct a reported value and say why. Raises RowStale, ReasonMissing, RowInvalid, AccessRefused."""
    return correct_row(row, _checked(row.region_id, values), actor=actor, reason=reason, seen=seen)


def withdraw_observation(row: Observation, *, actor: Actor, reason: str) -> Observation:
    """Take a reported value out; it stays readable."""
    return withdraw_row(row, actor=actor, reason=reason)


def restore_observation(row: Observation, *, actor: Actor, reason: str) -> Observation:
    """Bring a withdrawn value back."""
    return restore_row(row, actor=actor, reason=reason)
