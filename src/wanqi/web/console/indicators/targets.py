"""目标分解: the year's targets, each broken down in one table whose sum is shown as it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowInvalid, RowMissing, StepRefused
from wanqi.core.history import timeline
from wanqi.core.models import Region
from wanqi.documents import Field, Value, xlsx
from wanqi.indicators.actions.targets import (
    withdraw_breakdown,
)
from wanqi.indicators.evaluate import Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.models import TargetBreakdown, TargetPart
from wanqi.packs import IndicatorSpec
from wanqi.web import display
from wanqi.web.console import figures
from wanqi.web.console.board.cards import span_of
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from .standing import adding_words, measured_by, stands, whole_of

Dimension, Basis, Adding = TargetBreakdown.Dimension, TargetBreakdown.Basis, TargetBreakdown.Adding


@dataclass(frozen=True)
class Asked:
    """The breakdown that an address names; `row` is None before it was made."""

    spec: IndicatorSpec
    year: int
    dimension: str
    row: TargetBreakdown | None
    evaluation: Evaluation
    span: Period

    @property
    def href(self) -> str:
        return reverse("targets.breakdown", args=[self.spec.id, self.year, self.dimension])

    def step(self, name: str) -> str:
        """Return the address of a step of the breakdown."""
        return reverse(f"targets.{name}", args=[self.spec.id, self.year, self.dimension])

    @property
    def title(self) -> str:
        return f"{self.spec.title}：按{Dimension(self.dimension).label}分解"


def asked_for(request: HttpRequest, id: str, year: int, dimension: str) -> Asked:
    """Return what an address names. Raises RowMissing for a target, year or dimension that does not exist."""
    place = place_of(request)
    evaluation = kept_evaluation(place.region)
    spec = evaluation.definitions.get(id)
    if spec is None or spec.nature != "target" or dimension not in Dimension.values:
        raise RowMissing("没有这个目标或这种分解方式。", hint="请从目标分解页面进入。")
    if not 2000 <= year <= 2100:
        raise RowMissing("没有这个年度的目标。", hint="请从目标分解页面进入。")
    rows = TargetBreakdown.objects.select_related("office", "created_by").current()
    row = rows.filter(region_id=place.region, indicator=id, year=year, dimension=dimension).first()
    return Asked(spec, year, dimension, row, evaluation, span_in(place, year))


def span_in(place: Place, year: int) -> Period:
    """Return the span to look at in a year: that of the top bar in its own year, else the whole year."""
    usual = span_of(read_period(place.period))
    return usual if usual.year == year else read_period(f"{year}")


def listed(request: HttpRequest) -> HttpResponse:
    """Return the year's targets with how each is broken down."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "target", "view")
    place = place_of(request)
    usual = read_period(place.period).year
    year = parse_id(request.GET.get("year", "")) or usual
    year = year if 2000 <= year <= 2100 else usual
    span = span_in(place, year)
    evaluation = kept_evaluation(place.region)
    found: dict[str, list[TargetBreakdown]] = {}
    rows = TargetBreakdown.objects.visible_to(actor).current().filter(region_id=place.region, year=year)
    for row in rows.prefetch_related("parts").order_by("pk"):
        found.setdefault(row.indicator, []).append(row)
    specs = [one for one in evaluation.definitions.values() if one.nature == "target"]
    targets = [_target(one, evaluation, span, year, found.get(one.id, [])) for one in specs]
    context = {
        "title": "目标分解",
        "year": year,
        "years": [(one, f"{one}年") for one in range(usual + 1, usual - 5, -1)],
        "targets": [one for one in targets if one["figure"].known or one["breakdowns"]],
        "without": [one for one in targets if not one["figure"].known and not one["breakdowns"]],
        "dimensions": Dimension.choices,
        "may_break": actor.can("target", "create"),
        "may_set": actor.can("observation", "create"),
    }
    return render_page(request, "indicators/targets.html", context)


def _target(
    spec: IndicatorSpec, evaluation: Evaluation, span: Period, year: int, rows: list[TargetBreakdown]
) -> dict[str, Any]:
    figure = evaluation.figure(spec.id, span)
    breakdowns = []
    for row in rows:
        parts = [part.value for part in row.parts.all() if part.withdrawn_at is None]
        whole = whole_of(evaluation, spec.id, span, row.basis)
        told, fits = adding_words(whole.asked, parts, row.adding, whole.unit)
        href = reverse("targets.breakdown", args=[spec.id, year, row.dimension])
        title = f"{row.get_dimension_display()}（{len(parts)}个）"
        breakdowns.append({"title": title, "href": href, "told": told, "fits": fits})
    taken = {row.dimension for row in rows}
    measured = measured_by(evaluation.definitions, spec.id)
    return {
        "spec": spec,
        "figure": figure,
        "href": figures.address(spec.id, span),
        "measured": evaluation.figure(measured.id, span) if measured else None,
        "measured_href": figures.address(measured.id, span) if measured else "",
        "breakdowns": breakdowns,
        "free": [
            {"title": label, "href": reverse("targets.edit", args=[spec.id, year, value])}
            for value, label in Dimension.choices
            if value not in taken
        ],
        "set_href": f"{reverse('observations.create')}?"
        + urlencode({"indicator": spec.id, "period": str(year), "nature": "target"}),
    }


def show(request: HttpRequest, id: str, year: int, dimension: str) -> HttpResponse:
    """Return one breakdown: its parts, how each stands, how they add to the whole, its history."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "target", "view")
    asked = asked_for(request, id, year, dimension)
    row = asked.row
    if row is None:
        raise RowMissing("这个目标还没有这样分解。", hint="请从目标分解页面新建。")
    whole = whole_of(asked.evaluation, id, asked.span, row.basis)
    parts = parts_of(row)
    shown = stands(
        parts, whole, basis=row.basis, region=row.region_id, span=asked.span, evaluation=asked.evaluation
    )
    told, fits = adding_words(whole.asked, [part.value for part in parts], row.adding, whole.unit)
    context = {
        "title": asked.title,
        "crumbs": [("工作台", "/"), ("目标分解", f"{reverse('targets')}?year={year}"), (asked.title, "")],
        "asked": asked,
        "row": row,
        "whole": whole,
        "whole_href": figures.address(id, asked.span),
        "parts": shown,
        "told": told,
        "fits": fits,
        "period": asked.span,
        "may_edit": may_write(actor, row),
        "may_raise": actor.can("shortfall", "create") and whole.measured is not None,
        "may_export": actor.can("target", "export"),
        "history": _history(row),
        "edit_href": asked.step("edit"),
        "file_href": asked.step("file"),
    }
    return render_page(request, "indicators/breakdown.html", context)


def parts_of(row: TargetBreakdown) -> list[TargetPart]:
    """Return the standing parts of a breakdown with their holders, in the order of the form."""
    parts: Any = row.parts
    return list(parts.current().held().order_by("position", "pk"))


def may_write(actor: Actor, row: TargetBreakdown) -> bool:
    """Return whether the actor may change a breakdown: one of the own office."""
    return actor.may_place(
        "target", "correct", region=row.region_id, office=row.office_id, area=None, unit=row.unit_id
    )


def _history(row: TargetBreakdown) -> list[dict[str, Any]]:
    """Return what was done to the head and to every part it ever had, newest first."""
    entries = [(entry, "") for entry in timeline(row)]
    for part in row.parts.held():
        entries += [(entry, part.holder.name) for entry in timeline(part)]
    entries.sort(key=lambda one: (one[0].at, one[0].number), reverse=True)
    return [
        {
            "at": entry.at,
            "who": entry.who,
            "verb": f"{entry.verb}{f'：{name}' if name else ''}",
            "reason": entry.reason,
            "changes": entry.changes,
            "is_first": len(entry.changes) > 2 and all(change["old"] == "—" for change in entry.changes),
        }
        for entry, name in entries
    ]


@require_POST
def withdraw(request: HttpRequest, id: str, year: int, dimension: str) -> HttpResponse:
    """Take a breakdown out with its reason, and go back to the list of targets."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "target", "withdraw")
    asked = asked_for(request, id, year, dimension)
    if asked.row is None:
        raise RowMissing("这个目标还没有这样分解。", hint="请从目标分解页面新建。")
    try:
        withdraw_breakdown(asked.row, actor=actor, reason=request.POST.get("reason", ""))
    except (RowInvalid, StepRefused) as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(asked.href)
    messages.success(request, f"已撤销：{asked.title}。")
    return HttpResponseRedirect(f"{reverse('targets')}?year={year}")


def file(request: HttpRequest, id: str, year: int, dimension: str) -> HttpResponse:
    """Return the breakdown as XLSX, with sum and difference; the log keeps that it was taken."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "target", "export")
    asked = asked_for(request, id, year, dimension)
    row = asked.row
    if row is None:
        raise RowMissing("这个目标还没有这样分解。", hint="请从目标分解页面新建。")
    whole = whole_of(asked.evaluation, id, asked.span, row.basis)
    parts = parts_of(row)
    shown = stands(
        parts, whole, basis=row.basis, region=row.region_id, span=asked.span, evaluation=asked.evaluation
    )
    told, _ = adding_words(whole.asked, [part.value for part in parts], row.adding, whole.unit)
    fields = (
        Field(Dimension(dimension).label, width=24), Field(f"目标数（{whole.unit}）", width=16),
        Field("完成数", width=16), Field("完成比例", width=12), Field("进度", width=8), Field("责任人", width=12),
        Field("完成时限", "date"), Field("备注", width=30),
    )  # fmt: skip
    lines: list[list[Value]] = [
        [
            one.part.holder.name, one.value, one.actual, one.share, one.progress.word if one.progress else one.reason,
            one.part.person, one.part.due_on, one.part.note,
        ]
        for one in shown
    ]  # fmt: skip
    lines.append(["合计与总目标", told, "", "", "", "", None, row.source])
    marks = ("演示数据",) if row.is_demonstration or whole.target.is_demonstration else ()
    out = BytesIO()
    title = f"{year}年{asked.title}（{asked.span.words}）"
    made = timezone.now()
    told = display.taken(actor.name, made)
    xlsx(out, fields, lines, made=made, title=title, sheet="目标分解", marks=marks, footer=told)
    with transaction.atomic():
        changes = [
            {"field": name, "label": name, "old": "—", "new": value}
            for name, value in (("目标", asked.spec.title), ("年度", str(year)), ("行数", str(len(parts))))
        ]
        record(Region.objects.get(pk=row.region_id), "导出", actor=actor, changes=changes)
    response = HttpResponse(out.getvalue(), content_type=figures.XLSX_TYPE)
    name = f"{asked.title}_{year}{'（演示数据）' if marks else ''}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
