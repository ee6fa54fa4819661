"""A text before it is sent: what the auditor reads and finds, less what somebody has already explained."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from wanqi.core.packs import current_pack
from wanqi.figures import Audit, AuditFinding, Level, audit
from wanqi.figures.prose.binding import Earlier, bind

from .errors import TextTooLong
from .known import known_figures
from .models import Explanation, SavedCheck

MOST_CHARACTERS = 100_000  # some 150 pages, a few seconds; the command line takes longer texts
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
class Unbound:
    """A figure that nothing known could be laid beside, and why."""

    span: tuple[int, int]
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says of a text. `findings` are open ones, errors first.

    period, earlier: the period of the records and the title of the earlier text it was also laid beside, "" for
    none; bound: how many figures could be; unbound: those that could not, in the order of the text.
    """

    text: str
    seen: tuple[Seen, ...]
    findings: tuple[AuditFinding, ...]
    explained: tuple[Explained, ...] = ()
    period: str = ""
    earlier: str = ""
    bound: int = 0
    unbound: tuple[Unbound, ...] = ()

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


def check_text(text: str, *, region: str, period: str = "", earlier: SavedCheck | None = None) -> Checked:
    """Return the check of a text. What was explained for the region is told apart.

    period: also lay it beside the records of this period; earlier: and beside a text that was kept.
    Raises TextTooLong, PeriodRefused.
    """
    found = audit(readable(text))
    checked = _checked(found)
    if period or earlier is not None:
        checked = _beside(checked, found, region=region, period=period, earlier=earlier)
    return without_explained(checked, region=region)


def _beside(
    checked: Checked, found: Audit, *, region: str, period: str, earlier: SavedCheck | None
) -> Checked:
    known = known_figures(region, period) if period else ()
    before = () if earlier is None else (Earlier(earlier.title, audit(earlier.text), earlier.period),)
    area = current_pack(region).title
    result = bind(found, known, earlier=before, area=area, period=period)
    own = {key_of(one) for one in checked.findings}
    further = tuple(one for one in result.findings if key_of(one) not in own)
    return replace(
        checked,
        findings=_in_order((*checked.findings, *further)),
        period=period,
        earlier=earlier.title if earlier is not None else "",
        bound=result.bound,
        unbound=tuple(Unbound(one.mention.span, one.reason) for one in result.unbound),
    )


def _in_order(findings: Iterable[AuditFinding]) -> tuple[AuditFinding, ...]:
    return tuple(sorted(findings, key=lambda one: (LEVELS.index(one.level), one.span)))


def check_written(text: str, *, region: str) -> Checked:
    """Return the check of a text that the house itself has written, however long."""
    return without_explained(_checked(audit(text)), region=region)


def _checked(found: Audit) -> Checked:
    return Checked(
        text=found.text,
        seen=tuple(Seen(one.span, one.state) for one in found.mentions),
        findings=_in_order(found.findings),
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
        "earlier": checked.earlier,
        "bound": checked.bound,
        "unbound": [[*one.span, one.reason] for one in checked.unbound],
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
        earlier=data["earlier"],
        bound=data["bound"],
        unbound=tuple(Unbound((start, end), reason) for start, end, reason in data["unbound"]),
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
