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
from wanqi.figures.prose.binding.matching import Bound, Fact, Index, matched
from wanqi.figures.prose.binding.periods import Period, period_of
from wanqi.figures.prose.binding.places import RATIOS, Place, places

_ASK = "请核对"
# Growth of these is reckoned at constant prices, while their amounts are printed at current ones.
_CONSTANT_PRICES = re.compile("增加值|生产总值|GDP|总产值|农业产值")
_NO_ACTUAL = frozenset({"forecast", "target"})


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
        Fact(one, read)
        for one in [*known, *(one for document in earlier for one in known_from(document, area=area))]
        if (read := period_of(one.period)) is not None
    ]
    bound, growths, unbound = _named(audit, Index(facts), own, area)
    by_sentence: dict[int, list[Bound]] = defaultdict(list)
    for one in bound:
        by_sentence[one.place.sentence].append(one)
    findings = [found for one in bound if (found := _repeat(one)) is not None]
    findings += _shrunk(bound)
    findings += _stocks(by_sentence.values())
    used: set[Place] = set()
    for growth in growths:
        values = [one for one in by_sentence[growth.sentence] if one.place.mention.span < growth.mention.span]
        outcome = _growth(growth, values)
        if isinstance(outcome, str):
            unbound.append(Unbound(growth.mention, outcome))
        else:
            used |= {growth, *(one.place for one in values)}
            findings += outcome
    told = {span for found in findings for span in found.spans}
    for one in bound:
        if one.place in used or one.place.mention.span in told or any(_laid(one, fact) for fact in one.facts):
            used.add(one.place)
        else:
            unbound.append(Unbound(one.place.mention, f"没有{one.period.title}的同名数据"))
    unbound.sort(key=lambda one: one.mention.span)
    return Binding(tuple(_sorted(findings)), tuple(unbound), len(used))


def _named(
    audit: Audit, index: Index, own: Period | None, area: str
) -> tuple[list[Bound], list[Place], list[Unbound]]:
    """The readable figures: those under a known name, growths, and those nothing is known of."""
    bound: list[Bound] = []
    growths: list[Place] = []
    unbound: list[Unbound] = []
    for place in places(audit):
        if place.mention.quantity is None:
            continue
        if place.change is not None:
            growths.append(place)
            continue
        one = matched(place, index, own, area)
        if isinstance(one, str):
            unbound.append(Unbound(place.mention, one))
        else:
            bound.append(one)
    return bound, growths, unbound


def _laid(one: Bound, fact: Fact) -> bool:
    """Whether a figure was laid beside a fact: of the same period, or the year-end's under a stock."""
    if _comparable(one, fact) and _at(one.place.kind, fact, one.period):
        return True
    stocks = one.place.kind == fact.known.kind == "stock"
    return stocks and fact.period.end <= one.period.end


def _interval(one: Bound) -> Interval:
    quantity = one.place.mention.quantity
    return quantity.interval if quantity is not None else Interval.line()


def _comparable(one: Bound, fact: Fact) -> bool:
    kinds = {one.place.kind, fact.known.kind}
    if one.place.inherited and one.place.kind == "stock" and fact.known.kind != "stock":
        return False  # 累计 said of the subject just counted: what stood before it was what was added
    return not kinds & _NO_ACTUAL and not {"stock", "flow"} <= kinds


def _repeat(one: Bound) -> AuditFinding | None:
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
    said = _told(fact, one.period)
    tail = "仅末位不合，可能是截尾或凑整" if slip else "两处不一致"
    repair = () if slip else (f"{one.place.written}→{_value(fact.known)}",)
    return _finding(
        level,
        "repeat",
        [one.place],
        f"{said}，本文为{one.place.written}。{tail}，{_ASK}。",
        (),
        repair,
        fact,
    )


def _at(kind: str, fact: Fact, period: Period) -> bool:
    """Whether a known figure is of `period`: a stock of its end, anything else of the same months."""
    if "stock" in {kind, fact.known.kind}:
        return fact.period.end == period.end
    return fact.period == period


def _shrunk(bound: Iterable[Bound]) -> Iterator[AuditFinding]:
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
                    f"{_told(fact, fact.period)}，比本文{one.period.title}的{one.place.written}多。"
                    f"累计数不应减少，口径是否不同，{_ASK}。",
                    (), (), fact,
                )  # fmt: skip
                break


def _stocks(sentences: Iterable[list[Bound]]) -> Iterator[AuditFinding]:
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
                    f"{_told(fact, wanted)}，"
                    f"加上本期{flow.place.written}与累计{stock.place.written}不符。{_ASK}。",
                    (f"{_value(fact.known)}+{flow.place.written}≠{stock.place.written}",), (), fact,
                )  # fmt: skip
            elif floor and left.high is not None and left.high < floor.least:
                yield _finding(
                    "query", "stock_flow", [flow.place, stock.place],
                    f"{floor.said}，而本文{stock.place.written}减{flow.place.written}只有"
                    f"{display(left.high)}{stock.place.mention.unit}。{_ASK}。",
                    floor.lines, (), floor.fact,
                )  # fmt: skip


def _akin(one: Bound, other: Bound) -> bool:
    return {id(fact) for fact in one.facts} & {id(fact) for fact in other.facts} != set()


@dataclass(frozen=True, slots=True)
class _Floor:
    """The least a stock can be: what is known to have been added until then."""

    least: Fraction
    said: str
    lines: tuple[str, ...]
    fact: Fact


def _floor(facts: Sequence[Fact], until: Period) -> _Floor | None:
    """The sum of whole years' additions known up to a year-end; None where none is known."""
    years: dict[int, Fact] = {}
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


def _growth(growth: Place, values: Sequence[Bound]) -> list[AuditFinding] | str:
    """A printed growth against the known base: a finding when no licensed reading agrees; why it was not compared."""
    if not values:
        return "增减幅所指的数据没有同名的指标或以前的数据"
    if growth.mention.quantity is None or growth.mention.unit in {"百分点", "成"}:
        return "不是可以推算基数的增减幅"
    if (
        len(growth.own) > 1
        and growth.own not in values[-1].place.core
        and values[-1].place.core not in growth.own
    ):
        return f"增减幅说的是“{growth.own}”，没有同名的数据"
    if _CONSTANT_PRICES.search(values[-1].place.core):
        return "增速按不变价计算，不能用现价数推算"
    # A rate may be said of any figure before it in its sentence, an increment only of those of its own unit.
    rate = growth.mention.unit in RATIOS
    nearest = values[-1].place.mention.unit if rate else growth.mention.unit
    failed: list[tuple[Bound, str, Fact, tuple[str, ...]]] = []
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


def _bases(change: str, value: Bound) -> list[Period]:
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


def _against(value: Bound, base: Interval, wanted: Period) -> tuple[str, Fact, tuple[str, ...]] | bool | None:
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
        said = f"{_told(fact, wanted)}，而按本文推算为{shown}"
        return said, fact, (f"{value.place.written}÷(1+增幅)={shown}",)
    floor = _floor(value.facts, wanted) if kind == "stock" and wanted.last == 12 else None
    if floor is None:
        return None
    if base.high is None or base.high >= floor.least:
        return None
    said = f"{floor.said}，而按本文增幅推算{wanted.title}末只有{shown}"
    return said, floor.fact, (*floor.lines, f"{value.place.written}÷(1+增幅)={shown}")


def _shown(interval: Interval, unit: str) -> str:
    if interval.low is None or interval.high is None:
        return "无法确定"
    unit = _scaled(interval.high, unit)
    low, high = display(interval.low, unit=unit), display(interval.high, unit=unit)
    return low if low == high else f"{low.removesuffix(unit)}—{high}"


def _scaled(value: Fraction, unit: str) -> str:
    """元 in 万元 or 亿元 where an amount is that large."""
    if unit != "元" or abs(value) < 10**4:
        return unit
    return "亿元" if abs(value) >= 10**8 else "万元"


def _told(fact: Fact, period: Period) -> str:
    """What is known, in words: 指标数据中2022年末的5G基站为451个."""
    known = fact.known
    when = f"{period.title}末" if known.kind == "stock" else period.title
    return f"{known.source}中{when}的{known.names[0]}为{_value(known)}"


def _value(known: Known) -> str:
    unit = _scaled(known.value, known.unit)
    if known.low is not None and known.high is not None and known.low != known.high:
        return f"{display(known.value, unit=unit)}左右"
    return display(known.value, unit=unit)


def _finding(
    level: Level, relation: str, on: Sequence[Place], message: str, lines: tuple[str, ...], repair: tuple[str, ...],
    fact: Fact,
) -> AuditFinding:  # fmt: skip
    mentions = sorted((place.mention for place in on), key=lambda mention: mention.span)
    spans = tuple(mention.span for mention in mentions)
    figures = tuple(mention.text for mention in mentions)
    labels = "|".join(f"{place.core}{place.written}" for place in on)
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
