"""Indicators evaluated over rows and reported values; pure: no database, no clock."""

from .engine import evaluate
from .figures import Figure, Grade, Input, Reported
from .periods import Period, read_period
from .rows import Table

__all__ = ["Figure", "Grade", "Input", "Period", "Reported", "Table", "evaluate", "read_period"]
