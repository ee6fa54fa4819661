"""定稿档案: a report or monthly table as signed, what is kept of it, its files, and whether it comes out of them."""

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
from wanqi.reports.archives.contents import FIGURES, TEXT, Contents, output_path, zipped
from wanqi.reports.archives.figures import sections_from
from wanqi.reports.archives.keeping import archive_of, contents_of, get_archive, readable_by
from wanqi.reports.archives.program import program, same_program
from wanqi.reports.archives.rebuilding import rebuild
from wanqi.reports.archives.restating import Restatement, restated
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
TABLE_FILES = (("xlsx", "调度表", "file-spreadsheet"),)
PAGE = 50
KINDS = tuple((str(value), str(words)) for value, words in Archive.Kind.choices)


def frozen_of(actor: Actor, draft: Draft) -> dict[str, Any]:
    """Return what a signed draft's page says of its archive: `frozen` and `revised`, how many figures changed since."""
    archive = archive_of(actor, draft)
    if archive is None:
        return {}
    return {"frozen": archive, "revised": len(restated(archive, at=timezone.now()).figures)}


def show_list(request: HttpRequest) -> HttpResponse:
    """Return the signed reports and locked tables that the actor may see, newest period first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    rows = Archive.objects.visible_to(actor).filter(region_id=place_of(request).region)
    kind = request.GET.get("kind", "")
    if kind in dict(KINDS):
        rows = rows.filter(kind=kind)
    ordered = rows.select_related("made_by", "office").order_by("-period_end", "-id")
    context = {
        "title": "定稿档案",
        "crumbs": [*CRUMBS, ("定稿档案", "")],
        "kinds": KINDS,
        "kind": kind,
        "keep": f"kind={kind}&" if kind in dict(KINDS) else "",
        "page": Paginator(ordered, PAGE).get_page(request.GET.get("page")),
    }
    return render_page(request, "console/archives/list.html", context)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one signed report: its text, its figures, its files, and how many figures were revised since."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    archive = get_archive(actor, pk)
    return render_page(request, _template(archive), _context(actor, archive))


def _template(archive: Archive) -> str:
    return "console/archives/table.html" if archive.is_table else "console/archives/archive.html"


def files_of(archive: Archive) -> tuple[tuple[str, str, str], ...]:
    """Return (format, what it is called, icon) of each file that an archive holds."""
    return TABLE_FILES if archive.is_table else FILES


def _context(actor: Actor, archive: Archive) -> dict[str, Any]:
    contents = contents_of(archive, wanted=lambda path: path in (FIGURES, TEXT))
    now = restated(archive, at=timezone.now(), reader=actor)
    known = contents.head["program"]
    return {
        **(_table if archive.is_table else _report)(archive, contents, now),
        "title": archive.title,
        "crumbs": [*CRUMBS, ("定稿档案", reverse("archives")), (archive.title, "")],
        "archive": archive,
        "period": read_period(archive.period),
        "restated": now,
        "program": known,
        "same_program": same_program(known, program()),
        "written_by": contents.head.get("written_by", ()),
        "files": files_of(archive) if actor.can("report", "export") else (),
    }


def _report(archive: Archive, contents: Contents, now: Restatement) -> dict[str, Any]:
    text, figures = contents.json(TEXT), contents.json(FIGURES)
    shown = printed_in(text)
    return {
        "text": text,
        "sections": sections_from(text),
        "figures": [one for one in figures if one["id"] in shown],
        "others": [one for one in figures if one["id"] not in shown],
        "revised": {one.id: one for one in now.figures},
    }


def _table(archive: Archive, contents: Contents, now: Restatement) -> dict[str, Any]:
    """Return the rows as locked; `after` of a cell is what it reads now, where that is something else."""
    text = contents.json(TEXT)
    revised = {(one.id, one.period_id): one.after for one in now.figures}
    for row in text["rows"]:
        for cell in row["cells"]:
            cell["after"] = revised.get((cell["figure"], cell["period"]), "")
    return {"text": text, "rows": text["rows"], "heads": text["columns"][2:9]}


def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the report as signed, byte for byte, in one of its formats; the log keeps it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    archive = get_archive(actor, pk, to="export")
    form = request.GET.get("format", files_of(archive)[0][0])
    known = {name: words for name, words, _ in files_of(archive)}
    if form not in known:
        raise RowMissing("没有这种格式。", hint=f"这份定稿有：{'、'.join(known.values())}。")
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
    """Make the report or table again from its archive alone, and say whether it is the one that was signed."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    archive = get_archive(actor, pk)
    again = rebuild(contents_of(archive))
    words = {output_path(form): title for form, title, _ in files_of(archive)}
    context = {
        **_context(actor, archive),
        "rebuilt": again,
        "equal": [(words[path], equal) for path, equal in again.equal.items()],
    }
    return render_page(request, _template(archive), context)
