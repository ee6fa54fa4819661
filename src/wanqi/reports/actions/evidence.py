"""Packages of evidence: small ones at once, big ones by the worker; every one is in the log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.actions import jobs, record
from wanqi.core.errors import StepRefused
from wanqi.core.models import Job, Region

from ..evidence.gathering import Gathered, weight
from ..evidence.packing import write_package
from ..evidence.subjects import Subject, gathered_of, subject_from, words_of
from ..models import EvidencePackage

AT_ONCE = 20 * 1024 * 1024  # bytes that a page waits for
MOST = 400 * 1024 * 1024
KEPT = timedelta(days=30)
KIND = "evidence-package"
_MB = 1024 * 1024
Progress = Callable[[int, int], None]


def require_size(gathered: Gathered) -> None:
    """Raise StepRefused for more than one package is made for."""
    if weight(gathered) > MOST:
        raise StepRefused(
            f"佐证材料共约{weight(gathered) // _MB}MB，超过一个材料包{MOST // _MB}MB的上限，没有生成。",
            hint="请按指标分别下载。",
        )


def told_of(actor: Actor, made: datetime) -> str:
    """Return who took a package and when, as it stands on every sheet."""
    return f"{actor.name}　{timezone.localtime(made):%Y-%m-%d %H:%M}　导出"


def take_package(
    out: IO[bytes],
    subject: Subject,
    *,
    actor: Actor,
    made: datetime,
    gathered: tuple[str, Gathered] | None = None,
) -> str:
    """Write a package into `out`, note it in the log, and return its title.

    gathered: title and contents where they were looked at already. Raises StepRefused where it is too large,
    EvidenceChanged, RowMissing, AccessRefused.
    """
    title, contents = gathered or gathered_of(subject, actor=actor)
    require_size(contents)
    write_package(out, contents, title=title, told=told_of(actor, made), made=made)
    _note(subject, title, contents, actor)
    return title


@transaction.atomic
def begin_package(
    subject: Subject, *, actor: Actor, gathered: tuple[str, Gathered] | None = None
) -> EvidencePackage:
    """Have a package made by the worker, and return where it will be. Those older than a month are taken away.

    Raises StepRefused where it is too large, RowMissing, AccessRefused.
    """
    title, contents = gathered or gathered_of(subject, actor=actor)
    require_size(contents)
    assert actor.user is not None
    EvidencePackage.objects.filter(created_by=actor.user, created_at__lt=Now() - KEPT).delete()
    mark = "（演示数据）" if contents.is_demonstration else ""
    package = EvidencePackage.objects.create(
        region_id=subject.region, subject=subject.plain, title=title + mark, created_by=actor.user
    )
    package.job = jobs.start(
        KIND,
        task="wanqi.reports.tasks.make_package",
        region=subject.region,
        actor=actor,
        package_id=package.pk,
    )
    package.save(update_fields=["job"])
    _note(subject, title, contents, actor)
    return package


def make_package(package_id: int, *, actor: Actor, progress: Progress) -> EvidencePackage:
    """Make the package that was begun and keep it for its maker; making it again gives it anew.

    Raises what `take_package` raises.
    """
    package = EvidencePackage.objects.get(pk=package_id)
    title, contents = gathered_of(subject_from(package.subject), actor=actor)
    made = package.created_at.replace(microsecond=0)
    with TemporaryFile() as file:
        write_package(file, contents, title=title, told=told_of(actor, made), made=made, progress=progress)
        file.seek(0)
        content = file.read()
    package.content = content
    package.size = len(content)
    package.digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    package.save(update_fields=["content", "size", "digest"])
    return package


def _note(subject: Subject, title: str, contents: Gathered, actor: Actor) -> None:
    said = {"材料": title, "内容": words_of(contents)}
    changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in said.items()]
    record(Region.objects.get(pk=subject.region), "导出", actor=actor, changes=changes)


def package_ended(job_id: int, error: Exception | None = None) -> None:
    """Store how the making of a package ended."""
    state = Job.State.DONE if error is None else Job.State.FAILED
    jobs.ended(job_id, state=state, message=str(error or ""))
