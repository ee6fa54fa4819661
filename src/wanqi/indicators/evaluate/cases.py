"""Answers to the worked examples of indicators that stand beside pack files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from wanqi import rules
from wanqi.figures import display
from wanqi.packs import IndicatorCase, Pack

from .engine import evaluate
from .figures import Reported
from .periods import Period, read_period, year_of
from .rows import Table, with_absent

PLACES = 8


def run_case(pack: Pack, case: IndicatorCase) -> Mapping[str, str | int | None]:
    """Return value, low, high (decimal text, None where unknown) and records (rows counted) of a case."""
    period = read_period(case.period)
    tables = {kind: table_of(pack, kind, case.rows.get(kind, ())) for kind in pack.records}
    given = [_target(id, number, period) for id, number in case.targets.items()]
    given += [_reported(*_named(key, case.period), number) for key, number in case.reported.items()]
    given += [
        _reported(id, case.period, number, peer=code)
        for id, values in case.peers.items()
        for code, number in values.items()
    ]
    found = evaluate(
        pack.indicators,
        [case.indicator],
        period,
        tables=tables,
        reported=given,
        peers=pack.peers,
        home=pack.region.rpartition("-")[2],
    )
    figure = found[case.indicator]
    interval = figure.interval
    return {
        "value": decimal_text(figure.value),
        "low": decimal_text(interval.low if interval else None),
        "high": decimal_text(interval.high if interval else None),
        "records": len(figure.records),
    }


def table_of(pack: Pack, kind: str, rows: tuple[Mapping[str, object], ...]) -> Table:
    """Return rows given as plain data as a table; rows without an id are numbered from 1."""
    scope = pack.scope(kind)
    frame = rules.frame(rows, scope).with_columns(
        pl.Series("id", [str(row.get("id", number)) for number, row in enumerate(rows, 1)], dtype=pl.String),
        pl.lit(False).alias("is_demonstration"),
        pl.lit(False).alias("evidence"),
    )
    labels = {name: one.title for name, one in pack.records[kind].fields.items()}
    frame = with_absent(frame, pack.records[kind].fields)
    return Table(kind, pack.records[kind].title, frame, scope, labels)


def decimal_text(value: Fraction | None) -> str | None:
    """Return a number as decimal text: at most eight decimals, half away from zero, no trailing zeros."""
    if value is None:
        return None
    text = display(value, decimals=PLACES).replace("−", "-")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _named(key: str, period: str) -> tuple[str, str]:
    id, _, other = key.partition("@")
    return id, other or period


def _reported(id: str, period: str, number: str, peer: str = "") -> Reported:
    name = f"{id}@{period}@{peer}"
    return Reported(
        id=name,
        indicator=id,
        period=period,
        nature="reported",
        value=Fraction(number),
        source="用例",
        peer=peer,
    )


def _target(id: str, number: str, period: Period) -> Reported:
    year = year_of(period).id
    return Reported(id=id, indicator=id, period=year, nature="target", value=Fraction(number), source="用例")
