"""What an audit gives: mentions of figures, findings, and the audit of a whole text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wanqi.figures.check import Level
from wanqi.figures.claims import Kind
from wanqi.figures.quantities import Quantity

State = Literal["checked", "unchecked", "unreadable"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One quantity of the text.

    `span` is in characters of the original text; `quantity` is None where digits may be lost.
    """

    span: tuple[int, int]
    text: str
    quantity: Quantity | None
    state: State
    subject: str
    unit: str
    area: str
    period: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One root cause found in a text.

    `figures` are as written in the original and `spans` their places there, `span` the whole passage;
    `arithmetic` the sums shown, `repair` single changes such as "120→220". `key` is the normalised equation:
    the same sum in a later draft has the same key.
    """

    level: Level
    relation: str
    figures: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    span: tuple[int, int]
    message: str
    arithmetic: tuple[str, ...]
    repair: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was read in `text`, what was found, and what a reviewer had already accepted."""

    text: str
    mentions: tuple[Mention, ...]
    findings: tuple[AuditFinding, ...]
    accepted: tuple[AuditFinding, ...] = ()

    @property
    def read(self) -> int:
        """How many figures were found, readable or not."""
        return len(self.mentions)

    @property
    def checked(self) -> int:
        """How many figures stand in at least one relation that was weighed."""
        return sum(mention.state == "checked" for mention in self.mentions)

    @property
    def unreadable(self) -> int:
        """How many figures may have lost digits."""
        return sum(mention.state == "unreadable" for mention in self.mentions)

    @property
    def summary(self) -> str:
        """The line under the text: what was weighed and what was not."""
        return f"共识别数据{self.read}处，已核{self.checked}处，未核{self.read - self.checked}处。"
