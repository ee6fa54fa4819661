"""Figures in reports: exact intervals of written numbers, the relations between them, and their printing."""

from wanqi.figures.check import LEVEL_TITLES, Finding, Level, check
from wanqi.figures.claims import Claim, Claims, Reading, Relation, claims_from
from wanqi.figures.display import display, display_change, display_interval
from wanqi.figures.errors import ClaimsRefused, FiguresError, UnreadableNumber
from wanqi.figures.intervals import Interval
from wanqi.figures.prose.audit import Audit, AuditFinding, Mention, audit
from wanqi.figures.quantities import Quantity, printed
from wanqi.figures.relations import run_rate
from wanqi.figures.slips import Repair

__all__ = [
    "LEVEL_TITLES",
    "Audit",
    "AuditFinding",
    "Claim",
    "Claims",
    "ClaimsRefused",
    "FiguresError",
    "Finding",
    "Interval",
    "Level",
    "Mention",
    "Quantity",
    "Reading",
    "Relation",
    "Repair",
    "UnreadableNumber",
    "audit",
    "check",
    "claims_from",
    "display",
    "display_change",
    "display_interval",
    "printed",
    "run_rate",
]
