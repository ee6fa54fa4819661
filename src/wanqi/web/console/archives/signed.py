"""定稿档案: the report as signed, what is kept of it, its files, and whether it still comes out of them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowMissing
from wanqi.indicators.evaluate import read_period
from wanqi.reports.archives.contents import FIGURES, FORMATS, TEXT, output_path, zipped
from wanqi.reports.archives.figures import sections_from
from wanqi.reports.archives.keeping import archive_of, contents_of, get_archive, readable_by
from wanqi.reports.archives.program import program, same_program
from wanqi.reports.archives.rebuilding import rebuild
from wanqi.reports.archives.restating import restated
from wanqi.reports.archives.revised import printed_in
from wanqi.reports.models import Archive, Draft
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .sending import download, note

CRUMBS = [("工作台", "/"), ("材料与核对", "")]
FILES = (
    ("docx", "Word", "file-type-docx"),
    ("pdf", "PDF", "file-type-pdf"),
    ("html", "网页", "file-text"),
    ("xlsx", "数据表", "file-spreadsheet"),
)
PAGE = 50


def frozen_of(actor: Actor, draft: Draft) -> dict[str, Any]:
    """Return what a signed draft's page says of its archive: `frozen` and `revised`, how many figures changed since."""
    archive = archive_of(actor, draft)
    if archive is None:
        return {}
    return {"frozen": archive, "revised": len(restated(archive, at=timezone.now()).figures)}


def show_list(request: HttpRequest) -> HttpResponse:
    """Return the signed reports that the actor may see, newest period first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    rows = Archive.objects.visible_to(actor).filter(region_id=place_of(request).region)
    ordered = rows.select_related("made_by", "office").order_by("-period_end", "-id")
    context = {
        "title": "定稿档案",
        "crumbs": [*CRUMBS, ("材料编写", reverse("reports")), ("定稿档案", "")],
        "page": Paginator(ordered, PAGE).get_page(request.GET.get("page")),
    }
    return render_page(request, "console/archives/list.html", context)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one signed report: its text, its figures, its files, and how many figures were revised since."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    archive = get_archive(actor, pk)
    return render_page(request, "console/archives/archive.html", _context(actor, archive))


def _context(actor: Actor, archive: Archive) -> dict[str, Any]:
    contents = contents_of(archive, wanted=lambda path: path in (FIGURES, TEXT))
    now = restated(archive, at=timezone.now(), reader=actor)
    text = contents.json(TEXT)
    shown = printed_in(text)
    figures = contents.json(FIGURES)
    known = contents.head["program"]
    return {
        "title": archive.title,
        "crumbs": [*CRUMBS, ("定稿档案", reverse("archives")), (archive.title, "")],
        "archive": archive,
        "period": read_period(archive.period),
        "text": text,
        "sections": sections_from(text),
        "figures": [one for one in figures if one["id"] in shown],
        "others": [one for one in figures if one["id"] not in shown],
        "restated": now,
        "revised": {one.id: one for one in now.figures},
        "program": known,
        "same_program": same_program(known, program()),
        "written_by": contents.head.get("written_by", ()),
        "files": FILES if actor.can("report", "export") else (),
    }


def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the report as signed, byte for byte, in one of its formats; the log keeps it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    archive = get_archive(actor, pk, to="export")
    form = request.GET.get("format", "docx")
    if form not in FORMATS:
        raise RowMissing("没有这种格式。", hint="定稿有Word、PDF、网页和数据表四种。")
    path = output_path(form)
    content = contents_of(archive, wanted=lambda one: one == path).part(path)
    note(archive, "定稿", form, actor=actor)
    return download(content, archive.title, form, marked=archive.is_demonstration)


def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the archive as a ZIP that can be verified anywhere; rows the actor may not export are only named."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    archive = get_archive(actor, pk, to="export")
    content = zipped(readable_by(actor, contents_of(archive)))
    note(archive, "定稿档案", "zip", actor=actor)
    return download(content, f"{archive.title}定稿档案", "zip", marked=archive.is_demonstration)


@require_POST
def rebuilt(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the report again from its archive alone, and say whether it is the one that was signed."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    archive = get_archive(actor, pk)
    again = rebuild(contents_of(archive))
    words = {output_path(form): title for form, title, _ in FILES}
    context = {
        **_context(actor, archive),
        "rebuilt": again,
        "equal": [(words[path], equal) for path, equal in again.equal.items()],
    }
    return render_page(request, "console/archives/archive.html", context)
