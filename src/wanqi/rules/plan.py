"""What a backend runs: the columns it is given, named core nodes in stages, and where each answer stands.

`wanqi.rules.programmes` makes plans; backends read them and know nothing of programmes, articles or tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal as Choice

from wanqi.rules.sources import Aggregate, FactAt, Member, Size, Source
from wanqi.rules.tree import Comparison, Day, Node
from wanqi.rules.types import Type

__all__ = [
    "Aggregate",
    "Compiled",
    "FactAt",
    "Input",
    "Meeting",
    "Member",
    "Named",
    "Pair",
    "Part",
    "Plan",
    "Reading",
    "Reason",
    "Size",
    "Source",
    "Turns",
]

Named = tuple[str, Node]
Pair = tuple[str, str]
Shape = Choice["all", "any", "n_of", "score", "item", "leaf"]
Reason = Choice["missing", "unverified", "judgement"]


@dataclass(frozen=True, slots=True)
class Input:
    """One column of the snapshot; null is unknown (for an Aggregate: unbounded on that side)."""

    name: str
    type: Type
    source: Source


@dataclass(frozen=True, slots=True)
class Reading:
    """What a leaf compares, for people: `value operator threshold`, both as pairs of core nodes (low, high).

    threshold: one constant, several (the value is one of them), or a pair. operator None: nothing can be measured.
    under: where the value is a quotient whose ends no column can hold, its denominator; value is then the numerator.
    """

    value: tuple[Node, Node]
    operator: Comparison | None
    threshold: tuple[Node, Node] | None
    choices: tuple[str, ...] = ()
    unit: str | None = None
    under: tuple[Node, Node] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One node of a programme's condition tree as compiled, with the words of its document.

    column: the Boolean column of a leaf or score. test: the Boolean core node of a leaf, of one of its years or terms,
    of the mark of a score, of the minimum or veto of an item. points: low and high of an item or score in
    分; mark: the comparison that they must pass, step: the least difference they can have. fixed: why it is unknown
    whatever the facts are. options: on what the points of an item rest: conditions, of which the first that holds
    decides (first) or every one adds, or the two ends of a formula.
    """

    id: str
    op: Shape
    title: str | None = None
    article: str | None = None
    tag: str | None = None
    column: str | None = None
    test: Node | None = None
    n: int | None = None
    points: tuple[Node, Node] | None = None
    maximum: Decimal | None = None
    mark: tuple[Comparison, Decimal] | None = None
    fixed: Reason | None = None
    reading: Reading | None = None
    options: tuple[Node, ...] = ()
    first: bool = True
    step: Decimal | None = None
    children: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """Yield this node and everything below it in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Meeting:
    """A comparison of a date with a day at a distance from the day asked about; it turns as `how` says.

    kind None: the date is the fact `name`; else the field `name` of the records of that kind.
    """

    day: Day
    how: Choice["reaches", "passes"]
    kind: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Turns:
    """What makes one programme's verdict depend on the date.

    fixed: later dates on which the rule itself changes, ascending. kinds: the lists of records it reads, which may be
    complete only up to some day.
    """

    fixed: tuple[date, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """Where a programme's answers stand: names of columns of the stages.

    version is None where none is in force for the date and kind; then verdict names a column that is false.
    leaves: (condition id, column) in stable bit positions. score: (low, high) in 分; amount: (low, high) in 元. steps:
    how the amount is reached if the verdict is met, (id, title, (low, high) core nodes in 元).
    """

    id: str
    version: str | None
    digest: str
    verdict: str
    leaves: tuple[Pair, ...]
    score: Pair | None = None
    amount: Pair | None = None
    conditions: Part | None = field(default=None, compare=False, repr=False)
    turns: Turns = Turns()
    steps: tuple[tuple[str, str, tuple[Node, Node]], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a backend needs for one region, date and kind of application.

    stages: each a list of (name, core node); a node may use inputs and the names of earlier stages as Field(name).
    In order: shared derived values `d<n>`, scores `s<n>_low`, `s<n>_high`, distinct conditions `c<n>` (bool), verdicts
    `v<n>` (bool; true met, false unmet, null unknown), amounts `a<n>_low`, `a<n>_high`. A stage may be empty.
    """

    region: str
    on: date
    kind: str
    inputs: tuple[Input, ...]
    stages: tuple[tuple[Named, ...], ...]
    programmes: tuple[Compiled, ...]

    @property
    def nodes(self) -> dict[str, Node]:
        """Return name → node over all stages."""
        return {name: node for stage in self.stages for name, node in stage}
