"""Writers of the organisation register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import correct_row, create_row, restore_row, withdraw_row

from .. import codes
from ..models import Organisation


def pinyin(name: str) -> str:
    """Return the sort key of a Chinese name; the embedded PostgreSQL has no collation for it."""
    from pypinyin import (
        lazy_pinyin,
    )  # its dictionaries cost a third of a second that most commands never need

    return " ".join(lazy_pinyin(name.lower()))[:600]


def _normalised(values: Mapping[str, Any]) -> dict[str, Any]:
    clean = dict(values)
    if "credit_code" in clean:
        clean["credit_code"] = codes.normalise(clean["credit_code"] or "") or None
    for name in ("name", "address", "contact", "phone", "source"):
        if name in clean:
            clean[name] = (clean[name] or "").strip()
    if "former_names" in clean:
        names = (name.strip() for name in clean["former_names"] or ())
        clean["former_names"] = list(dict.fromkeys(name for name in names if name))
    if "name" in clean:
        clean["name_pinyin"] = pinyin(clean["name"])
    return clean


def create_organisation(
    values: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Organisation:
    """Register an organisation; `values` are model fields. Raises RowInvalid, AccessRefused."""
    row = Organisation(region_id=region, is_demonstration=is_demonstration, **_normalised(values))
    return create_row(row, actor=actor)


@transaction.atomic
def correct_organisation(
    row: Organisation, values: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
) -> Organisation:
    """Correct an organisation and say why; a replaced name is kept among the former ones."""
    clean = _normalised(values)
    if "name" in clean and clean["name"] and clean["name"] != row.name:
        kept = clean.get("former_names", row.former_names)
        clean["former_names"] = list(dict.fromkeys([*kept, row.name]))
    return correct_row(row, clean, actor=actor, reason=reason, seen=seen)


def withdraw_organisation(row: Organisation, *, actor: Actor, reason: str) -> Organisation:
    """Take an organisation out of the register; it stays readable."""
    return withdraw_row(row, actor=actor, reason=reason)


def restore_organisation(row: Organisation, *, actor: Actor, reason: str) -> Organisation:
    """Bring a withdrawn organisation back."""
    return restore_row(row, actor=actor, reason=reason)
