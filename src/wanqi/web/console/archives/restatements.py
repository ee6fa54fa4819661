"""数据修订说明 of a signed report: the page, and its files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from wanqi.core.access import require
from wanqi.core.errors import RowMissing
from wanqi.reports.archives.keeping import get_archive
from wanqi.reports.archives.restatement_files import (
    FORMATS,
    TITLE,
    beneath,
    restatement_file,
    summary,
    words_title,
)
from wanqi.reports.archives.restating import SHOWN, restated
from wanqi.reports.archives.revised import CAUSES, RevisedFigure
from wanqi.web.pages import render_page

from .sending import download, note
from .signed import CRUMBS

FILES = (
    ("docx", "Word", "file-type-docx"),
    ("pdf", "PDF", "file-type-pdf"),
    ("xlsx", "数据表", "file-spreadsheet"),
)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what became of a signed report: figures with old, new and why, sentences in both wordings."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    archive = get_archive(actor, pk)
    found = restated(archive, at=timezone.now(), reader=actor)
    context = {
        "title": TITLE,
        "crumbs": [
            *CRUMBS,
            ("定稿档案", reverse("archives")),
            (archive.title, reverse("archive", args=[archive.pk])),
            (TITLE, ""),
        ],
        "archive": archive,
        "restated": found,
        "summary": summary(found),
        "words_title": words_title(found),
        "beneath": beneath(found) if found.beneath else "",
        "figures": [_line(one) for one in found.figures],
        "files": FILES if actor.can("report", "export") else (),
    }
    return render_page(request, "console/archives/restatement.html", context)


def _line(figure: RevisedFigure) -> dict[str, Any]:
    causes = [
        {"word": CAUSES[one.kind], "text": one.text, "href": _address(one.source, one.record)}
        for one in figure.causes[:SHOWN]
    ]
    return {"figure": figure, "causes": causes, "rest": len(figure.causes) - len(causes)}


def _address(source: str, record: str) -> str:
    if not source or not record:
        return ""
    try:
        return reverse(f"{source}.row", args=[record])
    except NoReverseMatch:
        return ""


def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the restatement as Word, PDF or workbook; the log keeps it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    archive = get_archive(actor, pk, to="export")
    form = request.GET.get("format", "docx")
    if form not in FORMATS:
        raise RowMissing("没有这种格式。", hint="数据修订说明有Word、PDF和数据表三种。")
    now = timezone.now()
    found = restated(archive, at=timezone.localtime(now), reader=actor)
    content = restatement_file(found, form, made=now)
    note(archive, TITLE, form, actor=actor)
    return download(content, f"{archive.title}{TITLE}", form, marked=found.is_demonstration)
