"""Sites as rows that indicators count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.apps import apps

from wanqi.core.models import Area
from wanqi.indicators.providers import RowSource, register

from .models import Site

_DATES = ("built_on", "opened_on")
_TEXTS = ("site_code", "name", "technology", "operator", "area")


def rows(region: str, fields: Sequence[str], recorded: datetime | None = None) -> pl.DataFrame:
    """Return the region's sites that stand, in the order of their ids; an empty text is unknown.

    recorded: as the register stood at that moment; None is now. A field that sites do not have is unknown.
    """
    known = [name for name in fields if name in (*_DATES, *_TEXTS)]
    columns = ["area_id" if name == "area" else name for name in known]
    found = _current(region) if recorded is None else _past(region, recorded)
    listed = list(found.values_list("id", "is_demonstration", "evidence_id", *columns))
    areas = dict(Area.objects.filter(region_id=region).values_list("id", "code"))
    data: dict[str, pl.Series] = {
        "id": pl.Series([str(row[0]) for row in listed], dtype=pl.String),
        "is_demonstration": pl.Series([row[1] for row in listed], dtype=pl.Boolean),
        "evidence": pl.Series([row[2] is not None for row in listed], dtype=pl.Boolean),
    }
    for position, name in enumerate(known, start=3):
        data[name] = _column(name, [row[position] for row in listed], areas)
    for name in fields:
        if name not in data:
            data[name] = pl.Series([None] * len(listed), dtype=pl.String)
    return pl.DataFrame(data)


def _column(name: str, values: list[Any], areas: dict[int, str]) -> pl.Series:
    if name in _DATES:
        days: list[date | None] = values
        return pl.Series(days, dtype=pl.Date)
    if name == "area":
        return pl.Series([areas.get(value) for value in values], dtype=pl.String)
    return pl.Series([value or None for value in values], dtype=pl.String)


def _current(region: str) -> Any:
    return Site.objects.filter(region_id=region).current().order_by("id")


def _past(region: str, recorded: datetime) -> Any:
    """Return the newest recorded state of each site at a moment, without those withdrawn or removed by then."""
    states = apps.get_model("projects", "SiteEvent").objects
    newest = (
        states.filter(region_id=region, pgh_created_at__lte=recorded)
        .order_by("id", "-pgh_id")
        .distinct("id")
        .values("pgh_id")
    )
    return (
        states.filter(pgh_id__in=newest, withdrawn_at__isnull=True).exclude(pgh_label="delete").order_by("id")
    )


def provide() -> None:
    """Register sites as a record kind."""
    register(RowSource("sites", Site, rows, {name: name for name in (*_DATES, *_TEXTS)}))
