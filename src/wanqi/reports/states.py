"""The way of a report, as a table: which step leads from which state to which, and which verb allows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wanqi.core.errors import StepRefused

DRAFTING, COMPILING, REVIEW, SIGNED = STATES = ("drafting", "compiling", "review", "signed")
TITLES = dict(zip(STATES, ("草稿", "汇总", "送审稿", "签发"), strict=True))


@dataclass(frozen=True)
class Step:
    """title: the word of the trail and of the button; targets: state before → state after; verb: see core.access."""

    title: str
    verb: str
    targets: Mapping[str, str]
    needs_reason: bool = False


STEPS: Mapping[str, Step] = {
    "collect": Step("汇总", "compile", {DRAFTING: COMPILING}),
    "submit": Step("送审", "compile", {COMPILING: REVIEW}),
    "take_back": Step("撤回送审", "compile", {REVIEW: COMPILING}),
    "send_back": Step("退回", "sign", {REVIEW: COMPILING}, needs_reason=True),
    "sign": Step("签发", "sign", {REVIEW: SIGNED}),
}


def target_of(step: str, state: str) -> str:
    """Return the state after a step. Raises StepRefused where the state does not allow it."""
    found = STEPS[step]
    if state in found.targets:
        return found.targets[state]
    allowed = "、".join(f"“{TITLES[one]}”" for one in found.targets)
    raise StepRefused(
        f"这份材料现在是“{TITLES[state]}”，不能{found.title}。",
        hint=f"{found.title}只用于{allowed}阶段；请刷新后核对。",
    )
