"""What a population run keeps of every organisation: verdicts, masks of leaves, scores and amounts.

Bit i of a programme's masks is its leaf i: word i // 64, bit i % 64, words as signed 64-bit numbers (bit 63 is the
sign). Scores are whole ten-thousandths of a point, amounts whole fen; lower bounds are rounded down, upper ones up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from wanqi.rules.backends.target import E, Packing, Target
from wanqi.rules.backends.translation import Translation
from wanqi.rules.plan import Compiled, Plan

Which = Literal["unmet", "unknown"]
WORD = 64
SCORE_PLACES = 4
AMOUNT_PLACES = 2
_GROUP = 31
_UNKNOWN = 2**32
_MASKS: tuple[Which, ...] = ("unmet", "unknown")


@dataclass(frozen=True, slots=True)
class Answer(Generic[E]):
    """One column of the answers: its name and its whole number; a bound may be null, the others never are."""

    name: str
    kind: Literal["verdict", "mask", "score", "amount"]
    value: E


def words(count: int) -> int:
    """Return how many words the masks of so many leaves take."""
    return max(1, -(-count // WORD))


def mask_names(programme: Compiled, which: Which) -> list[str]:
    """Return the columns of a programme's mask, one a word: `<id>.unmet`, `<id>.unmet.1`, …"""
    rest = range(1, words(len(programme.leaves)))
    return [f"{programme.id}.{which}", *(f"{programme.id}.{which}.{word}" for word in rest)]


def answers(plan: Plan, translation: Translation[E], *, masks: bool = True) -> list[Answer[E]]:
    """Return the columns of every programme in the plan's order, from named columns already translated."""
    found: list[Answer[E]] = []
    target = translation.target
    states = _states(plan, translation) if masks and not isinstance(target, Packing) else {}
    for programme in plan.programmes:
        verdict = translation.plains[programme.verdict]
        code = target.code(verdict) if isinstance(target, Packing) else verdict_code(target, verdict)
        found.append(Answer(f"{programme.id}.verdict", "verdict", code))
        if masks:
            if isinstance(target, Packing):
                found += _packed(programme, translation, target)
            else:
                found += _masks(programme, target, states)
        found += _bounds(programme, translation)
    return found


def verdict_code(target: Target[E], verdict: E) -> E:
    """Return 2 for true, 1 for unknown, 0 for false."""
    zero, one, two = (target.integer(code, wide=False) for code in (0, 1, 2))
    return target.choose([(verdict, two), (target.possible(verdict), one)], zero, kind="number")


def _states(plan: Plan, translation: Translation[E]) -> dict[str, E]:
    """Return for every leaf's column 0 where it is true, 1 where false, 2^32 where unknown."""
    target = translation.target
    columns = dict.fromkeys(column for programme in plan.programmes for _, column in programme.leaves)
    return {
        column: target.share(target.state(translation.plains[column], unknown=_UNKNOWN), kind="number")
        for column in columns
    }


def _packed(programme: Compiled, translation: Translation[E], target: Packing[E]) -> list[Answer[E]]:
    columns = [translation.plains[column] for _, column in programme.leaves]
    chunks = [
        [(place, one, False) for place, one in enumerate(columns[start : start + WORD])]
        for start in range(0, max(1, len(columns)), WORD)
    ]
    return [
        Answer(name, "mask", target.word(chunk, unknown=which == "unknown"))
        for which in _MASKS
        for name, chunk in zip(mask_names(programme, which), chunks, strict=True)
    ]


def _masks(programme: Compiled, target: Target[E], states: dict[str, E]) -> list[Answer[E]]:
    columns = [column for _, column in programme.leaves]
    unmet, unknown = list[E](), list[E]()
    for start in range(0, max(1, len(columns)), WORD):
        chunk = [states[column] for column in columns[start : start + WORD]]
        groups = [
            _group(target, chunk[first : first + _GROUP]) for first in range(0, max(1, len(chunk)), _GROUP)
        ]
        unmet.append(_placed(target, [low for low, _ in groups]))
        unknown.append(_placed(target, [high for _, high in groups]))
    named = [*zip(mask_names(programme, "unmet"), unmet, strict=True)]
    named += zip(mask_names(programme, "unknown"), unknown, strict=True)
    return [Answer(name, "mask", value) for name, value in named]


def _group(target: Target[E], states: Sequence[E]) -> tuple[E, E]:
    """Return the unmet and the unknown bits of at most 31 leaves, added up together and taken apart again."""
    whole = target.integer(0, wide=False)
    for place, state in enumerate(states):
        bit = target.integer(2**place, wide=False)
        shifted = state if place == 0 else target.arithmetic("*", state, bit)
        whole = shifted if place == 0 else target.arithmetic("+", whole, shifted)
    whole = target.share(whole, kind="number")
    far = target.integer(_UNKNOWN, wide=False)
    high = target.share(target.floor_divide(whole, far, natural=True), kind="number")
    return target.arithmetic("-", whole, target.arithmetic("*", high, far)), high


def _placed(target: Target[E], groups: Sequence[E]) -> E:
    """Return the groups at bits 0, 31 and 62 of one signed word."""
    word = groups[0]
    if len(groups) > 1:
        word = target.arithmetic(
            "+", word, target.arithmetic("*", groups[1], target.integer(2**31, wide=False))
        )
    if len(groups) > 2:  # two leaves: the second one stands at the sign
        two = target.integer(2, wide=False)
        sign = target.share(target.floor_divide(groups[2], two, natural=True), kind="number")
        low = target.arithmetic("-", groups[2], target.arithmetic("*", sign, two))
        word = target.arithmetic("+", word, target.arithmetic("*", low, target.integer(2**62, wide=False)))
        least = target.integer(-(2**63), wide=False)
        word = target.arithmetic("+", word, target.arithmetic("*", sign, least))
    return word


def _bounds(programme: Compiled, translation: Translation[E]) -> list[Answer[E]]:
    found: list[Answer[E]] = []
    for kind, pair, places in (
        ("score", programme.score, SCORE_PLACES),
        ("amount", programme.amount, AMOUNT_PLACES),
    ):
        for side, column in zip(("lo", "hi"), pair or (), strict=False):
            whole = translation.at_scale(
                translation.numbers[column], places, rounded="up" if side == "hi" else "down"
            )
            name = f"{programme.id}.{kind}_{side}"
            found.append(Answer(name, "score" if kind == "score" else "amount", whole.text))
    return found
