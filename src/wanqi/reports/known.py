"""What the installation itself knows for a period: the figures that a text is laid beside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wanqi.core.packs import current_pack
from wanqi.figures.prose.binding import Known
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.figures import point, scale_of
from wanqi.indicators.evaluate.periods import day, last_year_end, same_period_last_year, year_before, year_of
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import IndicatorSpec

_ENDING = re.compile(r"(建设|累计|新增)?数?$")  # 5G基站建设数 is called 5G基站 in a sentence
SOURCE = "系统数据"


def known_figures(region: str, period: str) -> tuple[Known, ...]:
    """Return the counted figures of a region for a period, and those a text compares it with.

    Amounts of the period, of the same months a year before and of the whole year before; stocks at the end of the
    period, a year before it and at the end of the year before. Unknown figures are left out.
    Raises PeriodRefused, PackMissing.
    """
    pack, evaluation, span = current_pack(region), evaluation_of(region), read_period(period)
    found = []
    for spec in pack.indicators.values():
        for each in _periods(spec, span):
            figure = evaluation.figure(spec.id, each)
            if figure.interval is not None and not figure.is_forecast:
                found.append(_known(spec, figure, pack.title))
    return tuple(found)


def _periods(spec: IndicatorSpec, span: Period) -> Iterator[Period]:
    if spec.nature == "stock":
        yield from (day(span.end), last_year_end(span), day(year_before(span.end)))
    elif spec.nature == "flow" and span.kind != "day":
        before = year_of(last_year_end(span))
        yield from dict.fromkeys((span, same_period_last_year(span), before))


def _known(spec: IndicatorSpec, figure: Figure, area: str) -> Known:
    interval = figure.interval
    assert interval is not None
    exact = point(interval)
    value = figure.value if figure.value is not None else interval.low or interval.high
    assert value is not None
    scale = scale_of(spec.unit)  # 2000万元 is laid beside as 20000000元
    low, high = (None if end is None else end * scale for end in (interval.low, interval.high))
    return Known(
        id=f"{spec.id}@{figure.period.id}",
        names=tuple(dict.fromkeys(_names(spec))),
        unit=spec.unit[1:] if scale > 1 else spec.unit,
        area=area,
        period=figure.period.id,
        value=value * scale,
        low=None if exact is not None else low,
        high=None if exact is not None else high,
        kind="stock" if spec.nature == "stock" else "flow",
        source=f"{SOURCE}（{figure.grade}）" if figure.grade else SOURCE,
    )


def _names(spec: IndicatorSpec) -> Iterator[str]:
    """Yield what a text may call an indicator: its title, with and without 数, and its other names."""
    yield from (spec.title, spec.title.removesuffix("数"), _ENDING.sub("", spec.title))
    yield from spec.aliases
