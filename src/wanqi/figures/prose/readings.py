"""Equations that a text licenses, their readings, and whether a reading holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from wanqi.figures.prose.frames import Figure
from wanqi.figures.prose.laws import (
    LAWS,
    Box,
    box,
    meets,
    reach,
    total,
    weighted_completion,
    weighted_growth,
    whole_base,
)
from wanqi.figures.quantities import Quantity

Shape = Literal[
    "law",
    "sum",
    "at_most",
    "weighted",
    "budget",
    "whole_base",
    "equal",
    "hundred",
    "listed_share",
    "one_whole",
    "part_of_all",
    "of_all",
]
Values = Sequence[Quantity]
Width = Callable[[Quantity], Box]


@dataclass(slots=True, eq=False)
class Reading:
    """One way to take a stated relation: the figures it ties, the derived one last.

    `shape` law: `law` over the inputs. sum: the inputs add up to the last (`signs` turn some round). at_most:
    they do not exceed it. weighted, budget: levels, then their rates, then the whole and its rate. whole_base:
    a count and its growth. equal: two figures are one. hundred: the shares fill a whole.
    listed_share: items, their whole and their joint share. one_whole: parts and their shares in turn. part_of_all:
    a part and its siblings, and its share of them together. of_all: a part, the amounts it is of, and its share.
    """

    shape: Shape
    figures: tuple[Figure, ...]
    law: str = ""
    constants: tuple[Fraction, ...] = ()
    signs: tuple[int, ...] = ()
    shown: tuple[str, ...] = ()

    def values(self) -> tuple[Quantity, ...]:
        """The quantities of its figures as read."""
        return tuple(figure.quantity for figure in self.figures if figure.quantity is not None)

    def holds(self, values: Values | None = None, width: Width = box, *, when_open: bool = True) -> bool:
        """True when some numbers within the printed figures satisfy it; `when_open` where they leave it open."""
        taken: Values = self.values() if values is None else values
        if values is None and width is box:
            return self.holds_in([figure.reach for figure in self.figures], taken, when_open=when_open)
        return self.holds_in([width(value) for value in taken], taken, when_open=when_open)

    def holds_in(self, boxes: Sequence[Box], values: Values, *, when_open: bool = True) -> bool:
        """True when some numbers within `boxes` satisfy it; `when_open` where the figures leave it open."""
        if len(boxes) != len(self.figures):
            return when_open
        if self.shape == "hundred":
            return meets(total(boxes), (Fraction(1), Fraction(1)))
        if self.shape == "one_whole":
            return _one_whole(boxes)
        *inputs, last = boxes
        if self.shape == "whole_base":
            found = whole_base(values[0], last) if values[0].value > 0 else None
            return when_open if found is None else found[0] <= found[1]
        reached = self._reached(inputs)
        if reached is None:
            return when_open
        if self.shape == "at_most":
            return reached[0] <= last[1]
        return meets(reached, last)

    def signed(self) -> list[tuple[Figure, int]]:
        """The figures of a sum, each with the way in which it shifts the sum against its whole."""
        *parts, whole = self.figures
        signs = self.signs or (1,) * len(parts)
        return [*zip(parts, signs, strict=True), (whole, -1)]

    def gap(self, width: Width) -> Box:
        """By how much a sum may exceed its whole."""
        low = high = Fraction(0)
        for figure, sign in self.signed():
            if figure.quantity is None:
                continue
            ends = width(figure.quantity)
            low += ends[0] if sign > 0 else -ends[1]
            high += ends[1] if sign > 0 else -ends[0]
        return low, high

    def _reached(self, inputs: Sequence[Box]) -> Box | None:
        if self.shape == "law":
            return reach(LAWS[self.law], inputs, self.constants)
        if self.shape in ("sum", "at_most"):
            turned = [
                item if sign > 0 else (-item[1], -item[0])
                for item, sign in zip(inputs, self.signs or (1,) * len(inputs), strict=True)
            ]
            return total(turned)
        if self.shape == "equal":
            return inputs[0]
        if self.shape == "of_all":
            rest = total(inputs[1:])
            return None if rest[0] <= 0 else (inputs[0][0] / rest[1], inputs[0][1] / rest[0])
        if self.shape == "part_of_all":
            part, rest = inputs[0], total(inputs[1:])
            if part[0] < 0 or rest[0] <= 0:
                return None
            return part[0] / (part[0] + rest[1]), part[1] / (part[1] + rest[0])
        if self.shape == "listed_share":
            low, high = total(inputs[:-1])
            whole = inputs[-1]
            return None if whole[0] <= 0 else (low / whole[1], high / whole[0])
        half = (len(inputs) - 1) // 2
        levels, rates, whole = inputs[:half], inputs[half : 2 * half], inputs[2 * half]
        if self.shape == "weighted":
            return weighted_growth(levels, rates)
        return _within(weighted_completion(levels, rates, whole), rates)


def _within(reached: Box | None, rates: Sequence[Box]) -> Box | None:
    """The rate of a whole also lies between the lowest and the highest of its parts."""
    if reached is None:
        return None
    low, high = min(rate[0] for rate in rates), max(rate[1] for rate in rates)
    return max(reached[0], low), min(reached[1], high)


def _one_whole(boxes: Sequence[Box]) -> bool:
    """True when parts and their shares, in turn, may belong to one whole."""
    low, high = Fraction(0), None
    for part, share in zip(boxes[::2], boxes[1::2], strict=True):
        if share[0] <= 0:
            continue
        low = max(low, part[0] / share[1])
        top = part[1] / share[0]
        high = top if high is None else min(high, top)
    return high is None or low <= high


@dataclass(slots=True, eq=False)
class Equation:
    """A relation a text states; it is sound when one of its readings holds. The first is the main one.

    Licence A: the text itself states it in one construction. B: one inference; a query at most. C: only
    looked at, never shown. `needs_repair`: an error only when a single digit would mend it or the figure is
    far off.
    """

    relation: str
    licence: Literal["A", "B", "C"]
    readings: list[Reading]
    needs_repair: bool = False
    digit_only: bool = False
    copied_only: bool = False
    certain: bool = False
    remark: str = ""
    strict: bool = False
    extra: list[Figure] = field(default_factory=list)
