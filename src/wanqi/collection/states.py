"""The way of a return, as a table: which step leads from which states to which, and which verb allows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wanqi.core.errors import StepRefused

OPEN, DRAFT, SUBMITTED, SENT_BACK, APPROVED, LOCKED = (
    "open",
    "draft",
    "submitted",
    "sent_back",
    "approved",
    "locked",
)
STATES = (OPEN, DRAFT, SUBMITTED, SENT_BACK, APPROVED, LOCKED)
TITLES = dict(zip(STATES, ("待填报", "填报中", "已提交", "已退回", "已通过", "已锁定"), strict=True))


@dataclass(frozen=True)
class Step:
    """title: the word of the trail and of the button; targets: state before → state after; verb: see core.access."""

    title: str
    verb: str
    targets: Mapping[str, str]
    needs_reason: bool = False


STEPS: Mapping[str, Step] = {
    "save": Step("暂存", "correct", {OPEN: DRAFT, DRAFT: DRAFT, SENT_BACK: SENT_BACK}),
    "submit": Step("提交", "submit", {DRAFT: SUBMITTED, SENT_BACK: SUBMITTED}),
    "take_back": Step("撤回", "submit", {SUBMITTED: DRAFT}),
    "send_back": Step("退回", "review", {SUBMITTED: SENT_BACK, APPROVED: SENT_BACK}, needs_reason=True),
    "approve": Step("通过", "review", {SUBMITTED: APPROVED}),
    "lock": Step("锁定", "lock", {APPROVED: LOCKED}),
    "revise": Step("数据修订", "lock", {LOCKED: SENT_BACK}, needs_reason=True),
}


def target_of(step: str, state: str) -> str:
    """Return the state after a step. Raises StepRefused where the state does not allow it."""
    found = STEPS[step]
    if state in found.targets:
        return found.targets[state]
    allowed = "、".join(f"“{TITLES[one]}”" for one in found.targets)
    raise StepRefused(
        f"这份报数{TITLES[state]}，不能{found.title}。",
        hint=f"{found.title}只用于{allowed}的报数；请刷新后核对。",
    )


def steps_from(state: str) -> tuple[str, ...]:
    """Return the steps that a state allows, in the order of the way."""
    return tuple(name for name, step in STEPS.items() if state in step.targets)
