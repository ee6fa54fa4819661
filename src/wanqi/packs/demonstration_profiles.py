"""What demo.yaml's profiles say of the fictitious enterprises: facts, records, how far the lists go. Nothing random."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from wanqi.packs.demonstration import Row, chosen, draw, filled
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.demo_profiles import DemoProfile, FactRule, ProfileRecords

FINEST = 10_000  # parts between the ends of a range


@dataclass(frozen=True, slots=True)
class Said:
    """One value as one source gave it; period is empty for a fact as of the demonstration's day.

    value: numbers as decimal text, sets as tuples, days as date, everything else as text.
    """

    fact: str
    period: str
    value: str | date | tuple[str, ...]
    source_class: str


@dataclass
class Enterprise:
    """One fictitious enterprise by the number in its name."""

    number: int
    facts: list[Said] = field(default_factory=list)
    records: dict[str, list[Row]] = field(default_factory=dict)
    coverage: dict[str, date] = field(default_factory=dict)


def enterprises(demo: DemoSpec, *, annual: Collection[str]) -> list[Enterprise]:
    """Return what is said of each enterprise of which anything is said, by number; annual: facts told by year."""
    return [_enterprise(demo, number, annual) for number in _numbers(demo)]


def _numbers(demo: DemoSpec) -> list[int]:
    spans = [span for profile in demo.profiles for span in profile.enterprises]
    return sorted({number for first, last in spans for number in range(first, last + 1)})


def _enterprise(demo: DemoSpec, number: int, annual: Collection[str]) -> Enterprise:
    rules: dict[str, FactRule] = {}
    kinds: dict[str, list[ProfileRecords]] = {}
    ends: dict[str, date | None] = {}
    for profile in demo.profiles:
        if profile.covers(number):
            rules.update(profile.facts)
            kinds.update(_by_kind(profile))
            ends.update(profile.coverage)
    made = Enterprise(number, coverage={kind: day for kind, day in ends.items() if day is not None})
    known: dict[tuple[str, str], Decimal] = {}
    for fact, rule in rules.items():
        years = (rule.years or demo.years) if fact in annual else ("",)
        made.facts += _said(fact, rule, (number, years), demo.seed, known)
    for kind, several in kinds.items():
        for place, rows in enumerate(several):
            made.records.setdefault(kind, []).extend(_records(rows, place, number, demo.seed))
    return made


def _by_kind(profile: DemoProfile) -> dict[str, list[ProfileRecords]]:
    found: dict[str, list[ProfileRecords]] = {kind: [] for kind in profile.without}
    for rows in profile.records:
        found.setdefault(rows.kind, []).append(rows)
    return found


def _records(rows: ProfileRecords, place: int, number: int, seed: int) -> Iterator[Row]:
    for index in range(1, rows.each + 1):
        serial = number * 100 + place * 20 + index
        yield filled(rows.fields, serial, seed, rows.kind, {})


def _said(
    fact: str,
    rule: FactRule,
    of: tuple[int, Sequence[str]],
    seed: int,
    known: dict[tuple[str, str], Decimal],
) -> Iterator[Said]:
    """Yield the values of one fact, year after year; numbers are kept in `known` for shares of them."""
    if rule.absent:
        return
    number, years = of
    for place, year in enumerate(years):
        value = _value(fact, rule, (number, place), year, seed, known)
        if value is None:
            continue
        if isinstance(value, Decimal):
            known[fact, year] = value
        yield Said(fact, year, _plain(value), rule.source)
        if rule.also is not None and isinstance(value, Decimal):
            other = _stepped(value * Decimal(rule.also.factor), rule)
            yield Said(fact, year, _plain(other), rule.also.source)


def _plain(value: Decimal | str | date | tuple[str, ...]) -> str | date | tuple[str, ...]:
    return format(value, "f") if isinstance(value, Decimal) else value


def _value(
    fact: str,
    rule: FactRule,
    at: tuple[int, int],
    year: str,
    seed: int,
    known: Mapping[tuple[str, str], Decimal],
) -> Decimal | str | date | tuple[str, ...] | None:
    number, place = at
    if rule.between is not None:
        first = _within(rule.between, seed, fact, number)
        grown = Decimal(1)
        for earlier in range(place):
            grown *= 1 + _within(rule.growth, seed, fact, "growth", number, earlier)
        return _stepped(first * grown, rule)
    if rule.share is not None:
        whole = known.get((rule.of or "", year))
        return (
            None if whole is None else _stepped(whole * _within(rule.share, seed, fact, number, year), rule)
        )
    if rule.within is not None:
        first_day, last_day = rule.within
        span = (last_day - first_day).days + 1
        return first_day + timedelta(days=draw(seed, fact, number) % span)
    if rule.choose is not None:
        return chosen(rule.choose, draw(seed, fact, number))
    return rule.items if rule.items is not None else rule.constant


def _within(ends: tuple[str, str], *parts: object) -> Decimal:
    low, high = Decimal(ends[0]), Decimal(ends[1])
    return low + (high - low) * (draw(*parts) % (FINEST + 1)) / FINEST


def _stepped(value: Decimal, rule: FactRule) -> Decimal:
    step = Decimal(rule.step)
    return (value / step).to_integral_value(ROUND_FLOOR) * step
