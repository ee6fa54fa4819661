"""What a language must be able to say so that every core node can be translated into it.

Numbers are whole: 64 bits wide where their bounds allow it (`wide` False), 128 bits otherwise. A null is unknown.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from wanqi.rules.tree import Comparison, Operation

E = TypeVar("E")

# What an operand is made of: numbers of every type are whole numbers here, and all codes are text.
Kind = Literal["number", "truth", "date", "text"]
Branch = tuple[E, E]
Bit = tuple[int, E, bool]  # its place in the word, the condition, whether that is known in every row

NARROW = 2**63 - 1


def kind_of(base: str) -> Kind:
    """Return what a base type is made of."""
    if base in ("text", "enum", "area"):
        return "text"
    return "date" if base == "date" else "truth" if base == "bool" else "number"


@dataclass(frozen=True, slots=True)
class Whole(Generic[E]):
    """A whole number with the bounds of its known values, inclusive; wide: carried in 128 bits.

    constant: its value where the text is a constant.
    """

    text: E
    low: int
    high: int
    wide: bool
    constant: int | None = None

    @property
    def size(self) -> int:
        """Return the bound of its absolute value."""
        return max(-self.low, self.high)


def beyond_narrow(low: int, high: int) -> bool:
    """Return whether numbers between the bounds may need more than 64 bits."""
    return low < -NARROW - 1 or high > NARROW


class Target(ABC, Generic[E]):
    """One language; every method returns an operand of it and none looks at bounds."""

    @abstractmethod
    def column(self, name: str, kind: Kind) -> E:
        """Return a column of the row by its name."""

    @abstractmethod
    def integer(self, value: int, *, wide: bool) -> E:
        """Return a whole constant."""

    @abstractmethod
    def constant(self, value: str | date | bool) -> E:
        """Return a constant that is no number."""

    @abstractmethod
    def unknown(self, kind: Kind, *, wide: bool = False) -> E:
        """Return a null of a kind."""

    @abstractmethod
    def widen(self, value: E) -> E:
        """Return a 64-bit number as one of 128 bits."""

    @abstractmethod
    def arithmetic(self, operator: Operation, left: E, right: E) -> E:
        """Return a sum, difference or product of two numbers of one width; null if either is."""

    @abstractmethod
    def floor_divide(self, value: E, divisor: E, *, natural: bool = False) -> E:
        """Return the largest whole number not above value / divisor, which is positive or null.

        natural: the value is never negative.
        """

    @abstractmethod
    def compare(self, operator: Comparison, left: E, right: E, *, kind: Kind) -> E:
        """Return the truth of a comparison; null if either side is."""

    @abstractmethod
    def one_of(self, operand: E, constants: Sequence[str | date | int], *, kind: Kind) -> E:
        """Return whether a value is one of some constants; null if it is null."""

    @abstractmethod
    def conjunction(self, parts: Sequence[E]) -> E:
        """Kleene and of at least one part."""

    @abstractmethod
    def disjunction(self, parts: Sequence[E]) -> E:
        """Kleene or of at least one part."""

    @abstractmethod
    def negation(self, part: E) -> E:
        """Kleene not."""

    @abstractmethod
    def at_least(self, count: int, parts: Sequence[E]) -> E:
        """True if count parts are true, false if fewer are true or null, else null."""

    @abstractmethod
    def known(self, value: E, *, kind: Kind) -> E:
        """Return whether a value is not null; never null itself."""

    @abstractmethod
    def possible(self, condition: E) -> E:
        """Return whether a condition is not false; never null itself."""

    @abstractmethod
    def certain(self, condition: E) -> E:
        """Return whether a condition is true; never null itself."""

    @abstractmethod
    def choose(self, branches: Sequence[Branch[E]], otherwise: E, *, kind: Kind) -> E:
        """Return the value of the first branch whose condition is true; a null condition counts as no."""

    @abstractmethod
    def extreme(self, parts: Sequence[E], *, greatest: bool, kind: Kind) -> E:
        """Return the greatest or least of the parts that are not null; null if all are."""

    @abstractmethod
    def starts_with(self, text: E, prefixes: Sequence[str]) -> E:
        """Return whether a text begins with one of the prefixes; null if it is null."""

    @abstractmethod
    def year(self, day: E) -> E:
        """Return the year of a date as a 64-bit number."""

    @abstractmethod
    def month(self, day: E) -> E:
        """Return the month of a date as a 64-bit number."""

    @abstractmethod
    def share(self, value: E, *, kind: Kind) -> E:
        """Return an operand equal to the value that may be repeated at no cost."""

    def state(self, condition: E, *, unknown: int) -> E:
        """Return 0 where a condition is true, 1 where it is false and a constant where it is unknown, in 64 bits."""
        zero, one, far = (self.integer(value, wide=False) for value in (0, 1, unknown))
        return self.choose([(condition, zero), (self.possible(condition), far)], one, kind="number")


class Packing(Target[E]):
    """A language in which small numbers cost much less than large ones: it has ways of its own to choose between
    constants, to compare the beginnings of texts, and to put truths into a word.
    """

    @abstractmethod
    def pick(self, conditions: Sequence[E], values: Sequence[int], otherwise: int) -> E:
        """Return the constant of the first condition that is true, as a 64-bit number."""

    @abstractmethod
    def leading(self, text: E, length: int) -> E:
        """Return the first bytes of a text, at most eight, as a number; null where it has fewer."""

    @abstractmethod
    def leads(self, number: E, prefixes: Sequence[str]) -> E:
        """Return whether the first bytes of a text are one of some prefixes of that length; never null."""

    @abstractmethod
    def code(self, verdict: E, *, sure: bool = False) -> E:
        """Return 2 for true, 1 for unknown, 0 for false, as a number of eight bits. sure: it is known in every row."""

    @abstractmethod
    def word(self, bits: Sequence[Bit[E]], *, unknown: bool) -> E:
        """Return a signed number of 64 bits, each of which tells that its condition is false, or that it is unknown.

        Places rise, from 0 to 63.
        """
