"""The writers of reported values, official ranks and commendations."""

from .observations import (
    correct_observation,
    create_observation,
    restore_observation,
    withdraw_observation,
)
from .rankings import COMMENDATIONS, RANKINGS

__all__ = [
    "COMMENDATIONS",
    "RANKINGS",
    "correct_observation",
    "create_observation",
    "restore_observation",
    "withdraw_observation",
]
