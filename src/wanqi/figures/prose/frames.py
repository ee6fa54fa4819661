"""The frames that prose is read into: figures with their words, entries of one subject, passages."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from wanqi.figures.prose.laws import Box, box
from wanqi.figures.prose.lexer import Sort, Token
from wanqi.figures.prose.units import class_of
from wanqi.figures.quantities import Quantity

Role = Literal[
    "level", "base", "change", "whole", "average", "growth", "share", "completion", "rate", "points", "pace",
    "times", "other",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Figure:
    """One figure of a passage.

    `label` is what stands before it since the last boundary, `mark` that boundary ("" at the start of a
    passage, "F" right behind another figure), `after` what follows up to the next boundary. `quantity` carries
    the sign of the direction word.
    """

    token: Token
    label: str
    mark: str
    periods: tuple[str, ...]
    outer: str = ""
    after: str = ""
    next_mark: str = ""
    quantity: Quantity | None = None
    role: Role = "other"
    subject: str = ""
    compared: str = ""
    number: int = 0
    checked: bool = False
    target: bool = False
    inner: bool = False
    siblings: tuple[Figure, ...] = ()
    _reach: tuple[Quantity | None, Box] | None = None
    passage: int = 0
    paragraph: int = 0

    @property
    def reach(self) -> Box:
        """Every number it may stand for, kept for the many sums it is weighed in."""
        if self._reach is None or self._reach[0] is not self.quantity:
            self._reach = (self.quantity, box(self.quantity) if self.quantity else (Fraction(0), Fraction(0)))
        return self._reach[1]

    @property
    def sort(self) -> Sort:
        """The sort the lexer gave it."""
        return self.token.sort or "amount"

    @property
    def unit(self) -> str:
        """Its unit, inherited from its list where it has none of its own."""
        return self.quantity.unit if self.quantity else ""

    @property
    def kin(self) -> str:
        """The class of its unit: figures of one class may be added."""
        return class_of(self.unit)

    @property
    def value(self) -> Fraction:
        """Its number; zero where unreadable (such a figure is in no equation)."""
        return self.quantity.value if self.quantity else Fraction(0)

    @property
    def exact(self) -> bool:
        """True when counted or set, not rounded."""
        return bool(self.quantity and self.quantity.exact)


@dataclass(slots=True, eq=False)
class Entry:
    """One subject of a passage: its level or change and the rates said of it."""

    label: str
    mark: str
    level: Figure | None = None
    base: Figure | None = None
    against: Figure | None = None
    change: Figure | None = None
    growths: list[Figure] = field(default_factory=list)
    shares: list[tuple[Figure, Figure | None]] = field(default_factory=list)
    completions: list[tuple[Figure, Figure | None]] = field(default_factory=list)
    rates: list[Figure] = field(default_factory=list)
    points: list[Figure] = field(default_factory=list)
    times: list[tuple[Figure, Figure | None]] = field(default_factory=list)
    averages: list[Figure] = field(default_factory=list)
    open: bool = False
    total: bool = False
    inner: bool = False
    passage: int = 0

    @property
    def main(self) -> Figure | None:
        """The amount it is about: its level, else its change."""
        return self.level or self.change


@dataclass(slots=True)
class Passage:
    """Text between two full stops or semicolons: its figures, its entries and its plain words."""

    start: int
    end: int
    text: str
    figures: list[Figure]
    entries: list[Entry]
    periods: tuple[str, ...]
    damaged: bool
    sentence: int
    paragraph: int = 0
    shared_whole: Figure | None = None
    shared_surely: bool = False
    flat: bool = False
    table: bool = False
    tokens: tuple[Token, ...] = ()
