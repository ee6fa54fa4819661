"""Finding what is known under the name of a figure, or saying why there is nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from wanqi.figures.prose.binding.known import Known
from wanqi.figures.prose.binding.periods import Period, period_said
from wanqi.figures.prose.binding.places import LEVEL, PROCESS, Place, plain
from wanqi.figures.quantities import COUNTERS

_SUFFIX = re.compile(r"(?:企业|项目|单位|建设|数量|总数|家数|数|户|站点)*")


@dataclass(frozen=True, slots=True)
class Fact:
    """A known figure with its period read."""

    known: Known
    period: Period


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure, the known ones of the same name, unit and area, and its own period."""

    place: Place
    facts: tuple[Fact, ...]
    period: Period
    exact: bool  # subject, unit and area are the same words, and the period is the document's or said


class Index:
    """Known figures by two characters of their names, so that each figure is asked against few."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._by_pair: dict[str, list[tuple[str, Fact]]] = defaultdict(list)
        for fact in facts:
            for name in map(plain, fact.known.names):
                if len(name) >= 2:
                    self._by_pair[name[:2]].append((name, fact))

    def named(self, place: Place) -> list[tuple[str, Fact]]:
        """The facts whose longest name stands in the words of a figure, or in those it inherits."""
        return self._in(place.words, place) or self._in(place.core, place)

    def _in(self, words: str, place: Place) -> list[tuple[str, Fact]]:
        found = [
            (name, fact)
            for at in range(len(words) - 1)
            for name, fact in self._by_pair.get(words[at : at + 2], ())
            if words.startswith(name, at) and (not fact.known.whole_name or _is_whole(name, fact, place))
        ]
        longest = max((len(name) for name, _ in found), default=0)
        kept = {id(fact): (name, fact) for name, fact in found if len(name) == longest}
        return list(kept.values())


def _is_whole(name: str, fact: Fact, place: Place) -> bool:
    if place.inherited and place.kind == "value":
        return False
    return place.core == name and fact.known.unit == place.mention.unit


def matched(place: Place, index: Index, own: Period | None, area: str) -> Bound | str:
    """The figure with what is known under its name, or why there is nothing, in words for the reader."""
    if place.kind == "target":
        return "目标数、任务数不与实际数比较"
    if place.base:
        return "是比较的基数，不是本期数"
    named = index.named(place)
    if not named:
        return "没有同名的指标或以前的数据"
    misfit = _misfit(place, named[0][0])
    if misfit:
        return misfit
    unit = place.mention.unit
    same_unit = [(name, fact) for name, fact in named if _same_unit(fact.known.unit, unit)]
    if not same_unit:
        return f"单位不同（文中{unit or '未写单位'}，已有数据为{named[0][1].known.unit}）"
    where = place.area or area
    same_area = [
        (name, fact)
        for name, fact in same_unit
        if not fact.known.area or not where or fact.known.area == where or where in name
    ]
    if not same_area:
        return f"地区不同（文中{where}，已有数据为{same_unit[0][1].known.area}）"
    facts = [fact for _, fact in same_area]
    period = period_said(place.said, within=own) or own
    if period is None:
        return "文中未写明时期"
    exact = (
        not place.inherited
        and all(fact.known.area == (place.area or area) for fact in facts)
        and all(place.strict in map(plain, fact.known.names) and fact.known.unit == unit for fact in facts)
        and place.kind != "forecast"
    )
    return Bound(place, tuple(facts), period, exact)


def _misfit(place: Place, name: str) -> str:
    """Why a figure that has the name in its words still counts something else; "" where it does not."""
    around = f"{place.words} {place.core}".replace(name, "")
    process = PROCESS.search(around)
    if process and not PROCESS.search(name):
        return f"文中是“{process[0]}”的数，与“{name}”不是同一口径"
    level = LEVEL.search(around)
    if level and not LEVEL.search(name) and not place.inherited:
        return f"文中写明“{level[0]}”，与“{name}”不一定是同一级别"
    behind = place.core.rpartition(name)[2] if name in place.core else ""
    if not _SUFFIX.fullmatch(behind):
        return f"文中是“{place.core}”，与“{name}”不一定是同一指标"
    return ""


def _same_unit(known: str, written: str) -> bool:
    return known == written or (known in COUNTERS and written in COUNTERS) or not written
