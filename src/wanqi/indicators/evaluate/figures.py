"""Figures: what one indicator says for one period, and everything it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from wanqi.figures import Interval, display, display_interval

from .periods import Period

Grade = Literal["有台账", "有佐证", "仅报数", ""]
GRADES: tuple[Grade, ...] = ("有台账", "有佐证", "仅报数")

# Units that print a share of 1; everything else prints its value.
SHARES = frozenset({"%", "‰", "个百分点", "百分点"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A value somebody reported or set: an observation as plain data. Shares are of 1, money in 元."""

    id: str
    indicator: str
    period: str
    nature: Literal["reported", "target"]
    value: Fraction
    source: str
    bound: Literal["=", ">", "<", "~"] = "="
    as_written: str = ""
    document: str = ""
    clause: str = ""
    grade: Grade = "仅报数"
    as_of: date | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A figure that another is computed from; its address is (id, period)."""

    label: str
    id: str
    period: Period
    display: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One printed number. Without a value, `reason` says why; `note` adds what a reader must know.

    value: the number, or the middle of a forecast; None where it is unknown or only a range is known.
    interval: where the number lies: a point when exact, wider for unknown rows and for forecasts.
    records: ids of the rows counted, uncertain: ids of rows that may count, both of `record_kind`.
    arithmetic: the sums in words, one line each.
    """

    id: str
    title: str
    unit: str
    period: Period
    as_of: date
    value: Fraction | None = None
    interval: Interval | None = None
    grade: Grade = ""
    record_kind: str = ""
    records: tuple[str, ...] = ()
    underlying: tuple[str, ...] = ()  # the records its inputs stand on, where it counts none itself
    uncertain: tuple[str, ...] = ()
    reported: tuple[Reported, ...] = ()
    inputs: tuple[Input, ...] = ()
    definition: str = ""
    assumption: str = ""
    arithmetic: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    comparison: Literal["同比", "较上年末", ""] = ""
    is_forecast: bool = False
    is_demonstration: bool = False
    series: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """True when there is something to print."""
        return self.interval is not None

    @property
    def exact(self) -> bool:
        """True when one number, and no range, is known."""
        return self.interval is not None and point(self.interval) is not None

    @property
    def stands_on(self) -> tuple[str, ...]:
        """The ids of all records under the figure: its own, or those of its inputs."""
        return self.records or self.underlying

    @property
    def hedged(self) -> str:
        """The figure with 约 where it is a forecast, as a sentence would say it."""
        return f"约{self.display}" if self.is_forecast and self.value is not None else self.display

    @property
    def display(self) -> str:
        """The figure as printed: 571个, 26.61%, 570—572个, or — where it is unknown."""
        return printed(self.value, self.interval, self.unit)

    @property
    def range(self) -> str:
        """The interval as printed, rounded outwards; empty where it has no ends."""
        return printed_range(self.interval, self.unit)


def places(unit: str) -> int | None:
    """Return how many decimals a unit prints; None leaves it to the value."""
    return 2 if unit in SHARES else None


def printed(value: Fraction | None, interval: Interval | None, unit: str) -> str:
    """Return a value with its unit, its range where only that is known, or —."""
    if value is not None:
        return display(value, unit=unit, decimals=places(unit))
    return printed_range(interval, unit) or "—"


def printed_range(interval: Interval | None, unit: str) -> str:
    """Return the ends of an interval with its unit, rounded outwards; empty where nothing is known."""
    if interval is None or (interval.low is None and interval.high is None):
        return ""
    whole = places(unit) if unit in SHARES else 0
    if interval.low is None or interval.high is None:
        end = interval.high if interval.low is None else interval.low
        assert end is not None
        word = ("不足" if interval.high_open else "不超过") if interval.low is None else ""
        word = word or ("超过" if interval.low_open else "不少于")
        return f"{word}{display(end, unit=unit, decimals=places(unit))}"
    return display_interval(interval.low, interval.high, unit=unit, decimals=whole)


def weakest(figures: Iterable[Figure]) -> Grade:
    """Return the weakest evidence grade among figures that have one."""
    found = [GRADES.index(figure.grade) for figure in figures if figure.grade]
    return GRADES[max(found)] if found else ""


def point(interval: Interval) -> Fraction | None:
    """Return the one number of an interval, None where there are more."""
    return interval.low if interval.low is not None and interval.low == interval.high else None


def records_under(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Return the ids of the records under several figures, each once, in the order of first mention."""
    return tuple(dict.fromkeys(id for figure in figures for id in figure.stands_on))
