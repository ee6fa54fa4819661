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

from . import checks, periods, projection, ranking, wording
from .figures import Figure, point, records_under, scale_of, weakest
from .periods import Period

if TYPE_CHECKING:
    from .engine import Evaluation

Word = Literal["同比", "较上年末", "环比"]
NAMES: Mapping[Word, str] = {"同比": "上年同期", "较上年末": "上年末", "环比": "上期"}


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
        decimals=source.decimals if spec.decimals is None else spec.decimals,
        period=period,
        as_of=as_of,
        inputs=(evaluation.input(label, source),),
        assumption=spec.assumption or source.assumption,
    )


def _same_period(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _before(evaluation, spec, period, as_of, "同比")


def _year_end(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _before(evaluation, spec, period, as_of, "较上年末")


def _previous(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _before(evaluation, spec, period, as_of, "环比")


def _before(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date, word: Word) -> Figure:
    """Return the value of an earlier span; where the definition changed since, the note says so."""
    source = _base(evaluation, str(spec.of), period, as_of, word)
    label = f"{source.period.words}{source.title}"
    figure = _carried(evaluation, spec, period, as_of, source, label)
    broken = _broken(evaluation, str(spec.of), source.period, period, word)
    return replace(figure, note=f"{figure.note}{broken}。") if broken and figure.known else figure


def _base(evaluation: Evaluation, id: str, period: Period, as_of: date, word: Word) -> Figure:
    """Return the figure that another is compared with."""
    if word == "较上年末":
        return evaluation.figure(id, periods.last_year_end(period))
    if word == "环比":
        return evaluation.figure(id, periods.previous(period))
    before = periods.same_period_last_year(period)
    return evaluation.figure(id, before, _moved(as_of, before))


def _broken(evaluation: Evaluation, id: str, before: Period, now: Period, word: Word) -> str:
    """Return that an indicator, or one it is computed from, was defined anew between two spans; else nothing."""
    spec = evaluation.spec(id)
    for one in spec.breaks:
        since = before.end if spec.nature == "stock" else before.start
        if since < one.on <= now.end:
            note = one.note.rstrip("。")
            return wording.BROKEN.format(day=wording.full_date(one.on), note=note, name=NAMES[word])
    found = (_broken(evaluation, other, before, now, word) for other in spec.inputs)
    return next((told for told in found if told), "")


def _year_to_date(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    source = evaluation.figure(str(spec.of), periods.to_date(period), as_of)
    return _carried(evaluation, spec, period, as_of, source, f"{source.period.full_months}{source.title}")


def _cumulative(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Everything up to the day, less what was retired: the rows of both flows, without a first day."""
    came = _ever(evaluation, str(spec.of), period, as_of)
    if spec.retired is None or came.interval is None:
        part = evaluation.figure(str(spec.of), period, as_of)
        inputs = (evaluation.input(f"其中{period.words}", part),)
        return replace(
            came, id=spec.id, title=spec.title, unit=spec.unit, decimals=spec.decimals, inputs=inputs
        )
    gone = _ever(evaluation, spec.retired, period, as_of)
    figure = _from_inputs(evaluation, spec, period, as_of, {"历年新增": came, "历年退出": gone})
    if gone.interval is None:
        return replace(figure, reason=_missing(gone))
    interval = came.interval - gone.interval
    value = point(interval)
    if value is None or came.value is None or gone.value is None:
        return replace(figure, interval=interval, note="所用的数是一个范围，结果也是一个范围。")
    line = f"{wording.bare(came.value, came.unit)}−{wording.bare(gone.value, gone.unit)}＝"
    figure = replace(figure, value=value, interval=interval)
    return replace(figure, arithmetic=(f"{line}{figure.display}",))


def _ever(evaluation: Evaluation, id: str, period: Period, as_of: date) -> Figure:
    flow = evaluation.spec(id)
    table = evaluation.tables.get(flow.records or "")
    if table is None or table.empty:
        return evaluation.blank(flow, period, as_of, wording.NOT_LINKED.format(title=flow.title))
    return evaluation.from_rows(flow, table, period, None, as_of)


def _compared(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date, word: Word, sum_: str
) -> tuple[Figure, Figure, Figure]:
    """Return the figure to be filled, what is compared and with what; a reason where it must not be."""
    now = evaluation.figure(str(spec.of), period, as_of)
    base = _base(evaluation, str(spec.of), period, as_of, word)
    name = NAMES[word]
    inputs = {"期末" if word == "较上年末" else "本期": now, name: base}
    figure = replace(
        _from_inputs(evaluation, spec, period, as_of, inputs),
        definition=f"{sum_.format(name=name)}，对象为{now.title}。",
        comparison=word,
    )
    if now.interval is None or base.interval is None:
        return replace(figure, reason=_missing(now, base)), now, base
    broken = _broken(evaluation, str(spec.of), base.period, period, word)
    return replace(figure, reason=broken), now, base


def _growth(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date, word: Word) -> Figure:
    if word == "环比" and period.kind == "cumulative":
        return evaluation.blank(spec, period, as_of, "累计数不作环比")
    figure, now, base = _compared(evaluation, spec, period, as_of, word, "（本期−{name}）÷{name}")
    if figure.reason or base.interval is None:
        return figure
    return _divided(figure, now, base, minus=True, refused=_base_reason(base.interval, word))


def _growth_same_period(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _growth(evaluation, spec, period, as_of, "同比")


def _growth_year_end(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _growth(evaluation, spec, period, as_of, "较上年末")


def _growth_previous(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    return _growth(evaluation, spec, period, as_of, "环比")


_AGAINST: Mapping[str, Word] = {"same_period": "同比", "year_end": "较上年末", "previous": "环比"}


def _delta(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """How much more, in the unit; of a share in percentage points."""
    word = _AGAINST[str(spec.against)]
    figure, now, base = _compared(evaluation, spec, period, as_of, word, "本期−{name}")
    if figure.reason or now.interval is None or base.interval is None:
        return figure
    interval = now.interval - base.interval
    if interval.low is None or interval.high is None:
        return replace(figure, reason="所用的数没有上下限，算不出增减")
    figure = replace(figure, value=point(interval), interval=interval)
    if figure.value is None or now.value is None or base.value is None:
        return replace(figure, note="所用的数是一个范围，结果也是一个范围。")
    line = f"{wording.bare(now.value, now.unit)}−{wording.bare(base.value, base.unit)}＝{figure.display}"
    return replace(figure, arithmetic=(line,))


def _sum(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """The parts as they are, added before anything is rounded; an unknown part leaves the whole unknown."""
    parts = [evaluation.figure(id, period, as_of) for id in spec.parts or ()]
    figure = replace(
        _from_inputs(evaluation, spec, period, as_of, {one.title: one for one in parts}),
        definition=f"{'＋'.join(one.title for one in parts)}。",
    )
    if any(one.interval is None for one in parts):
        return replace(figure, reason=_missing(*parts))
    interval = Interval.point(0)
    for one in parts:
        assert one.interval is not None
        ratio = Fraction(scale_of(one.unit), scale_of(spec.unit))
        interval = interval + one.interval * Interval.point(ratio)
    figure = replace(figure, value=point(interval), interval=interval)
    if figure.value is None:
        return replace(figure, note="有的分项是一个范围，合计也是一个范围。")
    told = "＋".join(wording.bare(one.value, one.unit) for one in parts if one.value is not None)
    return replace(figure, arithmetic=(f"{told}＝{figure.display}",))


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
    scale = Fraction(scale_of(top.unit), scale_of(under.unit) * scale_of(figure.unit))
    interval = corners(lambda one, two: scale * one / two - less, [top.interval, under.interval])
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


def _ratio(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """A quotient of two amounts of different kinds, such as an average per head."""
    top = evaluation.figure(str(spec.of), period, as_of)
    under = evaluation.figure(str(spec.target), period, as_of)
    figure = replace(
        _from_inputs(evaluation, spec, period, as_of, {"分子": top, "分母": under}),
        definition=f"{top.title}÷{under.title}。",
    )
    return _quotient(figure, top, under, "分母为零或未定，不计算")


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
    "rank": ranking.rank,
    "previous": _previous,
    "growth_previous": _growth_previous,
    "delta": _delta,
    "sum": _sum,
    "ratio": _ratio,
    "forecast": projection.forecast,
    "check": checks.check,
}
