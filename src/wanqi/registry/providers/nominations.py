"""Nominations as rows that indicators count, with the day each stage was reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.apps import apps
from django.db.models import Min

from wanqi.core.row_sources import RowSource, of_model, register

from ..models import Nomination, NominationStep
from ..models.recognitions import Holder, Stage
from .held import worded

SAME = (
    *("holder_name", "holder_kind", "programme", "batch", "purpose", "level", "stage", "stage_on"),
    *("letter", "contact", "phone", "note", "area"),
)
FIELDS = {**{name: name for name in SAME}, "credit_code": "organisation__credit_code"}
REACHED: Mapping[str, Stage] = {
    "sounded_on": Stage.SOUNDED,
    "pooled_on": Stage.POOLED,
    "declared_on": Stage.DECLARED,
    "recommended_on": Stage.RECOMMENDED,
    "city_on": Stage.CITY,
    "province_on": Stage.PROVINCE,
    "public_on": Stage.PUBLIC,
    "passed_on": Stage.PASSED,
    "failed_on": Stage.FAILED,
}
_BASE = worded(
    of_model("nominations", Nomination, FIELDS),
    {"holder_kind": dict(Holder.choices), "purpose": dict(Nomination.For.choices)},
)


def rows(region: str, fields: Sequence[str], recorded: datetime | None = None) -> pl.DataFrame:
    """Return the region's standing nominations in the order of their ids, as they were known at a moment.

    A stage's day is the first on which it was reached: a nomination that was returned and recommended again counts
    in the period of its first recommendation. A stage that was never registered has no day.
    """
    frame = _BASE.rows(region, [name for name in fields if name not in REACHED], recorded)
    asked = [name for name in fields if name in REACHED]
    if not asked:
        return frame
    days = _first_days(region, recorded)
    keys = [int(key) for key in frame["id"]]
    return frame.with_columns(
        pl.Series(name, [days.get((key, REACHED[name])) for key in keys], dtype=pl.Date) for name in asked
    )


def _first_days(region: str, recorded: datetime | None) -> dict[tuple[int, str], date]:
    if recorded is None:
        steps: Any = NominationStep.objects.filter(nomination__region_id=region)
        found = steps.values_list("nomination_id", "stage").annotate(first=Min("on"))
        return {(nomination, stage): first for nomination, stage, first in found}
    return _past_days(recorded)


def _past_days(recorded: datetime) -> dict[tuple[int, str], date]:
    """Return the days as the steps stood at a moment: the newest state of each, without those taken out by then."""
    states = apps.get_model("registry", "NominationStepEvent").objects
    newest = (
        states.filter(pgh_created_at__lte=recorded).order_by("id", "-pgh_id").distinct("id").values("pgh_id")
    )
    kept = states.filter(pgh_id__in=newest).exclude(pgh_label="delete")
    days: dict[tuple[int, str], date] = {}
    for nomination, stage, on in kept.values_list("nomination_id", "stage", "on"):
        known = days.get((nomination, stage))
        days[nomination, stage] = on if known is None else min(known, on)
    return days


def provide() -> None:
    """Register nominations as a record kind."""
    told = {**_BASE.fields, **dict.fromkeys(REACHED, "stage")}
    tables = _BASE.tables | {NominationStep._meta.db_table}
    register(RowSource("nominations", Nomination, rows, told, FIELDS, tables))
