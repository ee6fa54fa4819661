"""The figure drawer: what a number says, how it came about, and the rows or evidence under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing
from wanqi.core.masking import masked
from wanqi.core.models import Area, Region
from wanqi.core.packs import current_pack
from wanqi.core.row_sources import RowSource, source_of
from wanqi.documents import Field, xlsx
from wanqi.indicators.errors import PeriodRefused
from wanqi.indicators.evaluate import Announced, Figure, Period, Reported, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.models import Observation, Ranking
from wanqi.packs import IndicatorSpec, Pack, RecordKind
from wanqi.reports.changes import Change
from wanqi.reports.compile import Compiled
from wanqi.reports.usage import compiled_for, sentences_with
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

PAGE = 20
SEARCH = 60
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(id: str, period: Period, area: Area | None = None) -> str:
    """Return the address of a figure."""
    asked = {"period": period.id} | ({"area": area.code} if area else {})
    return f"{reverse('figure', args=[id])}?{urlencode(asked)}"


@dataclass(frozen=True)
class Asked:
    """A figure that an address asks for."""

    pack: Pack
    spec: IndicatorSpec
    figure: Figure
    area: Area | None
    evaluation: Evaluation

    @property
    def query(self) -> str:
        parts = {"period": self.figure.period.id} | ({"area": self.area.code} if self.area else {})
        return urlencode(parts)


def _asked(request: HttpRequest, id: str) -> Asked:
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    try:
        period = read_period(request.GET.get("period") or place.period)
    except PeriodRefused as error:
        raise RowMissing(error.cause, hint=error.hint) from None
    code = request.GET.get("area", "").replace("\x00", "")
    area = Area.objects.filter(region_id=place.region, code=code).first() if code else None
    if code and area is None:
        raise RowMissing("没有这个片区。", hint="请返回看板重新选择。")
    pack = current_pack(place.region)
    if id not in pack.indicators:
        raise RowMissing("没有这个指标。", hint="请返回看板，从数字进入。")
    evaluation = kept_evaluation(place.region, area=area.code if area else None)
    return Asked(pack, pack.indicators[id], evaluation.figure(id, period), area, evaluation)


def show(request: HttpRequest, id: str) -> HttpResponse:
    """Return the figure's page, or its drawer when htmx asks."""
    actor = request.actor  # type: ignore[attr-defined]
    asked = _asked(request, id)
    figure = asked.figure
    compiled = _reports(actor, asked)
    context = {
        "title": figure.title,
        "crumbs": [("工作台", "/"), ("调度看板", reverse("board")), (figure.title, "")],
        "figure": figure,
        "area": asked.area,
        "address": address(id, figure.period, asked.area),
        "sentences": [runs for one in compiled for runs in sentences_with(one, id)],
        "inputs": [
            {"label": one.label, "display": one.display, "href": address(one.id, one.period, asked.area)}
            for one in figure.inputs
        ],
        "evidence": _evidence(actor, figure.reported),
        "announced": _announced(actor, figure.announced),
        "package_address": _package_address(actor, asked),
        "originals": [said for one in compiled for said in one.originals.get(id, ())],
        "changes": [_change(change) for one in compiled for change in one.changes if change.figure == id],
        **_rows(actor, asked, request.GET),
    }
    return render_page(request, "console/figure.html", context, fragment="console/figure_drawer.html")


def _package_address(actor: Actor, asked: Asked) -> str:
    """Return where the evidence under a figure of the whole region can be taken as one package."""
    if asked.area is not None or not asked.figure.known or not actor.can("report", "export"):
        return ""
    named = {"indicator": asked.figure.id, "period": asked.figure.period.id}
    return f"{reverse('evidence')}?{urlencode(named)}"


def rows_page(request: HttpRequest, id: str) -> HttpResponse:
    """Return one page of the rows under a figure; a part of its drawer, or the whole figure without htmx."""
    asked = _asked(request, id)
    if not getattr(request, "htmx", False):
        return show(request, id)
    context = {"figure": asked.figure, **_rows(request.actor, asked, request.GET)}  # type: ignore[attr-defined]
    return render_page(
        request, "console/figure_results.html", context, fragment="console/figure_results.html"
    )


def _reports(actor: Actor, asked: Asked) -> list[Compiled]:
    """Return the reports of the figure's period, where the actor may read them: what they say and what changed."""
    if not actor.can("report", "view") or asked.area is not None:
        return []
    return compiled_for(actor, asked.pack, asked.figure, asked.evaluation)


def _change(change: Change) -> dict[str, Any]:
    return {
        "sentence": f"{change.before}→{change.after}",
        "why": change.why,
        "causes": [
            {"text": cause.text, "href": _row_address(cause.kind, cause.record)} for cause in change.causes
        ],
    }


def _row_address(kind: str, pk: Any) -> str:
    try:
        return reverse(f"{kind}.row", args=[pk])
    except NoReverseMatch:
        return ""


def _evidence(actor: Actor, reported: tuple[Reported, ...]) -> list[dict[str, Any]]:
    """Return the observations under a figure; linked where the actor may open them."""
    rows = Observation.objects.filter(pk__in=[one.id for one in reported])
    seen = {str(row.pk): row for row in rows.visible_to(actor)} if actor.can("observation", "view") else {}
    return [
        {
            "said": one,
            "row": seen.get(one.id),
            "href": _row_address("observations", one.id) if one.id in seen else "",
        }
        for one in reported
    ]


def _announced(actor: Actor, announced: tuple[Announced, ...]) -> list[dict[str, Any]]:
    """Return the announcements under a rank; linked where the actor may open them."""
    rows = Ranking.objects.filter(pk__in=[one.id for one in announced])
    seen = {str(row.pk) for row in rows.visible_to(actor)} if actor.can("ranking", "view") else set[str]()
    return [
        {"said": one, "href": _row_address("rankings", one.id) if one.id in seen else ""} for one in announced
    ]


# --- rows -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """The rows under a figure that the actor may see, and which of their fields are shown."""

    source: RowSource
    kind: RecordKind
    fields: tuple[str, ...]
    query: QuerySet[Any]
    hidden: int
    beside: Mapping[str, Mapping[str, Any]]

    def value(self, row: Any, name: str) -> Any:
        """Return a field of a row as it may be shown: a term in words, phones masked."""
        path = self.source.paths.get(name)
        if path is None:
            return self.beside.get(name, {}).get(str(row.pk))
        found = row
        for part in path.split("__"):
            found = getattr(found, part, None)
        words = getattr(row, f"get_{path}_display", None)
        return masked(name, words() if words else found)


def _rows(actor: Actor, asked: Asked, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return what the list of rows needs: one page, found by `q`, and where the whole list can be had."""
    found = _visible(actor, asked)
    if found is None:
        return {"rows": None}
    text = parameters.get("q", "").replace("\x00", "").strip()[:SEARCH]
    matching = _matching(found, text)
    page = Paginator(matching, PAGE).get_page(parameters.get("page"))
    return {
        "rows": [_line(found, row, asked.figure) for row in page],
        "row_fields": [found.kind.fields[name].title for name in found.fields],
        "row_title": found.kind.title,
        "row_page": page,
        "row_search": text,
        "row_total": len(asked.figure.records) + len(asked.figure.uncertain),
        "row_hidden": found.hidden,
        "rows_address": f"{reverse('figure.rows', args=[asked.figure.id])}?{asked.query}",
        "register_address": _register_address(asked),
        "file_address": f"{reverse('figure.file', args=[asked.figure.id])}?{asked.query}"
        if actor.can(found.source.model.resource, "export")  # type: ignore[attr-defined]
        else "",
    }


def _visible(actor: Actor, asked: Asked, *, to: str = "view") -> Rows | None:
    figure = asked.figure
    if not figure.record_kind:
        return None
    source = source_of(figure.record_kind)
    resource = source.model.resource  # type: ignore[attr-defined]
    if not actor.can(resource, to):
        return None
    ids = [*figure.records, *figure.uncertain]
    kind = asked.pack.records[figure.record_kind]
    counting = _counting(asked)
    rows = source.model._default_manager.filter(pk__in=ids).filter(actor.rows_of(resource, to=to))
    by = source.paths.get(counting.date or "")
    ordered = rows.order_by(f"-{by}", "pk") if by else rows.order_by("pk")
    if "area" in kind.fields:
        ordered = ordered.select_related("area")
    hidden = len(ids) - rows.count()
    return Rows(source, kind, _fields(asked, kind, counting), ordered, hidden, _beside(asked, source))


def _beside(asked: Asked, source: RowSource) -> Mapping[str, Mapping[str, Any]]:
    """Return the fields that the register's own columns do not hold: field → id of the row → value."""
    names = tuple(name for name in source.fields if name not in source.paths)
    if not names:
        return {}
    frame = source.rows(asked.pack.region, names, None)
    return {name: dict(zip(frame["id"], frame[name], strict=True)) for name in names}


def _counting(asked: Asked) -> IndicatorSpec:
    """Return the indicator that does the counting under one that only carries its figure elsewhere."""
    spec = asked.spec
    while spec.nature == "derived" and spec.of in asked.pack.indicators:
        spec = asked.pack.indicators[str(spec.of)]
    return spec


def _fields(asked: Asked, kind: RecordKind, counting: IndicatorSpec) -> tuple[str, ...]:
    """Return the fields of a row worth showing: its name, where it is, what tells it apart, the date that counts."""
    condition = asked.pack.where(counting.id)
    fixed = set(condition.inputs) if condition else set()
    telling = [name for name, one in kind.fields.items() if one.type == "enum" and name not in fixed]
    wanted = [kind.label, counting.area, *telling, counting.date]
    return tuple(dict.fromkeys(name for name in wanted if name is not None))


def _matching(found: Rows, text: str) -> QuerySet[Any]:
    if not text:
        return found.query
    texts = [name for name, one in found.kind.fields.items() if one.type in ("text", "enum")]
    wanted = Q()
    for name in texts:
        if name in found.source.paths:
            wanted |= Q(**{f"{found.source.paths[name]}__icontains": text})
    if "area" in found.kind.fields:
        wanted |= Q(area__name__icontains=text)
    return found.query.filter(wanted)


def _line(found: Rows, row: Any, figure: Figure) -> dict[str, Any]:
    values = [_shown(found.value(row, name)) for name in found.fields]
    return {
        "label": values[0],
        "cells": values[1:],
        "href": _row_address(found.source.kind, row.pk),
        "uncertain": str(row.pk) in figure.uncertain,
        "demonstration": row.is_demonstration,
    }


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "—"
    return value.isoformat() if isinstance(value, date) else str(value)


def _register_address(asked: Asked) -> str:
    """Return the register's own list, filtered to the rows of this figure as far as its filters go."""
    figure, counting = asked.figure, _counting(asked)
    try:
        listed = reverse(figure.record_kind)
    except NoReverseMatch:
        return ""
    parts: dict[str, str] = {"area": str(asked.area.pk) if asked.area else ""}
    if figure.record_kind == "sites":
        technology = re.fullmatch(r"technology = '([^']+)'", counting.where or "")
        if technology:
            parts["technology"] = technology[1]
        parts["opened_to"] = _last_day(asked).isoformat()
        if counting.nature == "flow":
            parts["opened_from"] = _first_day(asked).isoformat()
    return f"{listed}?{urlencode(parts)}"


def _source_period(asked: Asked) -> Period:
    """Return the period whose rows are counted: an input's own where the figure carries it from elsewhere."""
    carried = [one.period for one in asked.figure.inputs if asked.spec.of == one.id]
    return carried[0] if asked.spec.nature == "derived" and carried else asked.figure.period


def _first_day(asked: Asked) -> date:
    return _source_period(asked).start


def _last_day(asked: Asked) -> date:
    return min(_source_period(asked).end, asked.figure.as_of)


def rows_file(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return all rows under a figure that the actor may export, as XLSX; the log keeps it."""
    actor = request.actor  # type: ignore[attr-defined]
    asked = _asked(request, id)
    found = _visible(actor, asked, to="export")
    if found is None:
        raise RowMissing("这个数字下没有可以导出的记录。", hint="请在数字页面查看它的来源。")
    figure = asked.figure
    marked = figure.is_demonstration
    region = Region.objects.get(pk=asked.pack.region)
    with transaction.atomic():
        said = {"指标": figure.title, "时期": figure.period.words, "行数": str(found.query.count())}
        changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in said.items()]
        record(region, "导出", actor=actor, changes=changes)
    file = BytesIO()
    columns = [name for name in found.kind.fields if name in found.source.fields]
    kinds = [_field(found.kind, name) for name in columns]
    title = f"{figure.title}（{figure.period.words}）"
    marks = ("演示数据",) if marked else ()
    made = timezone.now()
    told = display.taken(actor.name, made)
    xlsx(file, kinds, _lines(found, columns), made=made, title=title, marks=marks, footer=told)
    file.seek(0)
    name = f"{figure.title}_{figure.period.id}{'（演示数据）' if marked else ''}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _field(kind: RecordKind, name: str) -> Field:
    one = kind.fields[name]
    known = {"date": "date", "count": "count", "money": "money", "ratio": "ratio"}
    return Field(one.title, known.get(one.type, "text"))  # type: ignore[arg-type]  # one of its kinds


def _lines(found: Rows, columns: list[str]) -> Iterator[list[Any]]:
    for row in found.query.iterator(chunk_size=2000):
        values = (found.value(row, name) for name in columns)
        yield [value if isinstance(value, date) or value is None else str(value) for value in values]
