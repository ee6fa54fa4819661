"""Masks of any length in columns of 64 bits: the first 63 bits in a column of their own, the rest in `further`."""

from __future__ import annotations

from ..models.standings import WORD

_FULL = (1 << WORD) - 1


def word(mask: int) -> int:
    """Return the first word of a mask."""
    return mask & _FULL


def further(unmet: int, unknown: int, missing: int) -> list[int] | None:
    """Return the words after the first as [unmet, unknown, missing, unmet, …]; None where there are none."""
    found: list[int] = []
    rest = [one >> WORD for one in (unmet, unknown, missing)]
    while any(rest):
        found += [one & _FULL for one in rest]
        rest = [one >> WORD for one in rest]
    return found or None
