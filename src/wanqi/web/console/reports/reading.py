"""材料编写: drafts of reports, the report as the records give it, what changed, what was said, the check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
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
from wanqi.reports.access import get_draft, may_draft
from wanqi.reports.actions import create_draft, rebase_draft
from wanqi.reports.actions.signing import digest_of
from wanqi.reports.archives.figures import sections_from
from wanqi.reports.archives.keeping import archive_of, part_of
from wanqi.reports.changes import Change
from wanqi.reports.compile import Compiled, compile_report, compose_report, fits
from wanqi.reports.drafted import choices
from wanqi.reports.errors import FiguresDisagree
from wanqi.reports.links import figure_address
from wanqi.reports.models import Draft
from wanqi.reports.outputs import MEDIA_TYPES, render
from wanqi.reports.readiness import open_parts, readiness_of
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from ..archives.signed import frozen_of
from ..checking.marks import groups_of
from ..registers.query import parse_id
from . import shown
from .shown import ShownParagraph
from .writing import crumbs_of

FILES = (("docx", "Word", "file-type-docx"), ("pdf", "PDF", "file-type-pdf"), ("html", "网页", "file-text"))
SIGNED_TEXT = "text.json"
LEVEL_CHIPS = {"error": "finding", "query": "missing", "note": "plain"}  # colour is for 滞后/预警/正常 only


def show_list(request: HttpRequest) -> HttpResponse:
    """Return the drafts the actor may see, newest period first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    place = place_of(request)
    drafts = Draft.objects.visible_to(actor).current().filter(region_id=place.region)
    rows = list(drafts.select_related("office").order_by("-period", "report", "-id"))
    context = {
        "title": "材料编写",
        "crumbs": [("工作台", "/"), ("材料与核对", ""), ("材料编写", "")],
        "drafts": [(row, shown.STATE_CHIPS[row.state], *_progress(row)) for row in rows],
        "choices": _choices(current_pack(place.region), place) if actor.can("report", "create") else [],
        "may_template": actor.can("report", "create"),
    }
    return render_page(request, "reports/list.html", context)


def _progress(draft: Draft) -> tuple[int, int]:
    """Return how many offices are done, of how many."""
    states = list(draft.parts.values_list("state", flat=True))
    return sum(state not in ("drafting", "sent_back") for state in states), len(states)


def _choices(pack: Pack, place: Place) -> list[tuple[str, str]]:
    """Return (report and period, words) of what could be begun for the periods of the top bar."""
    begun = set(Draft.objects.filter(region_id=place.region).current().values_list("report", "period"))
    return [
        (f"{id} {period}", f"{words}{one.spec.title}{'（本局模板）' if one.own else ''}")
        for id, one in choices(pack).items()
        for period, words in place.periods
        if fits(one.spec, read_period(period)) and (id, period) not in begun
    ]


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the draft that was chosen, and go to it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "create")
    report, _, period = request.POST.get("choice", "").partition(" ")
    draft = create_draft(report, actor=actor, region=place_of(request).region, period=period)
    return redirect("reports.draft", pk=draft.pk)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one draft: the text, what changed below it, what was said beside it, the check, the exports."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    return render_page(request, "reports/draft.html", _context(actor, draft))


def _context(actor: Actor, draft: Draft) -> dict[str, Any]:
    compiled = compose_report(draft.region_id, draft.period, report=draft.report, draft=draft, reader=actor)
    archive = archive_of(actor, draft) if draft.is_signed else None
    if archive is not None:  # what was signed, not what the registers would give today
        compiled = replace(
            compiled, sections=sections_from(json.loads(part_of(archive, SIGNED_TEXT))), dropped=()
        )
    ready = readiness_of(draft, compiled)
    contradiction = FiguresDisagree(compiled) if compiled.checked.of("error") and not archive else None
    changes = {change.figure: _change(change) for change in compiled.changes} if not draft.is_signed else {}
    paragraphs = shown.paragraphs_of(actor, draft, compiled, ready)
    sections = [
        {
            "title": section.title,
            "anchor": f"section-{number}",
            "paragraphs": [_paragraph(paragraphs[part.id], changes) for part in section.paragraphs],
        }
        for number, section in enumerate(compiled.sections, start=1)
    ]
    turn = shown.turn_of(actor, draft, paragraphs)
    may_rebase = may_draft(actor, draft, draft.office_id) and not draft.is_signed
    may_export = actor.can("report", "export") and not contradiction
    return {
        "title": draft.title,
        "crumbs": crumbs_of(draft),
        "draft": draft,
        "archive": archive,
        **frozen_of(actor, draft),
        "state_chip": shown.STATE_CHIPS[draft.state],
        "stages": shown.stages_of(draft),
        "parts": shown.parts_of(actor, draft),
        "turn": turn,
        "ready": ready,
        "digest": digest_of(compiled) if turn.sign else "",
        "has_editions": draft.editions.exists(),
        "open_parts": open_parts(draft),
        "compiled": compiled,
        "period": compiled.period,
        "sections": sections,
        "further": list(changes.values()),
        "originals": list(_originals(compiled)),
        "checks": [_check(one) for one in compiled.checks],
        "contradiction": contradiction,
        "groups": groups_of(compiled.checked, linked=False),
        "files": FILES if may_export else (),
        "may_rebase": may_rebase and bool(compiled.changes) and not contradiction,
    }


def _paragraph(one: ShownParagraph, changes: dict[str, dict[str, Any]]) -> ShownParagraph:
    """Take the changes of the paragraph's own figures out of `changes`; what is left has no sentence."""
    printed = dict.fromkeys(run.id for run in one.runs if isinstance(run, documents.Figure))
    found = [changes.pop(id) for id in printed if id in changes]
    one.changes = [each for each in found if not each["follows"]]
    one.following = [each for each in found if each["follows"]]
    return one


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
    title, content, is_demonstration = _exported(draft, form, actor)
    with transaction.atomic():
        change = {"field": "format", "label": "格式", "old": "—", "new": form.upper()}
        record(draft, "导出", actor=actor, changes=[change])
    mark = "（演示数据）" if is_demonstration else ""
    response = HttpResponse(content, content_type=MEDIA_TYPES[form])
    name = f"{title}{mark}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _exported(draft: Draft, form: str, actor: Actor) -> tuple[str, bytes, bool]:
    """Return (title, bytes, whether demonstration records are in it): a signed report's file as it was signed."""
    archive = archive_of(actor, draft) if draft.is_signed else None
    if archive is not None:
        return archive.title, part_of(archive, f"outputs/report.{form}"), archive.is_demonstration
    compiled = compile_report(draft.region_id, draft.period, report=draft.report, draft=draft, reader=actor)
    content = render(compiled, form, made=timezone.now(), link=figure_address(compiled.period.id))
    return compiled.title, content, compiled.is_demonstration


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
        return render_page(request, "reports/draft.html", context, status=error.status)
    return redirect("reports.draft", pk=draft.pk)
