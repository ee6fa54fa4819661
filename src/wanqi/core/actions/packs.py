"""Loading region packs into the database: each file an immutable version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from wanqi import packs

from ..access import Actor
from ..errors import StepRefused
from ..models import Area, Office, PackFile, Region, Unit
from .rows import record


@dataclass(frozen=True)
class Loaded:
    """What a load did: paths of files taken as new versions, left as they were, and taken out of use."""

    added: tuple[str, ...]
    unchanged: tuple[str, ...]
    retired: tuple[str, ...]


@transaction.atomic
def load_packs(sources: Mapping[str, bytes], *, regions: Mapping[str, packs.Pack], actor: Actor) -> Loaded:
    """Store every file as an immutable version and make it the active one; needs the owner's login.

    sources: relative path → bytes; regions: resolved pack per region id, made from the same sources.
    Raises StepRefused, and stores nothing, when a path and version is known with another digest.
    """
    known = {
        (file.path, file.version): file for file in PackFile.objects.select_for_update().defer("content")
    }
    added: list[str] = []
    unchanged: list[str] = []
    for path, content in sorted(sources.items()):
        version = packs.file_version(path, content)
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        file = known.get((path, version))
        if file is None:
            PackFile.objects.filter(path=path, active=True).update(active=False)
            PackFile.objects.create(
                region_id=path.split("/", 1)[0], path=path, version=version, digest=digest, content=content
            )
            added.append(path)
        elif file.digest != digest:
            raise StepRefused(
                f"{path} 的内容变了，版本号仍是“{version}”。",
                hint="改了内容就要换一个新的 version，再重新载入；本次没有载入任何文件。",
            )
        elif not file.active:
            PackFile.objects.filter(path=path, active=True).update(active=False)
            PackFile.objects.filter(pk=file.pk).update(active=True)
            added.append(path)
        else:
            unchanged.append(path)
    gone = PackFile.objects.filter(active=True).exclude(path__in=sources)
    retired = sorted(gone.values_list("path", flat=True))
    gone.update(active=False)
    for pack in regions.values():
        _write_places(pack)
    if added or retired:
        changes = [{"field": "path", "label": "文件", "old": "—", "new": path} for path in added]
        changes += [{"field": "path", "label": "文件", "old": path, "new": "停用"} for path in retired]
        target = Region.objects.get(pk=max(regions, key=len))
        record(target, "载入地区配置", actor=actor, changes=changes, region=target.pk)
    return Loaded(tuple(added), tuple(unchanged), tuple(retired))


def _write_places(pack: packs.Pack) -> None:
    """Bring a region and its areas, offices and units up to date; places that left the pack stay, out of use."""
    region, _ = Region.objects.update_or_create(
        pk=pack.region, defaults={"title": pack.title, "level": pack.level, "parent_id": pack.extends}
    )
    kinds: tuple[tuple[Any, Sequence[Any]], ...] = (
        (Area, pack.areas),
        (Office, pack.offices),
        (Unit, pack.units),
    )
    for model, places in kinds:
        for position, place in enumerate(places):
            values = {"name": place.name, "position": position, "active": True}
            if model is Unit:
                values["kind"] = place.kind
            model.objects.update_or_create(region=region, code=place.code, defaults=values)
        model.objects.filter(region=region).exclude(code__in=[place.code for place in places]).update(
            active=False
        )
