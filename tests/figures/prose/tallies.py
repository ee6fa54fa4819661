"""How often each rule was right: the counts of the registry, and what they would be without one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.figures.prose.mutants import Mutant, own
from tests.figures.prose.scoring import Group, Judged, matches, score
from wanqi.figures import audit

TARGET = Fraction(98, 100)


@dataclass(frozen=True, slots=True)
class Shown:
    """One error that was shown: where, by which rule, and whether a wrong figure stands behind it."""

    document: str
    rule: str
    right: bool


def shown_on_groups(judged: Iterable[Judged]) -> list[Shown]:
    """The errors on labelled sentences."""
    return [
        Shown(one.groups[0].document, finding.relation, finding not in one.false_errors)
        for one in judged
        for finding in one.errors
    ]


def shown_on_mutants(made: Iterable[Mutant]) -> list[Shown]:
    """The errors on mutants; right where the printed figures really cannot all be true."""
    return [
        Shown(mutant.group.document, finding.relation, mutant.strict)
        for mutant in made
        for finding in audit(mutant.text, counts={}).findings
        if finding.level == "error"
        and (matches(finding, mutant.group) if mutant.strict else own(finding, mutant))
    ]


def counts(shown: Iterable[Shown]) -> dict[str, tuple[int, int]]:
    """Rule → (errors shown, of them right)."""
    every, right = Counter[str](), Counter[str]()
    for one in shown:
        every[one.rule] += 1
        right[one.rule] += one.right
    return {rule: (every[rule], right[rule]) for rule in sorted(every)}


def demoted(counted: dict[str, tuple[int, int]]) -> frozenset[str]:
    """Rules whose errors were right less often than the target."""
    return frozenset(rule for rule, (every, right) in counted.items() if Fraction(right, every) < TARGET)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The score over documents, each judged by a registry counted without it."""

    false: int
    found: int
    material: int
    demotions: dict[str, frozenset[str]]


def leave_one_out(groups: Sequence[Group], made: Sequence[Mutant]) -> LeftOut:
    """Count without each document in turn, demote, and score that document under what is left."""
    judged = score(groups, counts={}).judged
    every = shown_on_groups(judged) + shown_on_mutants(made)
    false = found = material = 0
    demotions = {}
    for name in dict.fromkeys(group.document for group in groups):
        without = demoted(counts(one for one in every if one.document != name))
        demotions[name] = without
        for one in (one for one in judged if one.groups[0].document == name):
            kept = [finding for finding in one.errors if finding.relation not in without]
            false += sum(finding in one.false_errors for finding in kept)
            wrong = [group for group in one.groups if group.material]
            material += len(wrong)
            found += sum(any(matches(finding, group) for finding in kept) for group in wrong)
    return LeftOut(false, found, material, demotions)
