"""Awards as data, with every expression still text.

A sum (`Sum`) is one paragraph of the document: a form that gives 元, and what bounds it. `Parts` combine several.
After that come, in the order the document says, the caps per applicant and the payments already made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as Choice
from typing import Protocol

from wanqi.rules.spans import Span
from wanqi.rules.tree import Node

Combine = Choice["sum", "highest", "one_of"]
Step = Choice["caps", "paid"]
Recipient = Choice["enterprise", "government", "operator", "park", "person"]


class Source(Protocol):
    """Where the texts of an award become nodes, lowered for one moment."""

    def test(self, text: str) -> Node:
        """Return the Boolean core node of a condition."""
        ...

    def value(self, text: str) -> Span:
        """Return lower and upper bound of a number."""
        ...


@dataclass(frozen=True, slots=True)
class Formula:
    """元 by an expression; a single constant for a fixed sum."""

    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """A sum where a condition holds."""

    when: str
    amount: str


@dataclass(frozen=True, slots=True)
class First:
    """The first option that holds pays; nothing (or `otherwise`) where none does."""

    options: tuple[Option, ...]
    otherwise: str = "0"


@dataclass(frozen=True, slots=True)
class Each:
    """Every option that holds pays."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """The share paid of what lies above a bound, up to the next bracket's bound. bound in 元; rate 1 = 100 %."""

    above: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Marginal:
    """Each bracket pays its rate on its own slice of the measured sum. brackets: bounds rising."""

    of: str
    brackets: tuple[Bracket, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate on the whole base once the measure reaches a bound."""

    at_least: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Tiered:
    """One rate on the whole base, by the highest tier reached; nothing below the lowest. tiers: bounds falling."""

    of: str
    base: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Least:
    """What happens to a sum below a minimum: it is not paid, or raised to the minimum."""

    amount: Decimal
    below: Choice["unpaid", "raised"]


@dataclass(frozen=True, slots=True)
class Sum:
    """One paragraph: a form, a condition of its own, then bounds in the order limits, least.

    limits: expressions the sum may not pass (a cap, the interest really paid).
    """

    id: str
    title: str
    form: Formula | First | Each | Marginal | Tiered
    when: str | None = None
    limits: tuple[str, ...] = ()
    least: Least | None = None
    article: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Several sums together: all of them, only the highest, or one the applicant chooses (the best is shown)."""

    id: str
    title: str
    combine: Combine
    parts: tuple[Sum | Parts, ...]
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """The most one applicant may get (in a year, in all), less what counts against it already."""

    id: str
    title: str
    amount: str
    used: str | None = None


@dataclass(frozen=True, slots=True)
class Netting:
    """What was paid before for the same: only the difference is paid, or nothing once anything was paid."""

    paid: str
    rule: Choice["difference", "once"]


@dataclass(frozen=True, slots=True)
class Rounding:
    """step in 元; mode down cuts, half_up rounds halves away from zero."""

    step: Decimal = Decimal("0.01")
    mode: Choice["down", "half_up"] = "half_up"
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the award and the milestone after which it is paid."""

    id: str
    title: str
    share: Decimal
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Who bears which part of the award."""

    payer: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Clawback:
    """What is taken back, and when."""

    title: str
    when: str
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Pool:
    """A budget or number of places shared by all applicants. total in 元, None where only places are limited."""

    rule: Choice["proportional", "first_come", "rank"]
    total: Decimal | None = None
    places: int | None = None


@dataclass(frozen=True, slots=True)
class CompiledAward:
    """amount: bounds of the sum if the programme is met, in 元. steps: (id, title, bounds) in reading order."""

    amount: Span
    steps: tuple[tuple[str, str, Span], ...]


@dataclass(frozen=True, slots=True)
class AwardRule:
    """Everything a document says about the sum.

    order: of what follows the sums; netting first pays the difference before the cap is looked at.
    """

    root: Parts
    caps: tuple[Cap, ...] = ()
    netting: Netting | None = None
    order: tuple[Step, ...] = ("caps", "paid")
    rounding: Rounding = field(default_factory=Rounding)
    stages: tuple[Stage, ...] = ()
    shares: tuple[Share, ...] = ()
    clawback: tuple[Clawback, ...] = ()
    recipient: Recipient = "enterprise"
    pool: Pool | None = None

    def compile(self, source: Source) -> CompiledAward:
        """Return the sum as core nodes. Raises what `source` raises for a text that is refused."""
        from wanqi.rules.awards.lowering import compiled

        return compiled(self, source)
