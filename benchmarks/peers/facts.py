"""Organisations of which everything is known: seeded, of plausible size, a tenth of the values on a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Aggregate, Input

from . import known
from .programmes import Programmes
from .translating import EPOCH

FIRST_DAY, DAYS = date(2015, 1, 1), 3650
DIVISIONS = tuple(f"{division:02}{group}0" for division in range(1, 98) for group in range(1, 6))
# Money as a share of the organisation's size, or of the column named; so that ratios lie about their thresholds.
SHARES: Mapping[str, tuple[str | None, float, float]] = {
    "revenue": (None, 0.9, 1.1),
    "main_revenue": (None, 0.7, 1.0),
    "sales_revenue": (None, 0.7, 1.0),
    "cost_expense_total": (None, 0.2, 1.0),
    "total_assets": (None, 0.5, 2.0),
    "design_service_revenue": ("revenue", 0.2, 1.0),
    "rd_expense": ("sales_revenue", 0.0, 0.1),
    "rd_expense_deductible": ("main_revenue", 0.0, 0.08),
    "rd_equipment_original_value": (None, 0.0, 0.3),
    "investment_plan_amount": (None, 0.0, 1.0),
}


HOLES = 0.1
ABSENCES = frozenset(
    {"incidents", "abnormal_list", "serious_dishonesty", "smuggling_events", "tax_evasion_events"}
)


def frame(asked: Programmes, rows: int) -> pl.DataFrame:
    """Return the facts as columns: money in fen, ratios in 10⁻⁸, numbers in 10⁻⁴, dates as dates, codes as text."""
    found = pl.LazyFrame({"at": pl.int_range(0, rows, eager=True)})
    # 500 000 元 to 2 500 000 000 元, in whole steps of 100 元 so that a percentage of it is exact
    size = ((_share(0, 1) * 8.5).exp() * 5000).cast(pl.Int64) * 10_000
    found = found.with_columns(size.alias("size"))
    inputs = [one for one in enumerate(asked.plan.inputs, start=1) if known.low(one[1].name) == one[1].name]
    names = [asked.facts[one.name] for _, one in inputs]
    for place, one in sorted(inputs, key=lambda each: _rests_on_another(each[1].name)):
        made = _column(one, place, _thresholds(asked, one.name))
        found = found.with_columns(made.alias(asked.facts[one.name]))
    return found.select(names).collect()


def hollow(columns: pl.DataFrame) -> pl.DataFrame:
    """Return the columns with one value in ten unknown."""
    known = (
        pl.when(_share(place, 9) >= HOLES).then(name).alias(name)
        for place, name in enumerate(columns.columns)
    )
    return columns.with_row_index("at").with_columns(pl.col("at").cast(pl.Int64)).select(known)


def dicts(columns: pl.DataFrame) -> list[dict[str, Any]]:
    """Return one plain dict an organisation, as every engine is given it; a date is the day since 1970."""
    dates = [name for name, kind in columns.schema.items() if kind == pl.Date]
    return columns.with_columns(pl.col(dates).to_physical().cast(pl.Int64)).to_dicts()


def _rests_on_another(name: str) -> bool:
    of, _, _ = SHARES.get(name.partition("@")[0], (None, 0, 0))
    return of is not None or name.startswith(("tech_staff", "space_area_tenant"))


def _noise(place: int, salt: int) -> pl.Expr:
    return (pl.col("at") * 1_000_003 + place * 7919 + salt).hash(seed=place + salt)


def _share(place: int, salt: int) -> pl.Expr:
    """Return a number from 0 up to 1."""
    return (_noise(place, salt) % 1_000_000).cast(pl.Float64) / 1_000_000


def _thresholds(asked: Programmes, name: str) -> list[tuple[tree.Comparison, Decimal]]:
    """Return what a column is compared with directly."""
    return [
        (part.operator, part.right.value)
        for root in asked.trees
        for part in tree.walk(root)
        if isinstance(part, tree.Compare)
        and isinstance(part.left, tree.Field)
        and part.left.name == name
        and isinstance(part.right, tree.Literal)
        and isinstance(part.right.value, Decimal)
    ]


def _column(one: Input, place: int, thresholds: list[tuple[tree.Comparison, Decimal]]) -> pl.Expr:
    base, places = one.type.base, PLACES.get(one.type.base, 0)
    whole = sorted({int(value.scaleb(places)) for _, value in thresholds})
    if base == "bool":
        return _noise(place, 1) % 10 > 0
    if base == "date":
        return (
            (pl.lit((FIRST_DAY - EPOCH).days, pl.Int64) + (_noise(place, 1) % DAYS).cast(pl.Int64))
            .cast(pl.Int32)
            .cast(pl.Date)
        )
    if not one.type.numeric:
        texts = pl.lit(pl.Series(one.type.values or DIVISIONS))
        return texts.gather((_noise(place, 1) % len(one.type.values or DIVISIONS)).cast(pl.UInt32))
    if base == "money":
        return _on_threshold(_money(one.name, place), place, whole)
    if one.name.startswith("tech_staff"):
        return (pl.col("employees_total_2024") * _percent(place, 0, 0.4)).cast(pl.Int64)
    if one.name.startswith("employees_total"):
        return 20 + (_noise(place, 1) % 700).cast(pl.Int64)
    if one.name.startswith("space_area"):
        tenant = "tenant" in one.name
        return (
            (pl.col("space_area") // 10_000 * _percent(place, 0.5, 1.0)).cast(pl.Int64)
            if tenant
            else (100 + _noise(place, 1) % 2000).cast(pl.Int64) * 10**places
        )
    return _counted(one, place, whole)


def _counted(one: Input, place: int, whole: list[int]) -> pl.Expr:
    """Return counts of up to twice the largest threshold; what must not have happened rarely has."""
    if isinstance(one.source, Aggregate) and one.source.kind in ABSENCES:
        return (_noise(place, 1) % 20 == 0).cast(pl.Int64)
    most = max(whole, default=10)
    drawn = (_noise(place, 1) % (2 * most + 1)).cast(pl.Int64)
    if one.type.base == "ratio":
        drawn = (_noise(place, 1) % 10**8).cast(pl.Int64)
    return _on_threshold(drawn, place, whole)


def _money(name: str, place: int) -> pl.Expr:
    fact, _, year = name.partition("@")
    of, least, most = SHARES[fact]
    base = pl.col("size") if of is None else pl.col(f"{of}_{year}")
    return (base // 10_000 * _percent(place, least, most)).cast(pl.Int64)


def _percent(place: int, least: float, most: float) -> pl.Expr:
    """Return a share in 10⁻⁴: for a tenth of the rows a whole percentage, which many thresholds are."""
    fine = ((least + _share(place, 3) * (most - least)) * 10_000).cast(pl.Int64)
    return pl.when(_noise(place, 4) % 10 == 0).then(fine // 100 * 100).otherwise(fine).clip(1)


def _on_threshold(drawn: pl.Expr, place: int, whole: list[int]) -> pl.Expr:
    if not whole:
        return drawn
    exact = pl.lit(pl.Series(whole, dtype=pl.Int64)).gather((_noise(place, 5) % len(whole)).cast(pl.UInt32))
    return pl.when(_noise(place, 6) % 20 == 0).then(exact).otherwise(drawn)
