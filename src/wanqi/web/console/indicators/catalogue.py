"""指标目录: what each indicator means, its live value, its history, where it comes from and where it is used."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing
from wanqi.core.models import Region
from wanqi.core.packs import current_pack
from wanqi.documents import Field, Value, xlsx
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.periods import day, month, months_to
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.lineage import Node, lineage_of, sentences_of, used_by
from wanqi.packs import IndicatorSpec, Pack
from wanqi.web import display
from wanqi.web.console import charts, figures
from wanqi.web.console.board.page import asked_period, office_names
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .drawing import drawn

NATURES = {
    "flow": "时期数（一段时间内发生的）",
    "stock": "时点数（某一天累计的）",
    "rate": "比率（报来的，不相加）",
    "target": "全年目标",
    "derived": "计算得出",
}
OPERATORS = {
    "year_to_date": "年初至今",
    "cumulative": "历年累计",
    "same_period": "上年同期",
    "year_end": "上年末",
    "previous": "上期",
    "growth_same_period": "同比",
    "growth_year_end": "较上年末",
    "growth_previous": "环比",
    "delta": "增减量",
    "sum": "合计",
    "ratio": "比值",
    "share": "占比",
    "completion": "完成率",
    "pace": "序时进度",
    "rank": "名次",
    "forecast": "年末预计",
    "check": "报送前核对",
}
YEARS = 10


def listed(request: HttpRequest) -> HttpResponse:
    """Return the catalogue, narrowed by words and office, with the value of the chosen period."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    period = asked_period(request, place)
    pack, evaluation = current_pack(place.region), kept_evaluation(place.region)
    offices = office_names(place.region)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    office = request.GET.get("office", "")
    specs = [one for one in pack.indicators.values() if _matches(one, words, offices)]
    specs = [one for one in specs if not office or one.office == office]
    context = {
        "title": "指标目录",
        "period": period,
        "words": words,
        "office": office if office in offices else "",
        "offices": offices.items(),
        "rows": [_row(one, evaluation, period, offices, pack) for one in specs],
        "total": len(pack.indicators),
        "may_export": actor.can("indicator", "export"),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "indicators/catalogue.html", context)


def _matches(spec: IndicatorSpec, words: str, offices: dict[str, str]) -> bool:
    said = [spec.id, spec.title, *spec.aliases, spec.population or "", spec.source or "", spec.note or ""]
    text = " ".join([*said, offices.get(spec.office or "", "")]).lower()
    return all(word in text for word in words.lower().split())


def _row(
    spec: IndicatorSpec, evaluation: Evaluation, period: Period, offices: dict[str, str], pack: Pack
) -> dict[str, Any]:
    return {
        "spec": spec,
        "href": reverse("indicator", args=[spec.id]) + f"?period={period.id}",
        "nature": nature_of(spec),
        "office": offices.get(spec.office or "", ""),
        "source": source_words(spec, pack),
        "figure": evaluation.figure(spec.id, period),
        "figure_href": figures.address(spec.id, period),
    }


def nature_of(spec: IndicatorSpec) -> str:
    """Return what kind of number it is, in words."""
    return OPERATORS.get(spec.operator or "", NATURES["derived"]) if spec.operator else NATURES[spec.nature]


def source_words(spec: IndicatorSpec, pack: Pack) -> str:
    """Return where its values come from: a register, somebody who reports, or other indicators."""
    if spec.records in pack.records:
        return f"{pack.records[str(spec.records)].title}台账"
    if spec.nature == "derived":
        return "由其他指标计算"
    return spec.source or ("下达的目标" if spec.nature == "target" else "填报值")


def show(request: HttpRequest, id: str) -> HttpResponse:
    """Return one indicator: definition, value, history as chart and table, lineage, uses."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    pack, evaluation = current_pack(place.region), kept_evaluation(place.region)
    spec = pack.indicators.get(id)
    if spec is None:
        raise RowMissing("没有这个指标。", hint="请返回指标目录查找。")
    period = asked_period(request, place)
    figure = evaluation.figure(id, period)
    offices = office_names(place.region)
    by = "year" if request.GET.get("by") == "year" else "month"
    points = _history(evaluation, spec, period, by)
    chart = charts.history(points, spec.unit, lambda one: figures.address(id, one.period))
    context = {
        "title": spec.title,
        "crumbs": [("工作台", "/"), ("指标目录", reverse("indicators")), (spec.title, "")],
        "spec": spec,
        "period": period,
        "figure": figure,
        "figure_href": figures.address(id, period),
        "facts": _facts(spec, pack, figure, offices),
        "by": by,
        "points": [
            {"words": words, "figure": one, "href": figures.address(id, one.period)} for words, one in points
        ],
        "chart": chart,
        "lineage": drawn(lineage_of(pack, id), lambda node: _address(node, period)),
        "sentences": sentences_of(pack, id),
        "tables": [one.title for one in pack.tables.values() if id in one.indicators],
        "derived": [
            {"title": pack.indicators[one].title, "href": reverse("indicator", args=[one])}
            for one in used_by(pack.indicators, id)
        ],
    }
    return render_page(request, "indicators/indicator.html", context)


def _facts(spec: IndicatorSpec, pack: Pack, figure: Figure, offices: dict[str, str]) -> list[tuple[str, str]]:
    """Return the definition in words; "" where nothing was written down."""
    peers = pack.peers.get(spec.peers or "")
    breaks = "；".join(f"{one.on.isoformat()}起：{one.note}" for one in spec.breaks)
    return [
        ("口径", figure.definition or spec.note or ""),
        ("假设", spec.assumption or ""),
        ("统计范围", spec.population or ""),
        ("性质", nature_of(spec)),
        ("计量单位", spec.unit),
        ("数据来源", source_words(spec, pack)),
        ("责任股室", offices.get(spec.office or "", "")),
        ("比较范围", f"{peers.title}（{'、'.join(peers.members.values())}）" if peers else ""),
        ("别称", "、".join(spec.aliases)),
        ("口径变化", breaks),
        ("起报月份", f"1—{spec.begins}月合并统计" if spec.begins > 1 else ""),
        ("编号", spec.id),
    ]


def _history(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, by: str
) -> list[tuple[str, Figure]]:
    """Return the last twelve months, or the last ten years, oldest first."""
    if by == "year" or spec.nature == "target":
        spans = [read_period(f"{year:04d}") for year in range(period.year - YEARS + 1, period.year + 1)]
        return [(one.words, evaluation.figure(spec.id, one)) for one in spans]
    last = period.end.month
    months = [
        month(period.year - (number > last), number) for number in (*range(last + 1, 13), *range(1, last + 1))
    ]
    return [(one.words, evaluation.figure(spec.id, _span(evaluation, spec, one))) for one in months]


def _span(evaluation: Evaluation, spec: IndicatorSpec, one: Period) -> Period:
    """Return what a month of the history stands for: the month, its last day for a stock, or the year so far."""
    if spec.nature == "stock":
        return day(one.end)
    return months_to(one.year, one.end.month) if evaluation.spans_only(spec) else one


def _address(node: Node, period: Period) -> str:
    try:
        if node.kind == "indicator":
            return reverse("indicator", args=[node.id]) + f"?period={period.id}"
        return reverse({"records": node.id, "report": "reports", "form": "forms"}.get(node.kind, ""))
    except NoReverseMatch:
        return ""


def file(request: HttpRequest) -> HttpResponse:
    """Return the catalogue as XLSX, narrowed as the page is; the log keeps that it was taken."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "export")
    place = place_of(request)
    period = asked_period(request, place)
    pack, evaluation = current_pack(place.region), kept_evaluation(place.region)
    offices = office_names(place.region)
    words, office = request.GET.get("q", "").replace("\x00", "").strip()[:60], request.GET.get("office", "")
    specs = [one for one in pack.indicators.values() if _matches(one, words, offices)]
    specs = [one for one in specs if not office or one.office == office]
    found = {one.id: evaluation.figure(one.id, period) for one in specs}
    fields = (
        Field("指标", width=28), Field("编号", width=28), Field("单位", width=6), Field("性质", width=22),
        Field("口径", width=48), Field("统计范围", width=20), Field("数据来源", width=20), Field("责任股室", width=18),
        Field("别称", width=24), Field(period.words, width=16), Field("等级", width=8), Field("没有数的原因", width=32),
    )  # fmt: skip
    marks = ("演示数据",) if any(one.is_demonstration for one in found.values()) else ()
    made = timezone.now()
    out = BytesIO()
    xlsx(
        out,
        fields,
        _lines(specs, found, pack, offices),
        made=made,
        footer=display.taken(actor.name, made),
        title=f"{pack.title}指标目录（{period.words}）",
        sheet="指标目录",
        marks=marks,
    )
    with transaction.atomic():
        said = {"内容": "指标目录", "时期": period.words, "行数": str(len(specs))}
        changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in said.items()]
        record(Region.objects.get(pk=place.region), "导出", actor=actor, changes=changes)
    response = HttpResponse(out.getvalue(), content_type=figures.XLSX_TYPE)
    name = f"指标目录_{period.id}{'（演示数据）' if marks else ''}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _lines(
    specs: Iterable[IndicatorSpec], found: dict[str, Figure], pack: Pack, offices: dict[str, str]
) -> list[list[Value]]:
    return [
        [
            one.title, one.id, one.unit, nature_of(one), found[one.id].definition or one.note or "",
            one.population or "", source_words(one, pack), offices.get(one.office or "", ""), "、".join(one.aliases),
            found[one.id].display, found[one.id].grade, found[one.id].reason,
        ]
        for one in specs
    ]  # fmt: skip
