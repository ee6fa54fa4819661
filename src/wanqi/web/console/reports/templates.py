"""材料模板: those of the region's configuration to copy, and the bureau's own to edit for the next report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, RowMissing, RowStale, WanqiError
from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import read_period
from wanqi.packs import Tag, TagRefused, parse_text
from wanqi.packs.specs.reports import Condition
from wanqi.reports import actions
from wanqi.reports.access import get_template
from wanqi.reports.drafted import choices
from wanqi.reports.models import ReportTemplate
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import shown
from .writing import found_in

JOINS = (("；", "；"), ("，", "，"), ("。", "。"), ("、", "、"), ("", "不加标点"))
PERIODS = (("month", "月"), ("quarter", "季度"), ("half-year", "半年"), ("year", "全年"))
_SIGNS = {"above": "超过", "at_least": "达到", "below": "低于", "at_most": "不超过"}


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [("工作台", "/"), ("材料与核对", ""), ("材料编写", reverse("reports")), *last]


def show_all(request: HttpRequest) -> HttpResponse:
    """Return the templates of the region: the bureau's own first, and those that can be copied."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    region = place_of(request).region
    known = choices(current_pack(region)).values()
    context = {
        "title": "材料模板",
        "crumbs": _crumbs(("材料模板", "")),
        "own": [(one.own, one.spec) for one in known if one.own],
        "shipped": [one.spec for one in known if one.own is None],
        "may_create": actor.can("report", "create"),
    }
    return render_page(request, "reports/templates.html", context)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Begin a template of the bureau's own and go to it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "create")
    region = place_of(request).region
    copied = choices(current_pack(region)).get(request.POST.get("copied", ""))
    title = request.POST.get("title", "") or (f"{copied.spec.title}（本局）" if copied else "")
    try:
        row = actions.create_template(
            title, actor=actor, region=region, copied=copied.spec if copied else None
        )
    except RowInvalid as error:
        messages.error(request, f"{error.cause}{error.hint}")
        return HttpResponseRedirect(reverse("reports.templates"))
    return HttpResponseRedirect(reverse("reports.template", args=[row.pk]))


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a template, or keep it as it was edited; buttons that add or drop a line show it again, not yet kept."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    row = get_template(actor, pk)
    if request.method != "POST":
        return _page(request, actor, row, row.definition)
    require(actor, "report", "correct")
    row = get_template(actor, pk, to="correct")
    definition = posted(request.POST, row.definition)
    act = request.POST.get("act", "save")
    if act != "save":
        return _page(request, actor, row, acted(definition, act), changed=True)
    try:
        actions.save_template(row, definition, actor=actor, seen=parse_id(request.POST.get("seen", "")))
    except (RowInvalid, RowStale) as error:
        wrong = error.fields if isinstance(error, RowInvalid) else {"": [f"{error.cause}{error.hint}"]}
        return _page(request, actor, row, definition, wrong=wrong, status=error.status, changed=True)
    messages.success(request, "模板已保存，下次开始编写时使用；已开始的材料不变。")
    return HttpResponseRedirect(reverse("reports.template", args=[pk]))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a template out of use."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "withdraw")
    row = get_template(actor, pk, to="withdraw")
    try:
        actions.withdraw_template(row, actor=actor, reason=request.POST.get("reason", ""))
    except WanqiError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, f"{error.cause}{error.hint}")
        return HttpResponseRedirect(reverse("reports.template", args=[pk]))
    messages.success(request, f"已停用模板：{row.title}")
    return HttpResponseRedirect(reverse("reports.templates"))


def find(request: HttpRequest) -> HttpResponse:
    """Return the figures that answer to some words, with their values of the period of the top bar, as JSON."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    place = place_of(request)
    return found_in(place.region, place.period, request.GET.get("q", ""))


def _page(
    request: HttpRequest,
    actor: Actor,
    row: ReportTemplate,
    definition: Mapping[str, Any],
    *,
    wrong: Mapping[str, Any] | None = None,
    status: int = 200,
    changed: bool = False,
) -> HttpResponse:
    place = place_of(request)
    may_edit = actor.may_place(
        "report", "correct", region=row.region_id, office=row.office_id, area=None, unit=None
    )
    context = {
        "title": f"模板：{row.title}",
        "crumbs": _crumbs(("材料模板", reverse("reports.templates")), (row.title, "")),
        "row": row,
        "definition": definition,
        "sections": _sections(row.region_id, definition, wrong or {}),
        "chips": _chips(row.region_id, place.period, definition),
        "offices": Office.objects.filter(region_id=row.region_id, active=True).order_by("position"),
        "periods": PERIODS,
        "joins": JOINS,
        "wrong": wrong,
        "may_edit": may_edit,
        "changed": changed,
        "period": read_period(place.period),
    }
    return render_page(request, "reports/template.html", context, status=status)


def _sections(region: str, definition: Mapping[str, Any], wrong: Mapping[str, Any]) -> list[dict[str, Any]]:
    indicators = current_pack(region).indicators
    return [
        {
            **section,
            "paragraphs": [
                {
                    **paragraph,
                    "clauses": [
                        {
                            **clause,
                            "wrong": wrong.get(f"clause-{clause['id']}", ()),
                            "conditions": _conditions(clause, indicators),
                        }
                        for clause in paragraph["clauses"]
                    ],
                }
                for paragraph in section["paragraphs"]
            ],
        }
        for section in definition["sections"]
    ]


def _conditions(clause: Mapping[str, Any], indicators: Mapping[str, Any]) -> list[str]:
    """Return in words when a clause is written."""
    said = []
    for key, word in (("when", "只在{}时写"), ("unless", "{}时不写")):
        if clause.get(key):
            one = Condition.model_validate(clause[key])
            title = indicators[one.figure].title if one.figure in indicators else one.figure
            than = indicators[one.than].title if one.than and one.than in indicators else one.number
            said.append(word.format(f"“{title}{_SIGNS[one.is_]}{than}”"))
    return said


def _chips(region: str, period: str, definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every figure of a template as a chip; a text that cannot be read has none."""
    texts = [
        clause["text"]
        for section in definition["sections"]
        for paragraph in section["paragraphs"]
        for clause in paragraph["clauses"]
    ]
    found = {}
    for text in texts:
        try:
            tags = [part for part in parse_text(text) if isinstance(part, Tag)]
        except TagRefused:
            continue
        found.update(shown.titles_of(region, tags))
    return found


def posted(given: QueryDict, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template as a form sent it; what the form does not show of a clause is kept from `known`."""
    clauses = {
        clause["id"]: clause
        for section in known["sections"]
        for paragraph in section["paragraphs"]
        for clause in paragraph["clauses"]
    }
    paragraphs = {one["id"]: one for section in known["sections"] for one in section["paragraphs"]}
    sections = []
    for section in given.getlist("section"):
        own = []
        for paragraph in given.getlist(f"paragraphs-{section}"):
            lines = [
                _clause(given, clause, clauses.get(clause, {}))
                for clause in given.getlist(f"clauses-{paragraph}")
            ]
            before = {key: value for key, value in paragraphs.get(paragraph, {}).items() if key != "office"}
            own.append(
                {
                    **before,
                    "id": paragraph,
                    "office": given.get(f"office-{paragraph}") or None,
                    "clauses": lines,
                }
            )
        sections.append(
            {
                "id": section,
                "title": " ".join(given.get(f"title-{section}", "").split()),
                "office": given.get(f"office-{section}") or None,
                "paragraphs": own,
            }
        )
    asked = [value for value, _ in PERIODS if value in given.getlist("periods")]
    return {
        **known,
        "title": " ".join(given.get("title", "").replace("\x00", "").split())[:200],
        "signed": " ".join(given.get("signed", "").replace("\x00", "").split())[:200] or known["signed"],
        "periods": asked,
        "sections": sections,
    }


def _clause(given: QueryDict, id: str, known: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in known.items() if key not in ("text", "join", "id")}
    if given.get(f"free-{id}"):
        kept = {key: value for key, value in kept.items() if key not in ("when", "unless")}
    join = given.get(f"join-{id}", "；")
    return {
        **kept,
        "id": id,
        "join": join if join in dict(JOINS) else "；",
        "text": given.get(f"text-{id}", "").replace("\x00", ""),
    }


def acted(definition: dict[str, Any], act: str) -> dict[str, Any]:
    """Return a template with one line added or dropped: add-section, add-paragraph:<section>, drop-clause:<id>, …"""
    verb, _, target = act.partition(":")
    sections = [dict(one) for one in definition["sections"]]
    if verb == "add-section":
        id = _fresh("section", definition)
        sections.append({"id": id, "title": "新的一章", "paragraphs": [_new_paragraph(definition)]})
    elif verb == "drop-section":
        sections = [one for one in sections if one["id"] != target]
    else:
        for section in sections:
            section["paragraphs"] = _acted_within(section, verb, target, definition)
    return {**definition, "sections": sections}


def _acted_within(
    section: Mapping[str, Any], verb: str, target: str, definition: Mapping[str, Any]
) -> list[dict[str, Any]]:
    paragraphs = [dict(one) for one in section["paragraphs"]]
    if verb == "add-paragraph" and section["id"] == target:
        return [*paragraphs, _new_paragraph(definition)]
    if verb == "drop-paragraph":
        return [one for one in paragraphs if one["id"] != target]
    for one in paragraphs:
        if verb == "add-clause" and one["id"] == target:
            one["clauses"] = [*one["clauses"], _new_clause(definition)]
        elif verb == "drop-clause":
            one["clauses"] = [clause for clause in one["clauses"] if clause["id"] != target]
    if verb not in ("add-paragraph", "add-clause", "drop-clause"):
        raise RowMissing("没有这种操作。", hint="请刷新后重试。")
    return paragraphs


def _new_paragraph(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": _fresh("part", definition), "clauses": [_new_clause(definition)]}


def _new_clause(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": _fresh("clause", definition), "join": "；", "text": ""}


def _fresh(word: str, definition: Mapping[str, Any]) -> str:
    """Return an id of that word which nothing of the template has."""
    known = {section["id"] for section in definition["sections"]}
    for section in definition["sections"]:
        for paragraph in section["paragraphs"]:
            known |= {paragraph["id"], *(clause["id"] for clause in paragraph["clauses"])}
    return next(name for number in range(1, 10_000) if (name := f"{word}-{number}") not in known)
