"""Where the columns of a snapshot come from: facts at a year, members of sets, numbers over records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from wanqi.rules.tree import Node
    from wanqi.rules.types import RecordScope

Measure = Literal["count", "sum", "top"]


@dataclass(frozen=True, slots=True)
class FactAt:
    """A fact of the organisation: of one year where it is annual, otherwise as of the date asked.

    given: whether it stands in for what would be computed from other facts.
    """

    fact: str
    year: int | None = None
    given: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a set (of one year, where it is annual) contains any of the values.

    allowed: what the set may hold, where the vocabulary lists it.
    """

    fact: str
    values: tuple[str, ...]
    year: int | None = None
    allowed: tuple[str, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    """How many values a set (of one year, where it is annual) contains."""

    fact: str
    year: int | None = None
    allowed: tuple[str, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One end of the interval of a count, sum or sum of the n largest over the rows of a record kind.

    value and where are core nodes over the fields of one row, of which `scope` has the types and what an absent one
    stands for; where None takes every row. low counts the rows that surely match, high those that may; null is
    unbounded on that side.
    """

    kind: str
    measure: Measure
    value: Node | None
    where: Node | None
    n: int | None
    side: Literal["low", "high"]
    scope: RecordScope = field(compare=False, repr=False)


Source = FactAt | Member | Size | Aggregate
