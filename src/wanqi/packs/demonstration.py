"""Demonstration rows from demo.yaml: the same file gives the same rows on every machine, and nothing is random."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from wanqi.packs.credit_codes import complete
from wanqi.packs.specs.demo import DemoOrganisations, DemoRows, DemoSpec
from wanqi.packs.specs.demo_profiles import DemoProfile
from wanqi.packs.specs.demo_rules import FieldRule

Row = dict[str, str | date]

ORGANISATIONS = "organisations"


def generate(demo: DemoSpec) -> dict[str, list[Row]]:
    """Return kind → rows, and the fictitious organisations under `organisations`.

    Rows carry the fields demo.yaml gives, dates as date; whoever stores them marks them 演示. Organisations carry
    name, credit_code and the fields given.
    """
    found: dict[str, list[Row]] = {}
    for rows in demo.rows:
        found.setdefault(rows.kind, []).extend(_rows(rows, demo.seed))
    if demo.organisations is not None:
        found[ORGANISATIONS] = _organisations(demo.organisations, demo.profiles, demo.seed)
    return found


def _rows(rows: DemoRows, seed: int) -> list[Row]:
    found: list[Row] = []
    for month, count in sorted(rows.months.items()):
        year, number = int(month[:4]), int(month[5:])
        days = calendar.monthrange(year, number)[1]
        dates = sorted(
            date(year, number, 1 + draw(seed, rows.kind, month, index) % days) for index in range(count)
        )
        for day in dates:
            found.append(filled(rows.fields, len(found) + 1, seed, rows.kind, {rows.date: day}))
    return found


def _own(profiles: Sequence[DemoProfile], number: int) -> dict[str, FieldRule]:
    """Return the rules of the organisation's own columns that its profiles give."""
    found: dict[str, FieldRule] = {}
    for profile in profiles:
        if profile.covers(number):
            found.update(profile.organisation)
    return found


def _organisations(spec: DemoOrganisations, profiles: Sequence[DemoProfile], seed: int) -> list[Row]:
    found: list[Row] = []
    for number in range(1, spec.count + 1):
        code = complete(f"91{spec.division}", f"DEM0{number:04d}")
        rules = {**spec.fields, **_own(profiles, number)}
        found.append(filled(rules, number, seed, ORGANISATIONS, {"credit_code": code}))
    return found


def filled(rules: Mapping[str, FieldRule], number: int, seed: int, kind: str, row: Row) -> Row:
    """Return the row with every field filled, in the order of the rules; `before` sees what is there already."""
    for name, rule in rules.items():
        drawn = draw(seed, kind, name, number)
        if rule.serial is not None:
            row[name] = rule.serial.format(n=number + rule.start - 1)
        elif rule.constant is not None:
            row[name] = rule.constant
        elif rule.choose is not None:
            row[name] = chosen(rule.choose, drawn)
        elif rule.before is not None:
            later = row[rule.before.field]
            assert isinstance(later, date)
            span = rule.before.most - rule.before.least + 1
            row[name] = later - timedelta(days=rule.before.least + drawn % span)
        elif rule.within is not None:
            first, last = rule.within
            row[name] = first + timedelta(days=drawn % ((last - first).days + 1))
    return row


def chosen(weights: Mapping[str, int], drawn: int) -> str:
    """Return the value that the number falls on; value → weight."""
    left = drawn % sum(weights.values())
    for value, weight in weights.items():
        if left < weight:
            return value
        left -= weight
    raise AssertionError("what is drawn is below the sum of the weights")


def draw(*parts: object) -> int:
    """Return a number that depends on nothing but the parts."""
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
