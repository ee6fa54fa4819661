"""From a template's clauses and figures to sentences; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from wanqi import documents
from wanqi.documents import Run, Text
from wanqi.figures import Interval, display_change
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.figures import SHARES, places, shown
from wanqi.packs import ClauseSpec, Condition, Tag

_SIGNS = {"above": "超过", "at_least": "达到", "below": "低于", "at_most": "不超过"}
_FAILED = {"above": "没有超过", "at_least": "没有达到", "below": "不低于", "at_most": "已超过"}
_NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_ENDS = {"value": "", "low": "区间下限", "high": "区间上限"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A clause that was not printed, and why."""

    clause: str
    reason: str


def written(clause: ClauseSpec, figures: Mapping[str, Figure], period: Period) -> tuple[Run, ...] | Dropped:
    """Return the clause's runs, or why it is not printed: a figure is missing or its condition does not hold."""
    if clause.only and not _among(clause.only, period):
        return Dropped(clause.id, f"写的是{_periods(clause.only)}的情况，其他时期不写这一句")
    for id in clause.figures:
        figure = figures[id]
        if not figure.known:
            return Dropped(clause.id, f"{figure.title}：{figure.reason or '没有数据'}")
        if figure.value is None and (figure.is_forecast or figure.peer_set):
            told = figure.note.rstrip("。")
            shown = figure.display if figure.peer_set else figure.range
            return Dropped(clause.id, f"{figure.title}只能给出范围{shown}（{told}）")
    if clause.when and not holds(clause.when, figures):
        return Dropped(clause.id, _not_met(clause.when, figures))
    if clause.unless and holds(clause.unless, figures):
        return Dropped(clause.id, f"已满足“{_condition(clause.unless, figures)}”，按模板不写这一句")
    return tuple(_run(part, figures, period) for part in clause.parts)


def is_replaced(clause: ClauseSpec, period: Period) -> bool:
    """Return whether another clause stands in this one's place for a period."""
    return _among(clause.not_, period)


def _among(listed: Iterable[str], period: Period) -> bool:
    return any((one.start, one.end) == (period.start, period.end) for one in map(read_period, listed))


def _periods(listed: Iterable[str]) -> str:
    return "、".join(read_period(one).words for one in listed)


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
    found = "未知" if end is None else shown(end, figure.unit, _whole(figure), "down")
    yardstick = _other(condition, figures)
    word = _FAILED[condition.is_]
    return f"{figure.title}{_ENDS[condition.end]}为{found}，{word}{yardstick}，不写这一句"


def _other(condition: Condition, figures: Mapping[str, Figure]) -> str:
    unit = figures[condition.figure].unit
    if condition.than:
        return figures[condition.than].display
    return shown(Fraction(str(condition.number)), unit, 0 if unit in SHARES else None)


def _run(part: str | Tag, figures: Mapping[str, Figure], period: Period) -> Run:
    if isinstance(part, str):
        return Text(part)
    if part.figure == "period":
        return Text(period.months)
    figure = figures[part.figure]
    words = _WORDS.get(part.form)
    return printed(figure, part.form) if words is None else Text(words(figure))


def _span(figure: Figure) -> str:
    """Return the span of an announced rank where it is another than the figure's: 一季度; else nothing."""
    span, own = figure.ranked_for, figure.period
    if span is None or (span.start, span.end) == (own.start, own.end):
        return ""
    return span.words.removeprefix(f"{span.year}年").removeprefix("第") or "全年"


# Forms that are words of the sentence and no figure.
_WORDS: Mapping[str, Callable[[Figure], str]] = {
    "title": lambda figure: figure.title,
    "unit": lambda figure: figure.unit,
    "peers": lambda figure: figure.peer_set,
    "span": _span,
}


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
        case "rank":
            return _rank(figure)
        case "low" | "high":
            end = _end(figure, form)
            if end is None:
                return "—"
            # Outwards, so that the ends still cover what they say.
            return shown(end, figure.unit, _whole(figure), "down" if form == "low" else "up")
        case _:
            return figure.display


def _whole(figure: Figure) -> int:
    """Return the decimals of an end of a range: what the figure prints, whole numbers where that is left open."""
    return (places(figure.unit) or 0) if figure.decimals is None else figure.decimals


def _rank(figure: Figure) -> str:
    """Return a rank as a sentence says it: 第二, 并列第二."""
    if figure.value is None:
        return figure.display
    return f"{'并列' if figure.tied else ''}第{numeral(int(figure.value))}"


def numeral(number: int) -> str:
    """Return a number from 1 to 99 in Chinese numerals: 二, 十二, 二十."""
    tens, ones = divmod(number, 10)
    return f"{_NUMERALS[tens] if tens > 1 else ''}{'十' if tens else ''}{_NUMERALS[ones]}"


def change(figure: Figure) -> str:
    """Return a growth in words: 较上年末增长26.61%, 同比下降3.20%, 较上年末持平."""
    if figure.value is not None:
        decimals = _whole(figure)
        return f"{figure.comparison}{display_change(figure.value, decimals=decimals)}"
    interval = figure.interval
    if interval is None or interval.low is None or interval.high is None:
        return "—"
    if interval.low > 0:
        return f"{figure.comparison}增长{figure.range}"
    if interval.high < 0:
        shrunk = Figure(
            id=figure.id, title=figure.title, unit=figure.unit, period=figure.period, as_of=figure.as_of,
            interval=-interval, decimals=figure.decimals,
        )  # fmt: skip
        return f"{figure.comparison}下降{shrunk.range}"
    return f"{figure.comparison}变化{figure.range}"
