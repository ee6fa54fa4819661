"""Figures of a text against what is known: indicators, and earlier documents of the same unit."""

from wanqi.figures.prose.binding.comparing import bind
from wanqi.figures.prose.binding.known import Binding, Earlier, Known, Unbound, known_from
from wanqi.figures.prose.binding.periods import Period, period_of, period_said

__all__ = [
    "Binding",
    "Earlier",
    "Known",
    "Period",
    "Unbound",
    "bind",
    "known_from",
    "period_of",
    "period_said",
]
