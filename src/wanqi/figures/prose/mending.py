"""One-digit slips of printed figures: how many a reading would notice, and which one would mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from wanqi.figures.prose.frames import Figure
from wanqi.figures.prose.laws import box, face
from wanqi.figures.prose.readings import Reading
from wanqi.figures.quantities import Quantity

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MOST_PER_FIGURE = 3
_MOST_FIGURES = 14
# Of many slips only about so many are tried, evenly spread.
_SAMPLED = 72


@dataclass(frozen=True, slots=True)
class Mend:
    """One change after which a reading holds: the figure, its new text, and whether a digit or a copy."""

    figure: Figure
    instead: str
    digit: bool

    def __str__(self) -> str:
        return f"{bare(self.figure, self.figure.token.text)}→{bare(self.figure, self.instead)}"


def bare(figure: Figure, text: str) -> str:
    """A count without its unit and hedge: "120" for 120个; other figures as they are."""
    match = _NUMBER.search(text) if figure.exact and not figure.token.scaled else None
    return match.group() if match else text


def slips(figure: Figure) -> Iterator[tuple[str, Quantity]]:
    """Every other text of the figure with one digit changed, and what it would say."""
    quantity = figure.quantity
    match = _NUMBER.search(figure.token.text)
    if quantity is None or match is None or quantity.upper is not None:
        return
    written = match.group()
    digits = [place for place, c in enumerate(written) if c.isdigit()]
    sign = -1 if quantity.value < 0 else 1
    size = quantity.step * sign
    for power, place in enumerate(reversed(digits)):
        old = int(written[place])
        leading = place == digits[0] and len(digits) > 1 and written[1:2] != "."
        for new in range(10):
            if new == old or (leading and new == 0):
                continue
            text = written[:place] + str(new) + written[place + 1 :]
            told = figure.token.text[: match.start()] + text + figure.token.text[match.end() :]
            yield told, replace(quantity, text=told, value=quantity.value + (new - old) * 10**power * size)


def _swaps(figure: Figure) -> Iterator[tuple[str, Quantity]]:
    """Every other text of the figure with two neighbouring digits, or the two around the point, exchanged."""
    quantity = figure.quantity
    match = _NUMBER.search(figure.token.text)
    if quantity is None or match is None or quantity.upper is not None:
        return
    written = match.group()
    digits = [place for place, c in enumerate(written) if c.isdigit()]
    size = -quantity.step if quantity.value < 0 else quantity.step
    for power, (left, right) in enumerate(zip(reversed(digits[:-1]), reversed(digits[1:]), strict=True)):
        a, b = int(written[left]), int(written[right])
        if a == b or (left == digits[0] and b == 0):
            continue
        text = f"{written[:left]}{b}{written[left + 1 : right]}{a}{written[right + 1 :]}"
        told = figure.token.text[: match.start()] + text + figure.token.text[match.end() :]
        moved = (b - a) * (10 ** (power + 1) - 10**power) * size
        yield told, replace(quantity, text=told, value=quantity.value + moved)


def power(reading: Reading) -> Fraction:
    """The share of one-digit slips in the figures that the reading would notice."""
    values = list(reading.values())
    boxes = [box(value) for value in values]
    noticed = tried = 0
    if reading.shape in ("sum", "at_most"):
        return _power_of_sum(reading)
    figures = reading.figures[-_MOST_FIGURES:]
    stride = max(1, sum(9 * sum(c.isdigit() for c in one.token.text) for one in figures) // _SAMPLED)
    for place, figure in enumerate(figures, max(0, len(values) - _MOST_FIGURES)):
        own, own_box = values[place], boxes[place]
        for number, (_, slipped) in enumerate(slips(figure)):
            if number % stride:
                continue
            tried += 1
            values[place], boxes[place] = slipped, box(slipped)
            noticed += not reading.holds_in(boxes, values)
        values[place], boxes[place] = own, own_box
    return Fraction(noticed, tried) if tried else Fraction(0)


def _power_of_sum(reading: Reading) -> Fraction:
    """As `power`, where a slip only shifts the sum against its whole; from figures that agree."""
    low, high = reading.gap(box)
    slack = (high - low) / 2
    noticed = tried = 0
    for figure, sign in reading.signed():
        for _, slipped in slips(figure):
            tried += 1
            shift = (slipped.value - figure.value) * sign
            noticed += shift > slack if reading.shape == "at_most" else abs(shift) > slack
    return Fraction(noticed, tried) if tried else Fraction(0)


def _mends_of_sum(reading: Reading, others: Sequence[Reading]) -> list[Mend]:
    low, high = reading.gap(face)
    found: list[Mend] = []
    for figure, sign in reading.signed():
        fitting = []
        for text, slipped in (*slips(figure), *_swaps(figure)):
            shift = (slipped.value - figure.value) * sign
            fits = low + shift <= 0 and (reading.shape == "at_most" or high + shift >= 0)
            if fits and _still(others, figure, slipped):
                fitting.append(Mend(figure, text, True))
        if len(fitting) <= _MOST_PER_FIGURE:
            found += fitting
    return found


def one_digit_off(reading: Reading) -> tuple[bool, int]:
    """Whether one changed digit makes a sum agree, and how many changes there are to try."""
    low, high = reading.gap(box)
    fits, tried = False, 0
    for figure, sign in reading.signed():
        for _, slipped in slips(figure):
            tried += 1
            shift = (slipped.value - figure.value) * sign
            fits = fits or low + shift <= 0 <= high + shift
    return fits, tried


def mends(reading: Reading, others: Sequence[Reading] = ()) -> tuple[Mend, ...]:
    """Single changes after which the reading holds and the `others`, which hold now, still do."""
    values = list(reading.values())
    if len(values) != len(reading.figures):
        return ()
    if reading.shape in ("sum", "at_most"):
        return tuple(_mends_of_sum(reading, others))
    boxes = [face(value) for value in values]
    found: list[Mend] = []
    for place, figure in enumerate(reading.figures):
        own, own_box = values[place], boxes[place]
        fitting = []
        for text, slipped in (*slips(figure), *_swaps(figure)):
            values[place], boxes[place] = slipped, face(slipped)
            if reading.holds_in(boxes, values, when_open=False) and _still(others, figure, slipped):
                fitting.append(Mend(figure, text, True))
        if 0 < len(fitting) <= _MOST_PER_FIGURE:
            found += fitting
        elif not fitting:
            found += _copies(reading, place, values, boxes)
        values[place], boxes[place] = own, own_box
    return tuple(sorted(found, key=lambda mend: not mend.digit))


def _copies(
    reading: Reading, place: int, values: list[Quantity], boxes: list[tuple[Fraction, Fraction]]
) -> list[Mend]:
    figure = reading.figures[place]
    for other in reading.figures:
        same = other is not figure and other.quantity is not None and other.sort == figure.sort
        if (
            not same
            or other.unit != figure.unit
            or other.quantity is None
            or other.token.text == figure.token.text
        ):
            continue
        values[place], boxes[place] = other.quantity, face(other.quantity)
        if reading.holds_in(boxes, values, when_open=False):
            return [Mend(figure, other.token.text, False)]
    return []


def _still(others: Sequence[Reading], figure: Figure, slipped: Quantity) -> bool:
    for other in others:
        if figure not in other.figures:
            continue
        values = [slipped if one is figure else one.quantity for one in other.figures]
        kept = [value for value in values if value is not None]
        if not other.holds_in([box(value) for value in kept], kept):
            return False
    return True
