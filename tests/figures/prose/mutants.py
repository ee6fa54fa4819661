"""One-digit mutants of sound claim groups, and whether their own arithmetic can tell."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.figures.prose.arithmetic import holds
from tests.figures.prose.scoring import FIXED, Fact, Group, matches, plain, spans
from wanqi.figures import AuditFinding, audit

# Roles which no writer prints as such: a summed part, the months behind 序时进度.
PERIOD = re.compile(r"上半年|全年|季度|前\d+个?月|\d+[-—至]\d+月|\d+月")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A sound sentence with one digit of one figure changed.

    `strict`: the rounding of the printed figures cannot explain it; `plain`: nor can cutting off instead of rounding,
    of every figure at once, so that even the most charitable reader must notice.
    """

    group: Group
    role: str
    text: str
    was: str
    now: str
    strict: bool
    plain: bool


def mutants(groups: Sequence[Group], *, count: int, seed: int) -> list[Mutant]:
    """Distinct mutants in a random order, at most `count`."""
    dice = random.Random(seed)
    found = [mutant for group in groups if group.expected == "consistent" for mutant in every(group)]
    dice.shuffle(found)
    return found[:count]


def every(group: Group) -> Iterator[Mutant]:
    """All one-digit mutants of a group whose figures stand in its sentence and agree."""
    if not holds(group.relation, group.spans) or not told(group):
        return
    for fact in group.facts:
        if fact.role in FIXED:
            continue
        place = where(group, fact)
        if place is None:
            continue
        start, printed = place
        for at, digit in enumerate(printed):
            for other in "0123456789" if digit.isdigit() else "":
                if other == digit or (other == "0" and at == 0 and len(printed) > 1):
                    continue
                yield mutated(group, fact, start, printed, printed[:at] + other + printed[at + 1 :])


def mutated(group: Group, fact: Fact, start: int, printed: str, changed: str) -> Mutant:
    """The mutant with its detectability, from the facts alone."""
    text = group.sentence[:start] + changed + group.sentence[start + len(printed) :]
    digits = re.sub(r"[ ,]", "", changed)
    written = {fact.role: fact.written.replace(fact.number, digits, 1).replace(printed, changed, 1)}
    seen = [not holds(group.relation, spans(group, written, slack=Fraction(slack, 2))) for slack in (1, 2)]
    return Mutant(group, fact.role, text, printed, changed, *seen)


def where(group: Group, fact: Fact) -> tuple[int, str] | None:
    """The only place of a figure in the sentence as (start, digits); None when it is not printed just once.

    Figures that stand there twice are taken in the order of the facts.
    """
    places = [
        (found.start(), found.group())
        for found in re.finditer(r"\d+(?:[ ,]\d{3})*(?:\.\d+)?", group.sentence)
        if plain(found.group()) == fact.number
    ]
    same = [other for other in group.facts if other.number == fact.number]
    if len(places) != len(same):
        return None
    return places[same.index(fact)]


def told(group: Group) -> bool:
    """Whether the sentence prints what the relation needs: every figure, and the period where there is one."""
    roles = {fact.role for fact in group.facts}
    if "months" in roles and not PERIOD.search(group.sentence):
        return False
    if group.relation == "count":
        return False
    return all(where(group, fact) is not None for fact in group.facts if fact.role not in FIXED)


def found_at(mutant: Mutant) -> str | None:
    """The strongest level at which the audit speaks of the mutated group.

    A slip that the group's own relation shows may as well be shown by another one that the sentence states; one that
    it cannot show is another relation's affair.
    """
    numbers = mutant.group.numbers | {plain(mutant.now)}
    levels = {
        finding.level
        for finding in audit(mutant.text).findings
        if (
            any(plain(figure) in numbers for figure in finding.figures)
            if mutant.strict
            else own(finding, mutant)
        )
    }
    return next((level for level in ("error", "query", "note") if level in levels), None)


def own(finding: AuditFinding, mutant: Mutant) -> bool:
    """Whether a finding is of the very relation that was mutated."""
    return finding.relation == mutant.group.relation and matches(finding, mutant.group)
