"""The logical tree every expression becomes: what authors wrote, and below it the core a backend sees.

Nodes are immutable and typed. BETWEEN, parentheses, LIKE and signs are already gone; numbers are exact. The first
part lists the core nodes. The authored ones after it speak of years, dates, records and parameters; `wanqi.rules.lower`
turns them into core nodes for one moment, and no backend ever meets them.

In the core no quotient (`Ratio`) stands inside Case, Reach, OneOf or an extreme: comparisons are moved into the Case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any as _Any
from typing import Literal as Choice

from wanqi.rules.sources import Source
from wanqi.rules.types import BOOL, COUNT, DATE, RecordScope, Type

Comparison = Choice["=", "<>", "<", "<=", ">", ">="]
Operation = Choice["+", "-", "*"]
Constant = str | bool | date | Decimal
Side = Choice["low", "high"]
DayUnit = Choice["years", "months", "days"]


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the row, unknown where the row has none.

    source: where a snapshot column comes from; None for the fields of a record and for columns of a plan itself.
    """

    name: str
    type: Type
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: Decimal for every number (元 for money), date, text or bool."""

    value: Constant
    type: Type


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody knows: a constant null of its type."""

    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type, compared; unknown if either is."""

    operator: Comparison
    left: Node
    right: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a value is one of some constants."""

    operand: Node
    values: tuple[Literal, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class All:
    """Kleene and: one false decides, otherwise one unknown leaves it open."""

    parts: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Any:
    """Kleene or: one true decides, otherwise one unknown leaves it open."""

    parts: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    operand: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Known:
    """True where the operand has a value, false where it has none; never unknown."""

    operand: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Kleene n-of: true if `count` parts are true, false if fewer than `count` are not false, else unknown."""

    count: int
    parts: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference or product of exact numbers."""

    operator: Operation
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Ratio:
    """numerator / denominator, unknown where the denominator is zero or negative."""

    numerator: Node
    denominator: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Case:
    """The value of the first branch whose condition holds; unknown unless every outcome still reachable agrees."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Reach:
    """The least (low) or greatest (high) outcome over the branches still reachable; unknown if one of them is.

    A branch is reachable when its condition is not false and no earlier condition is true.
    """

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node
    side: Side
    type: Type


@dataclass(frozen=True, slots=True)
class Floor:
    """The largest multiple of `step` (> 0, in the unit of the type) that is not above the operand."""

    operand: Node
    step: Decimal
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """One function: those of the registry (`wanqi.rules.functions`) and greatest_known, least_known.

    The last two skip unknown arguments and are unknown only if every argument is.
    """

    function: str
    arguments: tuple[Node, ...]
    type: Type


# --- authored nodes: never seen by a backend ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Annual:
    """An annual fact in the base year moved by `shift` years (-1: the year before)."""

    name: str
    shift: int
    type: Type


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived fact, its years moved by `shift`; `definition` is the authored tree of its expression.

    given: whether a value that the organisation brings with it is taken before the computed one.
    """

    name: str
    shift: int
    type: Type
    definition: Node = field(compare=False, repr=False)
    given: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Window:
    """A condition or number over the last `years` years, by a function of `wanqi.rules.windows`.

    founding: the field with the date of founding, where the function asks which years there were.
    """

    function: str
    operand: Node
    years: int
    founding: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Day:
    """A day that the moment fixes.

    anchor: the day asked about, the first or last day of the base year moved by `shift` years, or `day` itself;
    then moved back by each (unit, distance) of `back` in turn.
    """

    anchor: Choice["on", "year_start", "year_end", "day"]
    shift: int = 0
    back: tuple[tuple[DayUnit, int], ...] = ()
    day: date | None = None
    type: Type = DATE


@dataclass(frozen=True, slots=True)
class BaseYear:
    """The base year as a whole number."""

    type: Type = COUNT


@dataclass(frozen=True, slots=True)
class Param:
    """A dated parameter: the value with the latest first day that is not after the day asked about."""

    name: str
    values: tuple[tuple[date, Constant], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Records:
    """A number over the records of one kind: how many, a sum of values, or a sum of the `n` largest values.

    value and where read the fields of one record, the day asked about and parameters.
    """

    kind: str
    measure: Choice["count", "sum", "top"]
    value: Node | None
    where: Node | None
    n: int | None
    type: Type
    scope: RecordScope = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a set holds any of some values."""

    operand: Node
    values: tuple[str, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Size:
    """How many values a set holds."""

    operand: Node
    type: Type = COUNT


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number known only to lie between two others; low unknown: no lower bound, high unknown: no upper bound.

    An expert's points, or records of a list that may be incomplete. `wanqi.rules.spans.span` dissolves it.
    """

    low: Node
    high: Node
    type: Type


Core = (
    Field
    | Literal
    | Unknown
    | Compare
    | OneOf
    | All
    | Any
    | Not
    | Known
    | AtLeast
    | Arithmetic
    | Ratio
    | Case
    | Reach
    | Floor
    | Call
)
Authored = Annual | Derived | Window | Day | BaseYear | Param | Records | Member | Size | Bounded
Node = Core | Authored


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: its text as written, its tree, its type and the facts or fields it reads."""

    text: str
    root: Node
    type: Type
    inputs: tuple[str, ...]


def _branches(node: Case | Reach) -> tuple[Node, ...]:
    return (*(part for branch in node.branches for part in branch), node.otherwise)


# A table rather than a match: trees are walked far more often than they are made.
_CHILDREN: dict[type, Callable[[_Any], tuple[Node, ...]]] = {
    Compare: lambda node: (node.left, node.right),
    Arithmetic: lambda node: (node.left, node.right),
    **dict.fromkeys((OneOf, Not, Known, Floor, Member, Size), lambda node: (node.operand,)),
    **dict.fromkeys((All, Any, AtLeast), lambda node: node.parts),
    Ratio: lambda node: (node.numerator, node.denominator),
    **dict.fromkeys((Case, Reach), _branches),
    Call: lambda node: node.arguments,
    Bounded: lambda node: (node.low, node.high),
    Derived: lambda node: (node.definition,),
    Window: lambda node: (node.operand,) if node.founding is None else (node.operand, node.founding),
    **dict.fromkeys((Field, Literal, Unknown, Annual, Day, BaseYear, Param, Records), lambda node: ()),
}


def children(node: Node) -> tuple[Node, ...]:
    """Return the operands of a node in reading order; a derived fact opens onto its definition."""
    return _CHILDREN[type(node)](node)


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, in reading order; not into the conditions on records."""
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(reversed(_CHILDREN[type(part)](part)))


def fields(node: Node) -> tuple[str, ...]:
    """Return the names of the fields and annual facts used, each once, in reading order."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Field | Annual)))


def yearly(node: Node) -> bool:
    """Whether an authored node has another value in another base year."""
    for part in walk(node):
        match part:
            case Annual() | BaseYear() | Day(anchor="year_start" | "year_end"):
                return True
            case Records(value=value, where=where):
                if any(one is not None and yearly(one) for one in (value, where)):
                    return True
            case _:
                pass
    return False
