"""调度看板: each target as a card and one chart that answers its question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header

from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.models import Area, Region
from wanqi.figures import display
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.periods import day
from wanqi.indicators.evaluate.progress import Progress
from wanqi.indicators.evaluation import evaluation_of
from wanqi.indicators.topics import Point, Topic, progress_of, topics, year_of_months
from wanqi.reports.table import TITLE, monthly_table, table_xlsx
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import charts, figures

TONES = {"正常": "normal", "预警": "warning", "滞后": "behind"}


@dataclass(frozen=True)
class Shown:
    """A figure on the board: `href` opens its drawer; `figure` is None where the pack has no such indicator."""

    figure: Figure
    href: str


@dataclass(frozen=True)
class Card:
    """One topic: its figures, how it stands, its months, and the chart's option as plain data."""

    key: str
    name: str
    stock: Shown
    flow: Shown | None
    growth: Shown | None
    completion: Shown | None
    target: Shown | None
    pace: Shown | None
    forecast: Shown | None
    progress: Progress | None
    share: str
    share_words: str
    tone: str
    question: str
    answer: str
    months: list[dict[str, Any]]
    chart: dict[str, Any] | None


def show(request: HttpRequest) -> HttpResponse:
    """Return the board of the visitor's region, for the period and area chosen in the top bar."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    period = read_period(place.period)
    area = Area.objects.filter(pk=place.area, region_id=place.region).first() if place.area else None
    cards = cards_of(place.region, period, area)
    context = {
        "title": "调度看板",
        "period": period,
        "area": area,
        "cards": cards,
        "known": any(card.stock.figure.known for card in cards),
        "is_demonstration": any(card.stock.figure.is_demonstration for card in cards),
        "may_see_rows": actor.can("site", "view"),
        "may_export": actor.can("indicator", "export"),
        "may_import": actor.can("batch", "create"),
    }
    return render_page(request, "console/board.html", context)


def cards_of(region: str, period: Period, area: Area | None = None) -> list[Card]:
    """Return a card for each topic that the region's pack defines."""
    evaluation = evaluation_of(region, area=area.code if area else None)
    return [_card(evaluation, topic, period, area) for topic in topics(evaluation.definitions)]


def _card(evaluation: Evaluation, topic: Topic, period: Period, area: Area | None) -> Card:
    found = {id: evaluation.figure(id, period) for id in topic.ids}

    def shown(id: str | None) -> Shown | None:
        return Shown(found[id], figures.address(id, period, area)) if id else None

    stock = found[topic.stock]
    progress = progress_of(topic, found)
    points = year_of_months(evaluation, topic, period) if stock.known else []
    target = found[topic.target] if topic.target else None
    name = stock.title.removesuffix("数")
    share = display(progress.share, unit="%") if progress and progress.share is not None else ""
    return Card(
        key=topic.stock.replace(".", "-"),
        name=name,
        stock=Shown(stock, figures.address(topic.stock, period, area)),
        flow=shown(topic.flow),
        growth=shown(topic.growth),
        completion=shown(topic.completion),
        target=shown(topic.target),
        pace=shown(topic.pace),
        forecast=shown(topic.forecast),
        progress=progress,
        share=share,
        share_words=f"今年新增任务完成{share}，序时进度{found[topic.pace].display}"
        if share and topic.pace
        else "",
        tone=TONES[progress.word] if progress else "",
        question=_question(name, target),
        answer=f"{progress.word}：{progress.reason}。" if progress else "",
        months=[_month(point, target, topic, area) for point in points],
        chart=charts.stock_and_target(points, target, stock.unit, _link(topic, area)) if points else None,
    )


def _question(name: str, target: Figure | None) -> str:
    if target is None or not target.known:
        return f"{name}逐月怎样变化？"
    return f"年底{name}能否达到{target.display}？"


def _link(topic: Topic, area: Area | None) -> charts.Address:
    return lambda figure: figures.address(topic.stock, day(figure.period.end), area)


def _month(point: Point, target: Figure | None, topic: Topic, area: Area | None) -> dict[str, Any]:
    """Return one row of the table that says what the chart shows."""
    link = _link(topic, area)
    return {
        "month": f"{point.month}月",
        "this_year": point.this_year and Shown(point.this_year, link(point.this_year)),
        "last_year": point.last_year and Shown(point.last_year, link(point.last_year)),
        "forecast": charts.range_words(point),
        "target": target.display if target and target.known else "",
    }


def table(request: HttpRequest) -> HttpResponse:
    """Return the monthly table of the visitor's region and period as XLSX; the log keeps that it was taken."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "export")
    place = place_of(request)
    made = monthly_table(place.region, place.period)
    content = table_xlsx(made, made=timezone.now())
    with transaction.atomic():
        said = {"材料": TITLE, "时期": made.period.words, "行数": str(len(made.lines))}
        changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in said.items()]
        record(Region.objects.get(pk=place.region), "导出", actor=actor, changes=changes)
    mark = "（演示数据）" if made.is_demonstration else ""
    name = f"{TITLE}_{made.period.full_months}{mark}.xlsx"
    response = HttpResponse(content, content_type=figures.XLSX_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


urlpatterns = [
    path("board/", show, name="board"),
    path("board/table.xlsx", table, name="board.table"),
    path("figures/<str:id>/", figures.show, name="figure"),
    path("figures/<str:id>/rows/", figures.rows_page, name="figure.rows"),
    path("figures/<str:id>/rows.xlsx", figures.rows_file, name="figure.file"),
]
