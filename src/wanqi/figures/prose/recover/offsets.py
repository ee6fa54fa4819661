"""Where the characters of a changed text stood before the change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """`start`..`end` of the old text becomes `text`; `kind` names the repair."""

    start: int
    end: int
    text: str
    kind: str


class Offsets:
    """The map of one round of edits: a span of the new text to the span of the old that it came from.

    What was taken out belongs to the character before it, so that a mark on the new text covers it too.
    Only the edits are kept, so a long text with little damage costs little.
    """

    __slots__ = ("_ends", "_new", "_old", "_shifts")

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._new: list[int] = []  # where the edit's text begins in the new text
        self._ends: list[int] = []  # and ends
        self._old: list[tuple[int, int]] = []
        shift = 0
        for edit in edits:
            begin = edit.start + shift
            self._new.append(begin)
            self._ends.append(begin + len(edit.text))
            self._old.append((edit.start, edit.end))
            shift += len(edit.text) - (edit.end - edit.start)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of the old text from which `start`..`end` of the new text came."""
        low = self._start(start)
        return low, (max(self._end(end), low) if end > start else low)

    def _start(self, position: int) -> int:
        at = bisect_right(self._new, position) - 1
        if at < 0:
            return position
        if position < self._ends[at]:
            return self._old[at][0]
        return position - self._ends[at] + self._old[at][1]

    def _end(self, end: int) -> int:
        """The old end of a span whose last character is at `end - 1`."""
        last = end - 1
        at = bisect_right(self._new, last) - 1
        if at >= 0 and last < self._ends[at]:
            old = self._old[at][1]
        else:
            old = end if at < 0 else end - self._ends[at] + self._old[at][1]
        after = at + 1
        while after < len(self._new) and self._new[after] == self._ends[after] == end:
            old = self._old[after][1]
            after += 1
        return old


def rewritten(text: str, edits: Iterable[Edit]) -> tuple[str, list[Edit]]:
    """`text` with the edits made, and those that were made: of two that overlap the earlier wins."""
    pieces: list[str] = []
    made: list[Edit] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            continue
        pieces += (text[at : edit.start], edit.text)
        made.append(edit)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces), made
