"""The text as it was meant: damage mended, with a map back to the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Recovered:
    """A normalised text and its map: `span` gives the place in `original` of a stretch of `text`."""

    text: str
    original: str
    damaged: tuple[tuple[int, int], ...] = ()
    repairs: Mapping[str, int] = field(default_factory=dict)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the stretch `start`..`end` of `text` stands in `original`."""
        return start, end


def recover(text: str) -> Recovered:
    """`text` ready to be read."""
    return Recovered(text, text)
