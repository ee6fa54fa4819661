"""Tables of documents with their clauses and life, of the tasks plans set, and of where enterprises stand."""

from .documents import Clause, Document, DocumentStep
from .plans import PlanTask
from .screens import ApplicationWindow, SavedScreen, ScreenLook, ScreenRun
from .standings import (
    Bucket,
    Determination,
    Grouping,
    Kind,
    RuleVersion,
    Standing,
    StandingBook,
    StandingChange,
    StandingDue,
    Track,
    Verdict,
    Why,
)

__all__ = [
    "ApplicationWindow",
    "Bucket",
    "Clause",
    "Determination",
    "Document",
    "DocumentStep",
    "Grouping",
    "Kind",
    "PlanTask",
    "RuleVersion",
    "SavedScreen",
    "ScreenLook",
    "ScreenRun",
    "Standing",
    "StandingBook",
    "StandingChange",
    "StandingDue",
    "Track",
    "Verdict",
    "Why",
]
