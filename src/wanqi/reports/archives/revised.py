"""What a signed figure, or a sentence, reads like now: two figure tables and two texts laid side by side; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

CauseKind = Literal[
    "late", "correction", "withdrawal", "definition", "reported", "target", "peers", "follows", "other"
]
CAUSES: Mapping[CauseKind, str] = {
    "late": "补登记录",
    "correction": "更正",
    "withdrawal": "撤销",
    "definition": "口径变更",
    "reported": "填报值变更",
    "target": "目标变更",
    "peers": "比较地区数据变更",
    "follows": "随其他数字变化",
    "other": "其他",
}
_ENDS = "；。"


@dataclass(frozen=True, slots=True)
class RevisedCause:
    """Why a figure reads differently now; source and record name the row, where it is one."""

    kind: CauseKind
    text: str
    source: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class RevisedFigure:
    """A figure as it was signed and as it reads now.

    printed: whether it stands in the text or table, not only under it. place: the cells of a table, row and column.
    """

    id: str
    title: str
    period: str
    before: str
    after: str
    causes: tuple[RevisedCause, ...] = ()
    printed: bool = False
    place: str = ""
    period_id: str = ""

    @property
    def moved(self) -> bool:
        """True when what is printed changed; else only the records under it did."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class RevisedSentence:
    """A part of a sentence as it was signed and as it would be written now; empty where it stands in one of them."""

    section: str
    before: str
    after: str
    figures: tuple[str, ...]


Part = tuple[str, tuple[str, ...]]  # the words between two ends, and the figures printed in them


def sentences_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[RevisedSentence, ...]:
    """Return the parts of sentences that differ between two texts of one template, in the order of the text."""
    found: list[RevisedSentence] = []
    for (section, old), (_, new) in zip(_paragraphs(before), _paragraphs(after), strict=True):
        matcher = SequenceMatcher(None, [one for one, _ in old], [one for one, _ in new], autojunk=False)
        for step, start, end, first, last in matcher.get_opcodes():
            if step == "equal":
                continue
            for at in range(max(end - start, last - first)):
                one: Part = old[start + at] if start + at < end else ("", ())
                other: Part = new[first + at] if first + at < last else ("", ())
                figures = tuple(dict.fromkeys((*one[1], *other[1])))
                found.append(RevisedSentence(section, one[0], other[0], figures))
    return tuple(found)


def _paragraphs(text: Mapping[str, Any]) -> Iterator[tuple[str, list[Part]]]:
    for section in text["sections"]:
        for part in section["paragraphs"]:
            yield section["title"], parts_of(part["runs"])


def parts_of(runs: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Return the parts of a paragraph between semicolons and full stops, each with its end and its figures."""
    parts: list[Part] = []
    words, figures = "", []
    for run in runs:
        if "figure" in run:
            words += run["display"]
            figures.append(run["figure"])
            continue
        for char in run["text"]:
            words += char
            if char in _ENDS:
                parts.append((words, tuple(figures)))
                words, figures = "", []
    return [*parts, (words, tuple(figures))] if words else parts


def printed_in(text: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of the figures that a text prints."""
    return frozenset(
        run["figure"]
        for section in text["sections"]
        for part in section["paragraphs"]
        for run in part["runs"]
        if "figure" in run
    )
