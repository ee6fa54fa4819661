"""Units that a list shares: of its end, of a note in brackets, of what stands before it."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from wanqi.figures.prose.frames import Figure
from wanqi.figures.prose.lexer import Token
from wanqi.figures.prose.units import COUNTED, class_of

_UNIT_NOTE = re.compile(r"^(?:单位:)?(万亿|亿|万|千)?([\u4e00-\u9fff/]{1,4})$")
_SCALE = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 1000}
LINK = re.compile(r"^(?:和|与|及|以及|、|,)?$")


def inherit_rates(figures: list[Figure]) -> None:
    """2.16和1.66个百分点: a bare number of a list that ends in a rate is such a rate itself."""
    for n in range(len(figures) - 2, -1, -1):
        figure, follow = figures[n], figures[n + 1]
        bare = figure.sort == "amount" and figure.quantity is not None and not figure.unit
        if (
            bare
            and follow.sort in ("percent", "points")
            and follow.mark in "、F"
            and LINK.match(follow.label)
        ):
            if figure.token.scaled or follow.quantity is None or figure.quantity is None:
                continue
            base = Fraction(1, 1000 if follow.unit == "‰" else 10 if follow.unit == "成" else 100)
            old = figure.quantity
            figure.quantity = replace(
                old, value=old.value * base, step=old.step * base, unit=follow.unit, exact=False
            )
            figure.token.sort = follow.sort


def inherit_units(figures: list[Figure], held: list[Token]) -> None:
    """A figure of a list without a unit takes that of the list: of its end, of a note (万件), of what stands before."""
    note = _unit_notes(held)
    scales: dict[int, int] = {}
    for n in range(len(figures) - 1, -1, -1):
        figure = figures[n]
        if figure.sort != "amount" or figure.unit or figure.quantity is None:
            continue
        noted = next(((s, u) for place, s, u in note if place >= figure.token.end), None)
        if noted is not None:
            _give(figure, noted[1], noted[0])
            continue
        follow = figures[n + 1] if n + 1 < len(figures) else None
        if follow and follow.sort == "amount" and follow.unit and follow.mark in "、,，F" and _bare(figure):
            given = scales.get(n + 1) or (_scale_of(follow.token.text) if follow.token.scaled else 1)
            scale = 1 if figure.token.scaled else given
            scales[n] = scale
            _give(figure, follow.unit, scale)
    for n, figure in enumerate(figures):
        if figure.sort != "amount" or figure.unit or figure.quantity is None:
            continue
        before = next((f for f in reversed(figures[:n]) if f.sort == "amount" and f.unit), None)
        after = next((f for f in figures[n + 1 :] if f.sort == "amount" and f.unit), None)
        if before and figure.token.scaled:
            _give(figure, before.unit, 1)
        elif after and figure.token.scaled and figure.mark in "、:：":
            _give(figure, after.unit, 1)
        elif before and figure.mark in "、:：" and before.mark in "、:：":
            _give(figure, before.unit, _scale_of(before.token.text) if before.token.scaled else 1)


def _bare(figure: Figure) -> bool:
    """True when nothing but a boundary follows the number: "咨询124599、"."""
    return not figure.after


def _scale_of(written: str) -> int:
    return next((size for word, size in _SCALE.items() if word in written), 1)


def _unit_notes(held: list[Token]) -> list[tuple[int, int, str]]:
    """Notes of a unit in brackets: (place, scale, unit)."""
    found = []
    for n, token in enumerate(held[:-2] if len(held) > 2 else []):
        if (
            token.kind == "mark"
            and token.text in "(（"
            and held[n + 1].kind == "words"
            and held[n + 2].text in ")）"
        ):
            match = _UNIT_NOTE.match(held[n + 1].text.strip())
            if match and (match[2] in COUNTED or class_of(match[2]) != match[2] or match[1]):
                found.append((token.start, _SCALE.get(match[1] or "", 1), match[2]))
    return found


def _give(figure: Figure, unit: str, scale: int) -> None:
    old = figure.quantity
    if old is None:
        return
    exact = unit in COUNTED and scale == 1 and old.step == 1
    figure.quantity = replace(old, value=old.value * scale, step=old.step * scale, unit=unit, exact=exact)
