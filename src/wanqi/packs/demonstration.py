"""Demonstration rows from demo.yaml: the same file gives the same rows on every machine, and nothing is random."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Mapping
from datetime import date, timedelta

from wanqi.packs.credit_codes import complete
from wanqi.packs.specs.demo import DemoOrganisations, DemoRows, DemoSpec, FieldRule

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
        found[ORGANISATIONS] = _organisations(demo.organisations, demo.seed)
    return found


def _rows(rows: DemoRows, seed: int) -> list[Row]:
    found: list[Row] = []
    for month, count in sorted(rows.months.items()):
        year, number = int(month[:4]), int(month[5:])
        days = calendar.monthrange(year, number)[1]
        dates = sorted(
            date(year, number, 1 + _draw(seed, rows.kind, month, index) % days) for index in range(count)
        )
        for day in dates:
            found.append(_row(rows.fields, len(found) + 1, seed, rows.kind, {rows.date: day}))
    return found


def _organisations(spec: DemoOrganisations, seed: int) -> list[Row]:
    found: list[Row] = []
    for number in range(1, spec.count + 1):
        code = complete(f"91{spec.division}", f"DEM0{number:04d}")
        found.append(_row(spec.fields, number, seed, ORGANISATIONS, {"credit_code": code}))
    return found


def _row(rules: Mapping[str, FieldRule], number: int, seed: int, kind: str, row: Row) -> Row:
    """Return the row with every field filled, in the order of the rules; `before` sees what is there already."""
    for name, rule in rules.items():
        draw = _draw(seed, kind, name, number)
        if rule.serial is not None:
            row[name] = rule.serial.format(n=number + rule.start - 1)
        elif rule.constant is not None:
            row[name] = rule.constant
        elif rule.choose is not None:
            row[name] = _chosen(rule.choose, draw)
        elif rule.before is not None:
            later = row[rule.before.field]
            assert isinstance(later, date)
            span = rule.before.most - rule.before.least + 1
            row[name] = later - timedelta(days=rule.before.least + draw % span)
    return row


def _chosen(weights: Mapping[str, int], draw: int) -> str:
    left = draw % sum(weights.values())
    for value, weight in weights.items():
        if left < weight:
            return value
        left -= weight
    raise AssertionError("the draw is below the sum of the weights")


def _draw(*parts: object) -> int:
    """Return a number that depends on nothing but the parts."""
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
