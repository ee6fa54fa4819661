"""One enterprise against the programmes: values typed in, stored nowhere, or a registered one by whoever may see it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.params import Path

from wanqi.core.access import Actor, require
from wanqi.core.packs import current_pack
from wanqi.policies import standings
from wanqi.policies.checkup import DISCLAIMER, Combination, checkup
from wanqi.registry.access import get_checked
from wanqi.registry.facts.evaluating import organisation_json
from wanqi.rules.programmes import Outcome

from .catalogue import On, require_known
from .door import REFUSED, api, signed_in
from .schemas import Answer, Asked, Kind

Row = Annotated[int, Path(ge=1, le=2**63 - 1)]
QUESTIONS = 20


@api.post("/check", response={200: Answer, **REFUSED}, tags=["条件比对"], summary="按填写的数据比对，不保存")
def check(request: HttpRequest, asked: Asked) -> Any:
    """Return the verdict on every programme for the values given, with reasons, and what to ask for next.

    Nothing is stored. Values that the vocabulary does not allow are refused with their place.
    """
    given = {"id": "check", **asked.model_dump(include={"facts", "records"})}
    return _answered(given, on=asked.on, kind=asked.kind, programmes=asked.programmes, region=settings.REGION)


@api.get(
    "/organisations/{organisation}/check",
    response={200: Answer, **REFUSED},
    auth=signed_in,
    tags=["条件比对"],
    summary="一家企业的条件比对",
)
def organisation_check(request: HttpRequest, organisation: Row, on: On = None, kind: Kind = "new") -> Any:
    """Return what the page 政策体检 rests on, for an enterprise the visitor may see."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "checkup", "view")
    found = get_checked(actor, organisation)
    day = on or _today(actor, found.region_id)
    given = organisation_json(found, day)
    return _answered(given, on=day, kind=kind, programmes=[], region=found.region_id)


def _today(actor: Actor, region: str) -> date:
    """Return the day the pages look from: a demonstration account sees the day its demonstration stands at.

    Not the day of the standings, which an enterprise's user may not read.
    """
    demo = current_pack(region).demo if actor.user is not None and actor.user.is_demonstration else None
    return demo.as_of if demo else timezone.localdate()


def _answered(
    given: dict[str, Any], *, on: Any, kind: str, programmes: list[str], region: str
) -> dict[str, Any]:
    pack, day = current_pack(region), on or timezone.localdate()
    require_known(pack, programmes)
    lines = standings.answer(given, region, kind=kind, on=day, programmes=programmes or None)
    found = checkup(pack, day, given, only=programmes or None, kind=kind)
    return {
        "region": region,
        "on": day,
        "kind": kind,
        "disclaimer": DISCLAIMER,
        "lines": [_line(one, given["id"]) for one in lines],
        "questions": [
            {"section": one.section, "id": one.id, "title": one.title, "period": one.period, "type": one.type,
             "unit": one.unit, "choices": list(one.choices)}
            for one in found.questions[:QUESTIONS]
        ],
        "combination": _combination(found.combination),
    }  # fmt: skip


def _combination(found: Combination | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "chosen": [
            {"programme": one.id, "title": one.title, "paid": _bounds(one.paid), "note": one.note}
            for one in found.chosen
        ],
        "total": _bounds(found.total),
        "left": [{"title": title, "reason": reason} for title, reason in found.left],
    }


def _bounds(ends: tuple[Decimal, Decimal | None]) -> dict[str, str | None]:
    low, high = (None if one is None else f"{one:.2f}" for one in ends)
    return {"low": low, "high": high}


def _line(one: Outcome, id: object) -> dict[str, Any]:
    return one.as_json(str(id))
