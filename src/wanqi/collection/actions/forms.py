"""Writers of forms that are made in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import correct_row, create_row, withdraw_row
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Office
from wanqi.core.packs import current_pack

from ..forms import as_definition, checked_form
from ..models import Form


@transaction.atomic
def create_form(
    definition: Mapping[str, Any], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Form:
    """Keep a form; `definition` is what a file of forms/ would say, without its version.

    Raises FormRefused with every problem, RowInvalid for an id that is taken, AccessRefused.
    """
    spec = checked_form(region, {**definition, "version": _version(1)})
    if spec.id in current_pack(region).forms:
        raise RowInvalid({"code": [f"地区配置中已有标识为“{spec.id}”的报表，请换一个标识。"]})
    row = Form(
        region_id=region,
        office=_office(region, spec.office),
        code=spec.id,
        title=spec.title,
        definition=as_definition(spec),
        is_demonstration=is_demonstration,
    )
    return create_row(row, actor=actor)


@transaction.atomic
def correct_form(
    row: Form, definition: Mapping[str, Any], *, actor: Actor, reason: str, seen: int | None = None
) -> Form:
    """Change a form for the rounds to come; those issued keep theirs. Raises FormRefused, RowStale, RowInvalid."""
    spec = checked_form(row.region_id, {**definition, "id": row.code, "version": _version(row.version + 1)})
    values = {
        "office": _office(row.region_id, spec.office),
        "title": spec.title,
        "definition": as_definition(spec),
    }
    return correct_row(row, values, actor=actor, reason=reason, seen=seen)


def withdraw_form(row: Form, *, actor: Actor, reason: str) -> Form:
    """Take a form out of use; its rounds stay. Raises ReasonMissing, AccessRefused."""
    return withdraw_row(row, actor=actor, reason=reason)


def _version(number: int) -> str:
    return f"{timezone.localdate().year}-{number}"


def _office(region: str, code: str) -> Office:
    return Office.objects.get(region=region, code=code)
