"""From a template's clauses and figures to sentences; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from wanqi import documents
from wanqi.documents import Run, Text
from wanqi.figures import Interval, display, display_change
from wanqi.indicators.evaluate import Figure, Period
from wanqi.indicators.evaluate.figures import places
from wanqi.packs import ClauseSpec, Condition, Tag

_SIGNS = {"above": "超过", "at_least": "达到", "below": "低于", "at_most": "不超过"}
_FAILED = {"above": "没有超过", "at_least": "没有达到", "below": "不低于", "at_most": "已超过"}
_ENDS = {"value": "", "low": "区间下限", "high": "区间上限"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A clause that was not printed, and why."""

    clause: str
    reason: str


def written(clause: ClauseSpec, figures: Mapping[str, Figure], period: Period) -> tuple[Run, ...] | Dropped:
    """Return the clause's runs, or why it is not printed: a figure is missing or its condition does not hold."""
    for id in clause.figures:
        figure = figures[id]
        if not figure.known:
            return Dropped(clause.id, f"{figure.title}：{figure.reason or '没有数据'}")
        if figure.is_forecast and figure.value is None:
            return Dropped(
                clause.id, f"{figure.title}只能给出范围{figure.range}（{figure.note.rstrip('。')}）"
            )
    if clause.when and not holds(clause.when, figures):
        return Dropped(clause.id, _not_met(clause.when, figures))
    if clause.unless and holds(clause.unless, figures):
        return Dropped(clause.id, f"已满足“{_condition(clause.unless, figures)}”，按模板不写这一句")
    return tuple(_run(part, figures, period) for part in clause.parts)


def holds(condition: Condition, figures: Mapping[str, Figure]) -> bool:
    """Return whether a condition holds; not where a figure or the asked end is unknown."""
    left = _end(figures[condition.figure], condition.end)
    right = _yardstick(condition, figures)
    if left is None or right is None:
        return False
    return {
        "above": left > right,
        "at_least": left >= right,
        "below": left < right,
        "at_most": left <= right,
    }[condition.is_]


def _yardstick(condition: Condition, figures: Mapping[str, Figure]) -> Fraction | None:
    if condition.than is not None:
        return figures[condition.than].value
    return Fraction(str(condition.number))


def _end(figure: Figure, end: str) -> Fraction | None:
    if end == "value":
        return figure.value
    interval = figure.interval or Interval.line()
    return interval.low if end == "low" else interval.high


def _condition(condition: Condition, figures: Mapping[str, Figure]) -> str:
    figure = figures[condition.figure]
    return f"{figure.title}{_ENDS[condition.end]}{_SIGNS[condition.is_]}{_other(condition, figures)}"


def _not_met(condition: Condition, figures: Mapping[str, Figure]) -> str:
    figure = figures[condition.figure]
    end = _end(figure, condition.end)
    whole = places(figure.unit) or 0
    found = "未知" if end is None else display(end, unit=figure.unit, decimals=whole, rounding="down")
    yardstick = _other(condition, figures)
    word = _FAILED[condition.is_]
    return f"{figure.title}{_ENDS[condition.end]}为{found}，{word}{yardstick}，不写这一句"


def _other(condition: Condition, figures: Mapping[str, Figure]) -> str:
    unit = figures[condition.figure].unit
    return figures[condition.than].display if condition.than else f"{condition.number}{unit}"


def _run(part: str | Tag, figures: Mapping[str, Figure], period: Period) -> Run:
    if isinstance(part, str):
        return Text(part)
    if part.figure == "period":
        return Text(period.months)
    figure = figures[part.figure]
    if part.form in ("title", "unit"):
        return Text(figure.title if part.form == "title" else figure.unit)
    return printed(figure, part.form)


def printed(figure: Figure, form: str = "value") -> documents.Figure:
    """Return a figure as one of the forms a template may ask for, ready to be linked."""
    return documents.Figure(
        id=figure.id, display=_form(figure, form), grade=figure.grade, marked=figure.is_demonstration
    )


def _form(figure: Figure, form: str) -> str:
    match form:
        case "number":
            return figure.display.removesuffix(figure.unit)
        case "change":
            return change(figure)
        case "interval":
            return figure.range
        case "low" | "high":
            end = _end(figure, form)
            whole = places(figure.unit) or 0
            if end is None:
                return "—"
            # Outwards, so that the ends still cover what they say.
            return display(end, unit=figure.unit, decimals=whole, rounding="down" if form == "low" else "up")
        case _:
            return figure.display


def change(figure: Figure) -> str:
    """Return a growth in words: 较上年末增长26.61%, 同比下降3.20%, 较上年末持平."""
    if figure.value is not None:
        return f"{figure.comparison}{display_change(figure.value)}"
    interval = figure.interval
    if interval is None or interval.low is None or interval.high is None:
        return "—"
    if interval.low > 0:
        return f"{figure.comparison}增长{figure.range}"
    if interval.high < 0:
        shrunk = Figure(
            id=figure.id, title=figure.title, unit=figure.unit, period=figure.period, as_of=figure.as_of,
            interval=-interval,
        )  # fmt: skip
        return f"{figure.comparison}下降{shrunk.range}"
    return f"{figure.comparison}变化{figure.range}"
