"""The operator `forecast`: gathers the months, runs the rate, and says what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from wanqi.figures import Interval, display
from wanqi.packs import IndicatorSpec

from . import periods, wording
from .figures import Figure, records_under, weakest
from .forecast import Forecast, run_rate, run_rate_between
from .periods import Period

if TYPE_CHECKING:
    from .engine import Evaluation

NO_GAIN = "今年以来没有新增，不作预测"
NO_SCATTER = "各月新增相同，估计不出波动，区间只有一个数，不能当作把握。"
TOO_FEW = "只有{months}个月的数据，少于{least}个月，不作预测"


def forecast(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Return the stock at the year's end at the pace of the whole months so far, with its interval."""
    last = as_of.month if periods.is_month_end(as_of) else as_of.month - 1
    least = spec.min_points or 2
    if last < max(least, 2):
        reason = TOO_FEW.format(months=last, least=max(least, 2))
        return evaluation.blank(spec, period, as_of, reason)
    until = periods.month_end(as_of.year, last)
    broken = _broken_year(evaluation, spec, as_of)
    if broken:
        return evaluation.blank(spec, period, as_of, broken)
    stock = evaluation.figure(str(spec.of), periods.day(until))
    months = evaluation.monthly(str(spec.flow), date(as_of.year, 1, 1), until)
    figure = replace(
        evaluation.blank(spec, period, as_of),
        is_forecast=True,
        underlying=records_under([stock, *months]),
        grade=weakest([stock, *months]),
        is_demonstration=any(one.is_demonstration for one in (stock, *months)),
        inputs=(
            evaluation.input(f"{stock.period.words}{stock.title}", stock),
            *(evaluation.input(one.period.full_months, one) for one in months),
        ),
        definition=f"按{as_of.year}年1—{last}月的月均新增，推算到{as_of.year}年末的{stock.title}。",
        series={one.period.id: one.value for one in months if one.value is not None},
    )
    lacking = next((one for one in (stock, *months) if one.interval is None), None)
    if lacking is not None:
        return replace(figure, reason=wording.lacking(lacking))
    return _projected(figure, stock, months, rest=12 - last, level=Fraction(str(spec.level)))


def _broken_year(evaluation: Evaluation, spec: IndicatorSpec, as_of: date) -> str:
    """Return that the months so far are not of one definition; else nothing."""
    for id in (str(spec.of), str(spec.flow)):
        for one in evaluation.spec(id).breaks:
            if one.on.year == as_of.year and one.on <= as_of and (one.on.month, one.on.day) != (1, 1):
                return f"{wording.full_date(one.on)}起口径调整（{one.note.rstrip('。')}），不作预测"
    return ""


def _projected(
    figure: Figure, stock: Figure, months: Sequence[Figure], *, rest: int, level: Fraction
) -> Figure:
    if rest == 0:
        return replace(figure, value=stock.value, interval=stock.interval, note="全年数据已齐，即为年末数。")
    values = [one.value for one in months if one.value is not None]
    if stock.value is None or len(values) < len(months):
        ranges = [one.interval for one in months if one.interval is not None]
        assert stock.interval is not None
        interval = run_rate_between(stock.interval, ranges, months=rest, level=level)
        least = [one.low for one in ranges]
        if interval.low is not None and stock.interval.low is not None and None not in least:
            interval, _ = _not_below(interval, stock.interval.low, [low for low in least if low is not None])
        return replace(figure, interval=interval, note="有记录的日期或条件不明，预测只给出范围。")
    if not any(values):
        return replace(figure, reason=NO_GAIN)
    made = run_rate(stock.value, values, months=rest, level=level)
    interval, floor = _not_below(made.interval, stock.value, values)
    share = display(level, unit="%", decimals=0)
    note = f"区间由各月新增的波动估计，把握程度{share}；月份少，仅供参考。{floor}"
    if made.deviation == 0:
        note = NO_SCATTER
    lines = _lines(made, stock, values, share)
    return replace(figure, value=made.value, interval=interval, note=note, arithmetic=lines)


def _not_below(interval: Interval, stock: Fraction, flows: Sequence[Fraction]) -> tuple[Interval, str]:
    """Return the interval cut at what already stands, where nothing was ever taken away."""
    if interval.low is None or interval.low >= stock or min(flows) < 0:
        return interval, ""
    return Interval(stock, interval.high), "下限不低于现有数。"


def _lines(made: Forecast, stock: Figure, values: Sequence[Fraction], share: str) -> tuple[str, ...]:
    unit, n, h = stock.unit, len(values), made.months
    listed = "、".join(wording.bare(value, unit) for value in values)
    mean, spread = display(made.mean), display(made.deviation, decimals=2)
    assert stock.value is not None
    assert made.interval.high is not None
    half = display(made.interval.high - made.value, decimals=2)
    quantile = display(made.quantile, decimals=3)
    return (
        f"1—{n}月逐月{listed}{unit}，月均{mean}{unit}，标准差{spread}{unit}",
        f"{wording.bare(stock.value, unit)}＋{h}×{mean}＝{display(made.value)}{unit}",
        f"区间半宽＝{quantile}×{spread}×√（{h}＋{h}²÷{n}）＝{half}{unit}"
        f"（t分布，自由度{n - 1}，{share}），两端向外取整",
    )
