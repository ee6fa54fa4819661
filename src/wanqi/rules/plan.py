"""What a backend runs: the columns it is given, named core nodes in stages, and where each answer stands.

`wanqi.rules.programmes` makes plans; backends read them and know nothing of programmes, articles or tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal as Choice

from wanqi.rules.tree import Node
from wanqi.rules.types import Type

Side = Choice["low", "high"]
Measure = Choice["count", "sum", "top"]


@dataclass(frozen=True, slots=True)
class FactAt:
    """A fact of the organisation: of one year where it is annual, otherwise as of the date asked."""

    fact: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a set-valued fact contains any of the values."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How many values a set-valued fact contains."""

    fact: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One end of the interval of a count, sum or sum of the n largest over the rows of a record kind.

    value and where are core nodes over the fields of the kind; where None takes every row.
    """

    kind: str
    measure: Measure
    value: Node | None
    where: Node | None
    n: int | None
    side: Side


Source = FactAt | Member | Size | Aggregate


@dataclass(frozen=True, slots=True)
class Input:
    """One column of the snapshot; null is unknown (for an Aggregate: unbounded on that side)."""

    name: str
    type: Type
    source: Source


Named = tuple[str, Node]
Pair = tuple[str, str]
Operator = Choice["all", "any", "n_of", "score", "item", "leaf"]
Reason = Choice["missing", "unverified", "judgement"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a leaf compares, for people: `value` operator `threshold`, as pairs of core nodes (low, high).

    operator is None where nothing can be measured: the leaf has a value or not, and no gap.
    step: the smallest difference in the value's unit that a fact can make, as a decimal string.
    """

    value: tuple[Node, Node]
    operator: str | None
    threshold: tuple[Node, Node] | None
    unit: str | None
    step: str


@dataclass(frozen=True, slots=True)
class Part:
    """One node of a programme's condition tree as compiled.

    column: its Boolean column (None for the items of a score); points: the (low, high) columns of an item or score.
    fixed: the reason it is unknown whatever the facts are. inputs: names of the inputs it reads.
    """

    id: str
    op: Operator
    title: str | None = None
    article: str | None = None
    tag: str | None = None
    column: str | None = None
    n: int | None = None
    points: Pair | None = None
    maximum: str | None = None
    threshold: str | None = None
    fixed: Reason | None = None
    reading: Reading | None = None
    inputs: tuple[str, ...] = ()
    children: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """Yield this node and everything below it in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Compiled:
    """Where a programme's answers stand: names of columns of the stages.

    version is None where none is in force for the date and kind; then verdict names a column that is false.
    leaves: (condition id, column) in stable bit positions. score: (low, high) in 分; amount: (low, high) in 元.
    """

    id: str
    version: str | None
    digest: str
    verdict: str
    leaves: tuple[Pair, ...]
    score: Pair | None = None
    amount: Pair | None = None
    conditions: Part | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a backend needs for one region, date and kind of application.

    stages: each a list of (name, core node); a node may use inputs and the names of earlier stages as Field(name).
    1 shared derived values `d<n>`, 2 distinct conditions `c<n>` (bool), 3 scores and amounts, 4 verdicts (bool;
    true met, false unmet, null unknown).
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
