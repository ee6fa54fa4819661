"""Calls measured in turns: wall and processor time of each in every round, so that a ratio belongs to one round."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Times:
    """Seconds for one unit of work, a number a round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, call: Callable[[], object], *, units: int = 1) -> None:
        """Measure one call that does so many units of work."""
        wall, processor = time.perf_counter(), time.process_time()
        call()
        self.processor.append((time.process_time() - processor) / units)
        self.wall.append((time.perf_counter() - wall) / units)

    def against(self, other: Times) -> tuple[float, float]:
        """Return the medians over the rounds of this one's wall and processor time divided by another's."""
        return _ratio(self.wall, other.wall), _ratio(self.processor, other.processor)


def _ratio(these: list[float], others: list[float]) -> float:
    return median(one / two for one, two in zip(these, others, strict=True))


def in_turns(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, Times]:
    """Return the times of every call; each is made once before, and unmeasured."""
    for call in calls.values():
        call()
    found = {name: Times() for name in calls}
    for turn in range(rounds):
        names = list(calls) if turn % 2 == 0 else list(calls)[::-1]
        for name in names:
            found[name].add(calls[name])
    return found


def batches(
    calls: Mapping[str, Callable[[int], object]], *, rounds: int, seconds: float, most: int
) -> dict[str, Times]:
    """Return the times of one unit: each call gets as many units, up to most, as take it about so many seconds."""
    units: dict[str, int] = {}
    for name, call in calls.items():
        few = Times()
        few.add(lambda call=call: call(4), units=4)  # type: ignore[misc]
        few.add(lambda call=call: call(4), units=4)  # type: ignore[misc]
        units[name] = max(4, min(most, int(seconds / min(few.wall))))
    found = {name: Times() for name in calls}
    for turn in range(rounds):
        names = list(calls) if turn % 2 == 0 else list(calls)[::-1]
        for name in names:
            found[name].add(lambda name=name: calls[name](units[name]), units=units[name])  # type: ignore[misc]
    return found
