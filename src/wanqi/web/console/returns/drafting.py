"""A form as it is being made on the page: what was typed, taken from a form that is there or from what was sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wanqi.packs import FormSpec, JumpSpec

HEAD = (
    "title",
    "office",
    "cadence",
    "months",
    "start_month",
    "day",
    "after",
    "rest_days",
    "evidence",
    "guidance",
    "note",
    "most",
)
USUAL = {
    "cadence": "month",
    "months": "cumulative",
    "start_month": "1",
    "day": "5",
    "after": "1",
    "rest_days": "after",
    "evidence": "asked",
    "kind": "lines",
}
LINE = ("indicator", "title", "unit", "minimum", "maximum", "note")
AGAINST = {"last": "上期", "same": "上年同期"}
MOST_LINES = 60
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass
class Jump:
    """A change that asks for a reason, as typed. share: per cent, "" for none; least: the smallest difference."""

    against: str = "last"
    share: str = ""
    least: str = ""

    @property
    def filled(self) -> bool:
        return bool(self.share or self.least)


@dataclass
class Line:
    """One line as typed."""

    id: str
    typed: dict[str, str] = field(default_factory=dict)
    who: list[str] = field(default_factory=list)
    required: bool = True
    evidence: bool = False
    falling: bool = True
    jumps: list[Jump] = field(default_factory=list)
    name: str = ""
    kept_unit: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def offered(self) -> list[Jump]:
        """The jumps with an empty one for each yardstick that has none, and one more where none is empty."""
        used = {one.against for one in self.jumps}
        spare = [Jump(against) for against in AGAINST if against not in used]
        return [*self.jumps, *(spare or [Jump()])]


@dataclass
class Sum:
    """A check between lines as typed."""

    total: str = ""
    parts: list[str] = field(default_factory=list)
    relation: str = "equal"


@dataclass
class Draft:
    """A form on the page. errors: by field of the head; "" for the whole."""

    head: dict[str, str] = field(default_factory=lambda: dict(USUAL))
    units: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    profile: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(line.errors for line in self.lines)

    def say(self, name: str, words: str) -> None:
        self.errors.setdefault(name, []).append(words)

    def next_id(self) -> str:
        """Return an id that no line has."""
        taken = {line.id for line in self.lines}
        return next(f"line-{n}" for n in range(1, MOST_LINES * 2 + 2) if f"line-{n}" not in taken)


def from_spec(spec: FormSpec) -> Draft:
    """Return a form as the page shows it for a change."""
    draft = Draft(units=list(spec.units), profile=spec.rows.profile if spec.rows else "")
    draft.head = {
        "title": spec.title,
        "office": spec.office,
        "cadence": spec.cadence,
        "months": spec.months,
        "start_month": str(spec.start_month),
        "day": str(spec.deadline.day),
        "after": str(spec.deadline.months),
        "rest_days": spec.deadline.rest_days,
        "evidence": spec.evidence,
        "guidance": spec.guidance or "",
        "note": spec.note or "",
        "kind": "rows" if spec.rows else "lines",
        "most": str(spec.rows.most) if spec.rows else "",
    }
    for line in spec.lines:
        typed = {
            "indicator": line.indicator,
            "title": line.title or "",
            "unit": line.unit or "",
            "minimum": line.minimum if line.minimum is not None else "",
            "maximum": line.maximum if line.maximum is not None else "",
            "note": line.note or "",
        }
        falls, jumps = line.falling == "reason", [_jump(one) for one in line.jump]
        draft.lines.append(Line(line.id, typed, list(line.units), line.required, line.evidence, falls, jumps))
    draft.sums = [Sum(one.total, list(one.parts), one.relation) for one in spec.sums]
    return draft


def _jump(jump: JumpSpec) -> Jump:
    share = format((Decimal(jump.share) * 100).normalize(), "f")
    return Jump(jump.against, share, "" if jump.least == "0" else jump.least)


def from_page(sent: Any) -> Draft:
    """Return a form as the page sent it."""
    draft = Draft(units=sent.getlist("units"), profile=sent.get("profile", ""))
    draft.head = {name: _text(sent, name) for name in (*HEAD, "kind")}
    ids = [id for id in sent.getlist("line") if _ID.fullmatch(id)]
    if len(ids) > MOST_LINES:
        draft.say("lines", f"一张报表最多{MOST_LINES}个指标，后面的{len(ids) - MOST_LINES}个没有收下。")
    for id in ids[:MOST_LINES]:
        draft.lines.append(
            Line(
                id,
                {name: _text(sent, f"{name}-{id}") for name in LINE},
                sent.getlist(f"who-{id}"),
                f"required-{id}" in sent,
                f"evidence-{id}" in sent,
                f"falling-{id}" in sent,
                _jumps(sent, id),
            )
        )
    for number in range(len(sent.getlist("sum"))):
        total, parts = sent.get(f"total-{number}", ""), sent.getlist(f"parts-{number}")
        if total or parts:
            draft.sums.append(Sum(total, parts, sent.get(f"relation-{number}", "equal")))
    return draft


def _text(sent: Any, name: str) -> str:
    """Return what was typed in a field; a browser ends the lines of a text with two characters."""
    text: str = sent.get(name, "")
    return text.replace("\r\n", "\n").strip()


def _jumps(sent: Any, id: str) -> list[Jump]:
    columns = [sent.getlist(f"{name}-{id}") for name in ("against", "share", "least")]
    typed = (
        Jump(against, share.strip(), least.strip()) for against, share, least in zip(*columns, strict=False)
    )
    return [one for one in typed if one.filled]
