"""Tables of 报数: forms made here, rounds, the return of each unit with its figures, what was locked, reminders."""

from .entries import Entry, LockedVersion, Reminder, RoundTotal
from .forms import Form, Round
from .returns import Return, ReturnQuerySet

__all__ = ["Entry", "Form", "LockedVersion", "Reminder", "Return", "ReturnQuerySet", "Round", "RoundTotal"]
