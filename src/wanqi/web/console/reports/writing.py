"""Writing: the paragraphs that are the visitor's now, saved as typed; looking for a figure to put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.errors import AccessRefused, RowStale, StepRefused, WanqiError
from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import IndicatorSpec, Tag
from wanqi.reports import actions
from wanqi.reports.access import get_draft, get_paragraph, may_compile
from wanqi.reports.compile import Compiled, compose_report
from wanqi.reports.drafted import only, spec_of
from wanqi.reports.errors import TagsRefused
from wanqi.reports.models import Draft, DraftParagraph
from wanqi.reports.readiness import readiness_of
from wanqi.reports.typed import FORM_TITLES, forms_of
from wanqi.web import display
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page

from . import shown
from .sections import tools_of

MOST_FOUND = 20


@dataclass(frozen=True)
class Refused:
    """A text that was not kept: for whom, as typed, why, and what somebody else wrote meanwhile."""

    paragraph: int
    text: str
    messages: tuple[str, ...]
    other: DraftParagraph | None = None


def crumbs_of(draft: Draft, *last: str) -> list[tuple[str, str]]:
    """Return where a page of a draft stands; below it the draft is named shortly, a phone has one line for it."""
    here = [("工作台", "/"), ("材料与核对", ""), ("材料编写", reverse("reports"))]
    own = reverse("reports.draft", args=[draft.pk])
    if not last:
        return [*here, (draft.title, "")]
    return [*here, ("全文", own), *((word, "") for word in last)]


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page on which the visitor writes what is his now, with the rest around it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    return _page(request, actor, get_draft(actor, pk))


def _page(
    request: HttpRequest, actor: Actor, draft: Draft, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    compiled = compose_report(draft.region_id, draft.period, draft=draft, reader=actor)
    paragraphs = shown.paragraphs_of(actor, draft, compiled, readiness_of(draft, compiled))
    turn = shown.turn_of(actor, draft, paragraphs)
    asked = request.GET.get("q", "")
    tools = tools_of(draft) if turn.compile or turn.sign else {}
    sections = [
        {
            "id": section.id,
            "title": section.title,
            "paragraphs": [
                _editor(paragraphs[one.id], compiled, draft, refused) for one in section.paragraphs
            ],
            "may_add": turn.write and bool(section.id),
            "tools": tools.get(section.id),
        }
        for section in compiled.sections
    ]
    context = {
        "title": f"起草：{draft.title}",
        "crumbs": crumbs_of(draft, "起草"),
        "draft": draft,
        "state_chip": shown.STATE_CHIPS[draft.state],
        "sections": sections,
        "turn": turn,
        "removed": draft.removed_sections if turn.compile else (),
        "first": next((one.row.pk for one in paragraphs.values() if one.row and one.may_write), None),
        "period": compiled.period,
        "refused": refused,
        "asked": asked,
        "found": found_figures(draft.region_id, draft.period, asked) if asked.strip() else [],
        "offices": Office.objects.filter(region_id=draft.region_id, active=True)
        if may_compile(actor, draft)
        else (),
    }
    return render_page(request, "reports/write.html", context, status=status)


def _editor(
    one: shown.ShownParagraph, compiled: Compiled, draft: Draft, refused: Refused | None
) -> dict[str, Any]:
    row = one.row
    mine = refused if refused and row and refused.paragraph == row.pk else None
    text = mine.text if mine else one.text
    chips = _chips(draft, compiled, one.text, one.dropped, mine)
    return {
        "one": one,
        "row": row,
        "text": text,
        "chips": chips,
        "chips_id": f"chips-{row.pk}" if row else "",
        "refused": mine,
        "version": row.version if row else 0,
    }


def _chips(
    draft: Draft, compiled: Compiled, text: str, dropped: list[dict[str, str]], refused: Refused | None
) -> dict[str, dict[str, Any]]:
    """Return every figure that the paragraph's editor may have to show, by its tag."""
    indicators = shown.indicators_of(draft)
    texts = [text, *(one["text"] for one in dropped)]
    if refused and refused.other is not None:
        texts.append(refused.other.text)
    return {
        chip.tag: {"display": chip.display, "title": chip.title, "known": chip.is_known}
        for each in texts
        for chip in shown.chips_of(each, compiled.figures, indicators, compiled.period)
    }


@require_POST
def save(request: HttpRequest, pk: int, paragraph: int) -> HttpResponse:
    """Keep one paragraph as typed. Scripts get JSON, others the page again; what was refused comes back as typed."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    row = get_paragraph(actor, paragraph, draft=draft)
    text = request.POST.get("text", "")
    try:
        kept = actions.save_paragraph(row, text, actor=actor, seen=parse_id(request.POST.get("seen", "")))
    except (TagsRefused, RowStale, AccessRefused, StepRefused) as error:
        return _refusal(request, actor, draft, row, text, error)
    if _wants_json(request):
        return JsonResponse(_saved(draft, kept))
    messages.success(request, f"已保存 {display.moment(kept.updated_at)}")
    return HttpResponseRedirect(f"{reverse('reports.write', args=[pk])}#p-{kept.pk}")


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _saved(draft: Draft, row: DraftParagraph) -> dict[str, Any]:
    """Return what the editor shows after a save: the version, the time, numbers that are linked to nothing."""
    compiled = compose_report(draft.region_id, draft.period, spec=only(spec_of(draft), row.code))
    ready = readiness_of(draft, compiled)
    return {
        "version": row.version,
        "at": f"{timezone.localtime(row.updated_at):%H:%M:%S}",
        "text": row.text,
        "loose": [
            {"words": one.loose.words, "reason": one.reason} for one in ready.loose if one.paragraph == row.pk
        ],
        "missing": [one.reason for one in ready.missing if one.paragraph == row.pk],
    }


def _refusal(
    request: HttpRequest, actor: Actor, draft: Draft, row: DraftParagraph, text: str, error: WanqiError
) -> HttpResponse:
    said = error.messages if isinstance(error, TagsRefused) else (f"{error.cause}{error.hint}",)
    latest = get_paragraph(actor, row.pk, draft=draft) if isinstance(error, RowStale) else None
    if not _wants_json(request):
        return _page(request, actor, draft, Refused(row.pk, text, tuple(said), latest), status=error.status)
    answer: dict[str, Any] = {"messages": list(said)}
    if latest is not None:
        compiled = compose_report(draft.region_id, draft.period, draft=draft)
        one = shown.paragraphs_of(actor, draft, compiled)[latest.code]
        answer["other"] = {
            "who": latest.author_name or "他人",
            "at": f"{timezone.localtime(latest.updated_at):%H:%M}",
            "version": latest.version,
            "text": one.text,
            "chips": _chips(draft, compiled, one.text, [], None),
        }
    return JsonResponse(answer, status=error.status)


def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the figures that answer to some words, with their values of the draft's period, as JSON."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    return found_in(draft.region_id, draft.period, request.GET.get("q", ""))


def found_in(region: str, period: str, words: str) -> JsonResponse:
    """Return the answer of a search for figures with their values of a period."""
    return JsonResponse({"found": found_figures(region, period, words)})


def found_figures(region: str, period: str, words: str) -> list[dict[str, Any]]:
    """Return {title, unit, forms: [{tag, form, display, title, known}]} of indicators by title, alias, unit or id."""
    indicators = current_pack(region).indicators
    asked = words.replace("\x00", "").lower().split()
    specs = [spec for spec in indicators.values() if asked and _answers(spec, asked)]
    specs.sort(key=lambda spec: (not spec.title.lower().startswith(asked[0]), len(spec.title)))
    evaluation, span = evaluation_of(region), read_period(period)
    return [
        _found(spec, evaluation.figure(spec.id, span), indicators, span)
        for spec in specs[:MOST_FOUND]
        if spec.operator != "check"
    ]


def _answers(spec: IndicatorSpec, asked: list[str]) -> bool:
    names = " ".join((spec.title, *spec.aliases, spec.unit, spec.id)).lower()
    return all(word in names for word in asked)


def _found(spec: IndicatorSpec, figure: Figure, indicators: Any, period: Period) -> dict[str, Any]:
    forms = []
    for form in forms_of(spec):
        chip = shown.chip_of(Tag(spec.id, form), {spec.id: figure}, indicators, period)  # type: ignore[arg-type]
        forms.append(
            {"tag": chip.tag, "form": FORM_TITLES[form], "display": chip.display, "title": chip.title,
             "known": chip.is_known}
        )  # fmt: skip
    return {"id": spec.id, "title": spec.title, "unit": spec.unit, "grade": figure.grade, "forms": forms}


@require_POST
def change(request: HttpRequest, pk: int, paragraph: int) -> HttpResponse:
    """Do one thing with a paragraph as a whole: template words again, move, remove, bring back, another office."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    row = get_paragraph(actor, paragraph, draft=draft)
    act = request.POST.get("act", "")
    try:
        said = _changed(act, row, request, actor)
    except WanqiError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, f"{error.cause}{error.hint}")
    else:
        messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('reports.write', args=[pk])}#p-{row.pk}")


def _changed(act: str, row: DraftParagraph, request: HttpRequest, actor: Actor) -> str:
    if act == "follow":
        actions.follow_template(row, actor=actor)
        return "已恢复模板写法，原来写的文字在版本里。"
    if act in ("up", "down"):
        actions.move_paragraph(row, up=act == "up", actor=actor)
        return "已上移。" if act == "up" else "已下移。"
    if act == "remove":
        actions.remove_paragraph(row, actor=actor, reason=request.POST.get("reason", ""))
        return "已删去这一段，可以在版本里恢复。"
    if act == "restore":
        actions.restore_paragraph(row, actor=actor)
        return "已恢复这一段。"
    if act == "assign":
        office = Office.objects.filter(
            region_id=row.region_id, pk=parse_id(request.POST.get("office", "")) or 0
        ).first()
        if office is None:
            raise StepRefused("没有这个股室，请重新选择。")
        actions.assign_paragraph(row, office, actor=actor)
        return f"已改由{office}起草。"
    raise StepRefused("没有这种操作。", hint="请刷新后重试。")


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an empty paragraph to a section."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    try:
        row = actions.add_paragraph(draft, request.POST.get("section", ""), actor=actor)
    except WanqiError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, f"{error.cause}{error.hint}")
        return HttpResponseRedirect(reverse("reports.write", args=[pk]))
    return HttpResponseRedirect(f"{reverse('reports.write', args=[pk])}#p-{row.pk}")
