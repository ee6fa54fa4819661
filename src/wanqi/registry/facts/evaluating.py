"""An organisation as `wanqi evaluate` reads it: facts of the sources that count, records with how far they go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wanqi.core.packs import current_pack
from wanqi.packs import Pack

from ..models import Fact, Organisation
from .reading import Cell, arranged, open_sources, standing
from .sources import records_of
from .values import as_json


def organisation_json(organisation: Organisation, on: date) -> dict[str, Any]:
    """Return {"id", "facts", "records"} of one organisation on a day; see docs/reference/evaluate.md."""
    return organisations_json([organisation], on)[0]


def organisations_json(organisations: Sequence[Organisation], on: date) -> list[dict[str, Any]]:
    """Return the input of `wanqi evaluate` for organisations of one region, in their order; a handful of queries.

    Statistical micro-data are not among the facts.
    """
    if not organisations:
        return []
    pack = current_pack(organisations[0].region_id)
    ids = [one.pk for one in organisations]
    rows = Fact.objects.filter(organisation__in=ids, source_class__in=open_sources("matching"))
    gathered: dict[int, list[Fact]] = {pk: [] for pk in ids}
    for row in standing(rows.order_by("recorded_at", "pk"), on=on):
        gathered[row.organisation_id].append(row)
    records = records_of(ids, pack)
    return [
        {
            "id": str(one.pk),
            "facts": {**own_columns(one, pack), **facts_json(arranged(gathered[one.pk], pack), pack)},
            "records": _former_names(one, records[one.pk]),
        }
        for one in organisations
    ]


def own_columns(organisation: Organisation, pack: Pack) -> dict[str, Any]:
    """Return the facts whose home is a column of the organisation itself, those that are known."""
    found = {}
    for name, spec in pack.facts.items():
        home, _, column = spec.home.partition(".")
        value = getattr(organisation, column, None) if home == "organisation" else None
        if value not in (None, ""):
            found[name] = as_json(spec, value)
    return found


def facts_json(cells: dict[str, dict[str, Cell]], pack: Pack) -> dict[str, Any]:
    """Return the preferred values as `facts` of `wanqi evaluate` has them: annual ones by year."""
    found: dict[str, Any] = {}
    for name, periods in cells.items():
        spec = pack.facts.get(name)
        if spec is None or spec.home != "fact":
            continue  # no longer in the vocabulary, or moved
        by_period = {period: as_json(spec, cell.value) for period, cell in periods.items()}
        if spec.period == "annual":
            found[name] = {period: value for period, value in by_period.items() if period}
        elif "" in by_period:
            found[name] = by_period[""]
    return found


def _former_names(organisation: Organisation, records: dict[str, Any]) -> dict[str, Any]:
    """Return the records with the former names of the register before the end of their list."""
    names = [{"name": name} for name in organisation.former_names]
    if names:
        ended = records.get("former_names") or [{"complete_until": "1900-01-01"}]
        records["former_names"] = [*names, *ended]
    return records
