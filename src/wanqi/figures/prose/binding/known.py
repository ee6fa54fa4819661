"""What is known besides the text: figures of indicators, and of earlier documents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from wanqi.figures.claims import Kind
from wanqi.figures.intervals import Interval
from wanqi.figures.prose.audit import Audit, AuditFinding, Mention
from wanqi.figures.prose.binding.periods import Period, period_of, period_said
from wanqi.figures.prose.binding.places import RATIOS, Place, places

_NOT_A_NAME = re.compile(r"分别|依次|占|比|各|合计|其中")
# A name of its own has three characters, and is more than a general word.
_NAMED = re.compile(r"(?=.*[\u3400-\u9fff].*[\u3400-\u9fff])[\u3400-\u9fffA-Za-z0-9]{3,}")
_GENERAL = re.compile(
    r".{0,3}(?:企业|项目|人均|投资|资金|收入|支出|工程|任务|金额|人数|总额|面积|贷款|产值|案件|群众|活动|培训)"
    r"|[亿万千百]?[元人户件家个亩吨次]+|新.{1,2}"
)
_OPENING = 300  # characters of a document in which its own period is looked for


@dataclass(frozen=True, slots=True)
class Known:
    """A figure from elsewhere: a record's, or one printed in an earlier document.

    `names` are the indicator's name and aliases, `unit` a counter word or 元, %, 吨 …, `period` an id as in
    2023H1, `value` in the unit itself (a ratio: 1 is 100 %). `low` and `high` bound it where it was rounded.
    `kind` is "stock" for amounts at a date, "flow" for amounts of a period. `source` is named on screen.
    `whole_name` says that only figures named by nothing but the name are meant: names taken from a text are
    less sure than an indicator's.
    """

    id: str
    names: tuple[str, ...]
    unit: str
    area: str
    period: str
    value: Fraction
    low: Fraction | None = None
    high: Fraction | None = None
    kind: Kind = "value"
    source: str = "指标数据"
    whole_name: bool = False

    @property
    def interval(self) -> Interval:
        """Every number it may stand for."""
        if self.low is None and self.high is None:
            return Interval.point(self.value)
        return Interval(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier document of the same unit: its title, its audit, and its period as an id where known."""

    title: str
    audit: Audit
    period: str = ""


@dataclass(frozen=True, slots=True)
class Unbound:
    """A figure that nothing known could be laid beside, and why, in words for the reader."""

    mention: Mention
    reason: str


@dataclass(frozen=True, slots=True)
class Binding:
    """What laying a text beside what is known gave: findings, what stayed unbound, how many were bound."""

    findings: tuple[AuditFinding, ...]
    unbound: tuple[Unbound, ...]
    bound: int

    @property
    def summary(self) -> str:
        """The line under the findings."""
        return f"已与数据或以前材料比对{self.bound}处，未能关联{len(self.unbound)}处。"


def known_from(earlier: Earlier, *, area: str = "") -> tuple[Known, ...]:
    """The figures of an earlier document that name their subject and whose period is known.

    A growth printed beside a flow or a stock gives the figure of the year before as well.
    """
    facts = list(_all(earlier, area))
    values: dict[tuple[str, ...], list[Interval]] = defaultdict(list)
    for fact in facts:
        values[_name(fact)].append(fact.interval)
    # A name that stands for two amounts in one document names neither.
    return tuple(fact for fact in facts if _agree(values[_name(fact)]))


def _name(fact: Known) -> tuple[str, ...]:
    return (*fact.names, fact.unit, fact.area, fact.period, fact.kind)


def _agree(intervals: list[Interval]) -> bool:
    first = intervals[0]
    return all(not first.intersect(other).empty for other in intervals)


def _all(earlier: Earlier, area: str) -> Iterator[Known]:
    own = document_period(earlier.audit.text, earlier.period)
    before: Place | None = None
    for place in places(earlier.audit):
        quantity, period = place.mention.quantity, period_said(place.said, within=own) or own
        if quantity is None or period is None:
            continue
        if place.change is None:
            sure = not place.base and place.kind not in {"forecast", "target"} and quantity.bound == "none"
            before = place if sure and _own_name(place) else None
            if before is not None:
                yield _printed(earlier, place, period, quantity.interval, area)
        elif before is not None and before.sentence == place.sentence and len(place.own) < 2:
            base = _base(earlier, before, place, period, area)
            if base is not None:
                yield base


def _own_name(place: Place) -> bool:
    """Whether the words of a figure are a name that another document may use for the same amount."""
    # 累计达571个 is a stock of what the figure before it names.
    own = not place.inherited or place.kind == "stock"
    named = place.mention.unit and own and _NAMED.fullmatch(place.core)
    return bool(named) and not _GENERAL.fullmatch(place.core) and not _NOT_A_NAME.search(place.core)


def _printed(earlier: Earlier, place: Place, period: Period, interval: Interval, area: str) -> Known:
    quantity = place.mention.quantity
    assert quantity is not None
    return Known(
        f"{earlier.title}@{place.mention.span[0]}", (place.core,), place.mention.unit, place.area or area, _id(period),
        quantity.value, interval.low, interval.high, place.kind, f"《{earlier.title}》",
        whole_name=True,
    )  # fmt: skip


def _base(earlier: Earlier, value: Place, growth: Place, period: Period, area: str) -> Known | None:
    """The year before's figure, as the growth of the earlier document implies it."""
    if value.mention.quantity is None or (growth.change != "同比" and value.kind != "flow"):
        return None
    interval = implied_base(value.mention, growth)
    if interval is None or interval.low is None or interval.high is None:
        return None
    return Known(
        f"{earlier.title}@{growth.mention.span[0]}", (value.core,), value.mention.unit, value.area or area,
        _id(period.a_year_before), (interval.low + interval.high) / 2, interval.low, interval.high, value.kind,
        f"《{earlier.title}》按{growth.written}推算", whole_name=True,
    )  # fmt: skip


def implied_base(value: Mention, growth: Place) -> Interval | None:
    """What `value` grew from at the printed rate or by the printed increment; None when nothing grows so.

    Only whole numbers are left for what is counted.
    """
    rate = growth.mention.quantity
    if value.quantity is None or rate is None:
        return None
    change = -rate.interval if rate.value > 0 and not growth.rising else rate.interval
    if growth.mention.unit not in RATIOS:
        return value.quantity.interval - change
    # A bound said of a forecast (突破800) is computed with as the number itself.
    base = value.quantity.face / (Interval.point(1) + change)
    if value.quantity.whole:
        base = base.whole()
    return None if base.empty else base


def document_period(text: str, given: str) -> Period | None:
    """The period a document is about: as given, else what its opening says."""
    return period_of(given) or period_said(text[:_OPENING])


def _id(period: Period) -> str:
    if (period.first, period.last) == (1, 12):
        return f"{period.year}"
    if period.first == period.last:
        return f"{period.year}-{period.first:02d}"
    return f"{period.year}-{period.first:02d}..{period.last:02d}"
