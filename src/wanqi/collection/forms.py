"""The forms of a region, from its pack and from the browser, and the form a round was issued with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wanqi.core.packs import current_pack
from wanqi.packs import FormSpec, PacksRefused, read_form
from wanqi.packs.pack import content_digest
from wanqi.registry.profiles import imports_of

from .errors import FormMissing, FormRefused
from .models import Form, Round


def forms_of(region: str) -> dict[str, FormSpec]:
    """Return the forms that can be asked for, by code: the pack's, then those made in the browser."""
    found = dict(current_pack(region).forms)
    made = Form.objects.filter(region=region).current().order_by("id").values_list("code", "definition")
    for code, definition in made:
        found.setdefault(code, spec_from(definition))
    return found


def form_of(region: str, code: str) -> FormSpec:
    """Return one form. Raises FormMissing."""
    try:
        return forms_of(region)[code]
    except KeyError:
        raise FormMissing(f"没有“{code[:60]}”这张报表。", hint="请从报表目录中选择。") from None


def spec_of(round: Round) -> FormSpec:
    """Return the form as it was when the round was issued."""
    return spec_from(round.definition)


def spec_from(definition: Mapping[str, Any]) -> FormSpec:
    """Return a definition kept in the database; it was checked when it was written."""
    return FormSpec.model_validate_json(json.dumps(definition))


def as_definition(spec: FormSpec) -> dict[str, Any]:
    """Return a form as the database keeps it."""
    kept: dict[str, Any] = spec.model_dump(mode="json")
    return kept


def digest_of(spec: FormSpec) -> str:
    """Return `sha256:<hex>` of a form's content."""
    return content_digest(as_definition(spec))


def read_definition(region: str, definition: Mapping[str, Any]) -> FormSpec:
    """Return a definition somebody made; its rows may follow a profile made in the browser. Raises PacksRefused."""
    return read_form(current_pack(region), definition, profiles=imports_of(region))


def checked_form(region: str, definition: Mapping[str, Any]) -> FormSpec:
    """Return a definition somebody made. Raises FormRefused with every problem and what to write instead."""
    try:
        return read_definition(region, definition)
    except PacksRefused as refused:
        said = "；".join(f"{one.message.rstrip('。')}（{one.hint.rstrip('。')}）" for one in refused.problems)
        raise FormRefused(f"报表还不能用：{said}。", hint="请改正后再保存。") from None
