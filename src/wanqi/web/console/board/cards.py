"""Cards of the board: targets with their charts, and the other main indicators in a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from wanqi.core.models import Area
from wanqi.figures import display
from wanqi.indicators.evaluate import Figure, Period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.periods import day, month, months_to, to_date
from wanqi.indicators.evaluate.progress import Progress
from wanqi.indicators.topics import Point, Topic, progress_of, topics, year_of_months
from wanqi.packs import IndicatorSpec, Pack
from wanqi.web.console import charts, figures

from .lines import small_line

TONES = {"正常": "normal", "预警": "warning", "滞后": "behind"}


@dataclass(frozen=True)
class Shown:
    """A figure on the board: `href` opens its drawer."""

    figure: Figure
    href: str


@dataclass(frozen=True)
class Card:
    """One target: its figures, how it stands, its months, and the chart's option as plain data."""

    key: str
    id: str
    name: str
    office: str
    stock: Shown
    flow: Shown | None
    growth: Shown | None
    year_on_year: Shown | None
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
    outlook: str
    judged: str
    months: list[dict[str, Any]]
    chart: dict[str, Any] | None

    @property
    def lags(self) -> bool:
        """Whether somebody should be asked to act."""
        return self.progress is not None and self.progress.word != "正常"


@dataclass(frozen=True)
class Line:
    """One indicator without a chart of its own: the figure, what it is compared with, its months as a small line."""

    spec: IndicatorSpec
    office: str
    group: str
    value: Shown
    growth: Shown | None
    rank: Shown | None
    line: str


class Related:
    """What follows from an indicator, by operator; made once for all cards."""

    def __init__(self, definitions: Mapping[str, IndicatorSpec]) -> None:
        self._kept: dict[tuple[str, str], list[IndicatorSpec]] = {}
        for one in definitions.values():
            if one.operator and one.of:
                self._kept.setdefault((one.operator, one.of), []).append(one)

    def first(self, operator: str, of: str) -> str | None:
        """Return the id of the first indicator that is made of another by an operator."""
        found = self._kept.get((operator, of))
        return found[0].id if found else None

    def ranks(self, of: str) -> Iterator[IndicatorSpec]:
        """Yield the ranks of an indicator, one per set of peers."""
        yield from self._kept.get(("rank", of), ())


def span_of(period: Period) -> Period:
    """Return the span that a year's target is weighed over: January up to the period's end."""
    return period if period.start.month == 1 and period.kind != "day" else to_date(period)


@dataclass(frozen=True)
class Ground:
    """What all cards are made from. offices: code → name; groups: record kind → topic."""

    evaluation: Evaluation
    period: Period
    area: Area | None = None
    offices: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def related(self) -> Related:
        return Related(self.evaluation.definitions)

    @cached_property
    def span(self) -> Period:
        return span_of(self.period)

    def shown(self, id: str | None, period: Period) -> Shown | None:
        """Return a figure with its address; None where the pack has no such indicator."""
        if id is None:
            return None
        return Shown(self.evaluation.figure(id, period), figures.address(id, period, self.area))

    def link(self, id: str) -> charts.Address:
        """Return how the points of an indicator's chart are opened."""
        return lambda figure: figures.address(id, figure.period, self.area)


def cards_of(ground: Ground) -> list[Card]:
    """Return a card for each target that the region's pack defines."""
    return [_card(ground, topic) for topic in topics(ground.evaluation.definitions)]


def _card(ground: Ground, topic: Topic) -> Card:
    span, evaluation = ground.span, ground.evaluation
    spec = evaluation.spec(topic.stock)
    is_stock = spec.nature == "stock"
    found = {id: evaluation.figure(id, ground.period if id == topic.flow else span) for id in topic.ids}

    def shown(id: str | None) -> Shown | None:
        return ground.shown(id, found[id].period) if id else None

    stock, progress = found[topic.stock], progress_of(topic, found)
    target = found[topic.target] if topic.target else None
    compared = (topic.flow or topic.stock) if is_stock else topic.stock
    share = display(progress.share, unit="%") if progress and progress.share is not None else ""
    points = _points(evaluation, topic, span, is_stock=is_stock) if stock.known else []
    link = ground.link(topic.stock)
    return Card(
        key=topic.stock.replace(".", "-"),
        id=topic.stock,
        name=stock.title.removesuffix("数"),
        office=ground.offices.get(spec.office or "", ""),
        stock=Shown(stock, link(stock)),
        flow=shown(topic.flow) if is_stock else None,
        growth=shown(topic.growth),
        year_on_year=ground.shown(ground.related.first("growth_same_period", compared), span),
        completion=shown(topic.completion),
        target=shown(topic.target),
        pace=shown(topic.pace),
        forecast=shown(topic.forecast),
        progress=progress,
        share=share,
        share_words=_share_words(share, found.get(topic.pace or "")),
        tone=TONES[progress.word] if progress else "",
        question=_question(stock.title.removesuffix("数"), target),
        answer=f"{progress.word}：{progress.reason}。" if progress else "",
        outlook=outlook(progress, stock, target, found.get(topic.forecast or "")),
        judged=f"{reverse('board.judged', args=[topic.stock])}?{urlencode(_asked(span, ground.area))}",
        months=[_month(point, target, link) for point in points],
        chart=charts.stock_and_target(points, target, stock.unit, link) if points else None,
    )  # fmt: skip


def _share_words(share: str, pace: Figure | None) -> str:
    return f"今年新增任务完成{share}，序时进度{pace.display}" if share and pace else ""


def _points(evaluation: Evaluation, topic: Topic, span: Period, *, is_stock: bool) -> list[Point]:
    """Return the months of the year and of the one before; a flow from January up to each of them."""
    if is_stock:
        return year_of_months(evaluation, topic, span)

    def so_far(year: int, number: int) -> Figure:
        return evaluation.figure(topic.stock, months_to(year, number))

    points = [
        Point(
            month=number,
            end=month(span.year, number).end,
            this_year=so_far(span.year, number) if number <= span.end.month else None,
            last_year=so_far(span.year - 1, number),
        )
        for number in range(1, 13)
    ]
    known = [point for point in points if point.this_year is not None and point.this_year.known]
    return points if len(known) > 1 else []


def _asked(period: Period, area: Area | None) -> dict[str, str]:
    return {"period": period.id} | ({"area": area.code} if area else {})


def outlook(progress: Progress | None, stock: Figure, target: Figure | None, forecast: Figure | None) -> str:
    """Return 能否完成、差多少 as a sentence; empty where neither can be said."""
    if progress is None or target is None or target.value is None or stock.value is None:
        return ""
    if stock.value >= target.value:
        return f"已经完成全年目标{target.display}。"
    lacks = display(target.value - stock.value, unit=stock.unit)
    if forecast is None or not forecast.known:
        done = {"正常": "进度不慢于时间", "预警": "进度略慢于时间", "滞后": "进度明显慢于时间"}[progress.word]
        return f"{done}，离全年目标{target.display}还差{lacks}。"
    expected = f"按当前进度年末{forecast.hedged}"
    short = ""
    if forecast.value is not None and forecast.value < target.value:
        short = f"，差{display(target.value - forecast.value, unit=stock.unit, decimals=0)}"
    said = {"正常": "能够完成", "预警": "能否完成尚不确定", "滞后": "难以完成"}[progress.word]
    return f"{expected}，{said}全年目标{target.display}{short}。"


def _question(name: str, target: Figure | None) -> str:
    if target is None or not target.known:
        return f"{name}逐月怎样变化？"
    return f"年底{name}能否达到{target.display}？"


def _month(point: Point, target: Figure | None, link: charts.Address) -> dict[str, Any]:
    """Return one row of the table that says what the chart shows."""
    return {
        "month": f"{point.month}月",
        "this_year": point.this_year and Shown(point.this_year, link(point.this_year)),
        "last_year": point.last_year and Shown(point.last_year, link(point.last_year)),
        "forecast": charts.range_words(point),
        "target": target.display if target and target.known else "",
    }


# --- lines -------------------------------------------------------------------------------------


def main_indicators(pack: Pack) -> tuple[str, ...]:
    """Return the ids of the monthly table, in its order; of all counted indicators where there is none."""
    named = dict.fromkeys(id for table in pack.tables.values() for id in table.indicators)
    listed = tuple(id for id in named if id in pack.indicators)
    counted = (one.id for one in pack.indicators.values() if one.nature in ("flow", "stock", "rate"))
    return listed or tuple(counted)


def lines_of(ground: Ground, ids: Iterable[str]) -> list[Line]:
    """Return one line per indicator."""
    return [_line(ground, ground.evaluation.spec(id)) for id in ids]


def _line(ground: Ground, spec: IndicatorSpec) -> Line:
    period, related = ground.period, ground.related
    value = ground.evaluation.figure(spec.id, period)
    growth = related.first("growth_same_period", spec.id) or related.first("growth_year_end", spec.id)
    rank = next((ground.shown(one.id, period) for one in related.ranks(spec.id)), None)
    return Line(
        spec=spec,
        office=ground.offices.get(spec.office or "", "未指定股室"),
        group=ground.groups.get(spec.records or "", "报送数据"),
        value=Shown(value, figures.address(spec.id, period, ground.area)),
        growth=ground.shown(growth, period) if value.known else None,
        rank=rank if rank and rank.figure.known else None,
        line=_small(ground.evaluation, spec, period.end) if value.known and ground.area is None else "",
    )


def _small(evaluation: Evaluation, spec: IndicatorSpec, end: date) -> str:
    """Return the last twelve months as a small line: a flow month by month, a stock at each month's end."""
    if spec.nature == "derived":
        return ""
    spans = [month(end.year - (number > end.month), number) for number in _twelve(end.month)]
    found = [evaluation.figure(spec.id, day(one.end) if spec.nature == "stock" else one) for one in spans]
    values = [None if one.value is None else float(one.value) for one in found]
    return small_line(values, label=f"{spec.title}近12个月：{spans[0].words}至{spans[-1].words}")


def _twelve(last: int) -> list[int]:
    return [*range(last + 1, 13), *range(1, last + 1)]
