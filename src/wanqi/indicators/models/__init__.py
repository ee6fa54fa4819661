"""Tables of what somebody reported: values, official ranks, commendations."""

from .observations import Observation
from .rankings import Commendation, Ranking

__all__ = ["Commendation", "Observation", "Ranking"]
