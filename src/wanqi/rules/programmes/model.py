"""Programmes as pure data: what a pack file says, with every expression still text.

Nothing here reads files or evaluates. Texts are expressions of `wanqi.rules`; points and bounds are exact decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal as Choice
from typing import Protocol

from wanqi.rules.spans import Span
from wanqi.rules.tree import Node
from wanqi.rules.types import Parameter

Kind = Choice["new", "review", "renewal"]
Bound = Choice["at_least", "more_than", "at_most", "less_than"]

KINDS: tuple[Kind, ...] = ("new", "review", "renewal")
UNVERIFIED_TAGS = frozenset({"m/M", "m/L", "inf", "unknown"})


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a condition stands in its document, and how well its number is sourced."""

    id: str
    title: str | None = None
    article: str | None = None
    tag: str | None = None

    @property
    def unverified(self) -> bool:
        """Whether the text behind this was not read, so that nothing may be concluded from it."""
        return self.tag in UNVERIFIED_TAGS


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition of the document.

    when: its text; None where the document gives no number. judge: what an expert decides, if one does.
    """

    basis: Basis
    when: str | None = None
    judge: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions taken together; n is the least number that must hold (op n_of)."""

    basis: Basis
    op: Choice["all", "any", "n_of"]
    parts: tuple[Condition, ...]
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """Points given: one number (low = high) or an interval that is left to an expert."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """Points where the measured value lies at or beyond a bound."""

    bound: Bound
    value: Decimal
    points: Points


@dataclass(frozen=True, slots=True)
class Bands:
    """The first band that holds gives the points. of: the measured expression."""

    of: str
    bands: tuple[Band, ...]
    otherwise: Points


@dataclass(frozen=True, slots=True)
class Option:
    """Points where a condition holds."""

    when: str
    points: Points


@dataclass(frozen=True, slots=True)
class Choose:
    """The first option that holds gives the points."""

    options: tuple[Option, ...]
    otherwise: Points


@dataclass(frozen=True, slots=True)
class EachOf:
    """Every option that holds adds its points."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class BestOf:
    """The item with most points counts."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """All items add up."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Expert:
    """Points that only an expert can give."""

    points: Points


@dataclass(frozen=True, slots=True)
class Formula:
    """Points computed by an expression."""

    text: str


Scoring = Bands | Choose | EachOf | BestOf | Sum | Expert | Formula


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a score.

    scoring None: the document's rule was not read, the points are somewhere in [0, maximum].
    minimum: fewer points fail the score; veto: zero points fail it.
    """

    basis: Basis
    scoring: Scoring | None
    maximum: Decimal | None = None
    minimum: Decimal | None = None
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """A condition on the total of its items: `total operator bound`."""

    basis: Basis
    operator: Choice[">=", ">"]
    bound: Decimal
    items: tuple[Item, ...]


Condition = Leaf | Group | Score


class AwardSource(Protocol):
    """What an award asks of the version it belongs to: its texts as core nodes."""

    def test(self, text: str) -> Node:
        """Return a condition as a Boolean core node."""
        ...

    def value(self, text: str) -> Span:
        """Return a number as its two ends."""
        ...


class CompiledAward(Protocol):
    """The amount in 元 of an application that is met, and the steps that lead to it: (id, title, ends)."""

    @property
    def amount(self) -> Span: ...
    @property
    def steps(self) -> tuple[tuple[str, str, Span], ...]: ...


class Award(Protocol):
    """The amount a version pays; `wanqi.rules.awards` implements it."""

    def compile(self, source: AwardSource) -> CompiledAward:
        """Return the amount, texts read by `source`."""
        ...


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The rule of one document, for some kinds of application and a span of dates (both ends included).

    base_year: a fixed year, or None for the year before the date asked. digest: of everything it stands on.
    """

    version: str
    document: str
    title: str
    applies_to: tuple[Kind, ...]
    valid_from: date
    valid_to: date | None
    conditions: Condition
    base_year: int | None = None
    tag: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    amount: Award | None = None
    digest: str = ""

    def in_force(self, on: date, kind: str) -> bool:
        """Whether the version decides an application of that kind on that date."""
        after = self.valid_to is not None and on > self.valid_to
        return kind in self.applies_to and self.valid_from <= on and not after


@dataclass(frozen=True, slots=True)
class Programme:
    """One thing that can be obtained, with all versions of its rule."""

    id: str
    title: str
    versions: tuple[RuleVersion, ...]

    def version_for(self, on: date, kind: str) -> RuleVersion | None:
        """Return the version in force, None if there is none; the newest where several overlap.

        Packs are checked for overlaps, so the choice is never met in a sound pack.
        """
        found = [one for one in self.versions if one.in_force(on, kind)]
        return max(found, key=lambda one: one.valid_from, default=None)

    def overlaps(self) -> Iterator[tuple[RuleVersion, RuleVersion, str]]:
        """Yield each two versions that are in force on the same day for the same kind, and that kind."""
        for index, one in enumerate(self.versions):
            for other in self.versions[index + 1 :]:
                apart = _ended(one, other) or _ended(other, one)
                if not apart:
                    yield from ((one, other, kind) for kind in one.applies_to if kind in other.applies_to)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One industry of a class table. bounds: fact → its least values, one per class but the last."""

    title: str
    prefixes: tuple[str, ...]
    excepted: tuple[str, ...]
    bounds: Mapping[str, tuple[Decimal, ...]]


@dataclass(frozen=True, slots=True)
class ClassTable:
    """A class by industry: the first class of which every bound of the row is reached, else the last.

    classes: from the largest down. code: the fact whose prefixes choose the row.
    """

    id: str
    code: str
    classes: tuple[str, ...]
    rows: tuple[ClassRow, ...]


def _ended(one: RuleVersion, other: RuleVersion) -> bool:
    return one.valid_to is not None and one.valid_to < other.valid_from
