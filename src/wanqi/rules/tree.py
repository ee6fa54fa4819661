"""The logical tree every expression becomes, and the only thing a backend sees.

Nodes are immutable and typed. BETWEEN, parentheses, LIKE and signs are already lowered; numbers are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal as Choice

from wanqi.rules.types import BOOL, Type

Comparison = Choice["=", "<>", "<", "<=", ">", ">="]
Operation = Choice["+", "-", "*"]
Constant = str | bool | date | Decimal


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the row, unknown where the row has none."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: Decimal for every number (元 for money), date, text or bool."""

    value: Constant
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
class Call:
    """One function of the registry (`wanqi.rules.functions`)."""

    function: str
    arguments: tuple[Node, ...]
    type: Type


Node = Field | Literal | Compare | OneOf | All | Any | Not | Known | Arithmetic | Ratio | Case | Call


def children(node: Node) -> tuple[Node, ...]:
    """Return the operands of a node in reading order."""
    match node:
        case Field() | Literal():
            return ()
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case OneOf(operand=operand) | Not(operand=operand) | Known(operand=operand):
            return (operand,)
        case All(parts=parts) | Any(parts=parts):
            return parts
        case Ratio(numerator=numerator, denominator=denominator):
            return (numerator, denominator)
        case Case(branches=branches, otherwise=otherwise):
            return (*(part for branch in branches for part in branch), otherwise)
        case Call(arguments=arguments):
            return arguments


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, in reading order."""
    yield node
    for child in children(node):
        yield from walk(child)


def fields(node: Node) -> tuple[str, ...]:
    """Return the names of the fields used, each once, in reading order."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Field)))
