"""What is answered for one organisation and programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from typing import Literal as Choice

from wanqi.rules.bounds import PLACES
from wanqi.rules.programmes.measuring import decimal_text, points

Verdict = Choice["unmet", "unknown", "met"]
Why = Choice["missing", "unverified", "judgement", "not_in_force"]
VERDICTS: tuple[Verdict, ...] = ("unmet", "unknown", "met")
# The reason told first where several leave a verdict open.
REASONS: tuple[Why, ...] = ("missing", "unverified", "judgement")
Ends = tuple[Fraction | None, Fraction | None]
Explanation = dict[str, Any]
# id, title, least and most in 元
Step = tuple[str, str, Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one programme, why it is open, and what it rests on.

    version: None where none is in force (then unmet, why not_in_force). score in 分 and amount in 元: (least, most),
    an end that is open None. missing: facts and record kinds that leave the verdict open, in reading order.
    """

    programme: str
    version: str | None
    verdict: Verdict
    why: Why | None
    score: Ends | None
    amount: Ends | None
    missing: tuple[str, ...]
    _explain: Callable[[bool], Explanation | None] = field(compare=False, repr=False)
    _step: Callable[[], tuple[Step, ...]] = field(compare=False, repr=False)

    @property
    def conditions(self) -> Explanation | None:
        """The tree of conditions as JSON carries it (docs/reference/evaluate.md); None where no version is in force."""
        return self._explain(False)

    @property
    def lacking(self) -> Explanation | None:
        """That tree without what is met: the reasons why the programme is not. None where it is met or not in force."""
        return self._explain(True) or None

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the amount is reached if the programme is met, in reading order; empty where nothing is paid."""
        return self._step()

    def as_json(self, id: object) -> dict[str, Any]:
        """Return the line that `wanqi evaluate` prints for an organisation."""
        line: dict[str, Any] = {
            "id": id,
            "programme": self.programme,
            "version": self.version,
            "verdict": self.verdict,
            "why": self.why,
            "score": None if self.score is None else [_score(end) for end in self.score],
            "amount": None if self.amount is None else [_money(end) for end in self.amount],
            "missing": list(self.missing),
            "conditions": self.conditions,
        }
        if self.amount is not None:
            line["steps"] = [
                {"id": id, "title": title, "amount": [_money(low), _money(high)]}
                for id, title, low, high in self.steps
            ]
        return line


@dataclass(frozen=True, slots=True)
class Masked:
    """A verdict with the states of its leaves. verdict: 0 unmet, 1 unknown, 2 met; bit i of a mask is leaf i."""

    verdict: int
    unmet: int
    unknown: int
    score: Ends | None
    amount: Ends | None


def _money(end: Fraction | None) -> str | None:
    return None if end is None else decimal_text(int(end * 10 ** PLACES["money"]), PLACES["money"])


def _score(end: Fraction | None) -> int | float | None:
    return None if end is None else points(int(end * 10 ** PLACES["number"]))
