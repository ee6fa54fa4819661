"""Indicators evaluated over rows and reported values; pure: no database, no clock."""

from .engine import MonthPoint, evaluate
from .figures import Announced, Figure, Grade, Input, Reported
from .periods import Period, read_period
from .rows import Table

__all__ = [
    "Announced",
    "Figure",
    "Grade",
    "Input",
    "MonthPoint",
    "Period",
    "Reported",
    "Table",
    "evaluate",
    "read_period",
]
