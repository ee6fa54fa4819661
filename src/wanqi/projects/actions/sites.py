"""Writers of the site register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.actions import correct_row, create_row, create_rows, restore_row, withdraw_row
from wanqi.core.errors import RowInvalid
from wanqi.core.packs import current_pack

from ..models import Site


def check_terms(region: str, values: Mapping[str, Any]) -> None:
    """Raise RowInvalid where a value is not among the terms the region's vocabulary allows for `sites`."""
    fields = current_pack(region).records["sites"].fields
    wrong: dict[str, list[str]] = {}
    for name, value in values.items():
        terms = (fields[name].values if name in fields else None) or ()
        if value and terms and value not in terms:
            wrong[name] = [f"“{value}”不在允许的取值中：{'、'.join(terms)}。"]
    if wrong:
        raise RowInvalid(wrong)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def create_site(
    values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Site:
    """Register a station; `values` are model fields. Raises RowInvalid, AccessRefused."""
    clean = _clean(values)
    check_terms(region, clean)
    return create_row(Site(region_id=region, is_demonstration=is_demonstration, **clean), actor=actor)


def create_sites(
    rows: Sequence[Mapping[str, Any]], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Sequence[Site]:
    """Register many stations at once, each with its audit row; all or none.

    Raises RowInvalid for a term the vocabulary does not have or a code that is taken, AccessRefused.
    """
    sites = []
    for values in map(_clean, rows):
        check_terms(region, values)
        sites.append(Site(region_id=region, is_demonstration=is_demonstration, **values))
    return create_rows(sites, actor=actor)


def correct_site(
    row: Site, values: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
) -> Site:
    """Correct a station and say why. Raises RowStale, ReasonMissing, RowInvalid, AccessRefused."""
    clean = _clean(values)
    check_terms(row.region_id, clean)
    return correct_row(row, clean, actor=actor, reason=reason, seen=seen)


def withdraw_site(row: Site, *, actor: Actor, reason: str) -> Site:
    """Take a station out of every figure; it stays readable."""
    return withdraw_row(row, actor=actor, reason=reason)


def restore_site(row: Site, *, actor: Actor, reason: str) -> Site:
    """Bring a withdrawn station back."""
    return restore_row(row, actor=actor, reason=reason)
