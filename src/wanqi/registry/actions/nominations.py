"""Writers of the register of nominations: created, moved stage by stage, returned, passed or not, put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import Writers, correct_row
from wanqi.core.actions.rows import checked_reason
from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.core.models import Attachment

from ..models import Nomination, NominationStep, Recognition
from ..models.recognitions import Kind, Stage
from ..programmes import granted_in
from ..validity import same_holder
from .holding import cleaned, completed
from .recognitions import create_recognition

ORDER = tuple(Stage)
WAY = ORDER[:-2]  # before the outcome
OUTCOMES = (Stage.PASSED, Stage.FAILED)
NOT_RECOMMENDED = "不推荐"
MOST_MOVED = 500  # rows of one bulk move


def _clean(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean, _ = cleaned(region, values)
    if "batch" in clean and not clean["batch"]:
        raise RowInvalid({"batch": ["请填写批次，如“2023年第一批”。"]})
    return clean


NOMINATIONS = Writers(Nomination, _clean)


@transaction.atomic
def create_nomination(
    values: Mapping[str, Any],
    *,
    actor: Actor,
    region: str,
    is_demonstration: bool = False,
    steps: Sequence[tuple[str, date]] = (),
) -> Nomination:
    """Register a nomination at its stage. Raises RowInvalid, AccessRefused.

    steps: stages it has passed with their days, oldest first; without them the stage of `values` on its `stage_on`.
    """
    given = completed(region, values)
    if steps:
        given["stage"], given["stage_on"] = steps[-1]
    stage = Stage(given.get("stage") or Stage.SOUNDED)
    if stage == Stage.FAILED and not given.get("reason"):
        raise RowInvalid({"reason": ["请写明未通过的原因。"]})
    made = NOMINATIONS.create(
        {**given, "stage": stage}, actor=actor, region=region, is_demonstration=is_demonstration
    )
    taken = list(steps) or ([(stage, made.stage_on)] if made.stage_on else [])
    _check_order(taken)
    NominationStep.objects.bulk_create(
        NominationStep(nomination=made, stage=one, on=on, recorded_by=actor.user) for one, on in taken
    )
    return made


@transaction.atomic
def create_nominations(
    rows: Sequence[Mapping[str, Any]], *, actor: Actor, region: str, is_demonstration: bool = False
) -> Sequence[Nomination]:
    """Register many nominations at once, each at its stage and with its audit row, all or none; in their order.

    Raises RowInvalid, AccessRefused.
    """
    given = [{"stage": Stage.SOUNDED, **completed(region, values)} for values in rows]
    if any(one["stage"] == Stage.FAILED and not one.get("reason") for one in given):
        raise RowInvalid({"reason": ["请写明未通过的原因。"]})
    made = NOMINATIONS.create_many(given, actor=actor, region=region, is_demonstration=is_demonstration)
    NominationStep.objects.bulk_create(
        NominationStep(nomination=one, stage=one.stage, on=one.stage_on, recorded_by=actor.user)
        for one in made
        if one.stage_on
    )
    return made


def _check_order(steps: Sequence[tuple[str, date]]) -> None:
    for (_, earlier), (stage, later) in pairwise(steps):
        if later < earlier:
            raise RowInvalid({"stage_on": [f"“{stage}”的日期早于前一阶段，请核对。"]})


def next_stages(stage: str) -> tuple[Stage, ...]:
    """Return the stages a nomination may go on to: any later one; none after the outcome."""
    if stage in OUTCOMES:
        return ()
    return ORDER[ORDER.index(Stage(stage)) + 1 :]


def earlier_stages(stage: str) -> tuple[Stage, ...]:
    """Return the stages a nomination may be returned to: those before its own, none after the outcome."""
    return () if stage in OUTCOMES else ORDER[: ORDER.index(Stage(stage))]


@transaction.atomic
def move_nomination(
    row: Nomination,
    *,
    to: str,
    on: date | None,
    actor: Actor,
    note: str = "",
    reason: str = "",
    letter: str = "",
    file: Attachment | None = None,
    recognition: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Nomination:
    """Take a nomination to a later stage on a day; returns it. 已通过 creates or links its recognition.

    reason: needed for 未通过 (不推荐 is written in it). recognition: further values of the recognition, as its 文号.
    Raises RowInvalid, StepRefused for a stage that is not later, ReasonMissing, RowStale, AccessRefused.
    """
    row = _held(row)
    stage = _stage(to)
    if stage not in next_stages(row.stage):
        raise StepRefused(
            f"“{row}”现在是“{row.stage}”，不能改为“{stage}”。", hint="退回用“退回”，登记有误用“更正阶段”。"
        )
    day = _day(row, on)
    why = checked_reason(reason) if stage == Stage.FAILED else reason.strip()
    values: dict[str, Any] = {"stage": stage, "stage_on": day}
    if stage == Stage.FAILED:
        values["reason"] = why
    if letter.strip():
        values["letter"] = letter.strip()
    if stage == Stage.PASSED:
        values["recognition"] = _recognition_of(row, day, recognition or {}, actor=actor)
    said = why or note.strip() or f"{stage} {day.isoformat()}"
    moved = correct_row(row, values, actor=actor, reason=said, seen=seen, verb=str(stage))
    NominationStep.objects.create(
        nomination=moved,
        stage=stage,
        on=day,
        note=(why or note.strip())[:300],
        file=file,
        recorded_by=actor.user,
    )
    return moved


@transaction.atomic
def move_nominations(
    rows: Sequence[Nomination],
    *,
    to: str,
    on: date | None,
    actor: Actor,
    note: str = "",
    reason: str = "",
    letter: str = "",
    recognition: Mapping[str, Any] | None = None,
) -> list[Nomination]:
    """Take many nominations to a stage, each with its own audit row; all or none."""
    if not rows:
        raise StepRefused("还没有选择申报。", hint="请先在列表或看板上勾选。")
    if len(rows) > MOST_MOVED:
        raise StepRefused(f"一次最多处理{MOST_MOVED}家，现在选了{len(rows)}家。", hint="请分几次处理。")
    ordered = sorted(rows, key=lambda row: row.pk)  # always locked in the same order
    given = {"to": to, "on": on, "note": note, "reason": reason, "letter": letter, "recognition": recognition}
    return [move_nomination(row, actor=actor, **given) for row in ordered]  # type: ignore[arg-type]


@transaction.atomic
def withdraw_nominations(rows: Sequence[Nomination], *, reason: str, actor: Actor) -> list[Nomination]:
    """Take many nominations that were registered by mistake out of every list and figure; all or none."""
    if not rows:
        raise StepRefused("还没有选择申报。", hint="请先在列表或看板上勾选。")
    if len(rows) > MOST_MOVED:
        raise StepRefused(f"一次最多处理{MOST_MOVED}家，现在选了{len(rows)}家。", hint="请分几次处理。")
    ordered = sorted(rows, key=lambda row: row.pk)  # always locked in the same order
    return [NOMINATIONS.withdraw(row, actor=actor, reason=reason) for row in ordered]


@transaction.atomic
def return_nomination(
    row: Nomination, *, to: str, on: date | None, reason: str, actor: Actor, seen: int | None = None
) -> Nomination:
    """Note that the level above sent a nomination back to an earlier stage. Raises as `move_nomination`."""
    row = _held(row)
    stage, why = _stage(to), checked_reason(reason)
    if stage not in earlier_stages(row.stage):
        raise StepRefused(f"“{row}”现在是“{row.stage}”，不能退回到“{stage}”。", hint="请选择更早的阶段。")
    day = _day(row, on)
    values = {"stage": stage, "stage_on": day, "reason": f"退回：{why}"}
    moved = correct_row(row, values, actor=actor, reason=why, seen=seen, verb="退回")
    NominationStep.objects.create(
        nomination=moved, stage=stage, on=day, note=f"退回：{why}"[:300], recorded_by=actor.user
    )
    return moved


@transaction.atomic
def correct_stage(
    row: Nomination, *, to: str, on: date | None, reason: str, actor: Actor, seen: int | None = None
) -> Nomination:
    """Put a stage right that was registered wrongly; steps after it are taken out, their history stays.

    A recognition that the wrong step made is left to its own register and only unlinked here.
    Raises RowInvalid, ReasonMissing, StepRefused where nothing would change.
    """
    row = _held(row)
    stage, why = _stage(to), checked_reason(reason)
    if on is None:
        raise RowInvalid({"on": ["请填写到达该阶段的日期。"]})
    if stage == row.stage and on == row.stage_on:
        raise StepRefused("没有改动：阶段和日期与现有记录一致。")
    kept = row.steps.filter(on__lte=on).exclude(stage=stage).order_by("on", "pk")
    later = {one for one in ORDER if ORDER.index(one) > ORDER.index(stage)}
    row.steps.exclude(pk__in=[step.pk for step in kept if step.stage not in later]).delete()
    values: dict[str, Any] = {"stage": stage, "stage_on": on}
    if stage != Stage.PASSED:
        values["recognition"] = None
    values["reason"] = why if stage == Stage.FAILED else ""
    moved = correct_row(row, values, actor=actor, reason=why, seen=seen, verb="更正阶段")
    NominationStep.objects.create(
        nomination=moved, stage=stage, on=on, note=f"更正：{why}"[:300], recorded_by=actor.user
    )
    return moved


def _held(row: Nomination) -> Nomination:
    held: Nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.withdrawn_at is not None:
        raise StepRefused("该记录已撤销，不能改变阶段。", hint="如需继续，请先恢复该记录。")
    return held


def _stage(to: str) -> Stage:
    if to not in Stage.values:
        raise RowInvalid({"to": ["没有这个阶段，请从列表中选择。"]})
    return Stage(to)


def _day(row: Nomination, on: date | None) -> date:
    if on is None:
        raise RowInvalid({"on": ["请填写日期。"]})
    if row.stage_on is not None and on < row.stage_on:
        raise RowInvalid({"on": [f"日期早于“{row.stage}”的{row.stage_on.isoformat()}，请核对。"]})
    return on


def _recognition_of(
    row: Nomination, day: date, further: Mapping[str, Any], *, actor: Actor
) -> Recognition | None:
    """Return the recognition of a nomination that passed: the one of that day or document, else a new one."""
    granted = granted_in(row.region_id).get(row.programme)
    if granted is None or not granted.is_title:
        return None
    granted_on = further.get("granted_on") or day
    number = (further.get("document_number") or "").strip()
    wanted = Recognition(
        region_id=row.region_id,
        holder_kind=row.holder_kind,
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        holder_name=row.holder_name,
    )
    known = Recognition.objects.current().filter(
        same_holder(wanted), region_id=row.region_id, programme=row.programme
    )
    for one in known.order_by("-granted_on", "-pk"):
        if one.granted_on == granted_on or (number and one.document_number == number):
            return one
    kinds = {
        Nomination.For.NEW: Kind.FIRST,
        Nomination.For.REVIEW: Kind.REVIEW,
        Nomination.For.RENEWAL: Kind.AGAIN,
    }
    values = {
        "programme": row.programme,
        "holder_kind": row.holder_kind,
        "organisation": row.organisation,
        "person": row.person,
        "holder_name": row.holder_name,
        "area": row.area,
        "level": row.level,
        "batch": row.batch,
        "kind": kinds[Nomination.For(row.purpose)],
        "granted_on": granted_on,
        "document_number": number,
        "document_title": (further.get("document_title") or "").strip(),
        "source": row.source or "申报推荐台账",
        "office": row.office,
        "unit": row.unit,
    }
    return create_recognition(
        values, actor=actor, region=row.region_id, is_demonstration=row.is_demonstration
    )
