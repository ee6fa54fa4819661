"""The section of docs/benchmarks.md: two tables, what agreed, and what is not like for like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from ..tables import measured_on, rows
from .engines import OURS, ZEN
from .measuring import HOLES, MASKS, NUMBERS, TEXT, VERDICTS, Agreement, Population, Timed
from .programmes import ON, Programmes
from .taking_turns import Times

PACKAGES = (
    "polars",
    "numpy",
    "openfisca-core",
    "zen-engine",
    "common-expression-language",
    "cel-python",
    "panzi-json-logic",
    "rule-engine",
)
GOAL_ZEN, GOAL_OPENFISCA = 10.0, 2.0

INTRODUCTION = """\
`make bench-peers` makes an environment of its own, measures, and writes this section. Every engine gets the same
eight programmes of the packs, as they stood on {on}: {programmes}. They were chosen because facts alone decide them
and every engine can say them: thresholds, options, prefixes of industry codes, ratios of one year and of sums over
three, averages, a score of bands, alternatives and counts of records. `benchmarks/peers/translating.py` writes them
from the compiled plan into each language; nothing is written by hand. {leaves} conditions read {facts} facts."""

SINGLE = """\
### One organisation at a time

From one plain dict of whole numbers (money in fen, days since 1970), truths and codes to the answers for all eight;
what an engine does to take the dict in is counted. Median of {rounds} rounds in which all took turns; the ratio is
the median of the rounds' ratios of processor time to that of the first line (of elapsed time in brackets)."""

POPULATION = """\
### A population at once

{count:,} organisations as columns in memory, one thread each: an Arrow table for this engine (Polars), NumPy arrays
of the same columns for OpenFisca; from there to one column of answers a programme, everything an engine does to
take the columns in counted. Ratio: median of the rounds' ratios to the first line, of processor time (of elapsed
time in brackets)."""

UNLIKE = """\
### Not like for like

* **Unknown facts.** Only this engine knows them; everything here is known, or the others would answer wrongly. Of
  one organisation it still asks of every value whether it is known. Of a population it asks each column once, and
  computes without unknowns what only whole columns decide; a line tells the time with one value in ten unknown. It
  carries both ends of each count of records, and of what a zero divides, which the others do not.
* **Reasons.** The first line of each table gives the truth of every condition (as columns, as bits); the others
  give the verdict alone, and leave out what cannot change it. The third line of the first table adds missing facts
  and both ends of scores.
* **Numbers.** This engine and CEL calculate with whole numbers, ZEN and rule-engine with decimals, JsonLogic with
  binary floats of 64 bits, OpenFisca with floats of 32 bits and whole numbers of 32: amounts above 16 777 216 are
  rounded there.
* **Dates** are whole days for the others; this engine makes dates of them, which is counted.
* **Counts of records** are made beforehand for all. From JSON with its records, checked and counted, this engine
  takes longer: see the first section.
* **Codes.** OpenFisca's formulas compare whole numbers. Where its codes come as text, turning them into numbers is
  counted, done in the quickest way found, which is quicker than its own options (`Enum`); the last line has them as
  numbers beforehand.
* **Quotients** are divided where the language divides exactly enough and are multiplied out in CEL; no other engine
  is asked to look at denominators, which are all above zero.
* **Shared work.** OpenFisca's formulas keep what they use twice in a variable, and this engine does so across
  programmes. The other languages write it out twice: naming it was slower in ZEN, and CEL has no names.
* **All eight in one expression** spares ZEN, CEL and rule-engine taking the dict in eight times, but is not how
  rules are kept and changed."""


def text(
    one: Sequence[Timed],
    many: Population,
    *,
    asked: Programmes,
    facts: Mapping[str, Any],
    at: datetime,
) -> str:
    """Return the section in Markdown."""
    plan = asked.plan
    introduction = INTRODUCTION.format(
        on=ON.isoformat(),
        programmes=", ".join(f"`{each.id}`" for each in plan.programmes),
        leaves=sum(len(each.leaves) for each in plan.programmes),
        facts=len(set(asked.facts.values())),
    )
    rounds = len(one[0].times.wall)
    parts = [
        introduction,
        measured_on(facts, at=at, packages=PACKAGES),
        SINGLE.format(rounds=rounds),
        _single_table(one, len(plan.programmes)),
        _agreed([each.agreement for each in one]),
        POPULATION.format(count=many.rows),
        _population_table(many, len(plan.programmes)),
        _population_agreed(many),
        _goals(one, many),
        UNLIKE,
    ]
    return "\n\n".join(parts)


def missed(one: Sequence[Timed], many: Population) -> bool:
    """Return whether a goal was missed against the quickest way of the other side."""
    return min(_zen(one).values()) < GOAL_ZEN or min(_openfisca(many).values()) < GOAL_OPENFISCA


def _zen(one: Sequence[Timed]) -> dict[str, float]:
    """Return way → how many times its processor time this engine's first way is quicker."""
    return {each.way: each.times.against(one[0].times)[1] for each in one if each.name == ZEN}


def _openfisca(many: Population) -> dict[str, float]:
    return {name: many.times[name].against(many.times[MASKS])[1] for name in (TEXT, NUMBERS)}


def _single_table(one: Sequence[Timed], programmes: int) -> str:
    lines = [
        (
            f"**{each.name}**" if each.name == OURS else each.name,
            each.way,
            _microseconds(each.times.processor),
            f"{programmes / median(each.times.processor):,.0f}",
            _ratio(each.times, one[0].times),
        )
        for each in one
    ]
    return rows(("engine", "used as", "µs", "programmes a second", "ratio"), lines)


def _population_table(many: Population, programmes: int) -> str:
    lines = [
        (
            f"**{name}**" if name in (MASKS, VERDICTS, HOLES) else name,
            f"{median(times.processor):.3f}",
            f"{programmes * many.rows / median(times.processor) / 1e6:.1f}",
            _ratio(times, many.times[MASKS]),
        )
        for name, times in many.times.items()
    ]
    return rows(("engine", "s", "million programmes a second", "ratio"), lines)


def _microseconds(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1e6:,.1f}"


def _ratio(these: Times, others: Times) -> str:
    if these is others:
        return "1"
    wall, processor = these.against(others)
    return f"{processor:,.2f} ({wall:,.2f})"


def _agreed(agreements: Sequence[Agreement]) -> str:
    odd = [each for each in agreements if each.differing]
    counts = sorted({(each.organisations, each.name) for each in agreements})
    fewest, most = counts[0], counts[-1]
    checked = f"Compared on {most[0]:,} organisations each ({fewest[0]:,} for {fewest[1]})"
    if not odd:
        return f"{checked}: no answer differs."
    return f"{checked}; differing answers: {', '.join(map(_told, odd))}."


def _told(agreement: Agreement) -> str:
    where = ", ".join(f"`{id}` {count}" for id, count in agreement.which.items())
    return f"{agreement.name} {agreement.differing} ({where})"


def _population_agreed(many: Population) -> str:
    count = many.rows * 8
    if not many.agreement.differing:
        return f"All {count:,} answers are the same."
    cause = (
        "the same formulas on the columns as they are, without OpenFisca, give none: it is the 32 bits of its numbers"
        if not many.exact.differing
        else f"the same formulas without OpenFisca: {_told(many.exact)}"
    )
    return f"Of {count:,} answers these differ: {_told(many.agreement)}; {cause}."


def _goals(one: Sequence[Timed], many: Population) -> str:
    zen = "; ".join(f"{way} {_judged(ratio, GOAL_ZEN)}" for way, ratio in _zen(one).items())
    fiscal = "; ".join(f"{name} {_judged(ratio, GOAL_OPENFISCA)}" for name, ratio in _openfisca(many).items())
    return (
        "### Goals\n\n"
        f"* {GOAL_ZEN:.0f} times zen-engine's rate for one organisation, with every condition: {zen}.\n"
        f"* {GOAL_OPENFISCA:.0f} times OpenFisca's rate for a population, with masks: {fiscal}."
    )


def _judged(ratio: float, goal: float) -> str:
    return f"{ratio:.1f} × ({'met' if ratio >= goal else 'missed'})"
