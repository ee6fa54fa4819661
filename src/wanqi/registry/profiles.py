"""The import profiles of a region: the pack's files, and those made in the browser. Reads, never writes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from wanqi import packs
from wanqi.core.packs import current_pack

from .errors import MappingRefused
from .models import OwnProfile


def imports_of(region: str) -> dict[str, packs.ImportProfile]:
    """Return every profile in use by id: the pack's, then the region's own. Raises PackMissing."""
    found = dict(current_pack(region).imports)
    made = OwnProfile.objects.filter(region=region, state=OwnProfile.State.READY).current().order_by("id")
    for code, definition in made.values_list("code", "definition"):
        found.setdefault(code, profile_from(definition))
    return found


def profile_from(definition: Mapping[str, Any]) -> packs.ImportProfile:
    """Return a definition kept in the database; it was checked when it was written."""
    return packs.ImportProfile.model_validate_json(json.dumps(definition))


def as_definition(profile: packs.ImportProfile) -> dict[str, Any]:
    """Return a profile as the database keeps it."""
    kept: dict[str, Any] = profile.model_dump(mode="json")
    return kept


def checked_profile(region: str, definition: Mapping[str, Any]) -> packs.ImportProfile:
    """Return a definition somebody made. Raises MappingRefused with every problem and what to do instead."""
    try:
        return packs.read_import(current_pack(region), definition)
    except packs.PacksRefused as refused:
        said = "；".join(f"{one.message.rstrip('。')}（{one.hint.rstrip('。')}）" for one in refused.problems)
        raise MappingRefused(f"导入方案还不能用：{said}。", hint="请改正后再保存。") from None


def as_yaml(profile: packs.ImportProfile) -> bytes:
    """Return a profile as a file of a pack's imports/ says it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    def quoted(value: Any) -> Any:
        if isinstance(value, dict):
            return {DoubleQuotedScalarString(name): quoted(one) for name, one in value.items()}
        if isinstance(value, list):
            return [quoted(one) for one in value]
        return DoubleQuotedScalarString(value) if isinstance(value, str) else value

    kept = {name: value for name, value in as_definition(profile).items() if value not in (None, {}, [])}
    content = io.BytesIO()
    writer = YAML()
    writer.width = 10_000
    # Everything is quoted: YAML would make numbers, days and answers of texts that look like them.
    plain = {name: value if isinstance(value, bool) else quoted(value) for name, value in kept.items()}
    writer.dump(plain, content)
    return content.getvalue()
