"""Figures: what one indicator says for one period, and everything it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from wanqi.figures import Interval, display, display_interval
from wanqi.figures.display import MINUS, Rounding

from .ids import joined
from .periods import Period

Grade = Literal["有台账", "有佐证", "仅报数", ""]
GRADES: tuple[Grade, ...] = ("有台账", "有佐证", "仅报数")

# Units that print a share of 1; everything else prints its value, in 万 and 亿 where the unit says so.
SHARES = frozenset({"%", "‰", "个百分点", "百分点"})
_SHARE_OF: Mapping[str, int] = {"%": 100, "‰": 1000, "个百分点": 100, "百分点": 100}
_SCALES: Mapping[str, int] = {"万": 10**4, "亿": 10**8}


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
    peer: str = ""  # the code of another area whose value it is; ours where empty
    functional: Literal["", "含", "不含"] = ""
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Our rank among a named set of peers as somebody announced it: a row of 通报排名 as plain data."""

    id: str
    indicator: str
    period: str
    rank: int
    peer_set: str
    source: str
    tied: bool = False
    peers: int | None = None
    functional: Literal["", "含", "不含"] = ""
    basis: str = ""
    issuer: str = ""
    document_number: str = ""
    document: str = ""
    as_written: str = ""
    grade: Grade = "仅报数"
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
    decimals: how many are printed; None leaves it to the unit and the value.
    peer_set: of a rank, the set's name; announced: of a rank, the announcements it rests on or stands beside.
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
    records: Sequence[str] = ()
    underlying: Sequence[str] = ()  # the records its inputs stand on, where it counts none itself
    uncertain: Sequence[str] = ()
    reported: tuple[Reported, ...] = ()
    announced: tuple[Announced, ...] = ()
    peer_set: str = ""
    tied: bool = False
    ranked_for: Period | None = None  # the span an announced rank is for, where it is not the figure's
    decimals: int | None = None
    inputs: tuple[Input, ...] = ()
    definition: str = ""
    assumption: str = ""
    arithmetic: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    comparison: Literal["同比", "较上年末", "环比", ""] = ""
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
    def stands_on(self) -> Sequence[str]:
        """The ids of all records under the figure: its own, or those of its inputs."""
        return self.records or self.underlying

    @property
    def hedged(self) -> str:
        """The figure with 约 where it is a forecast, as a sentence would say it."""
        return f"约{self.display}" if self.is_forecast and self.value is not None else self.display

    @property
    def display(self) -> str:
        """The figure as printed: 571个, 26.61%, 570—572个, 并列第2名, or — where it is unknown."""
        if self.peer_set:
            return _ranked(self.interval, self.tied)
        return printed(self.value, self.interval, self.unit, self.decimals)

    @property
    def range(self) -> str:
        """The interval as printed, rounded outwards; empty where it has no ends."""
        return printed_range(self.interval, self.unit, self.decimals)

    @property
    def rounded(self) -> Fraction | None:
        """The value as it is printed, rounded half away from zero; None where none is printed."""
        return None if self.value is None else rounded(self.value, self.unit, self.decimals)


def places(unit: str) -> int | None:
    """Return how many decimals a unit prints; None leaves it to the value."""
    return 2 if unit in SHARES else None


def scale_of(unit: str) -> int:
    """Return how many ones a unit counts in: 10000 for 万元 and 万户, 1 for most."""
    return _SCALES.get(unit[:1], 1)


def shown(value: Fraction, unit: str, decimals: int | None = None, rounding: Rounding = "half_up") -> str:
    """Return a value kept in its unit as printed with it: 2000 in 万元 is 2000万元."""
    whole = places(unit) if decimals is None else decimals
    return display(value * scale_of(unit), unit=unit, decimals=whole, rounding=rounding)


def rounded(value: Fraction, unit: str, decimals: int | None = None) -> Fraction:
    """Return a value as `shown` prints it."""
    text = shown(value, unit, decimals).removesuffix(unit).replace(MINUS, "-")
    return Fraction(text) / _SHARE_OF.get(unit, 1)


def printed(value: Fraction | None, interval: Interval | None, unit: str, decimals: int | None = None) -> str:
    """Return a value with its unit, its range where only that is known, or —."""
    if value is not None:
        return shown(value, unit, decimals)
    return printed_range(interval, unit, decimals) or "—"


def printed_range(interval: Interval | None, unit: str, decimals: int | None = None) -> str:
    """Return the ends of an interval with its unit, rounded outwards; empty where nothing is known."""
    if interval is None or (interval.low is None and interval.high is None):
        return ""
    scale, whole = scale_of(unit), decimals
    if interval.low is None or interval.high is None:
        end = interval.high if interval.low is None else interval.low
        assert end is not None
        word = ("不足" if interval.high_open else "不超过") if interval.low is None else ""
        word = word or ("超过" if interval.low_open else "不少于")
        return f"{word}{shown(end, unit, decimals)}"
    if whole is None:
        whole = places(unit) if unit in SHARES else 0
    return display_interval(interval.low * scale, interval.high * scale, unit=unit, decimals=whole)


def _ranked(interval: Interval | None, tied: bool) -> str:
    if interval is None or interval.low is None or interval.high is None:
        return "—"
    if interval.low == interval.high:
        return f"{'并列' if tied else ''}第{interval.low}名"
    return f"第{interval.low}—{interval.high}名"


def weakest(figures: Iterable[Figure]) -> Grade:
    """Return the weakest evidence grade among figures that have one."""
    return weakest_grade(figure.grade for figure in figures)


def weakest_grade(grades: Iterable[Grade]) -> Grade:
    """Return the weakest of some grades; the empty one where there is none."""
    found = [GRADES.index(grade) for grade in grades if grade]
    return GRADES[max(found)] if found else ""


def point(interval: Interval) -> Fraction | None:
    """Return the one number of an interval, None where there are more."""
    return interval.low if interval.low is not None and interval.low == interval.high else None


def records_under(figures: Iterable[Figure]) -> Sequence[str]:
    """Return the ids of the records under several figures, each once, in the order of first mention."""
    return joined([figure.stands_on for figure in figures])
