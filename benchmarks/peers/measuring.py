"""What is measured: that all engines agree, one organisation at a time, and a population at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from ..alone import tell
from . import facts, ours
from .engines import Engine, engines
from .programmes import Programmes
from .taking_turns import Times, batches, in_turns

CHECKED = 2_000
CHECKED_SLOWEST = 500
SLOWEST = "cel-python"
DRAWN = 2_000
SECONDS = 0.2


@dataclass(frozen=True)
class Agreement:
    """How many answers of how many differ from this engine's; which: programme → how many."""

    name: str
    organisations: int
    differing: int
    which: dict[str, int]


@dataclass(frozen=True)
class Timed:
    """An engine used in one way, its times, and how well its answers agree."""

    name: str
    way: str
    times: Times
    agreement: Agreement


def single(asked: Programmes, *, rounds: int) -> list[Timed]:
    """Return every engine's time for one organisation and all programmes; this engine's ways come first."""
    rows = facts.dicts(facts.frame(asked, DRAWN))
    prepared = list(engines(asked))
    expected = [prepared[0].truths(prepared[0].answer(row)) for row in rows]
    agreed = [_agreement(one, rows, expected, asked) for one in prepared]

    def answer(one: Engine, units: int) -> None:
        for row in rows[:units]:
            one.answer(row)

    tell("one organisation at a time, in turns …")
    calls = {f"{one.name}: {one.way}": partial(answer, one) for one in prepared}
    times = batches(calls, rounds=rounds, seconds=SECONDS, most=DRAWN)
    return [
        Timed(one.name, one.way, times[f"{one.name}: {one.way}"], same)
        for one, same in zip(prepared, agreed, strict=True)
    ]


def _agreement(
    one: Engine, rows: list[dict[str, Any]], expected: list[list[bool]], asked: Programmes
) -> Agreement:
    checked = CHECKED_SLOWEST if one.name == SLOWEST else CHECKED
    tell(f"{one.name}, {one.way}: comparing {checked} organisations …")
    which: dict[str, int] = {}
    for row, truths in zip(rows[:checked], expected, strict=False):
        for programme, own, other in zip(
            asked.plan.programmes, truths, one.truths(one.answer(row)), strict=True
        ):
            if own is not bool(other):
                which[programme.id] = which.get(programme.id, 0) + 1
    return Agreement(one.name, checked, sum(which.values()), which)


@dataclass(frozen=True)
class Population:
    """Times for all rows at once, and agreement: OpenFisca's, and that of its formulas on 64-bit numbers."""

    rows: int
    times: dict[str, Times]
    agreement: Agreement
    exact: Agreement


MASKS, VERDICTS = "this engine: verdicts, masks, scores", "this engine: verdicts, scores"
HOLES = "this engine: the same, one value in ten unknown"
TEXT, NUMBERS = "OpenFisca: codes as text", "OpenFisca: codes made numbers beforehand"


def population(asked: Programmes, *, rows: int, rounds: int) -> Population:
    """Return what a population costs this engine and OpenFisca, both with one thread."""
    from . import openfisca

    tell(f"{rows:,} organisations at once, in turns …")
    frame = facts.frame(asked, rows)
    hollow = facts.hollow(frame)
    many, fiscal = ours.Many(asked), openfisca.Population(asked.trees)
    text = openfisca.columns(frame, fiscal.read, coded=False)
    numbers = openfisca.columns(frame, fiscal.read, coded=True)
    expected = ours.truths(many.verdicts(frame), asked)
    agreement = _differing("OpenFisca", fiscal.verdicts(text), expected, asked)
    exact = _differing("NumPy", openfisca.exact(asked.trees, numbers), expected, asked)
    calls: dict[str, Callable[[], object]] = {
        MASKS: lambda: many.masks(frame),
        VERDICTS: lambda: many.verdicts(frame),
        HOLES: lambda: many.masks(hollow),
        TEXT: lambda: fiscal.verdicts(text),
        NUMBERS: lambda: fiscal.verdicts(numbers),
    }
    return Population(rows, in_turns(calls, rounds=rounds), agreement, exact)


def _differing(name: str, found: Sequence[Any], expected: Sequence[Any], asked: Programmes) -> Agreement:
    counted = {
        programme.id: int((pl.Series(one) != own).sum())
        for programme, one, own in zip(asked.plan.programmes, found, expected, strict=True)
    }
    which = {id: count for id, count in counted.items() if count}
    return Agreement(name, len(expected[0]), sum(which.values()), which)
