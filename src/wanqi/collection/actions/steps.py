"""Writers of a return's way: 提交, 撤回, 退回, 通过, 数据修订."""

from __future__ import annotations

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.errors import RowInvalid

from ..checks import stopping
from ..models import Entry, Return
from ..sheet import Sheet, sheet_of
from ..states import target_of
from .held import locked_return, now, take_step, write


@transaction.atomic
def submit_return(row: Return, *, actor: Actor, seen: int | None = None) -> Return:
    """Hand in a return. Raises RowInvalid with what is missing or unexplained by line, StepRefused, RowStale."""
    held = locked_return(row, "submit", actor=actor, seen=seen)
    target_of("submit", held.state)
    sheet = sheet_of(held)
    wrong = stopping(sheet.findings)
    if wrong:
        raise RowInvalid(wrong, hint="请改正或写明原因后再提交；已暂存的内容仍保留。")
    _answer_anew(sheet)
    take_step(held, "submit", actor=actor)
    held.submitted_at, held.submitted_by = now(), actor.user
    return write(held, "state", "submitted_at", "submitted_by")


def _answer_anew(sheet: Sheet) -> None:
    """Set each answer against the registers as they stand now: they may have changed since it was given."""
    for line in sheet.lines:
        entry, known = line.entry, line.known
        if entry is None or entry.value is None or known is None or entry.known == known.value:
            continue
        equal = entry.value == known.value
        entry.answer = Entry.Answer.CONFIRMED if equal else Entry.Answer.CONTRADICTED
        entry.known, entry.known_grade = known.value, known.grade
        entry.save(update_fields=["answer", "known", "known_grade"])


@transaction.atomic
def take_back(row: Return, *, actor: Actor, seen: int | None = None) -> Return:
    """Take a submission back before anybody reviewed it (撤回). Raises StepRefused, RowStale, AccessRefused."""
    held = locked_return(row, "submit", actor=actor, seen=seen)
    take_step(held, "take_back", actor=actor)
    return write(held, "state")


@transaction.atomic
def send_back(row: Return, *, actor: Actor, reason: str, seen: int | None = None) -> Return:
    """Give a return back to its unit with a reason. Raises StepRefused, ReasonMissing, RowStale, AccessRefused."""
    held = locked_return(row, "review", actor=actor, seen=seen)
    held.answer = take_step(held, "send_back", actor=actor, reason=reason)
    return write(held, "state", "answer")


@transaction.atomic
def approve_return(row: Return, *, actor: Actor, seen: int | None = None) -> Return:
    """Find a submitted return in order (通过); nothing counts before it is locked. Raises StepRefused, RowStale."""
    held = locked_return(row, "review", actor=actor, seen=seen)
    take_step(held, "approve", actor=actor)
    held.reviewed_at, held.reviewed_by = now(), actor.user
    return write(held, "state", "reviewed_at", "reviewed_by")


@transaction.atomic
def revise_return(row: Return, *, actor: Actor, reason: str, seen: int | None = None) -> Return:
    """Open a locked return for a late correction, which will be its next version once locked again.

    What was locked goes on counting until then. Raises StepRefused, ReasonMissing, RowStale, AccessRefused.
    """
    held = locked_return(row, "lock", actor=actor, seen=seen)
    change = {
        "field": "revision",
        "label": "版次",
        "old": f"第{held.revision}版",
        "new": f"第{held.revision + 1}版",
    }
    kept = take_step(held, "revise", actor=actor, reason=reason, changes=[change])
    held.revision += 1
    held.answer = held.revision_reason = kept
    return write(held, "state", "revision", "answer", "revision_reason")
