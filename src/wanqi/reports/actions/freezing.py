"""定稿锁定: the writer of archives. One is made when a report is signed or a table locked, and never touched again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import AccessRefused, RowStale, StepRefused
from wanqi.core.models import AuditEvent, PackFile
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import ReportSpec

from ..access import may_freeze_table
from ..archives.contents import Contents
from ..archives.keeping import table_archives
from ..archives.program import digest
from ..archives.rebuilding import archived, archived_table
from ..archives.restating import restated
from ..archives.sheets import digest_of_table
from ..archives.tables import Kept
from ..compile import compile_report
from ..models import Archive, ArchivePart, Draft
from ..table import MonthlyTable, monthly_table

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
    trail = _trail()
    made = (made or timezone.now()).replace(microsecond=0)
    pack = current_pack(draft.region_id)
    evaluation = evaluation_of(draft.region_id)
    evaluation.tables = Kept(evaluation.tables)
    compiled = compile_report(
        draft.region_id, draft.period, report=draft.report, spec=spec, evaluation=evaluation
    )
    number = Archive.objects.filter(draft=draft).count() + 1
    head = _head(number, trail, actor) | {"draft": draft.pk, "written_by": [list(part) for part in parts]}
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


@transaction.atomic
def freeze_table(
    region: str, period: str, *, actor: Actor, seen: str = "", made: datetime | None = None
) -> Archive:
    """Keep a month's table as it stands now, with everything it is computed from, and return its archive.

    seen: the digest of the table that was looked at, see `digest_of_table`. A table may be locked again, under the
    next number, once it reads otherwise. Raises AccessRefused, PeriodRefused, RowStale where a figure moved on since,
    StepRefused where nothing changed since the last lock, the month has not begun or the table has no rows,
    NotRebuildable.
    """
    if not may_freeze_table(actor, region):
        raise AccessRefused("调度表由分管领导、主要领导定稿。", hint="请把本月的表送领导审定。")
    with connection.cursor() as cursor:  # one at a time, so that numbers follow one another
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tables:{region}"])
    trail = _trail()
    made = (made or timezone.now()).replace(microsecond=0)
    pack = current_pack(region)
    evaluation = evaluation_of(region)
    evaluation.tables = Kept(evaluation.tables)
    table = monthly_table(region, period, evaluation=evaluation)
    today = evaluation.today or table.period.end
    if seen and seen != digest_of_table(table):
        raise RowStale("您看过以后，表中的数字又有变动，没有定稿。", hint="请重新看过，再定稿。")
    before = list(table_archives(region, table=table.sheet.id, period=table.period.id))
    _require_lockable(table, begun=today >= table.period.end.replace(day=1), before=before, at=made)
    contents = archived_table(
        table,
        evaluation,
        pack=pack,
        sources=_sources(pack.files),
        as_of=min(table.period.end, today),
        made=made,
        head=_head(len(before) + 1, trail, actor),
    )
    archive = _table_archive(table, contents, number=len(before) + 1, made=made, actor=actor)
    change = {"field": "digest", "label": "档案摘要", "old": "—", "new": archive.digest}
    record(archive, "定稿锁定", actor=actor, changes=[change])
    return archive


def _require_lockable(table: MonthlyTable, *, begun: bool, before: Sequence[Archive], at: datetime) -> None:
    if not table.lines:
        raise StepRefused("这张表没有行，不能定稿。", hint="请先在地区配置中列出调度表的指标。")
    if not begun:
        raise StepRefused(f"{table.period.words}还没有到，不能定稿。", hint="请换一个月份。")
    if before and restated(before[0], at=at).unchanged:
        raise StepRefused(
            "自上次定稿以来，这张表没有变化，不用再定稿。", hint="需要原件的，请到定稿档案下载。"
        )


def _table_archive(
    table: MonthlyTable, contents: Contents, *, number: int, made: datetime, actor: Actor
) -> Archive:
    row: Archive = Archive.objects.create(
        region_id=table.region,
        kind=Archive.Kind.TABLE,
        number=number,
        report=table.sheet.id,
        period=table.period.id,
        period_end=table.period.end,
        title=table.full_title,
        as_of=contents.head["as_of"],
        made_at=made,
        made_by=actor.user,
        digest=_keep(contents),
        size=sum(len(content) for content in contents.parts.values()),
        is_demonstration=table.is_demonstration,
    )
    row.refresh_from_db()
    return row


def _trail() -> int:
    """Return the number of the last act: later acts are told as revisions."""
    return AuditEvent.objects.aggregate(newest=Max("id"))["newest"] or 0


def _head(number: int, trail: int, actor: Actor) -> dict[str, Any]:
    """Return what every manifest says of its making."""
    return {
        "number": number,
        "trail": trail,
        "locked_at": timezone.now().isoformat(),
        "made_by": actor.name,
    }


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
