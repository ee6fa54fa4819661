"""Verdicts of this moment, not stored: of one organisation with reasons, of values typed in, of many on another day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from wanqi.core.packs import current_pack
from wanqi.registry.facts.evaluating import organisation_json, organisations_json
from wanqi.registry.models import Organisation
from wanqi.rules.programmes import Evaluator, Outcome, check_organisation

from ..checkup.plans import prepared
from .ready import own_turns, require_programme, today, tracks_of, working
from .working import Answer

TOGETHER = 500


def evaluator(region: str, kind: str, on: date) -> Evaluator:
    """Return every programme of a region in force on a day for one kind of application, ready to be asked."""
    return prepared(current_pack(region), on, kind).evaluator


def outcomes(
    organisation: Organisation,
    *,
    kind: str = "new",
    on: date | None = None,
    programmes: Iterable[str] | None = None,
) -> list[Outcome]:
    """Return the outcomes of an organisation from what is known of it, in the pack's order; on: without, today.

    Raises OrganisationRefused or ValueRefused for data that the vocabulary does not allow.
    """
    day = on or today(organisation.region_id)
    given = organisation_json(organisation, day)
    return answer(given, organisation.region_id, kind=kind, on=day, programmes=programmes)


def explain(
    organisation: Organisation, programme: str, *, kind: str = "new", on: date | None = None
) -> Outcome:
    """Return the outcome of one programme, in force or not. Raises RowMissing for one the region does not have."""
    require_programme(current_pack(organisation.region_id), programme)
    found = outcomes(organisation, kind=kind, on=on, programmes=[programme])
    return found[0] if found else not_in_force(programme)


def answer(
    given: Mapping[str, Any],
    region: str,
    *,
    kind: str = "new",
    on: date | None = None,
    programmes: Iterable[str] | None = None,
) -> list[Outcome]:
    """Return the outcomes of {"facts", "records"} as `wanqi evaluate` reads them, in the pack's order.

    on: without, today. programmes: of these only; one that is not in force has no outcome here. Raises
    OrganisationRefused or ValueRefused.
    """
    pack = current_pack(region)
    check_organisation(given, pack.rule_scope)
    wanted = None if programmes is None else set(programmes)
    found = evaluator(region, kind, on or timezone.localdate()).evaluate(given)
    return [one for one in found if wanted is None or one.programme in wanted]


def not_in_force(programme: str) -> Outcome:
    """Return the outcome of a programme that has no version in force."""
    return Outcome(programme, None, "unmet", "not_in_force", None, None, (), lambda brief: None, lambda: ())


def worked_out(region: str, kind: str, on: date, organisations: Sequence[int]) -> list[Answer]:
    """Return what standings would say of some organisations on a day, of programmes in force then; nothing is stored.

    Those whose data the vocabulary does not allow are left out. Raises ValueRefused as `outcomes` does.
    """
    ready = working(region, kind, on, tracks=tracks_of(region))
    found: list[Answer] = []
    for start in range(0, len(organisations), TOGETHER):
        part = Q(pk__in=organisations[start : start + TOGETHER])
        rows = list(Organisation.objects.current().filter(part, region_id=region).order_by("pk"))
        turns = own_turns([one.pk for one in rows], on)
        for row, line in zip(rows, organisations_json(rows, on), strict=True):
            found += ready.answers(row.pk, line, turn=turns.get(row.pk))
    return found
