"""A text before it is sent: what the auditor reads and finds, less what somebody has already explained."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from wanqi.figures import Audit, AuditFinding, Level, audit

from .errors import TextTooLong
from .models import Explanation

MOST_CHARACTERS = 200_000  # some 300 pages; the command line takes longer texts
LEVELS: tuple[Level, ...] = ("error", "query", "note")
State = Literal["checked", "unchecked", "unreadable"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One figure of the text: its place in characters, and whether it was weighed against others."""

    span: tuple[int, int]
    state: State


@dataclass(frozen=True, slots=True)
class Explained:
    """A finding that is not asked about again, with who said why and when; `explanation` is the row's id."""

    finding: AuditFinding
    reason: str
    who: str
    at: datetime
    explanation: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says of a text. `findings` are open ones, errors first.

    period: the period of the records it was also compared with, "" for none; unbound: the figures for which
    the records had nothing to say, in the order of the text.
    """

    text: str
    seen: tuple[Seen, ...]
    findings: tuple[AuditFinding, ...]
    explained: tuple[Explained, ...] = ()
    period: str = ""
    unbound: tuple[tuple[int, int], ...] = ()

    @property
    def read(self) -> int:
        """How many figures were read."""
        return len(self.seen)

    @property
    def weighed(self) -> int:
        """How many figures stand in a relation that was weighed."""
        return sum(one.state == "checked" for one in self.seen)

    @property
    def summary(self) -> str:
        """The line that also counts what was not weighed."""
        return f"共识别数据{self.read}处，已核{self.weighed}处，未核{self.read - self.weighed}处。"

    def of(self, level: Level) -> tuple[AuditFinding, ...]:
        """The open findings of one level."""
        return tuple(one for one in self.findings if one.level == level)


def readable(text: str) -> str:
    """Return a text as it is checked and kept: line ends as one character, nothing that a database refuses.

    Raises TextTooLong.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair
    if len(text) > MOST_CHARACTERS:
        raise TextTooLong(len(text), MOST_CHARACTERS)
    return text


def check_text(text: str, *, region: str) -> Checked:
    """Return the check of a text. What was explained for the region is told apart. Raises TextTooLong."""
    return check_written(readable(text), region=region)


def check_written(text: str, *, region: str) -> Checked:
    """Return the check of a text that the house itself has written, however long."""
    return without_explained(_checked(audit(text)), region=region)


def _checked(found: Audit) -> Checked:
    return Checked(
        text=found.text,
        seen=tuple(Seen(one.span, one.state) for one in found.mentions),
        findings=tuple(sorted(found.findings, key=lambda one: (LEVELS.index(one.level), one.span))),
    )


def without_explained(checked: Checked, *, region: str) -> Checked:
    """Return a check whose explained findings stand apart, with who explained them."""
    if not checked.findings:
        return checked
    keys = {key_of(one) for one in checked.findings}
    rows = Explanation.objects.filter(region_id=region, key__in=keys).current().select_related("created_by")
    known = {row.key: row for row in rows}
    return replace(
        checked,
        findings=tuple(one for one in checked.findings if key_of(one) not in known),
        explained=tuple(
            _explained(one, known[key_of(one)]) for one in checked.findings if key_of(one) in known
        ),
    )


def _explained(finding: AuditFinding, row: Explanation) -> Explained:
    return Explained(finding, row.reason, str(row.created_by or "命令行"), row.created_at, row.pk)


def key_of(finding: AuditFinding) -> str:
    """Return the digest by which the same sum is known again."""
    return "sha256:" + hashlib.sha256(finding.key.encode("utf-8", "replace")).hexdigest()


def as_json(checked: Checked) -> dict[str, Any]:
    """Return a check without its text as plain data, to be kept."""
    return {
        "seen": [[*one.span, one.state] for one in checked.seen],
        "findings": [_finding_data(one) for one in checked.findings],
        "explained": [
            {
                "finding": _finding_data(one.finding),
                "reason": one.reason,
                "who": one.who,
                "at": one.at.isoformat(),
                "explanation": one.explanation,
            }
            for one in checked.explained
        ],
        "unbound": [list(span) for span in checked.unbound],
    }


def from_json(text: str, data: Mapping[str, Any], *, period: str = "") -> Checked:
    """Return the check that was kept as `as_json`."""
    return Checked(
        text=text,
        seen=tuple(Seen((start, end), state) for start, end, state in data["seen"]),
        findings=tuple(_finding_from(one) for one in data["findings"]),
        explained=tuple(
            Explained(
                _finding_from(one["finding"]),
                one["reason"],
                one["who"],
                datetime.fromisoformat(one["at"]),
                one["explanation"],
            )
            for one in data["explained"]
        ),
        period=period,
        unbound=tuple((start, end) for start, end in data["unbound"]),
    )


def _finding_data(one: AuditFinding) -> dict[str, Any]:
    return {
        "level": one.level,
        "relation": one.relation,
        "figures": list(one.figures),
        "spans": [list(span) for span in one.spans],
        "span": list(one.span),
        "message": one.message,
        "arithmetic": list(one.arithmetic),
        "repair": list(one.repair),
        "key": one.key,
    }


def _finding_from(data: Mapping[str, Any]) -> AuditFinding:
    return AuditFinding(
        level=data["level"],
        relation=data["relation"],
        figures=tuple(data["figures"]),
        spans=tuple(_span(one) for one in data["spans"]),
        span=_span(data["span"]),
        message=data["message"],
        arithmetic=tuple(data["arithmetic"]),
        repair=tuple(data["repair"]),
        key=data["key"],
    )


def _span(pair: Sequence[int]) -> tuple[int, int]:
    start, end = pair
    return start, end
