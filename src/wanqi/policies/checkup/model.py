"""What a check-up says: plain values for a page, a report or an API; nothing here reads a database or a clock.

Every text is ready for the screen, in the bureau's words. JSON codes (`verdict`, `why`, `state`) are for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

DISCLAIMER = "系统比对结果仅供参考，以主管部门最终审核结果为准"
# (document number, article) → the printed text of that clause, None where it is not entered
Passages = Callable[[str, str], "str | None"]
# (fact, year or "") → who says so, None where nobody is named
Sources = Callable[[str, str], "str | None"]


class State(StrEnum):
    """How an enterprise stands to a programme; the code is for programs, `words` for people."""

    MET = "met"
    SHORT = "short"
    MISSING = "missing"
    UNVERIFIED = "unverified"
    JUDGEMENT = "judgement"
    UNMET = "unmet"
    HELD = "held"
    NOT_YET = "not_yet_in_force"
    LAPSED = "lapsed"


class Chance(StrEnum):
    """What can be done about a condition that is not met."""

    NOW = "now"
    NEXT_YEAR = "next_year"
    WAIT = "wait"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a condition stands. text: the printed clause, None where it has not been entered."""

    document: str
    article: str
    text: str | None

    @property
    def said(self) -> str:
        """The clause, or that it is not there."""
        return self.text or "该条款原文尚未录入文件库，请以公开发布的文件为准。"


@dataclass(frozen=True, slots=True)
class Used:
    """One datum a condition reads. period: a year, "" otherwise; value: words, None where it is unknown.

    section: facts or records; source: who says so, None where unknown or not told.
    """

    section: str
    id: str
    title: str
    period: str
    value: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with its numbers in words. share: value ÷ threshold for a thin bar, None where it has no sense.

    verdict: met, unmet or unknown; word: 符合, 差 2 件, 待补充数据 …; chance and advice: only where it is not met.
    """

    id: str
    op: str
    title: str
    verdict: str
    why: str | None
    word: str
    value: str
    threshold: str
    gap: str
    share: Decimal | None
    clause: Clause
    sourcing: str
    used: tuple[Used, ...]
    chance: Chance | None
    advice: str
    children: tuple[Condition, ...]

    def walk(self) -> Iterator[Condition]:
        """Yield this condition and everything below it in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Window:
    """When applications are taken. state: open, closed (not yet open), over (of this year) or by_notice.

    opens, closes: the current or next span.
    """

    state: str
    words: str
    opens: date | None
    closes: date | None

    @property
    def batch(self) -> str:
        """The batch that advice is about."""
        return "下一批次前" if self.state == "over" else "本批次"


@dataclass(frozen=True, slots=True)
class Held:
    """A title that stands. until: its last day, None where it has no end or nobody said."""

    granted: date | None
    until: date | None
    soon: bool
    words: str


@dataclass(frozen=True, slots=True)
class Amount:
    """What is paid, in 元. low, high: bounds as things stand; potential: bounds once all conditions are met.

    recipient: "" for the enterprise itself, else who is paid instead, in words.
    """

    low: Decimal | None
    high: Decimal | None
    potential: tuple[Decimal | None, Decimal | None]
    words: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The next declaration year. lines: targets; possible: whether facts already fixed leave it open.

    earliest: the first year in which they do, None where none of the next three does.
    """

    year: int
    possible: bool
    earliest: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme for one enterprise. kind: new, or review where the title is held.

    short: how many conditions suffice to stop it being unmet, None where none do. missing: (section, id) of what is
    asked; now: what can still be done for this batch; version: None where no rule is in force; standard: what is paid,
    as its document says.
    """

    id: str
    title: str
    level: str
    what: str
    act: str
    holder: str
    authority: str
    recommended_by: str
    system: str
    system_url: str
    materials: tuple[str, ...]
    note: str
    document: str
    version: str | None
    rule_digest: str
    kind: str
    verdict: str
    why: str | None
    state: State
    word: str
    short: int | None
    score: tuple[Decimal | None, Decimal | None] | None
    amount: Amount | None
    window: Window
    held: Held | None
    missing: tuple[tuple[str, str], ...]
    conditions: tuple[Condition, ...]
    now: tuple[str, ...]
    next: Next | None
    presupposes: tuple[str, ...]
    excludes: tuple[str, ...]
    standard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A datum to ask for. decides: titles of programmes some answer would decide; asked: of those that ask for it.

    gain: (programmes decided, conditions decided) on average over the answers tried. who: who can say it; type, unit
    and choices: how it is answered (facts); records are answered by a list, or by saying that there are none.
    """

    section: str
    id: str
    title: str
    period: str
    type: str
    unit: str
    choices: tuple[str, ...]
    decides: tuple[str, ...]
    asked: tuple[str, ...]
    gain: tuple[Decimal, Decimal]
    who: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: the titles that stand on it, any of which leads on."""

    programmes: tuple[tuple[str, str, State, str], ...]
    reached: bool
    next: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One programme in the best combination: what it pays there, also in words, and why less than on its own."""

    id: str
    title: str
    amount: tuple[Decimal, Decimal | None]
    paid: tuple[Decimal, Decimal | None]
    note: str
    words: str


@dataclass(frozen=True, slots=True)
class Combination:
    """The best lawful set of the year. total in 元, words: the same; left: (title, reason) of those not in it."""

    chosen: tuple[Choice, ...]
    total: tuple[Decimal, Decimal | None]
    left: tuple[tuple[str, str], ...]
    considered: int
    words: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything about one enterprise on one day, programmes nearest and most worthwhile first."""

    organisation: str
    region: str
    on: date
    base_year: int
    pack_digest: str
    programmes: tuple[Programme, ...]
    questions: tuple[Question, ...]
    ladder: tuple[Rung, ...]
    combination: Combination | None
    counts: Mapping[str, int]
    disclaimer: str = DISCLAIMER

    def programme(self, id: str) -> Programme | None:
        """Return one programme, None where the region does not have it."""
        return next((one for one in self.programmes if one.id == id), None)
