"""Laying figures beside what is known: the same period, 上期, 上年末, 上年同期, and stock against flow."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wanqi.figures.check import Level
from wanqi.figures.display import display
from wanqi.figures.intervals import Interval
from wanqi.figures.prose.audit import Audit, AuditFinding
from wanqi.figures.prose.binding.known import (
    Binding,
    Earlier,
    Known,
    Unbound,
    document_period,
    implied_base,
    known_from,
)
from wanqi.figures.prose.binding.periods import Period, period_of, period_said
from wanqi.figures.prose.binding.places import LEVEL, PROCESS, RATIOS, Place, places, plain
from wanqi.figures.quantities import COUNTERS

_ASK = "请核对"
_SUFFIX = re.compile(r"(?:企业|项目|单位|建设|数|数量|总数|家数|户|站点)?")
_NO_ACTUAL = frozenset({"forecast", "target"})


@dataclass(frozen=True, slots=True)
class _Fact:
    """A known figure with its period read."""

    known: Known
    period: Period


@dataclass(frozen=True, slots=True)
class _Bound:
    """A figure, the known ones of the same name, unit and area, and its own period."""

    place: Place
    facts: tuple[_Fact, ...]
    period: Period
    exact: bool  # subject, unit and area are the same words, and the period is the document's or said


def bind(
    audit: Audit,
    known: Sequence[Known] = (),
    *,
    earlier: Sequence[Earlier] = (),
    area: str = "",
    period: str = "",
) -> Binding:
    """The figures of `audit` laid beside `known` and the figures of `earlier` documents.

    `area` and `period` (an id) are the document's own; without `period` its opening is asked. Findings are
    errors only where subject, unit, area and period are the same in words and no reading agrees, else queries.
    What nothing could be laid beside is listed with the reason.
    """
    own = document_period(audit.text, period)
    facts = [
        _Fact(one, read)
        for one in [*known, *(one for document in earlier for one in known_from(document, area=area))]
        if (read := period_of(one.period)) is not None
    ]
    index = _Index(facts)
    bound: list[_Bound] = []
    growths: list[Place] = []
    unbound: list[Unbound] = []
    by_sentence: dict[int, list[_Bound]] = defaultdict(list)
    for place in places(audit):
        if place.mention.quantity is None:
            continue
        if place.change is not None:
            growths.append(place)
            continue
        one = _matched(place, index, own, area)
        if isinstance(one, str):
            unbound.append(Unbound(place.mention, one))
        else:
            bound.append(one)
            by_sentence[place.sentence].append(one)
    findings = [found for one in bound if (found := _repeat(one)) is not None]
    findings += _shrunk(bound)
    findings += _stocks(by_sentence.values())
    compared = 0
    for growth in growths:
        values = [one for one in by_sentence[growth.sentence] if one.place.mention.span < growth.mention.span]
        outcome = _growth(growth, values)
        if isinstance(outcome, str):
            unbound.append(Unbound(growth.mention, outcome))
            continue
        compared += 1
        findings += outcome
    unbound.sort(key=lambda one: one.mention.span)
    return Binding(tuple(_sorted(findings)), tuple(unbound), len(bound) + compared)


class _Index:
    """Known figures by two characters of their names, so that each figure is asked against few."""

    def __init__(self, facts: Iterable[_Fact]) -> None:
        self._by_pair: dict[str, list[tuple[str, _Fact]]] = defaultdict(list)
        for fact in facts:
            for name in map(plain, fact.known.names):
                if len(name) >= 2:
                    self._by_pair[name[:2]].append((name, fact))

    def named(self, words: str) -> list[tuple[str, _Fact]]:
        """The facts whose longest name stands in `words`; only those of the longest names."""
        found = [
            (name, fact)
            for at in range(len(words) - 1)
            for name, fact in self._by_pair.get(words[at : at + 2], ())
            if words.startswith(name, at)
        ]
        longest = max((len(name) for name, _ in found), default=0)
        kept = {id(fact): (name, fact) for name, fact in found if len(name) == longest}
        return list(kept.values())


def _matched(place: Place, index: _Index, own: Period | None, area: str) -> _Bound | str:
    """The figure with what is known under its name, or why there is nothing."""
    if place.kind == "target":
        return "目标数、任务数不与实际数比较"
    if place.base:
        return "是比较的基数，不是本期数"
    named = index.named(place.words) or index.named(place.core)
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
    return _Bound(place, tuple(facts), period, exact)


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


def _interval(one: _Bound) -> Interval:
    quantity = one.place.mention.quantity
    return quantity.interval if quantity is not None else Interval.line()


def _comparable(one: _Bound, fact: _Fact) -> bool:
    kinds = {one.place.kind, fact.known.kind}
    return not kinds & _NO_ACTUAL and not {"stock", "flow"} <= kinds


def _repeat(one: _Bound) -> AuditFinding | None:
    """A figure said again for the same period, with another value."""
    same = [fact for fact in one.facts if _comparable(one, fact) and _at(one.place.kind, fact, one.period)]
    if not same or any(not _interval(one).intersect(fact.known.interval).empty for fact in same):
        return None
    quantity = one.place.mention.quantity
    fact = same[0]
    if quantity is None:
        return None
    slip = any(not quantity.loose.intersect(fact.known.interval).empty for fact in same)
    level: Level = (
        "note" if slip else "error" if one.exact and len({f.known.value for f in same}) == 1 else "query"
    )
    said = f"{fact.known.source}中{one.period.title}的{fact.known.names[0]}为{_value(fact.known)}"
    tail = "仅末位不合，可能是截尾或凑整" if slip else "两处不一致"
    repair = () if slip else (f"{one.place.mention.text}→{_value(fact.known)}",)
    return _finding(
        level,
        "repeat",
        [one.place],
        f"{said}，本文为{one.place.mention.text}。{tail}，{_ASK}。",
        (),
        repair,
        fact,
    )


def _at(kind: str, fact: _Fact, period: Period) -> bool:
    """Whether a known figure is of `period`: a stock of its end, anything else of the same months."""
    if "stock" in {kind, fact.known.kind}:
        return fact.period.end == period.end
    return fact.period == period


def _shrunk(bound: Iterable[_Bound]) -> Iterator[AuditFinding]:
    """What is counted up never falls: 累计 against an earlier date, 1-6月 against 1-3月 of the same year."""
    for one in bound:
        quantity = one.place.mention.quantity
        if quantity is None or quantity.unit in RATIOS or one.place.kind not in {"stock", "flow"}:
            continue
        high = quantity.interval.high
        for fact in one.facts:
            low = fact.known.interval.low
            if fact.known.kind != one.place.kind or low is None or high is None or high >= low:
                continue
            if one.place.kind == "stock":
                earlier = fact.period.end < one.period.end and "累计" in one.place.words
            else:
                earlier = (
                    fact.period.year == one.period.year
                    and fact.period.first == one.period.first == 1
                    and fact.period.last < one.period.last
                )
            if earlier:
                yield _finding(
                    "query", "repeat", [one.place],
                    f"{fact.known.source}中{fact.period.title}的{fact.known.names[0]}已有{_value(fact.known)}，"
                    f"本文{one.period.title}为{one.place.mention.text}，比以前少。口径是否不同，{_ASK}。",
                    (), (), fact,
                )  # fmt: skip
                break


def _stocks(sentences: Iterable[list[_Bound]]) -> Iterator[AuditFinding]:
    """A stock is the year-end's stock and what came since: 累计 = 上年末累计 + 本期新增."""
    for bound in sentences:
        flows = [one for one in bound if one.place.kind == "flow" and one.period.first == 1]
        for stock in (one for one in bound if one.place.kind == "stock"):
            flow = next((f for f in flows if f.period.end == stock.period.end and _akin(f, stock)), None)
            if flow is None:
                continue
            wanted = stock.period.year_end_before
            left = _interval(stock) - _interval(flow)
            base = [f for f in stock.facts if f.known.kind == "stock" and f.period.end == wanted.end]
            floor = _floor(stock.facts, wanted)
            if base and all(left.intersect(f.known.interval).empty for f in base):
                fact = base[0]
                yield _finding(
                    "query", "stock_flow", [flow.place, stock.place],
                    f"{fact.known.source}中{wanted.title}末的{fact.known.names[0]}为{_value(fact.known)}，"
                    f"加上本期{flow.place.mention.text}与累计{stock.place.mention.text}不符。{_ASK}。",
                    (f"{_value(fact.known)}+{flow.place.mention.text}≠{stock.place.mention.text}",), (), fact,
                )  # fmt: skip
            elif floor and left.high is not None and left.high < floor.least:
                yield _finding(
                    "query", "stock_flow", [flow.place, stock.place],
                    f"{floor.said}，而本文{stock.place.mention.text}减{flow.place.mention.text}只有"
                    f"{display(left.high)}{stock.place.mention.unit}。{_ASK}。",
                    floor.lines, (), floor.fact,
                )  # fmt: skip


def _akin(one: _Bound, other: _Bound) -> bool:
    return {id(fact) for fact in one.facts} & {id(fact) for fact in other.facts} != set()


@dataclass(frozen=True, slots=True)
class _Floor:
    """The least a stock can be: what is known to have been added until then."""

    least: Fraction
    said: str
    lines: tuple[str, ...]
    fact: _Fact


def _floor(facts: Sequence[_Fact], until: Period) -> _Floor | None:
    """The sum of whole years' additions known up to a year-end; None where none is known."""
    years: dict[int, _Fact] = {}
    for fact in facts:
        whole = (fact.period.first, fact.period.last) == (1, 12)
        if fact.known.kind == "flow" and whole and fact.period.year <= until.year:
            known = years.get(fact.period.year)
            if known is None or (fact.known.interval.low or 0) < (known.known.interval.low or 0):
                years[fact.period.year] = fact
    lows = {year: low for year, fact in years.items() if (low := fact.known.interval.low) is not None}
    if not lows:
        return None
    parts = [years[year] for year in sorted(lows)]
    least = sum(lows.values(), Fraction(0))
    unit = parts[0].known.unit
    added = "、".join(f"{f.period.title}{_value(f.known)}" for f in parts)
    said = f"据{parts[-1].known.source}，新增{added}，{until.title}末累计应不少于{display(least)}{unit}"
    line = f"{'+'.join(display(lows[year]) for year in sorted(lows))}={display(least)}（{until.title}末至少）"
    return _Floor(least, said, (line,), parts[-1])


def _growth(growth: Place, values: Sequence[_Bound]) -> list[AuditFinding] | str:
    """A printed growth against the known base: a finding when no licensed reading agrees; why it was not compared."""
    if not values:
        return "增减幅所指的数据没有同名的指标或以前的数据"
    if growth.mention.quantity is None or growth.mention.unit in {"百分点", "成"}:
        return "不是可以推算基数的增减幅"
    # A rate may be said of any figure before it in its sentence, an increment only of those of its own unit.
    rate = growth.mention.unit in RATIOS
    nearest = values[-1].place.mention.unit if rate else growth.mention.unit
    failed: list[tuple[_Bound, str, _Fact, tuple[str, ...]]] = []
    for value in [one for one in values if one.place.mention.unit == nearest]:
        base = implied_base(value.place.mention, growth)
        if base is None:
            continue  # no whole number grows so: this reading fails by itself
        for wanted in _bases(growth.change or "", value):
            outcome = _against(value, base, wanted)
            if outcome is None:
                return f"没有{wanted.title}的同名数据"
            if isinstance(outcome, bool):
                return []
            failed.append((value, *outcome))
    if not failed:
        return "按这一增减幅推算不出整数基数"
    value, said, fact, lines = failed[-1]
    only = len(failed) == 1 and value.exact and growth.change in {"同比", "较上年末", "比上年末"}
    level: Level = "error" if only and fact.known.kind == value.place.kind else "query"
    message = f"{said}。{_ASK}。"
    return [_finding(level, "growth", [value.place, growth], message, lines, (), fact)]


def _bases(change: str, value: _Bound) -> list[Period]:
    """The periods whose figure a growth may be reckoned from."""
    period, kind = value.period, value.place.kind
    if "环比" in change or "上月" in change or "上季" in change or "上期" in change:
        return [period.before]
    if kind == "forecast":
        return [period.year_end_before]  # a forecast is of the year's end, so both readings are the last one
    if change == "同比" or "同期" in change:
        return [period.a_year_before]
    if "末" in change or "底" in change or "年初" in change:
        return [period.year_end_before]
    if kind == "flow":
        return [period.a_year_before]
    return list(dict.fromkeys((period.year_end_before, period.a_year_before)))


def _against(
    value: _Bound, base: Interval, wanted: Period
) -> tuple[str, _Fact, tuple[str, ...]] | bool | None:
    """Why a base is refuted, True where it agrees, None where nothing is known of that period."""
    kind = "stock" if value.place.kind in {"stock", "forecast"} else value.place.kind
    known = [
        fact
        for fact in value.facts
        if _at(kind, fact, wanted)
        and not {"stock", "flow"} <= {kind, fact.known.kind}
        and fact.known.kind not in _NO_ACTUAL
    ]
    shown = _shown(base, value.place.mention.unit)
    if known:
        if any(not base.intersect(fact.known.interval).empty for fact in known):
            return True
        fact = known[0]
        said = f"{fact.known.source}中{wanted.title}的{fact.known.names[0]}为{_value(fact.known)}，而按本文推算为{shown}"
        return said, fact, (f"{value.place.mention.text}÷(1+增幅)={shown}",)
    floor = _floor(value.facts, wanted) if kind == "stock" and wanted.last == 12 else None
    if floor is None:
        return None
    if base.high is None or base.high >= floor.least:
        return None
    said = f"{floor.said}，而按本文增幅推算{wanted.title}末只有{shown}"
    return said, floor.fact, (*floor.lines, f"{value.place.mention.text}÷(1+增幅)={shown}")


def _shown(interval: Interval, unit: str) -> str:
    if interval.low is None or interval.high is None:
        return "无法确定"
    low, high = display(interval.low), display(interval.high)
    return f"{low}{unit}" if low == high else f"{low}—{high}{unit}"


def _value(known: Known) -> str:
    unit = known.unit
    if unit == "元" and abs(known.value) >= 10**4:
        unit = "亿元" if abs(known.value) >= 10**8 else "万元"
    if known.low is not None and known.high is not None and known.low != known.high:
        return f"{display(known.value, unit=unit)}左右"
    return display(known.value, unit=unit)


def _finding(
    level: Level, relation: str, on: Sequence[Place], message: str, lines: tuple[str, ...], repair: tuple[str, ...],
    fact: _Fact,
) -> AuditFinding:  # fmt: skip
    mentions = sorted((place.mention for place in on), key=lambda mention: mention.span)
    spans = tuple(mention.span for mention in mentions)
    figures = tuple(mention.text for mention in mentions)
    labels = "|".join(f"{place.core}{place.mention.text}" for place in on)
    key = f"known:{relation}:{labels}|{fact.known.id}={display(fact.known.value)}"
    return AuditFinding(
        level,
        relation,
        figures,
        spans,
        (spans[0][0], max(end for _, end in spans)),
        message,
        lines,
        repair,
        key,
    )


def _sorted(findings: Iterable[AuditFinding]) -> list[AuditFinding]:
    order = {"error": 0, "query": 1, "note": 2}
    return sorted(findings, key=lambda found: (order[found.level], found.span))
