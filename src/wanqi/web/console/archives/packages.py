"""佐证材料包: what a package would hold, taking it at once or having it made, and the one that was made."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from wanqi.core.access import require
from wanqi.core.errors import RowMissing
from wanqi.core.models import Job
from wanqi.indicators.errors import PeriodRefused
from wanqi.indicators.evaluate import read_period
from wanqi.reports.actions.evidence import AT_ONCE, begin_package, take_package
from wanqi.reports.evidence.gathering import Basis, Gathered, weight
from wanqi.reports.evidence.naming import safe_name
from wanqi.reports.evidence.subjects import TITLE, Subject, gathered_of, words_of
from wanqi.reports.models import EvidencePackage
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from ..registers.query import parse_id
from .sending import MARK, MEDIA_TYPES, download
from .signed import CRUMBS

IN_MEMORY = 8 * 1024 * 1024
_ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)


def subject_of(request: HttpRequest, given: Any) -> Subject:
    """Return what the address or form asks for. Raises RowMissing where it is nothing there is."""
    region = place_of(request).region
    if given.get("archive") or given.get("draft"):
        archive, draft = (parse_id(given.get(name, "")) for name in ("archive", "draft"))
        if archive is None and draft is None:
            raise RowMissing("没有这份材料。", hint="请从材料页面进入。")
        return Subject(region, archive=archive, draft=None if archive is not None else draft)
    indicator = given.get("indicator", "").replace("\x00", "")
    try:
        period = read_period(given.get("period") or place_of(request).period).id
    except PeriodRefused as error:
        raise RowMissing(error.cause, hint=error.hint) from None
    if not indicator:
        raise RowMissing("没有说明要哪份材料或哪个指标的佐证。", hint="请从材料或数字页面进入。")
    return Subject(region, indicator=indicator, period=period)


def show(request: HttpRequest) -> HttpResponse:
    """Return what the package of a report or an indicator would hold for this reader."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    subject = subject_of(request, request.GET)
    title, gathered = gathered_of(subject, actor=actor)
    mine = EvidencePackage.objects.filter(created_by=actor.user, title__startswith=title).select_related(
        "job"
    )
    context = {
        "title": TITLE,
        "crumbs": [*CRUMBS, (TITLE, "")],
        "subject": subject,
        "named": title,
        "lines": [_line(one, gathered) for one in gathered.bases],
        "words": words_of(gathered),
        "gathered": gathered,
        "at_once": weight(gathered) <= AT_ONCE,
        "megabytes": max(1, weight(gathered) // (1024 * 1024)),
        "packages": mine.order_by("-id")[:5],
    }
    return render_page(request, "console/archives/evidence.html", context)


def _line(basis: Basis, gathered: Gathered) -> dict[str, Any]:
    figure = basis.figure
    return {
        "figure": figure,
        "grade": figure.grade,
        "rows": len(basis.rows.ids) if basis.rows is not None else 0,
        "hidden": basis.rows.hidden if basis.rows is not None else 0,
        "files": [gathered.files[pk][0] for pk in basis.files if pk in gathered.files],
        "said": basis.said,
        "inputs": [f"{one.label} {one.display}" for one in figure.inputs] if not basis.rows else [],
        "address": f"{reverse('figure', args=[figure.id])}?{urlencode({'period': figure.period.id})}",
    }


@require_POST
def take(request: HttpRequest) -> HttpResponseBase:
    """Return a small package at once; have a large one made and go to where it will be."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    subject = subject_of(request, request.POST)
    gathered = gathered_of(subject, actor=actor)
    if weight(gathered[1]) > AT_ONCE:
        return redirect("evidence.package", pk=begin_package(subject, actor=actor, gathered=gathered).pk)
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    title = take_package(out, subject, actor=actor, made=timezone.now(), gathered=gathered)
    out.seek(0)
    marked = gathered[1].is_demonstration
    name = f"{safe_name(title)}{MARK if marked else ''}.zip"
    return FileResponse(out, as_attachment=True, filename=name, content_type=MEDIA_TYPES["zip"])


def _own(request: HttpRequest, pk: int) -> EvidencePackage:
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    package = (
        EvidencePackage.objects.select_related("job").filter(pk=pk, created_by=actor.user).first()
        if actor.user is not None
        else None
    )
    if package is None:
        raise RowMissing("没有这个材料包，或不是您生成的。", hint="请从材料或数字页面重新生成。")
    return package


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return how far a package is, and where to take it once it is made; only its progress when htmx asks."""
    package = _own(request, pk)
    job = package.job
    context = {
        "title": TITLE,
        "crumbs": [*CRUMBS, (TITLE, "")],
        "package": package,
        "job": job,
        "active": job is not None and job.state in _ACTIVE,
        "waiting": job is not None and job.state == Job.State.QUEUED,
        "share": job.done / job.total if job is not None and job.total else 0,
        "megabytes": max(1, package.size // (1024 * 1024)),
    }
    return render_page(
        request, "console/archives/package.html", context, fragment="console/archives/_package.html"
    )


def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a package that was made, to whoever had it made."""
    package = _own(request, pk)
    if package.content is None:
        raise RowMissing("材料包还没有生成。", hint="请等待生成完成。")
    return download(bytes(package.content), package.title, "zip", marked=False)
