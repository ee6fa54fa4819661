"""定稿锁定: the writer of archives. An archive is made once, when a report is signed, and never touched again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.models import AuditEvent, PackFile
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import ReportSpec

from ..archives.contents import Contents
from ..archives.program import digest
from ..archives.rebuilding import archived
from ..archives.tables import Kept
from ..compile import compile_report
from ..models import Archive, ArchivePart, Draft

_BATCH = 200


@transaction.atomic
def freeze_report(
    draft: Draft,
    *,
    actor: Actor,
    spec: ReportSpec | None = None,
    parts: Sequence[tuple[str, ...]] = (),
    made: datetime | None = None,
) -> Archive:
    """Keep a report as it stands now, with everything it is computed from, and return its archive.

    spec: its text as signed; the region's template where none is given. parts: who wrote which paragraph, in words.
    made: the moment that the files carry, now where none is given. Call it in the transaction that signs.
    Raises AccessRefused, FiguresDisagree, and NotRebuildable where the report does not come out of what was kept.
    """
    require(actor, "report", "view")
    trail = AuditEvent.objects.aggregate(newest=Max("id"))["newest"] or 0  # later acts are told as revisions
    made = (made or timezone.now()).replace(microsecond=0)
    pack = current_pack(draft.region_id)
    evaluation = evaluation_of(draft.region_id)
    evaluation.tables = Kept(evaluation.tables)
    compiled = compile_report(
        draft.region_id, draft.period, report=draft.report, spec=spec, evaluation=evaluation
    )
    number = Archive.objects.filter(draft=draft).count() + 1
    head = {
        "number": number,
        "trail": trail,
        "locked_at": timezone.now().isoformat(),
        "draft": draft.pk,
        "made_by": actor.name,
        "written_by": [list(part) for part in parts],
    }
    sources = _sources(pack.files)
    contents = archived(compiled, evaluation, pack=pack, sources=sources, made=made, head=head)
    archive = Archive.objects.create(
        region_id=draft.region_id,
        office=draft.office,
        draft=draft,
        number=number,
        report=compiled.spec.id,
        period=compiled.period.id,
        period_end=compiled.period.end,
        title=compiled.title,
        as_of=compiled.as_of,
        made_at=made,
        made_by=actor.user,
        digest=_keep(contents),
        size=sum(len(content) for content in contents.parts.values()),
        is_demonstration=compiled.is_demonstration,
    )
    change = {"field": "digest", "label": "档案摘要", "old": "—", "new": archive.digest}
    record(draft, "定稿锁定", actor=actor, changes=[change])
    return archive


def _sources(files: Mapping[str, str]) -> dict[str, bytes]:
    rows = PackFile.objects.filter(active=True, path__in=files).values_list("path", "content")
    return {path: bytes(content) for path, content in rows}


def _keep(contents: Contents) -> str:
    """Write the parts that are not there yet, the manifest among them, and return the manifest's digest."""
    manifest = contents.manifest
    found = {digest(content): content for content in (manifest, *contents.parts.values())}
    there = set(ArchivePart.objects.filter(digest__in=found).values_list("digest", flat=True))
    rows = [
        ArchivePart(digest=name, size=len(content), content=content)
        for name, content in found.items()
        if name not in there
    ]
    # Two reports signed at the same moment may share a part: the second finds it there.
    ArchivePart.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return digest(manifest)
