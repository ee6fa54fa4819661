"""目标分解: the year's targets, each broken down in one table whose sum is shown as it is typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import AccessRefused, RowInvalid, RowMissing, RowStale, StepRefused
from wanqi.core.history import timeline
from wanqi.core.models import Office, Region
from wanqi.documents import Field, Value, xlsx
from wanqi.indicators.actions.targets import (
    PartGiven,
    correct_breakdown,
    create_breakdown,
    withdraw_breakdown,
)
from wanqi.indicators.evaluate import Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.figures import SHARES
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.models import TargetBreakdown, TargetPart
from wanqi.packs import IndicatorSpec
from wanqi.web.console import figures
from wanqi.web.console.board.cards import span_of
from wanqi.web.console.registers.milestones import day_of
from wanqi.web.console.registers.observations import FigureField
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from .standing import adding_words, holders_of, measured_by, stands, whole_of

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


def _asked(request: HttpRequest, id: str, year: int, dimension: str) -> Asked:
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
        parts = [part.value for part in row.parts.all() if part.withdrawn_at is None]  # type: ignore[attr-defined]
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
    asked = _asked(request, id, year, dimension)
    row = asked.row
    if row is None:
        raise RowMissing("这个目标还没有这样分解。", hint="请从目标分解页面新建。")
    whole = whole_of(asked.evaluation, id, asked.span, row.basis)
    parts = _parts(row)
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
        "may_edit": _may(actor, row),
        "may_raise": actor.can("shortfall", "create") and whole.measured is not None,
        "may_export": actor.can("target", "export"),
        "history": _history(row),
        "edit_href": asked.step("edit"),
        "file_href": asked.step("file"),
    }
    return render_page(request, "indicators/breakdown.html", context)


def _parts(row: TargetBreakdown) -> list[TargetPart]:
    parts: Any = row.parts  # type: ignore[attr-defined]
    return list(parts.current().held().order_by("position", "pk"))


def _may(actor: Actor, row: TargetBreakdown) -> bool:
    place = {"region": row.region_id, "office": row.office_id, "area": None, "unit": row.unit_id}
    return actor.may_place("target", "correct", **place)


def _history(row: TargetBreakdown) -> list[dict[str, Any]]:
    """Return what was done to the head and to every part it ever had, newest first."""
    entries = [(entry, "") for entry in timeline(row)]
    for part in row.parts.held():  # type: ignore[attr-defined]
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
    asked = _asked(request, id, year, dimension)
    if asked.row is None:
        raise RowMissing("这个目标还没有这样分解。", hint="请从目标分解页面新建。")
    try:
        withdraw_breakdown(asked.row, actor=actor, reason=request.POST.get("reason", ""))
    except (RowInvalid, StepRefused) as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(asked.href)
    messages.success(request, f"已撤销：{asked.title}。")
    return HttpResponseRedirect(f"{reverse('targets')}?year={year}")


# --- writing -----------------------------------------------------------------------------------


@dataclass
class Line:
    """One line of the form as typed; `error` stands beside it."""

    holder: Any
    value: str = ""
    person: str = ""
    due_on: str = ""
    note: str = ""
    error: str = ""


@dataclass
class Typed:
    """The whole form as typed."""

    lines: list[Line]
    basis: str = Basis.WHOLE
    adding: str = Adding.EQUAL
    source: str = ""
    note: str = ""
    office: str = ""
    reason: str = ""
    problems: list[str] = field(default_factory=list)


def edit(request: HttpRequest, id: str, year: int, dimension: str) -> HttpResponse:
    """Show the table to fill in, or write what was typed; all lines or none."""
    actor = request.actor  # type: ignore[attr-defined]
    asked = _asked(request, id, year, dimension)
    require(actor, "target", "correct" if asked.row else "create")
    if asked.row is not None and not _may(actor, asked.row):
        raise AccessRefused("只能修改本股室负责的目标分解。", hint="请联系该目标的责任股室。")
    region = place_of(request).region
    typed = _stored(asked, region)
    if request.method == "POST":
        typed = _typed(request, asked, region)
        if not typed.problems and _written(request, asked, typed, actor, region):
            messages.success(request, f"已保存：{asked.title}。")
            return HttpResponseRedirect(asked.href)
    whole = whole_of(asked.evaluation, id, asked.span, typed.basis)
    base = whole_of(asked.evaluation, id, asked.span, Basis.WHOLE)
    gain = whole_of(asked.evaluation, id, asked.span, Basis.GAIN)
    own = Office.objects.filter(region_id=region, active=True, pk__in=actor.offices()).order_by("position")
    context = {
        "title": asked.title,
        "crumbs": [("工作台", "/"), ("目标分解", f"{reverse('targets')}?year={year}"), (asked.title, "")],
        "asked": asked,
        "typed": typed,
        "dimension": Dimension(dimension).label,
        "whole": whole,
        "wholes": {"whole": base.asked, "gain": gain.asked},
        "scale": 100 if asked.spec.unit in SHARES else 1,
        "has_gain": base.base is not None,
        "bases": Basis.choices,
        "addings": Adding.choices,
        "own": list(own),
        "back": asked.href if asked.row else reverse("targets"),
    }
    status = 422 if typed.problems else 200
    return render_page(request, "indicators/breakdown_edit.html", context, status=status)


def _stored(asked: Asked, region: str) -> Typed:
    """Return the form as the breakdown stands; empty lines for holders without a part."""
    row = asked.row
    parts = {part.holder: part for part in _parts(row)} if row else {}
    lines = []
    for holder in holders_of(region, asked.dimension):
        part = parts.get(holder)
        lines.append(Line(holder) if part is None else _line_of(part, asked.spec.unit))
    if row is None:
        return Typed(lines)
    return Typed(lines, row.basis, row.adding, row.source, row.note, str(row.office_id or ""))


def _line_of(part: TargetPart, unit: str) -> Line:
    value = part.value * 100 if unit in SHARES else part.value
    due = part.due_on.isoformat() if part.due_on else ""
    return Line(part.holder, format(value.normalize(), "f"), part.person, due, part.note)


def _typed(request: HttpRequest, asked: Asked, region: str) -> Typed:
    given = request.POST
    lines = [
        Line(
            holder,
            *(
                given.get(f"{name}_{holder.pk}", "").replace("\x00", "").strip()
                for name in ("value", "person", "due", "note")
            ),
        )
        for holder in holders_of(region, asked.dimension)
    ]
    basis, adding = given.get("basis", ""), given.get("adding", "")
    typed = Typed(
        lines,
        basis if basis in Basis.values else Basis.WHOLE,
        adding if adding in Adding.values else Adding.EQUAL,
        given.get("source", "").strip(),
        given.get("note", "").strip(),
        given.get("office", ""),
        given.get("reason", "").strip(),
    )
    typed.problems = [f"{line.holder.name}：{line.error}" for line in lines if _wrong(line, asked.spec.unit)]
    return typed


def _wrong(line: Line, unit: str) -> bool:
    try:
        _value(line.value, unit)
        day_of(line.due_on)
    except RowInvalid as refused:
        line.error = "；".join(told for several in refused.fields.values() for told in several)
    if not line.value and (line.person or line.due_on or line.note):
        line.error = "填了责任人、时限或备注，还没有填目标数。"
    return bool(line.error)


def _value(text: str, unit: str) -> Decimal | None:
    """Return a typed number as it is kept: a share of 1 for a percentage. Raises RowInvalid."""
    if not text:
        return None
    try:
        value = FigureField(max_digits=24, decimal_places=6, min_value=0).clean(text)
    except ValidationError:
        raise RowInvalid({"value": [f"“{text[:20]}”不是数。请写成1200或1,200。"]}) from None
    return value / 100 if unit in SHARES and not text.endswith(("%", "％")) else value


def _written(request: HttpRequest, asked: Asked, typed: Typed, actor: Actor, region: str) -> bool:
    """Write the form; what is refused is told in it."""
    office = Office.objects.filter(region_id=region, pk=parse_id(typed.office) or 0).first()
    if office is None and asked.row is None:
        office = Office.objects.filter(region_id=region, pk__in=actor.offices()).order_by("position").first()
    values: dict[str, Any] = {
        "basis": typed.basis,
        "adding": typed.adding,
        "source": typed.source,
        "note": typed.note,
        "office": office or (asked.row.office if asked.row else None),
    }
    parts = [
        PartGiven(
            holder=line.holder, value=value, person=line.person, due_on=day_of(line.due_on), note=line.note
        )
        for line in typed.lines
        if (value := _value(line.value, asked.spec.unit)) is not None
    ]
    try:
        if asked.row is None:
            head = {"indicator": asked.spec.id, "year": asked.year, "dimension": asked.dimension}
            create_breakdown({**head, **values}, parts, actor=actor, region=region)
        else:
            seen = parse_id(request.POST.get("seen", ""))
            correct_breakdown(asked.row, values, parts, actor=actor, reason=typed.reason, seen=seen)
    except RowInvalid as refused:
        typed.problems = [told for several in refused.fields.values() for told in several]
    except (AccessRefused, RowStale, StepRefused) as refused:
        typed.problems = [str(refused)]
    return not typed.problems


def file(request: HttpRequest, id: str, year: int, dimension: str) -> HttpResponse:
    """Return the breakdown as XLSX, with sum and difference; the log keeps that it was taken."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "target", "export")
    asked = _asked(request, id, year, dimension)
    row = asked.row
    if row is None:
        raise RowMissing("这个目标还没有这样分解。", hint="请从目标分解页面新建。")
    whole = whole_of(asked.evaluation, id, asked.span, row.basis)
    parts = _parts(row)
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
    xlsx(out, fields, lines, made=timezone.now(), title=title, sheet="目标分解", marks=marks)
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
