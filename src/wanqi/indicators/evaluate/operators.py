"""The closed set of operators: how one figure follows from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from wanqi.figures import Interval, display
from wanqi.figures.intervals import corners
from wanqi.packs import IndicatorSpec

from . import checks, periods, projection, wording
from .figures import Figure, point, records_under, weakest
from .periods import Period

if TYPE_CHECKING:
    from .engine import Evaluation

Word = Literal["同比", "较上年末"]


def apply(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Return the figure of a derived indicator."""
    return _OPERATORS[str(spec.operator)](evaluation, spec, period, as_of)


def _moved(as_of: date, period: Period) -> date:
    """Return the day that stands to an earlier period as `as_of` stands to its own."""
    return min(periods.year_before(as_of), period.end)


def _carried(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date, source: Figure, label: str
) -> Figure:
    """Return another figure's value under this indicator's name."""
    return replace(
        source,
        id=spec.id,
        title=spec.title,
        unit=spec.unit,
        period=period,
        as_of=as_of,
        inputs=(evaluation.input(label, source),),
        assumption=spec.assumption or source.assumption,
    )


def _same_period(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    before = periods.same_period_last_year(period)
    source = evaluation.figure(str(spec.of), before, _moved(as_of, before))
    return _carried(evaluation, spec, period, as_of, source, f"{before.words}{source.title}")


def _year_end(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    before = periods.last_year_end(period)
    source = evaluation.figure(str(spec.of), before)
    return _carried(evaluation, spec, period, as_of, source, f"{before.words}{source.title}")


def _year_to_date(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    source = evaluation.figure(str(spec.of), periods.to_date(period), as_of)
    return _carried(evaluation, spec, period, as_of, source, f"{source.period.full_months}{source.title}")


def _cumulative(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Everything up to the day: the rows of the flow, without a first day."""
    flow = evaluation.spec(str(spec.of))
    table = evaluation.tables.get(flow.records or "")
    if table is None or table.empty:
        reason = wording.NOT_LINKED.format(title=flow.title)
        return evaluation.blank(spec, period, as_of, reason)
    figure = evaluation.from_rows(flow, table, period, None, as_of)
    part = evaluation.figure(flow.id, period, as_of)
    return replace(
        figure,
        id=spec.id,
        title=spec.title,
        unit=spec.unit,
        inputs=(evaluation.input(f"其中{period.words}", part),),
    )


def _growth(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date, word: Word) -> Figure:
    now = evaluation.figure(str(spec.of), period, as_of)
    if word == "同比":
        before = periods.same_period_last_year(period)
        base = evaluation.figure(str(spec.of), before, _moved(as_of, before))
    else:
        base = evaluation.figure(str(spec.of), periods.last_year_end(period))
    name = "上年同期" if word == "同比" else "上年末"
    inputs = {"本期" if word == "同比" else "期末": now, name: base}
    figure = replace(
        _from_inputs(evaluation, spec, period, as_of, inputs),
        definition=f"（本期−{name}）÷{name}，对象为{now.title}。",
        comparison=word,
    )
    if now.interval is None or base.interval is None:
        return replace(figure, reason=_missing(now, base))
    return _divided(figure, now, base, minus=True, refused=_base_reason(base.interval, word))


def _growth_same_period(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _growth(evaluation, spec, period, as_of, "同比")


def _growth_year_end(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _growth(evaluation, spec, period, as_of, "较上年末")


def _base_reason(base: Interval, word: Word) -> str:
    if base.low == base.high == 0:
        return wording.NO_BASE[word]
    if base.high is not None and base.high <= 0:
        return wording.NEGATIVE_BASE[word]
    return wording.UNCERTAIN_BASE[word] if base.low is None or base.low <= 0 else ""


def _divided(figure: Figure, top: Figure, under: Figure, *, minus: bool, refused: str) -> Figure:
    """Return the figure as top ÷ under, less one for a growth; a reason in place of a bad base."""
    if refused:
        return replace(figure, reason=refused)
    assert top.interval is not None
    assert under.interval is not None
    less = Fraction(int(minus))
    interval = corners(lambda one, two: one / two - less, [top.interval, under.interval])
    value = point(interval)
    result = replace(figure, value=value, interval=interval)
    if interval.low is None:
        return replace(result, interval=None, reason="分子或分母没有上下限，算不出比率")
    if value is None or top.value is None or under.value is None:
        return replace(result, note="所用的数是一个范围，结果也是一个范围。")
    one, two = wording.bare(top.value, top.unit), wording.bare(under.value, under.unit)
    formula = f"（{one}−{two}）÷{two}" if minus else f"{one}÷{two}"
    return replace(result, arithmetic=(f"{formula}＝{result.display}",))


def _completion(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    actual = evaluation.figure(str(spec.of), period, as_of)
    target = evaluation.figure(str(spec.target), period, as_of)
    figure = replace(
        _from_inputs(evaluation, spec, period, as_of, {"完成": actual, "目标": target}),
        grade=actual.grade,  # a target is set, not measured
        definition=f"{actual.title}÷{target.title}。",
    )
    figure = _quotient(figure, actual, target, "目标为零或未定，不计算完成率")
    return replace(
        figure, arithmetic=(*figure.arithmetic, *_of_this_year(evaluation, spec, period, actual, target))
    )


def _of_this_year(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, actual: Figure, target: Figure
) -> tuple[str, ...]:
    """Return the sum behind "of what this year must add": what stood at the last year-end proves nothing."""
    if evaluation.spec(str(spec.of)).nature != "stock":
        return ()
    base = evaluation.figure(str(spec.of), periods.last_year_end(period))
    if actual.value is None or target.value is None or base.value is None or target.value <= base.value:
        return ()
    gained, needed = actual.value - base.value, target.value - base.value
    stood, unit = wording.bare(base.value, actual.unit), actual.unit
    share = display(gained / needed, unit="%")
    return (
        f"今年需新增{wording.bare(target.value, unit)}−{stood}＝{wording.plain(needed, unit)}",
        f"今年已新增{wording.bare(actual.value, unit)}−{stood}＝{wording.plain(gained, unit)}",
        f"今年新增任务完成{wording.bare(gained, unit)}÷{wording.bare(needed, unit)}＝{share}",
    )


def _share(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    part = evaluation.figure(str(spec.of), period, as_of)
    whole = evaluation.figure(str(spec.target), period, as_of)
    figure = replace(
        _from_inputs(evaluation, spec, period, as_of, {"部分": part, "总数": whole}),
        definition=f"{part.title}÷{whole.title}。",
    )
    return _quotient(figure, part, whole, "总数为零或未定，不计算占比")


def _quotient(figure: Figure, top: Figure, under: Figure, refused: str) -> Figure:
    if top.interval is None or under.interval is None:
        return replace(figure, reason=_missing(top, under))
    positive = under.interval.low is not None and under.interval.low > 0
    return _divided(figure, top, under, minus=False, refused="" if positive else refused)


def _pace(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    share = periods.elapsed_share(as_of)
    figure = replace(
        evaluation.blank(spec, period, as_of),
        value=share,
        interval=Interval.point(share),
        definition=f"截至{wording.full_date(as_of)}，全年时间已过的比例，按月份计。",
    )
    whole = periods.is_month_end(as_of)
    months = f"{as_of.month}÷12" if whole else f"（{as_of.month - 1}个整月＋当月天数比例）÷12"
    return replace(figure, arithmetic=(f"{months}＝{figure.display}",))


def _rank(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """An official 通报排名 only: without the peers' own figures no rank is made up."""
    found = evaluation.found(spec.id, period, nature="reported", instant=False)
    if found:
        return evaluation.reported_figure(spec, period, as_of, found)
    return evaluation.blank(spec, period, as_of, wording.NO_RANK)


def _from_inputs(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date, inputs: Mapping[str, Figure]
) -> Figure:
    return replace(
        evaluation.blank(spec, period, as_of),
        grade=weakest(inputs.values()),
        inputs=tuple(evaluation.input(f"{label}（{one.title}）", one) for label, one in inputs.items()),
        is_demonstration=any(one.is_demonstration for one in inputs.values()),
        underlying=records_under(inputs.values()),
    )


def _missing(*inputs: Figure) -> str:
    return wording.lacking(next(one for one in inputs if one.interval is None))


_OPERATORS: Mapping[str, Callable[[Evaluation, IndicatorSpec, Period, date], Figure]] = {
    "same_period": _same_period,
    "year_end": _year_end,
    "year_to_date": _year_to_date,
    "cumulative": _cumulative,
    "growth_same_period": _growth_same_period,
    "growth_year_end": _growth_year_end,
    "completion": _completion,
    "share": _share,
    "pace": _pace,
    "rank": _rank,
    "forecast": projection.forecast,
    "check": checks.check,
}
