"""Writers of a draft's way: an office is done, 汇总, 送审 and back; what waits is told instead of passed over."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, record
from wanqi.core.errors import AccessRefused, RowInvalid, StepRefused

from ..access import may_compile, may_draft
from ..compile import compose_report
from ..errors import NotReady
from ..models import Draft, DraftPart, Edition
from ..readiness import open_parts, readiness_of
from .editions import keep_edition
from .held import locked_draft, require_step, take_step, write


def _locked_part(part: DraftPart) -> DraftPart:
    held: DraftPart = (
        DraftPart.objects.select_for_update(of=("self",)).select_related("office").get(pk=part.pk)
    )
    return held


def _write_part(
    part: DraftPart, state: DraftPart.State, verb: str, *, actor: Actor, reason: str = ""
) -> None:
    change = {
        "field": "state",
        "label": f"{part.office}",
        "old": part.get_state_display(),
        "new": str(state.label),
    }
    done = state == DraftPart.State.DONE
    part.state, part.reason = state, reason
    part.done_at, part.done_by = (Now(), actor.user) if done else (None, None)
    part.version += 1
    part.updated_at = Now()
    part.save(update_fields=["state", "reason", "done_at", "done_by", "version", "updated_at"])
    part.refresh_from_db()
    record(part.draft, verb, actor=actor, changes=[change], reason=reason)


@transaction.atomic
def finish_part(part: DraftPart, *, actor: Actor) -> DraftPart:
    """Say that an office has written its paragraphs (本股室已完成). Raises AccessRefused, StepRefused."""
    draft = locked_draft(part.draft)
    held = _locked_part(part)
    held.draft = draft
    if not may_draft(actor, draft, held.office_id):
        raise AccessRefused(f"这一部分由{held.office}起草。", hint="请联系该股室。")
    if not held.is_open or draft.state not in (Draft.State.DRAFTING, Draft.State.COMPILING):
        raise StepRefused(
            f"{held.office}现在是“{held.get_state_display()}”，不用再办。", hint="请刷新后核对。"
        )
    _write_part(held, DraftPart.State.DONE, "本股室已完成", actor=actor)
    return held


@transaction.atomic
def continue_part(part: DraftPart, *, actor: Actor) -> DraftPart:
    """Take back that an office is done, to write on, before 汇总. Raises AccessRefused, StepRefused."""
    draft = locked_draft(part.draft)
    held = _locked_part(part)
    held.draft = draft
    if not may_draft(actor, draft, held.office_id):
        raise AccessRefused(f"这一部分由{held.office}起草。", hint="请联系该股室。")
    if held.state != DraftPart.State.DONE or draft.state != Draft.State.DRAFTING:
        raise StepRefused("现在不能撤回。", hint="汇总以后要改的，请汇总股室退回。")
    _write_part(held, DraftPart.State.DRAFTING, "撤回完成", actor=actor)
    return held


@transaction.atomic
def collect_draft(
    draft: Draft, *, actor: Actor, missing: Iterable[int] = (), seen: int | None = None
) -> Draft:
    """Bring the offices' paragraphs together (汇总); those who are not done must be named in `missing`, by office.

    Raises NotReady with who is not done and not named, AccessRefused, StepRefused, RowStale.
    """
    held = locked_draft(draft, seen=seen)
    require_step(held, "collect", actor=actor)
    named = set(missing)
    waiting = open_parts(held)
    unnamed = [str(one.office) for one in waiting if one.office_id not in named]
    if unnamed:
        raise NotReady("汇总", [f"{'、'.join(unnamed)}还没有完成，请催办，或注明未交"])
    compiled = compose_report(held.region_id, held.period, draft=held)
    keep_edition(held, compiled, kind=Edition.Kind.COLLECTED, actor=actor)
    take_step(held, "collect", actor=actor)
    for one in waiting:
        one.draft = held
        _write_part(one, DraftPart.State.MISSING, "注明未交", actor=actor)
    return write(held, "state")


@transaction.atomic
def send_part_back(part: DraftPart, *, actor: Actor, reason: str) -> DraftPart:
    """Give an office its paragraphs back at 汇总, with a reason; the others stay as they are.

    Raises ReasonMissing, AccessRefused, StepRefused.
    """
    reason = checked_reason(reason)
    draft = locked_draft(part.draft)
    held = _locked_part(part)
    held.draft = draft
    if not may_compile(actor, draft):
        raise AccessRefused("退回由汇总股室负责人办理。", hint="请联系汇总股室负责人。")
    if draft.state != Draft.State.COMPILING or held.state == DraftPart.State.SENT_BACK:
        raise StepRefused(
            "现在不能退回这个股室。", hint="退回只用于“汇总”阶段还没有退回的股室；请刷新后核对。"
        )
    _write_part(held, DraftPart.State.SENT_BACK, "退回股室", actor=actor, reason=reason)
    return held


@transaction.atomic
def submit_draft(draft: Draft, *, actor: Actor, seen: int | None = None) -> Draft:
    """Hand a draft to the leaders (送审); from then on only they change its words.

    Raises NotReady with everything that stands against it: numbers linked to nothing without a reason, missing
    figures, errors of the auditor, offices that are not done; AccessRefused, StepRefused, RowStale.
    """
    held = locked_draft(draft, seen=seen)
    require_step(held, "submit", actor=actor)
    compiled = compose_report(held.region_id, held.period, draft=held)
    ready = readiness_of(held, compiled)
    if ready.obstacles:
        raise NotReady("送审", ready.obstacles)
    keep_edition(held, compiled, kind=Edition.Kind.SUBMITTED, actor=actor)
    take_step(held, "submit", actor=actor, changes=[_counted(ready.figures, len(ready.loose))])
    held.submitted_at, held.submitted_by, held.answer = Now(), actor.user, ""
    return write(held, "state", "submitted_at", "submitted_by", "answer")


def _counted(figures: int, loose: int) -> dict[str, str]:
    return {"field": "figures", "label": "数字", "old": "—", "new": f"{figures}处，其中未关联数据{loose}处"}


@transaction.atomic
def take_draft_back(draft: Draft, *, actor: Actor, seen: int | None = None) -> Draft:
    """Take a draft back from the leaders before it is signed (撤回送审). Raises StepRefused, AccessRefused."""
    held = locked_draft(draft, seen=seen)
    require_step(held, "take_back", actor=actor)
    take_step(held, "take_back", actor=actor)
    return write(held, "state")


@transaction.atomic
def send_draft_back(
    draft: Draft, *, actor: Actor, reason: str, offices: Iterable[int] = (), seen: int | None = None
) -> Draft:
    """Send a 送审稿 back to 汇总 with a reason; the paragraphs of `offices` go back to those offices.

    The text with the leader's own changes is kept as an edition. Raises ReasonMissing, RowInvalid for an office
    that has no part, AccessRefused, StepRefused, RowStale.
    """
    held = locked_draft(draft, seen=seen)
    require_step(held, "send_back", actor=actor)
    reason = checked_reason(reason)
    wanted = set(offices)
    parts = [one for one in held.parts.select_related("office") if one.office_id in wanted]
    if len(parts) != len(wanted):
        raise RowInvalid({"offices": ["选的股室不在这份材料里，请刷新后重选。"]})
    compiled = compose_report(held.region_id, held.period, draft=held)
    keep_edition(held, compiled, kind=Edition.Kind.SENT_BACK, actor=actor, reason=reason)
    held.answer = take_step(held, "send_back", actor=actor, reason=reason)
    for one in parts:
        one.draft = held
        _write_part(one, DraftPart.State.SENT_BACK, "退回股室", actor=actor, reason=reason)
    return write(held, "state", "answer")
