"""From what authors wrote to core nodes, for one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Moment:
    """on: the day asked about. base_year: the accounting year that bare annual facts stand for."""

    on: date
    base_year: int
