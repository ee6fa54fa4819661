"""Writers of problems enterprises raise: 交办 → 反馈 → 销号, each a step of its own with its audit row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import Writers, checked_reason, record, shown, stripped
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused
from wanqi.core.models import Office, Unit

from ..models import Problem

State = Problem.State


def _problem(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    organisation = values.get("organisation")
    if organisation is not None and not clean.get("enterprise_name"):
        clean["enterprise_name"] = organisation.name
    return clean


PROBLEMS = Writers(Problem, _problem)


@transaction.atomic
def assign_problem(
    row: Problem, *, office: Office | None, unit: Unit | None, due_on: date | None, actor: Actor
) -> Problem:
    """Hand a problem to an office or unit with a day by which it is to be answered. Raises RowInvalid, StepRefused."""
    held = _held(row, actor, State.RAISED, State.ASSIGNED)
    if office is None and unit is None:
        raise RowInvalid({"assigned_office": ["请选择承办股室或承办单位。"]})
    if due_on is None or due_on < held.raised_on:
        raise RowInvalid({"due_on": ["请填写办理时限，且不早于提出日期。"]})
    values = {"assigned_office": office, "assigned_unit": unit, "due_on": due_on, "state": State.ASSIGNED}
    return _stepped(held, values, "交办", actor)


@transaction.atomic
def answer_problem(row: Problem, *, answer: str, on: date | None, actor: Actor) -> Problem:
    """Note what was done about a problem and when. Raises RowInvalid, StepRefused."""
    held = _held(row, actor, State.ASSIGNED)
    if not answer.strip():
        raise RowInvalid({"answer": ["请填写反馈情况。"]})
    if on is None or on < held.raised_on:
        raise RowInvalid({"answered_on": ["请填写反馈日期，且不早于提出日期。"]})
    values = {"answer": answer.strip(), "answered_on": on, "state": State.ANSWERED}
    return _stepped(held, values, "反馈", actor)


@transaction.atomic
def close_problem(row: Problem, *, on: date | None, actor: Actor) -> Problem:
    """Strike an answered problem off the list. Raises RowInvalid, StepRefused."""
    held = _held(row, actor, State.ANSWERED)
    if on is None or held.answered_on is None or on < held.answered_on:
        raise RowInvalid({"closed_on": ["请填写销号日期，且不早于反馈日期。"]})
    return _stepped(held, {"closed_on": on, "state": State.CLOSED}, "销号", actor)


@transaction.atomic
def reopen_problem(row: Problem, *, reason: str, actor: Actor) -> Problem:
    """Send a problem back to be worked on, with the reason. Raises ReasonMissing, StepRefused."""
    why = checked_reason(reason)
    held = _held(row, actor, State.ANSWERED, State.CLOSED)
    return _stepped(held, {"closed_on": None, "state": State.ASSIGNED}, "退回办理", actor, why)


def _held(row: Problem, actor: Actor, *states: State) -> Problem:
    held: Problem = Problem.objects.select_for_update(of=("self",)).get(pk=row.pk)
    place = {"office": held.office_id, "area": held.area_id, "unit": held.unit_id}
    assigned = {"office": held.assigned_office_id, "area": held.area_id, "unit": held.assigned_unit_id}
    if not any(
        actor.may_place("problem", "correct", region=held.region_id, **one) for one in (place, assigned)
    ):
        raise AccessRefused("这条诉求不归您的股室办理。", hint="请联系登记或承办的股室。")
    if held.withdrawn_at is not None:
        raise StepRefused("该诉求已撤销。", hint="如需办理，请先恢复该记录。")
    if held.state not in states:
        raise StepRefused(
            f"该诉求现在是“{held.get_state_display()}”，不能办这一步。", hint="请刷新页面后核对。"
        )
    return held


def _stepped(row: Problem, values: Mapping[str, Any], verb: str, actor: Actor, reason: str = "") -> Problem:
    changes = []
    for name, new in values.items():
        old = getattr(row, name)
        if old == new:
            continue
        label = str(getattr(row._meta.get_field(name), "verbose_name", name))
        changes.append({"field": name, "label": label, "old": shown(old), "new": shown(new)})
        setattr(row, name, new)
    row.version += 1
    row.updated_at = Now()
    row.save(update_fields=[*values, "version", "updated_at"])
    row.refresh_from_db()
    record(row, verb, actor=actor, changes=changes, reason=reason)
    return row
