"""Tables of documents with their clauses and life, of the tasks plans set, and of where enterprises stand."""

from .documents import Clause, Document, DocumentStep
from .plans import PlanTask
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
    "Bucket",
    "Clause",
    "Determination",
    "Document",
    "DocumentStep",
    "Grouping",
    "Kind",
    "PlanTask",
    "RuleVersion",
    "Standing",
    "StandingBook",
    "StandingChange",
    "StandingDue",
    "Track",
    "Verdict",
    "Why",
]
