"""材料编写: drafts of reports, the report as the records give it, what changed, what was said, the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from wanqi import documents
from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing, WanqiError
from wanqi.core.packs import current_pack
from wanqi.figures import LEVEL_TITLES
from wanqi.indicators.evaluate import read_period
from wanqi.packs import Pack
from wanqi.reports.access import get_draft
from wanqi.reports.actions import create_draft, rebase_draft
from wanqi.reports.changes import Change
from wanqi.reports.compile import Compiled, compile_report, compose_report, fits
from wanqi.reports.errors import FiguresDisagree
from wanqi.reports.links import figure_address
from wanqi.reports.models import Draft
from wanqi.reports.outputs import MEDIA_TYPES, render
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from ..checking.marks import groups_of
from ..registers.query import parse_id

FILES = (("docx", "Word", "file-type-docx"), ("pdf", "PDF", "file-type-pdf"), ("html", "网页", "file-text"))
LEVEL_CHIPS = {"error": "finding", "query": "missing", "note": "plain"}  # colour is for 滞后/预警/正常 only


def show_list(request: HttpRequest) -> HttpResponse:
    """Return the drafts the actor may see, newest period first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    place = place_of(request)
    drafts = Draft.objects.visible_to(actor).current().filter(region_id=place.region)
    context = {
        "title": "材料编写",
        "crumbs": [("工作台", "/"), ("材料与核对", ""), ("材料编写", "")],
        "drafts": drafts.select_related("office").order_by("-period", "report", "-id"),
        "choices": _choices(current_pack(place.region), place) if actor.can("report", "create") else [],
    }
    return render_page(request, "console/report_list.html", context)


def _choices(pack: Pack, place: Place) -> list[tuple[str, str]]:
    """Return (report and period, words) of what could be begun for the periods of the top bar."""
    begun = set(Draft.objects.filter(region_id=place.region).current().values_list("report", "period"))
    return [
        (f"{spec.id} {period}", f"{words}{spec.title}")
        for spec in pack.reports.values()
        for period, words in place.periods
        if fits(spec, read_period(period)) and (spec.id, period) not in begun
    ]


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the draft that was chosen, and go to it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "create")
    report, _, period = request.POST.get("choice", "").partition(" ")
    draft = create_draft(report, actor=actor, region=place_of(request).region, period=period)
    return redirect("reports.draft", pk=draft.pk)


@dataclass(frozen=True)
class ShownParagraph:
    """One paragraph and, below it, what changed in its figures since the draft was taken as read.

    changes: those with a cause of their own; following: those that moved because their inputs did.
    """

    runs: tuple[documents.Run, ...]
    changes: list[dict[str, Any]]
    following: list[dict[str, Any]]


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one draft: the text, what changed below it, what was said beside it, the check, the exports."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    return render_page(request, "console/report.html", _context(actor, draft))


def _context(actor: Actor, draft: Draft) -> dict[str, Any]:
    compiled = compose_report(draft.region_id, draft.period, report=draft.report, draft=draft, reader=actor)
    contradiction = FiguresDisagree(compiled) if compiled.checked.of("error") else None
    changes = {change.figure: _change(change) for change in compiled.changes}
    sections = [
        {
            "title": section.title,
            "paragraphs": [_paragraph(part.runs, changes) for part in section.paragraphs],
        }
        for section in compiled.sections
    ]
    may_rebase = actor.may_place(
        "report", "correct", region=draft.region_id, office=draft.office_id, area=None, unit=None
    )
    return {
        "title": draft.title,
        "crumbs": [("工作台", "/"), ("材料与核对", ""), ("材料编写", reverse("reports")), (draft.title, "")],
        "draft": draft,
        "compiled": compiled,
        "period": compiled.period,
        "sections": sections,
        "further": list(changes.values()),
        "originals": list(_originals(compiled)),
        "checks": [_check(one) for one in compiled.checks],
        "contradiction": contradiction,
        "groups": groups_of(compiled.checked, linked=False),
        "files": FILES if actor.can("report", "export") and not contradiction else (),
        "may_rebase": may_rebase and bool(compiled.changes) and not contradiction,
    }


def _paragraph(runs: tuple[documents.Run, ...], changes: dict[str, dict[str, Any]]) -> ShownParagraph:
    """Take the changes of the paragraph's own figures out of `changes`; what is left has no sentence."""
    printed = dict.fromkeys(run.id for run in runs if isinstance(run, documents.Figure))
    found = [changes.pop(id) for id in printed if id in changes]
    return ShownParagraph(
        runs, [one for one in found if not one["follows"]], [one for one in found if one["follows"]]
    )


def _change(change: Change) -> dict[str, Any]:
    return {
        "title": change.title,
        "moved": f"{change.before}→{change.after}",
        "why": change.why,
        "sentence": change.sentence,
        "href": f"{reverse('figure', args=[change.figure])}",
        "follows": bool(change.inputs),
    }


def _originals(compiled: Compiled) -> Iterator[dict[str, Any]]:
    for id, values in compiled.originals.items():
        figure = compiled.figures[id]
        for one in values:
            yield {
                "said": one,
                "title": figure.title,
                "now": figure.hedged,
                "id": id,
                "range": _range(figure),
            }


def _range(figure: Any) -> str:
    return figure.range if figure.is_forecast and not figure.exact else ""


def _check(one: Any) -> dict[str, Any]:
    return {
        "sentence": one.sentence,
        "figure": one.figure,
        "findings": [
            {
                "word": LEVEL_TITLES[finding.level],
                "chip": LEVEL_CHIPS[finding.level],
                "message": finding.message,
                "arithmetic": finding.arithmetic,
                "repairs": [str(repair) for repair in finding.repair],
            }
            for finding in one.findings
        ],
    }


def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the draft as a Word file, PDF or page to keep; the log keeps that it was taken."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "export")
    draft = get_draft(actor, pk, to="export")
    form = request.GET.get("format", "docx")
    if form not in {name for name, _, _ in FILES}:
        raise RowMissing("没有这种导出格式。", hint="可以导出Word、PDF或网页。")
    compiled = compile_report(draft.region_id, draft.period, report=draft.report, draft=draft, reader=actor)
    content = render(compiled, form, made=timezone.now(), link=figure_address(compiled.period.id))
    with transaction.atomic():
        change = {"field": "format", "label": "格式", "old": "—", "new": form.upper()}
        record(draft, "导出", actor=actor, changes=[change])
    mark = "（演示数据）" if compiled.is_demonstration else ""
    response = HttpResponse(content, content_type=MEDIA_TYPES[form])
    name = f"{compiled.title}{mark}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_POST
def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Take today's figures as read, with the reason given; a refusal comes back with the page and what was typed."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "correct")
    draft = get_draft(actor, pk, to="correct")
    reason = request.POST.get("reason", "")
    seen = request.POST.get("seen", "")
    try:
        rebase_draft(draft, actor=actor, reason=reason, seen=parse_id(seen))
    except WanqiError as error:
        if error.status not in (409, 422):
            raise
        context = {**_context(actor, draft), "refused": error, "reason": reason}
        return render_page(request, "console/report.html", context, status=error.status)
    return redirect("reports.draft", pk=draft.pk)
