"""Writers of shortfalls: 登记 → 交办 → 反馈 → 销号, each a step of its own with its audit row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import Writers, changes_between, checked_reason, create_row, record, stripped
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused
from wanqi.core.models import Attachment, Office, Unit
from wanqi.core.packs import current_pack

from ..errors import PeriodRefused
from ..evaluate import read_period
from ..models import Shortfall

State = Shortfall.State


def _checked(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    asked = {"title": "请写明短板的名称。", "finding": "请写明差多少。"}
    empty = {name: [told] for name, told in asked.items() if name in clean and not clean[name]}
    if empty:
        raise RowInvalid(empty)
    if "indicator" in clean and clean["indicator"] not in current_pack(region).indicators:
        raise RowInvalid({"indicator": [f"没有“{clean['indicator']}”这个指标，请从指标目录中选择。"]})
    if "period" in clean:
        try:
            read_period(clean["period"])
        except PeriodRefused as refused:
            raise RowInvalid({"period": [str(refused)]}) from None
    return clean


SHORTFALLS = Writers(Shortfall, _checked)


@transaction.atomic
def raise_shortfall(
    values: Mapping[str, Any],
    *,
    office: Office | None,
    unit: Unit | None,
    due_on: date | None,
    actor: Actor,
    region: str,
    is_demonstration: bool = False,
) -> Shortfall:
    """Register a shortfall and hand it on in one act. Raises RowInvalid, AccessRefused; then nothing is kept."""
    clean = _checked(region, values)
    row = create_row(Shortfall(region_id=region, is_demonstration=is_demonstration, **clean), actor=actor)
    return assign_shortfall(
        row, office=office, unit=unit, person=row.person, due_on=due_on, action=row.action, actor=actor
    )


@transaction.atomic
def assign_shortfall(
    row: Shortfall,
    *,
    office: Office | None,
    unit: Unit | None,
    person: str,
    due_on: date | None,
    action: str,
    actor: Actor,
) -> Shortfall:
    """Hand a shortfall to an office or unit, with who answers and until when. Raises RowInvalid, StepRefused."""
    held = _held(row, actor, "correct", State.RAISED, State.ASSIGNED)
    problems: dict[str, list[str]] = {}
    if office is None and unit is None:
        problems["assigned_office"] = ["请选择承办股室或责任单位。"]
    if due_on is None or due_on < held.raised_on:
        problems["due_on"] = [f"请填写完成时限，且不早于登记日期{held.raised_on.isoformat()}。"]
    if len(person.strip()) > 60:
        problems["person"] = ["责任人请写在60字以内。"]
    if problems:
        raise RowInvalid(problems)
    values = {
        "assigned_office": office,
        "unit": unit,
        "person": person.strip(),
        "due_on": due_on,
        "action": action.strip(),
        "state": State.ASSIGNED,
    }
    return _stepped(held, values, "交办" if held.state == State.RAISED else "改派", actor)


@transaction.atomic
def answer_shortfall(
    row: Shortfall, *, answer: str, on: date | None, actor: Actor, file: Attachment | None = None
) -> Shortfall:
    """Note what was done and when, by who was asked to act. Raises RowInvalid, StepRefused, AccessRefused."""
    held = _held(row, actor, "submit", State.ASSIGNED)
    if not answer.strip():
        raise RowInvalid({"answer": ["请填写反馈情况：做了什么，现在差多少。"]})
    if on is None or on < held.raised_on:
        raise RowInvalid({"answered_on": ["请填写反馈日期，且不早于登记日期。"]})
    values = {"answer": answer.strip(), "answered_on": on, "answer_file": file, "state": State.ANSWERED}
    return _stepped(held, values, "反馈", actor)


@transaction.atomic
def close_shortfall(row: Shortfall, *, closing: str, on: date | None, actor: Actor) -> Shortfall:
    """Strike an answered shortfall off the list, with what that rests on. Raises RowInvalid, StepRefused."""
    held = _held(row, actor, "correct", State.ANSWERED)
    if on is None or held.answered_on is None or on < held.answered_on:
        raise RowInvalid({"closed_on": ["请填写销号日期，且不早于反馈日期。"]})
    reason = checked_reason(closing)
    return _stepped(held, {"closed_on": on, "closing": reason, "state": State.CLOSED}, "销号", actor, reason)


@transaction.atomic
def reopen_shortfall(row: Shortfall, *, reason: str, actor: Actor) -> Shortfall:
    """Send a shortfall back to be worked on, with the reason. Raises ReasonMissing, StepRefused."""
    why = checked_reason(reason)
    held = _held(row, actor, "correct", State.ANSWERED, State.CLOSED)
    values = {"closed_on": None, "closing": "", "state": State.ASSIGNED}
    return _stepped(held, values, "退回办理", actor, why)


def may_step(row: Shortfall, actor: Actor, verb: str) -> bool:
    """Return whether the actor may take a step: `correct` of who registered it, `submit` of who has to act."""
    own = {"office": row.office_id, "area": None, "unit": None}
    acting = {"office": row.assigned_office_id, "area": None, "unit": row.unit_id}
    places = (own,) if verb == "correct" else (own, acting)
    return any(actor.may_place("shortfall", verb, region=row.region_id, **place) for place in places)


def _held(row: Shortfall, actor: Actor, verb: str, *states: State) -> Shortfall:
    held: Shortfall = Shortfall.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not may_step(held, actor, verb):
        raise AccessRefused("这条短板不归您的股室或单位办理。", hint="请联系登记或承办的股室。")
    if held.withdrawn_at is not None:
        raise StepRefused("该短板已撤销。", hint="如需办理，请先恢复该记录。")
    if held.state not in states:
        raise StepRefused(
            f"该短板现在是“{held.get_state_display()}”，不能办这一步。", hint="请刷新页面后核对。"
        )
    return held


def _stepped(
    row: Shortfall, values: Mapping[str, Any], verb: str, actor: Actor, reason: str = ""
) -> Shortfall:
    changes = changes_between(row, values)
    for name, new in values.items():
        setattr(row, name, new)
    row.version += 1
    row.updated_at = Now()
    row.save(update_fields=[*values, "version", "updated_at"])
    row.refresh_from_db()
    record(row, verb, actor=actor, changes=changes, reason=reason)
    return row
