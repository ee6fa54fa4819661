"""What a board shows: each counted stock with a yearly target, and the indicators that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from wanqi.packs import IndicatorSpec

from .evaluate import Figure, Period
from .evaluate.engine import Evaluation
from .evaluate.forecast import run_rate
from .evaluate.periods import day, is_month_end, month_end
from .evaluate.progress import Progress, progress


@dataclass(frozen=True, slots=True)
class Topic:
    """Ids of the indicators about one stock; None where the pack has no such indicator."""

    stock: str
    flow: str | None
    growth: str | None
    year_end: str | None
    completion: str | None
    target: str | None
    pace: str | None
    forecast: str | None

    @property
    def ids(self) -> tuple[str, ...]:
        named = (
            self.stock, self.flow, self.growth, self.year_end, self.completion, self.target, self.pace, self.forecast,
        )  # fmt: skip
        return tuple(id for id in named if id is not None)


def topics(indicators: Mapping[str, IndicatorSpec]) -> tuple[Topic, ...]:
    """Return one topic per stock for which a completion is defined, in the pack's order."""
    return tuple(
        _topic(indicators, str(one.of))
        for one in indicators.values()
        if one.operator == "completion" and one.of in indicators
    )


def _topic(indicators: Mapping[str, IndicatorSpec], stock: str) -> Topic:
    def first(operator: str, of: str | None = stock) -> IndicatorSpec | None:
        found = (one for one in indicators.values() if one.operator == operator)
        return next((one for one in found if one.of == of), None)

    completion, forecast = first("completion"), first("forecast")
    same_rows = (
        one.id
        for one in indicators.values()
        if one.nature == "flow"
        and (one.records, one.where) == (indicators[stock].records, indicators[stock].where)
    )
    return Topic(
        stock=stock,
        flow=forecast.flow if forecast else next(same_rows, None),
        growth=_id(first("growth_year_end")),
        year_end=_id(first("year_end")),
        completion=_id(completion),
        target=completion.target if completion else None,
        pace=_id(first("pace", None)),
        forecast=_id(forecast),
    )


def _id(spec: IndicatorSpec | None) -> str | None:
    return spec.id if spec else None


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a topic's year: the stock this year and last, and where the forecast lies. None: not known."""

    month: int
    end: date
    this_year: Figure | None
    last_year: Figure | None
    low: Fraction | None = None
    middle: Fraction | None = None
    high: Fraction | None = None


def progress_of(topic: Topic, figures: Mapping[str, Figure]) -> Progress | None:
    """Return how a topic stands to its target; None where something is missing."""
    if topic.target is None or topic.pace is None:
        return None
    return progress(
        actual=figures[topic.stock],
        target=figures[topic.target],
        pace=figures[topic.pace],
        year_end=figures[topic.year_end] if topic.year_end else None,
        forecast=figures[topic.forecast] if topic.forecast else None,
    )


def year_of_months(
    evaluation: Evaluation, topic: Topic, period: Period, as_of: date | None = None
) -> list[Point]:
    """Return the twelve months of the period's year, with the forecast spread over those to come."""
    until = min(as_of or period.end, period.end)
    done = until.month if is_month_end(until) else until.month - 1
    forecast = _spread(evaluation, topic, until, done)
    return [
        Point(
            month=number,
            end=month_end(until.year, number),
            this_year=_stock(evaluation, topic, until.year, number) if number <= done else None,
            last_year=_stock(evaluation, topic, until.year - 1, number),
            **forecast.get(number, {}),
        )
        for number in range(1, 13)
    ]


def _stock(evaluation: Evaluation, topic: Topic, year: int, number: int) -> Figure:
    return evaluation.figure(topic.stock, day(month_end(year, number)))


def _spread(
    evaluation: Evaluation, topic: Topic, until: date, done: int
) -> dict[int, dict[str, Fraction | None]]:
    """Return month → low, middle, high, from the last whole month (a point) to December."""
    if topic.forecast is None or topic.flow is None or not 0 < done < 12:
        return {}
    spec = evaluation.spec(topic.forecast)
    stock = _stock(evaluation, topic, until.year, done).value
    months = evaluation.monthly(topic.flow, date(until.year, 1, 1), month_end(until.year, done))
    flows = [one.value for one in months if one.value is not None]
    if stock is None or len(flows) < len(months) or done < max(spec.min_points or 2, 2) or not any(flows):
        return {}
    found: dict[int, dict[str, Fraction | None]] = {done: {"low": stock, "middle": stock, "high": stock}}
    for number in range(done + 1, 13):
        made = run_rate(stock, flows, months=number - done, level=Fraction(str(spec.level)))
        low = made.interval.low
        if low is not None and min(flows) >= 0:
            low = max(low, stock)
        found[number] = {"low": low, "middle": made.value, "high": made.interval.high}
    return found
