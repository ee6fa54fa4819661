"""From equations to findings: charity first, then the level, the sum shown and the repair."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from wanqi.figures.check import Level
from wanqi.figures.prose.frames import Figure
from wanqi.figures.prose.laws import box, loose
from wanqi.figures.prose.mending import Mend, mends, power
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.telling import arithmetic, asked, recomputed

_LEAST_POWER = Fraction(1, 2)
# A figure this many units of its last digit away from every whole base is no matter of rounding.
_FAR_STEPS = 5


@dataclass(slots=True)
class Fault:
    """What one equation makes of a text before it becomes a finding of the whole."""

    level: Level
    relation: str
    figures: tuple[Figure, ...]
    message: str
    arithmetic: tuple[str, ...]
    repair: tuple[str, ...]
    mended: tuple[Mend, ...] = ()


def weighed(equation: Equation) -> Reading | None:
    """The first reading that holds, or None; its figures, or those of the main reading, are marked as checked."""
    for place, reading in enumerate(equation.readings):
        if reading.holds(when_open=not place):
            _mark(reading)
            return reading
    if equation.licence != "C" and equation.readings:
        _mark(equation.readings[0])
    return None


def uneven(equation: Equation, reading: Reading) -> Fault | None:
    """A query where a sum holds only because a whole number beside decimals may be rounded; else None."""
    if not equation.strict or _evenly(reading):
        return None
    lines = arithmetic(reading)
    message = f"{'；'.join(lines)}。整数是否为四舍五入所得，请核对。"
    return Fault("query", equation.relation, reading.figures, message, lines, ())


def fault_of(equation: Equation, sound: Sequence[Reading], demoted: Collection[str] = ()) -> Fault:
    """The fault of an equation of which no reading holds; repairs leave the `sound` readings sound."""
    main = equation.readings[0]
    lines = arithmetic(main)
    figures = tuple(dict.fromkeys((*main.figures, *equation.extra)))
    if any(_last_digit(reading) for reading in equation.readings):
        message = f"{'；'.join(lines)}。仅末位不合，可能是截尾或凑整，请核对。"
        return Fault("note", equation.relation, figures, message, lines, ())
    fixes = mends(main, sound)
    level = _level(equation, main, fixes)
    if level == "error" and equation.relation in demoted:
        level = "query"
    repair = tuple(str(fix) for fix in fixes)
    if all(fix.figure is not main.figures[-1] for fix in fixes):
        repair += recomputed(main)
    return Fault(level, equation.relation, figures, asked(equation, main, lines, level), lines, repair, fixes)


def _mark(reading: Reading) -> None:
    for figure in reading.figures:
        figure.checked = True


def _evenly(reading: Reading) -> bool:
    """True when the sum holds although whole numbers are as precise as the decimals beside them: 66亿元 is 66.0亿元."""
    values = list(reading.values())
    finest: dict[str, Fraction] = {}
    for value in values:
        if not value.exact and value.bound == "none":
            finest[value.unit] = min(finest.get(value.unit, value.step), value.step)
    even = [
        replace(one, step=max(finest.get(one.unit, one.step), one.step / 100)) if "." not in one.text else one
        for one in values
    ]
    return reading.holds(even)


def _last_digit(reading: Reading) -> bool:
    """True when a last digit cut off, raised or padded explains the conflict: of the rate, or of one item of a sum."""
    values = reading.values()
    if len(values) != len(reading.figures):
        return False
    if reading.shape in ("hundred", "one_whole", "at_most", "equal"):
        return False
    exactly = reading.law in ("pp", "delta", "samebench")
    boxes = [(value.value, value.value) if exactly else box(value) for value in values]
    places: Sequence[int] = range(len(values)) if reading.shape == "sum" else (len(values) - 1,)
    for place in places:
        if values[place].exact:
            continue
        own = boxes[place]
        boxes[place] = loose(values[place], padded=reading.shape != "whole_base")
        holds = reading.holds_in(boxes, values)
        boxes[place] = own
        if holds:
            return True
    return False


def _level(equation: Equation, main: Reading, fixes: Sequence[Mend]) -> Level:
    if equation.licence != "A":
        return "query"
    if equation.certain:
        return "error"
    if equation.copied_only and not _copied(main):
        return "query"
    if equation.digit_only and not any(fix.digit for fix in fixes):
        return "query"
    if equation.needs_repair and not any(fix.digit for fix in fixes) and not _far(main):
        return "query"
    return "error" if power(main) >= _LEAST_POWER else "query"


def _copied(reading: Reading) -> bool:
    """True when a rate of the parts is the whole's or a neighbour's, or the whole's lies outside all of them.

    Otherwise a revised base may explain why the growth of parts and whole does not fit.
    """
    half = (len(reading.figures) - 2) // 2
    rates, whole = reading.figures[half : 2 * half], reading.figures[-1]
    texts = [one.token.text for one in rates]
    if whole.token.text in texts or len(set(texts)) < len(texts):
        return True
    low, high = whole.value - 2 * (whole.quantity.step if whole.quantity else 0), whole.value
    return all(one.value < low for one in rates) or all(one.value > high for one in rates)


def _far(reading: Reading) -> bool:
    """True when the derived figure is not even near a number that would fit."""
    values = list(reading.values())
    last = values[-1]
    boxes = [box(value) for value in values]
    reachable = _FAR_STEPS * last.step
    boxes[-1] = (last.value - reachable, last.value + reachable)
    return not reading.holds_in(boxes, values)
