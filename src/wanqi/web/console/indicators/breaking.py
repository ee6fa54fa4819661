"""Filling in a breakdown: one table, all lines or none, what is wrong told at its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import Actor, require
from wanqi.core.errors import AccessRefused, RowInvalid, RowStale, StepRefused
from wanqi.core.models import Office
from wanqi.indicators.actions.targets import PartGiven, correct_breakdown, create_breakdown
from wanqi.indicators.evaluate.figures import SHARES
from wanqi.indicators.models import TargetPart
from wanqi.web.console.registers.milestones import day_of
from wanqi.web.console.registers.observations import FigureField
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .standing import holders_of, whole_of
from .targets import Adding, Asked, Basis, Dimension, asked_for, may_write, parts_of


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
    require(actor, "target", "create")
    asked = asked_for(request, id, year, dimension)
    require(actor, "target", "correct" if asked.row else "create")
    if asked.row is not None and not may_write(actor, asked.row):
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
    parts = {part.holder: part for part in parts_of(row)} if row else {}
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
        value: Decimal = FigureField(max_digits=24, decimal_places=6, min_value=0).clean(text)
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
