"""The writers of 报数: forms, rounds, filling in, the steps of a return, locking and reminders."""

from .filling import KEEP, Written, save_return, take_workbook
from .forms import correct_form, create_form, withdraw_form
from .locking import lock_return, lock_round
from .reminders import remind
from .rounds import cancel_round, excuse_return, extend_return, issue_round
from .steps import approve_return, revise_return, send_back, submit_return, take_back

__all__ = [
    "KEEP",
    "Written",
    "approve_return",
    "cancel_round",
    "correct_form",
    "create_form",
    "excuse_return",
    "extend_return",
    "issue_round",
    "lock_return",
    "lock_round",
    "remind",
    "revise_return",
    "save_return",
    "send_back",
    "submit_return",
    "take_back",
    "take_workbook",
    "withdraw_form",
]
