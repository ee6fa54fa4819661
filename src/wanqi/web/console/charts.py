"""Charts as plain data: ECharts options that go to the page as JSON, without code in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from wanqi.figures import display
from wanqi.indicators.evaluate import Figure
from wanqi.indicators.evaluate.figures import SHARES
from wanqi.indicators.topics import Point

BLUE, GREY, AMBER, BAND = "#1b57b3", "#9aa5b5", "#b97a0a", "#1b57b3"
Address = Callable[[Figure], str]


def stock_and_target(
    points: Sequence[Point], target: Figure | None, unit: str, link: Address
) -> dict[str, Any]:
    """Return the option of a stock over twelve months: this year, last year in grey, target, forecast band."""
    series = [
        _line("上年累计", [_value(point.last_year) for point in points], GREY, kind="solid"),
        _line(
            "本年累计",
            [_linked(point.this_year, link) for point in points],
            BLUE,
            kind="solid",
            width=3,
        ),
    ]
    if any(point.middle is not None for point in points):
        series += _forecast(points)
    if target is not None and target.value is not None:
        series.append(
            _line("全年目标", [float(target.value)] * len(points), AMBER, kind="dashed", symbol="none")
        )
    return {
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 16, "top": 56, "bottom": 8, "containLabel": True},
        "legend": {
            "top": 0,
            "left": 0,
            "icon": "roundRect",
            "data": [one["name"] for one in series if one["name"]],
        },
        "tooltip": {"trigger": "item", "formatter": f"{{a}}\n{{b}}  {{c}}{unit}"},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [f"{point.month}月" for point in points],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "#c9d1db"}},
            "axisLabel": {"color": "#566174"},
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "axisLabel": {"color": "#566174"},
            "splitLine": {"lineStyle": {"color": "#edf0f4"}},
        },
        "series": series,
    }


def _line(
    name: str, data: list[Any], colour: str, *, kind: str, width: int = 2, symbol: str = "circle"
) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "data": data,
        "symbol": symbol,
        "symbolSize": 7,
        "showSymbol": True,
        "lineStyle": {"color": colour, "width": width, "type": kind},
        "itemStyle": {"color": colour},
        "connectNulls": False,
    }


def _forecast(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Return the middle as a dashed line and the interval as a light band stacked on its lower end."""
    whole = {"low": [], "wide": [], "middle": []}  # type: dict[str, list[float | None]]
    for point in points:
        whole["low"].append(_number(point.low, "down"))
        whole["wide"].append(
            None
            if point.low is None or point.high is None
            else (_number(point.high, "up") or 0) - (_number(point.low, "down") or 0)
        )
        whole["middle"].append(_number(point.middle, "half_up"))
    hidden = {"lineStyle": {"opacity": 0}, "symbol": "none", "silent": True, "stack": "band", "type": "line"}
    return [
        {"name": "", "data": whole["low"], **hidden},
        {"name": "预计区间", "data": whole["wide"], "areaStyle": {"color": BAND, "opacity": 0.12},
         "itemStyle": {"color": "#bcd2f1"}, **hidden},
        _line("按当前进度预计", whole["middle"], "#6f9adb", kind="dashed"),
    ]  # fmt: skip


def _value(figure: Figure | None) -> float | None:
    return None if figure is None or figure.value is None else float(figure.value)


def _linked(figure: Figure | None, link: Address) -> dict[str, Any] | None:
    value = _value(figure)
    return None if figure is None or value is None else {"value": value, "url": link(figure)}


def _number(value: Fraction | None, rounding: Any) -> float | None:
    return None if value is None else float(display(value, decimals=0, rounding=rounding).replace("−", "-"))


def range_words(point: Point) -> str:
    """Return the forecast of a month to come as a table says it: 711（690—733）."""
    if point.middle is None or point.low is None or point.high is None or point.this_year is not None:
        return ""
    middle = display(point.middle, decimals=0)
    low, high = (
        display(point.low, decimals=0, rounding="down"),
        display(point.high, decimals=0, rounding="up"),
    )
    return f"约{middle}（{low}—{high}）"


def history(points: Sequence[tuple[str, Figure]], unit: str, link: Address) -> dict[str, Any] | None:
    """Return the option of one indicator over months or years; None where fewer than two values are known."""
    if sum(1 for _, figure in points if figure.value is not None) < 2:
        return None
    share = 100 if unit in SHARES else 1
    data = []
    for _, figure in points:
        linked = _linked(figure, link)
        data.append(None if linked is None else {**linked, "value": linked["value"] * share})
    return {
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item", "formatter": f"{{b}}  {{c}}{unit}"},
        "xAxis": {
            "type": "category",
            "data": [words for words, _ in points],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "#c9d1db"}},
            "axisLabel": {"color": "#566174"},
        },
        "yAxis": {
            "type": "value",
            "axisLabel": {"color": "#566174"},
            "splitLine": {"lineStyle": {"color": "#edf0f4"}},
        },
        "series": [_line("", data, BLUE, kind="solid", width=2)],
    }
