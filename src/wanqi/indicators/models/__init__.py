"""Tables of what somebody reported or set: values, official ranks, commendations, targets, shortfalls, outlines."""

from .changes import Change
from .observations import Observation
from .outlines import Outline
from .rankings import Commendation, Ranking
from .shortfalls import Shortfall
from .targets import TargetBreakdown, TargetPart

__all__ = [
    "Change",
    "Commendation",
    "Observation",
    "Outline",
    "Ranking",
    "Shortfall",
    "TargetBreakdown",
    "TargetPart",
]
