"""A checked text as the page shows it: lines of pieces with their marks, findings with links to them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from wanqi.figures import LEVEL_TITLES, AuditFinding, Level
from wanqi.reports.checking import LEVELS, Checked, key_of
from wanqi.web import display

CHIPS = {"error": "finding", "query": "missing", "note": "plain"}  # colour is for 滞后/预警/正常 only
MOST_LISTED = 300  # figures named one by one as not weighed; the rest are counted


@dataclass(slots=True)
class Piece:
    """A stretch of one line. `anchors` begin here; `marks` are the numbers of the findings it belongs to;
    `ends` those whose figure ends with it, which is where their number is printed.
    """

    text: str
    anchors: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    level: Level | None = None

    @property
    def id(self) -> str:
        """The first anchor, which the piece itself carries."""
        return self.anchors[0] if self.anchors else ""

    @property
    def finding(self) -> int:
        """The finding that a click on the piece leads to."""
        return (self.ends or self.marks)[0]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One finding with its number; `figures` are (as written, anchor of its mark)."""

    number: int
    level: Level
    word: str
    chip: str
    message: str
    arithmetic: tuple[str, ...]
    repairs: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    key: str

    @property
    def field(self) -> str:
        """The name of its field for a reason: the same after another check, whatever its number is then."""
        return f"reason-{self.key[-12:]}"


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one level."""

    level: Level
    word: str
    findings: tuple[ShownFinding, ...]


@dataclass(frozen=True, slots=True)
class Unweighed:
    """A figure that stands alone, or that may have lost digits."""

    text: str
    anchor: str
    unreadable: bool


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    anchor: str
    finding: int = 0
    level: Level | None = None


def lines_of(checked: Checked) -> list[list[Piece]]:
    """Return the text line by line, cut where a figure begins or ends."""
    spans = [*_marks(checked), *_plain(checked)]
    cuts = {0, len(checked.text)} | {edge for one in spans for edge in (one.start, one.end)}
    starts: dict[int, list[_Span]] = {}
    for one in spans:
        starts.setdefault(one.start, []).append(one)
    lines: list[list[Piece]] = [[]]
    active: list[_Span] = []
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        active = [one for one in active if one.end > start] + starts.get(start, [])
        for piece in _pieces(checked.text[start:end], start, end, active):
            if piece is None:
                lines.append([])
            else:
                lines[-1].append(piece)
    return lines


def _marks(checked: Checked) -> Iterator[_Span]:
    for number, finding in enumerate(checked.findings, start=1):
        for at, (start, end) in enumerate(_within(finding.spans or (finding.span,), checked.text)):
            yield _Span(start, end, f"mark-{number}-{at}", number, finding.level)


def _plain(checked: Checked) -> Iterator[_Span]:
    """Yield places that can be jumped to, without a mark: explained figures, and figures not weighed."""
    for number, told in enumerate(checked.explained, start=1):
        for at, (start, end) in enumerate(_within(told.finding.spans, checked.text)):
            yield _Span(start, end, f"explained-{number}-{at}")
    for number, (start, end) in enumerate(one.span for one in checked.seen if one.state != "checked"):
        yield _Span(start, end, f"figure-{number}")
    for number, one in enumerate(checked.unbound):
        yield _Span(*one.span, f"unbound-{number}")


def _within(spans: Iterable[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    return [(start, end) for start, end in spans if 0 <= start < end <= len(text)]


def _pieces(text: str, start: int, end: int, active: Sequence[_Span]) -> Iterator[Piece | None]:
    """Yield the pieces of a stretch, None for each end of a line within it."""
    marks = [one for one in active if one.finding]
    level = min((one.level for one in marks if one.level), key=LEVELS.index, default=None)
    for at, part in enumerate(text.split("\n")):
        if at:
            yield None
        if part or not at:
            yield Piece(
                part,
                anchors=[one.anchor for one in active if one.start == start and not at],
                marks=[one.finding for one in marks],
                ends=[one.finding for one in marks if one.end == end],
                level=level,
            )


def groups_of(checked: Checked, *, linked: bool = True) -> list[Group]:
    """Return the open findings by level, numbered through the whole text; levels without findings are left out.

    linked: whether the text with its marks stands on the same page.
    """
    shown = [
        shown_finding(number, one, checked, linked=linked)
        for number, one in enumerate(checked.findings, start=1)
    ]
    groups = [
        Group(level, LEVEL_TITLES[level], tuple(one for one in shown if one.level == level))
        for level in LEVELS
    ]
    return [group for group in groups if group.findings]


def shown_finding(number: int, one: AuditFinding, checked: Checked, *, linked: bool = True) -> ShownFinding:
    """Return a finding as the page shows it."""
    anchors = iter(range(len(one.spans)))
    places = {span: f"mark-{number}-{next(anchors)}" for span in _within(one.spans, checked.text)}
    return ShownFinding(
        number=number,
        level=one.level,
        word=LEVEL_TITLES[one.level],
        chip=CHIPS[one.level],
        message=one.message,
        arithmetic=sums_of(one),
        repairs=one.repair,
        figures=tuple(
            (text, places.get(span, "") if linked else "")
            for text, span in zip(one.figures, one.spans, strict=False)
        ),
        key=key_of(one),
    )


def sums_of(one: AuditFinding) -> tuple[str, ...]:
    """Return the lines of the sum that the message does not show already."""
    return tuple(line for line in one.arithmetic if line not in one.message)


def unweighed_of(checked: Checked) -> tuple[list[Unweighed], int]:
    """Return the figures that were not weighed, and how many more there are than are named."""
    found = [one for one in checked.seen if one.state != "checked"]
    named = [
        Unweighed(checked.text[slice(*one.span)], f"figure-{number}", one.state == "unreadable")
        for number, one in enumerate(found[:MOST_LISTED])
    ]
    return named, len(found) - len(named)


def unbound_of(checked: Checked) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (reason, figures with their anchors) of what nothing known could be laid beside."""
    found: dict[str, list[tuple[str, str]]] = {}
    for number, one in enumerate(checked.unbound):
        found.setdefault(one.reason, []).append((checked.text[slice(*one.span)], f"unbound-{number}"))
    return list(found.items())


def counts_of(checked: Checked) -> list[tuple[str, str, str]]:
    """Return (chip, word with its number, anchor) of each level that has findings."""
    return [
        (CHIPS[group.level], f"{group.word} {display.number(len(group.findings))}", f"level-{group.level}")
        for group in groups_of(checked)
    ]
