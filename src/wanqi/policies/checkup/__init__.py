"""政策体检: one enterprise against every programme of its region, in words; pure, so that every door says the same."""

from __future__ import annotations

from .building import checkup, why_not
from .model import (
    DISCLAIMER,
    Amount,
    Chance,
    Checkup,
    Clause,
    Combination,
    Condition,
    Held,
    Next,
    Programme,
    Question,
    Rung,
    State,
    Used,
    Window,
)
from .questions import question_of

__all__ = [
    "DISCLAIMER",
    "Amount",
    "Chance",
    "Checkup",
    "Clause",
    "Combination",
    "Condition",
    "Held",
    "Next",
    "Programme",
    "Question",
    "Rung",
    "State",
    "Used",
    "Window",
    "checkup",
    "question_of",
    "why_not",
]
