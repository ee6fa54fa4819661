"""One-digit slips: what would repair a conflict, and how many slips a check would notice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from wanqi.figures.claims import Claim, Relation
from wanqi.figures.display import display
from wanqi.figures.errors import UnreadableNumber
from wanqi.figures.intervals import Interval
from wanqi.figures.network import Width, domains, face, main_reading, narrowed, possible, wide
from wanqi.figures.quantities import printed
from wanqi.figures.relations import RULES

_MOST_REPAIRS_PER_FIGURE = 3


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that makes the figures agree: what is printed, what would agree, and what kind of change."""

    claim: str
    written: str
    instead: str
    kind: Literal["digit", "copy", "recomputed"]

    def __str__(self) -> str:
        return f"{self.written}→{self.instead}"


def slips(text: str) -> Iterator[str]:
    """Every text that differs from `text` in one digit; a leading digit never becomes 0."""
    folded = unicodedata.normalize("NFKC", text)
    for place, digit in enumerate(folded):
        if not (digit.isascii() and digit.isdigit()):
            continue
        leading = (place == 0 or not folded[place - 1].isdigit()) and folded[place - 1 : place] != "."
        longer = folded[place + 1 : place + 2].isdigit()
        for other in "0123456789":
            if other != digit and not (leading and longer and other == "0"):
                yield f"{folded[:place]}{other}{folded[place + 1 :]}"


def rewritten(claim: Claim, text: str) -> Claim | None:
    """The claim as if `text` had been printed, or None when that is not a number."""
    try:
        quantity = printed(text, exact=True if claim.kind == "target" else None)
    except UnreadableNumber:
        return None
    return replace(claim, quantity=quantity)


def repairs(
    claims: Mapping[str, Claim], core: Sequence[Relation], group: Sequence[Relation]
) -> tuple[Repair, ...]:
    """Single changes after which the whole `group` agrees under its main readings.

    Per figure of the `core`: one-digit changes, else a copy of a neighbour, else for a rate its recomputed
    value. A figure that too many digits would repair says nothing and is left out.
    """
    found: list[Repair] = []
    for claim in printed_in(claims, core):
        found += _repairs_of(claim, claims, core, group)
    order = {"digit": 0, "copy": 1, "recomputed": 2}
    return tuple(sorted(found, key=lambda repair: order[repair.kind]))


def printed_in(claims: Mapping[str, Claim], relations: Sequence[Relation]) -> list[Claim]:
    """The printed figures of the main readings, each once, in the order of the data."""
    used = {c for relation in relations for c in relation.readings[0].claims}
    return [claim for claim in claims.values() if claim.id in used and claim.quantity]


def _repairs_of(
    claim: Claim, claims: Mapping[str, Claim], core: Sequence[Relation], group: Sequence[Relation]
) -> list[Repair]:
    if claim.quantity is None:
        return []
    written = claim.quantity.text
    digits = [text for text in slips(written) if _agrees(claim, text, claims, group)]
    if 0 < len(digits) <= _MOST_REPAIRS_PER_FIGURE:
        return [Repair(claim.id, written, text, "digit") for text in digits]
    for other in printed_in(claims, core):
        neighbour = other.quantity.text if other.quantity else ""
        if other.id != claim.id and other.unit == claim.unit and _agrees(claim, neighbour, claims, group):
            return [Repair(claim.id, written, neighbour, "copy")]
    if any(_is_derived(claim.id, relation) for relation in core):
        text = recomputed(claim, claims, core)
        if text and _agrees(claim, text, claims, group):
            return [Repair(claim.id, written, text, "recomputed")]
    return []


def recomputed(claim: Claim, claims: Mapping[str, Claim], core: Sequence[Relation]) -> str | None:
    """What the other figures give for `claim`, printed with its decimals; None when they leave it open."""
    left = implied(claim.id, claims, core)
    if claim.quantity is None or left is None or left.low is None or left.high is None:
        return None
    step = claim.quantity.step
    if left.high - left.low > 100 * step:
        return None
    return shown((left.low + left.high) / 2, claim)


def implied(
    target: str, claims: Mapping[str, Claim], relations: Sequence[Relation], width: Width = face
) -> Interval | None:
    """The interval that the other figures leave for one claim; None when they disagree without it."""
    start = domains(claims.values(), width)
    start[target] = Interval.line()
    blank = dict(claims) | {target: replace(claims[target], quantity=None, unit="")}
    left = narrowed(blank, main_reading(relations), start)
    return None if left is None else left[target]


def shown(value: Fraction, claim: Claim) -> str:
    """`value` in the unit and with the decimals of a claim: for messages and repairs."""
    if claim.quantity is None:
        return display(value, unit=claim.unit, decimals=0 if claim.whole else None)
    unit, step = claim.quantity.unit, claim.quantity.step
    scale = Fraction({"%": 100, "‰": 1000, "百分点": 100, "成": 10}.get(unit, 1))
    for word, size in (("亿", 10**8), ("万", 10**4)):
        if word in claim.quantity.text and unit:
            unit, scale = word + unit, Fraction(1, size)
            break
    decimals = 0
    while (step * scale * 10**decimals).denominator != 1:
        decimals += 1
    return display(value, unit=unit, decimals=decimals)


def power(claims: Mapping[str, Claim], core: Sequence[Relation], fix: Repair | None) -> Fraction:
    """The share of one-digit slips that the relations would notice, starting from figures that agree."""
    sound = dict(claims)
    if fix is not None:
        mended = rewritten(claims[fix.claim], fix.instead)
        if mended is not None:
            sound[fix.claim] = mended
    noticed = tried = 0
    for claim in printed_in(sound, core):
        for text in slips(claim.quantity.text if claim.quantity else ""):
            slipped = rewritten(claim, text)
            if slipped is None:
                continue
            tried += 1
            noticed += not possible(sound | {claim.id: slipped}, core, wide)
    return Fraction(noticed, tried) if tried else Fraction(0)


def _agrees(claim: Claim, text: str, claims: Mapping[str, Claim], group: Sequence[Relation]) -> bool:
    changed = rewritten(claim, text)
    if changed is None:
        return False
    others = dict(claims) | {claim.id: changed}
    return narrowed(others, main_reading(group), domains(others.values(), face)) is not None


def _is_derived(claim: str, relation: Relation) -> bool:
    derived = RULES[relation.name].derived if relation.name in RULES else None
    return derived is not None and relation.readings[0].roles.get(derived) == claim
