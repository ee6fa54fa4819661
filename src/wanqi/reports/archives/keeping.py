"""Archives in the database: each part once, by digest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from wanqi.core.access import Actor, get_row
from wanqi.core.errors import RowMissing
from wanqi.core.row_sources import registered, source_of

from ..models import Archive, ArchivePart, Draft
from .contents import ROWS, Contents, contents_from


def archive_of(actor: Actor, draft: Draft) -> Archive | None:
    """Return the archive of a signed draft that the actor may see, None where it is not signed."""
    return Archive.objects.visible_to(actor).filter(draft=draft).order_by("-number").first()


def table_archives(region: str, *, table: str, period: str) -> QuerySet[Archive]:
    """Return the archives of a monthly table, by its id, of one period, the newest first."""
    rows = Archive.objects.filter(region_id=region, kind=Archive.Kind.TABLE, report=table, period=period)
    return rows.order_by("-number")


def get_archive(actor: Actor, pk: object, *, to: str = "view") -> Archive:
    """Return the archive; raises RowMissing or AccessRefused."""
    return get_row(Archive.objects.select_related("draft", "made_by", "office"), actor, pk, to=to)


def contents_of(archive: Archive, *, wanted: Callable[[str], bool] = lambda path: True) -> Contents:
    """Return an archive with the parts that are wanted; the others it only names.

    Raises ArchiveTampered where the database no longer holds what was signed.
    """
    manifest = json.loads(_bytes_of([archive.digest])[archive.digest])
    digests = {one["path"]: one["digest"] for one in manifest["parts"] if wanted(one["path"])}
    found = _bytes_of(digests.values())
    return contents_from(
        manifest, {path: found[digest] for path, digest in digests.items() if digest in found}
    )


def part_of(archive: Archive, path: str) -> bytes:
    """Return one part of an archive, without reading the others. Raises RowMissing where it has none of that name."""
    manifest = json.loads(_bytes_of([archive.digest])[archive.digest])
    digest = next((one["digest"] for one in manifest["parts"] if one["path"] == path), None)
    if digest is None:
        raise RowMissing("档案中没有这一部分。", hint="请返回材料页面。")
    return _bytes_of([digest])[digest]


def _bytes_of(digests: Iterable[str]) -> dict[str, bytes]:
    rows = ArchivePart.objects.filter(digest__in=set(digests)).values_list("digest", "content")
    return {digest: bytes(content) for digest, content in rows}


def readable_by(actor: Actor, contents: Contents) -> Contents:
    """Return the archive as the actor may take it: rows of registers that he may not export are named, not carried.

    A register that the actor may export only in part (own office) is left out as a whole.
    """
    kinds = {
        path.removeprefix(ROWS).removesuffix(".json"): path
        for path in contents.parts
        if path.startswith(ROWS)
    }
    region = contents.head["region"]
    hidden = [
        path
        for kind, path in kinds.items()
        if kind not in registered() or not _whole(actor, str(source_of(kind).model.resource), region)  # type: ignore[attr-defined]
    ]
    return contents.without(hidden) if hidden else contents


def _whole(actor: Actor, resource: str, region: str) -> bool:
    return actor.may_place(resource, "export", region=region, office=None, area=None, unit=None)
