"""Writers of determinations: the verdict somebody relied on, with everything it was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models, transaction

from wanqi import __version__
from wanqi.core.access import Actor
from wanqi.core.actions import record_each
from wanqi.core.errors import AccessRefused, RowInvalid
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.evaluating import organisations_json
from wanqi.registry.facts.reading import arranged, open_sources, standing
from wanqi.registry.models import Fact, Organisation
from wanqi.rules.errors import ValueRefused
from wanqi.rules.programmes import OrganisationRefused, Outcome, check_organisation

from ..checkup.plans import prepared_one
from ..models import Determination, Kind, RuleVersion, Verdict
from ..standings.asking import not_in_force
from ..standings.ready import require_programme, today
from ..standings.working import Answer, Working
from .standing_books import rule_of

VERDICTS = {"unmet": Verdict.UNMET, "unknown": Verdict.UNKNOWN, "met": Verdict.MET}
MOST_PURPOSE = 200


def determine(
    organisation: Organisation,
    programme: str,
    *,
    actor: Actor,
    purpose: str,
    kind: str = Kind.NEW,
    on: date | None = None,
    relied: models.Model | None = None,
) -> Determination:
    """Write down what the verdict is now, because somebody relies on it; see `determine_many`."""
    return determine_many(
        [organisation],
        programme,
        actor=actor,
        purpose=purpose,
        kind=kind,
        on=on,
        relied=None if relied is None else {organisation.pk: relied},
    )[0]


@transaction.atomic
def determine_many(
    organisations: Sequence[Organisation],
    programme: str,
    *,
    actor: Actor,
    purpose: str,
    kind: str = Kind.NEW,
    on: date | None = None,
    relied: Mapping[int, models.Model] | None = None,
) -> list[Determination]:
    """Write one determination for each organisation, all or none, each with its audit row.

    purpose: what it is relied on for, in words; relied: organisation → the row it serves. on: without, the day of the
    standings. The verdict is worked out here from what is known in this transaction, never taken from a standing.
    Raises AccessRefused, RowMissing for an unknown programme, RowInvalid without a purpose or for data the vocabulary
    does not allow.
    """
    said = purpose.strip()
    if not said or len(said) > MOST_PURPOSE:
        raise RowInvalid({"purpose": [f"请写明用途，{MOST_PURPOSE}字以内，如“县级推荐”。"]})
    found: list[Determination] = []
    for region in dict.fromkeys(one.region_id for one in organisations):
        own = [one for one in organisations if one.region_id == region]
        _require(actor, region)
        require_programme(current_pack(region), programme)
        found += _written(
            own, programme, kind, on or today(region), actor=actor, purpose=said, relied=relied or {}
        )
    places = {one.organisation_id: one for one in found}
    return [places[one.pk] for one in organisations]


def _require(actor: Actor, region: str) -> None:
    if not actor.may_place("determination", "create", region=region, office=None, area=None, unit=None):
        raise AccessRefused("您的角色不能出具条件比对结果。", hint="请联系经办人或股室负责人。")


def _written(
    organisations: Sequence[Organisation],
    programme: str,
    kind: str,
    on: date,
    *,
    actor: Actor,
    purpose: str,
    relied: Mapping[int, models.Model],
) -> list[Determination]:
    region = organisations[0].region_id
    pack = current_pack(region)
    # Of this programme alone: all others would be worked out as well and thrown away, five sixths of the time.
    ready = Working(prepared_one(pack, programme, on, kind), only=programme)
    rule = rule_of(region, pack, programme, kind, on) if programme in ready.ruled else None
    lines = organisations_json(organisations, on)
    sources = _sources(organisations, pack, on)
    rows = []
    for organisation, line in zip(organisations, lines, strict=True):
        outcome, answer = not_in_force(programme), None
        if rule is not None:
            try:
                check_organisation(line, pack.rule_scope)
                outcome = next(one for one in ready.evaluator.evaluate(line) if one.programme == programme)
                answer = next(iter(ready.answers(organisation.pk, line, programmes=[programme])))
            except (OrganisationRefused, ValueRefused) as refused:
                raise RowInvalid({"": [f"{organisation.name}的数据不能比对：{refused}"]}) from None
        row = Determination(
            **_columns(outcome, answer, rule),
            region_id=region,
            organisation=organisation,
            programme=programme,
            kind=kind,
            on=on,
            explanation=outcome.as_json(line["id"]),
            inputs={"organisation": line, "sources": sources.get(organisation.pk, {})},
            pack_digest=pack.digest,
            program_version=__version__,
            purpose=purpose,
            **_served(relied.get(organisation.pk)),
            relied_by=actor.user,
            relied_name=actor.name,
            is_demonstration=organisation.is_demonstration,
        )
        rows.append(row)
    Determination.objects.bulk_create(rows)
    record_each(rows, "出具条件比对结果", actor=actor, reason=purpose)
    return rows


def _served(row: models.Model | None) -> dict[str, str]:
    if row is None:
        return {}
    return {"relied_kind": row._meta.label_lower, "relied_id": str(row.pk)}


def _columns(outcome: Outcome, answer: Answer | None, rule: RuleVersion | None) -> dict[str, Any]:
    return {
        "rule": rule,
        "rule_digest": "" if rule is None else rule.digest,
        "verdict": VERDICTS[outcome.verdict],
        "why": outcome.why or "",
        "short": None if answer is None else answer.short,
        "digest": "" if answer is None else f"blake2b-128:{answer.digest.hex()}",
    }


def _sources(
    organisations: Sequence[Organisation], pack: Pack, on: date
) -> dict[int, dict[str, Mapping[str, Any]]]:
    """Return organisation → `facts/<id>[@<year>]` → who said it, when, and the number of the fact's row."""
    rows = Fact.objects.filter(
        organisation__in=[one.pk for one in organisations], source_class__in=open_sources("matching")
    )
    gathered: dict[int, list[Fact]] = {}
    for row in standing(rows.order_by("recorded_at", "pk"), on=on):
        gathered.setdefault(row.organisation_id, []).append(row)
    return {
        organisation: {
            f"facts/{name}@{period}" if period else f"facts/{name}": {
                "row": cell.preferred.pk,
                "class": cell.preferred.source_class,
                "source": cell.preferred.source,
                "recorded_at": cell.preferred.recorded_at.isoformat(),
            }
            for name, periods in arranged(found, pack).items()
            for period, cell in periods.items()
        }
        for organisation, found in gathered.items()
    }
