"""What a list that misses its whole may be called: an error, a question, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Entry, Passage
from wanqi.figures.prose.gathering import Listed
from wanqi.figures.prose.laws import box
from wanqi.figures.prose.mending import one_digit_off
from wanqi.figures.prose.readings import Reading

Licence = Literal["A", "B", "C"]

# Items that come this close above their whole are meant to fill it; farther off the classes overlap.
_NEAR = Fraction(5, 4)
# Two items alone must come closer.
_CLOSE = Fraction(11, 10)
# How likely a list that has nothing to do with its whole may come within one digit of it.
_CHANCE = Fraction(1, 8)
_PLAIN_TOTAL = re.compile(r"(?:合计|总计|共计|小计|总共|共)(?:有|为|达到?|约|是)?$")


def licence_of(passage: Passage, listed: Listed, main: Reading, note: str) -> tuple[Licence, bool]:
    """What a list that misses its whole may be called, and whether that is beyond doubt."""
    figures, whole = listed.figures, listed.whole.main
    if whole is None or passage.flat or words.SEVERAL_NOTE.search(_in_brackets(passage.text)):
        return "C", False
    labels = [item.label for item in listed.items]
    if listed.form == "comma" and words.siblings(listed.whole.label, labels):
        return "C", False
    if _outcomes(passage, listed.whole, labels):
        return "C", False
    above = sum((one.value for one in figures), Fraction(0)) > whole.value
    several = bool(words.SEVERAL_TYPES.search(passage.text)) or bool(words.SEVERAL_NOTE.search(note))
    closing = bool(words.OTHER_ITEM.search(labels[-1]))
    if listed.form == "total":
        said = (
            bool(words.COUNTED_GROUP.search(listed.whole.label))
            or len(figures) >= 3
            or words.complementary(labels)
            or listed.whole.mark == "F"
        )
        if any(row.total for row in listed.items):
            return "C", False
        explicit = bool(_PLAIN_TOTAL.search(listed.whole.label))
        if not explicit and not words.COUNTED_GROUP.search(listed.whole.label):
            apart = not any(words.OVERLAPPING.search(label) for label in labels)
            near = len(figures) >= 3 and apart and one_digit_off(main)[0]
            return ("B" if closing or near or _surprising(main) else "C"), False
        return ("A" if explicit and not several and said else "B"), False
    if (
        any(one.value > whole.value for one in figures)
        and listed.form == "comma"
        and not words.complementary(labels)
    ):
        return "C", False
    if several and above:
        return ("B" if listed.form != "comma" else "C"), False
    licence, certain = _by_form(passage, listed, main, above, closing)
    exceeds = above and listed.form == "open"
    if licence == "B" and not closing and not exceeds and not one_digit_off(main)[0]:
        return "C", False
    return licence, certain


def _by_form(
    passage: Passage, listed: Listed, main: Reading, above: bool, closing: bool
) -> tuple[Licence, bool]:
    labels = [item.label for item in listed.items]
    if listed.form in ("colon", "bracket"):
        return _of_colon(passage, listed, main, above, closing)
    if listed.form == "earlier":
        if words.complementary(labels):
            return "B", False
        return ("B" if closing or _surprising(main) else "C"), False
    if listed.form == "open":
        return _of_open(listed, main, above, closing)
    return _of_comma(listed, main, closing), False


def _outcomes(passage: Passage, whole: Entry, labels: Sequence[str]) -> bool:
    """True for what came of things received: not all of them need be settled yet."""
    end = whole.main.token.start - passage.start if whole.main else 0
    if not words.RECEIVED.search(passage.text[max(0, end - 20) : end]):
        return False
    said = all(words.OUTCOME.search(label) for label in labels)
    return said and not any(words.LEFT_OVER.search(label) for label in labels)


def _in_brackets(text: str) -> str:
    """What stands in round brackets, where reports explain why items do not add up."""
    found = []
    rest = text
    while "(" in rest:
        _, _, rest = rest.partition("(")
        inside, closed, rest = rest.partition(")")
        if closed:
            found.append(inside)
    return " ".join(found)


def _of_colon(
    passage: Passage, listed: Listed, main: Reading, above: bool, closing: bool
) -> tuple[Licence, bool]:
    labels = [item.label for item in listed.items]
    if any(not label for label in labels) and len(labels) < 3:
        return "C", False
    overlapping = any(words.OVERLAPPING.search(label) for label in labels)
    if above and not overlapping and len(labels) >= 3:
        return "A", True
    if closing or words.EXHAUSTIVE.search(passage.text):
        return ("B" if overlapping else "A"), False
    near = total_of(listed) * 2 > value_of(listed.whole) if not above else True
    return ("B" if near or words.complementary(labels) or _surprising(main) else "C"), False


def _of_open(listed: Listed, main: Reading, above: bool, closing: bool) -> tuple[Licence, bool]:
    labels = [item.label for item in listed.items]
    overlapping = any(words.OVERLAPPING.search(label) for label in labels)
    if above and words.complementary(labels) and not overlapping:
        return "A", True
    if above and len(labels) >= 3 and not overlapping and total_of(listed) <= _NEAR * value_of(listed.whole):
        return "A", True
    if above and (overlapping or len(labels) < 2):
        return ("B" if words.complementary(labels) else "C"), False
    if above and total_of(listed) <= _CLOSE * value_of(listed.whole):
        return "A", False
    if above:
        return ("B" if len(labels) >= 2 or _surprising(main) else "C"), False
    if closing and len(labels) >= 3:
        return ("B" if overlapping else "A"), False
    said = words.complementary(labels) or (not overlapping and _surprising(main))
    return ("B" if said else "C"), False


def _of_comma(listed: Listed, main: Reading, closing: bool) -> Licence:
    labels = [item.label for item in listed.items]
    if any(one.quantity is not None and one.quantity.bound != "none" for one in main.figures):
        return "C"
    if closing and len(labels) >= 2:
        return "B"
    if words.complementary(labels):
        return "B"
    if any(words.OVERLAPPING.search(label) for label in labels):
        return "C"
    chained = all(item.mark == "、" for item in listed.items[1:])
    near = (
        value_of(listed.whole) * Fraction(4, 5) <= total_of(listed) <= value_of(listed.whole) * Fraction(6, 5)
    )
    return "B" if (chained and near and len(labels) >= 3) or _surprising(main) else "C"


def total_of(listed: Listed) -> Fraction:
    """The sum of the items as printed."""
    return sum((one.value for one in listed.figures), Fraction(0))


def value_of(entry: Entry) -> Fraction:
    """The amount of an entry as printed; zero without one."""
    return entry.main.value if entry.main is not None else Fraction(0)


def _surprising(reading: Reading) -> bool:
    """True when one digit would make the sum fit and chance would hardly bring that about."""
    fits, tried = one_digit_off(reading)
    whole = reading.figures[-1].quantity
    if not fits or whole is None or not whole.step:
        return False
    room = abs(whole.value) / whole.step
    low, high = reading.gap(box)
    slack = max((high - low) / whole.step, Fraction(1))
    return room > 0 and tried * slack / room < _CHANCE
