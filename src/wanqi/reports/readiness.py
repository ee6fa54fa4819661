"""What stands between a draft and its next step: loose numbers, missing figures, contradictions, open parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wanqi import documents

from .compile import Compiled, CompiledParagraph
from .drafted import quotes_of, template_of_draft
from .models import Draft, DraftParagraph, DraftPart, UnlinkedFigure
from .sentences import Dropped
from .unlinked import Loose, loose_figures


@dataclass(frozen=True, slots=True)
class LooseFigure:
    """A number of a written paragraph that is linked to nothing; `reason` says why it stands, "" where nobody did."""

    paragraph: int
    office: str
    loose: Loose
    sentence: str
    reason: str = ""
    who: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class MissingFigure:
    """A part of a written paragraph that cannot be printed, and why."""

    paragraph: int
    office: str
    reason: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """figures: how many figures the text prints; loose, missing: what people's words leave open.

    errors, queries: open findings of the auditor; waiting: offices that are not done; remarks: open ones.
    """

    figures: int
    loose: tuple[LooseFigure, ...]
    missing: tuple[MissingFigure, ...]
    errors: int
    queries: int
    waiting: tuple[str, ...]
    remarks: int
    empty: bool

    @property
    def unexplained(self) -> tuple[LooseFigure, ...]:
        """Loose numbers for which nobody has said why they stand."""
        return tuple(one for one in self.loose if not one.reason)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What must be dealt with before 送审 and 签发, one sentence each."""
        found = []
        if self.empty:
            found.append("正文还没有内容")
        if self.waiting:
            found.append(f"{'、'.join(self.waiting)}还没有完成")
        if self.unexplained:
            words = "、".join(dict.fromkeys(one.loose.words for one in self.unexplained))
            found.append(f"未关联数据{len(self.unexplained)}处（{words}），请关联数字或逐处写明理由")
        if self.missing:
            found.append(f"有{len(self.missing)}处数字没有数据，写不出来（{self.missing[0].reason}）")
        if self.errors:
            found.append(f"数据差错{self.errors}处，请改正，或在报送前核对中写明理由")
        return tuple(found)


def readiness_of(draft: Draft, compiled: Compiled) -> Readiness:
    """Return how far a draft is, from its compiled text and its rows."""
    rows = {
        row.code: row for row in draft.paragraphs.filter(withdrawn_at__isnull=True).select_related("office")
    }
    printed = [part for section in compiled.sections for part in section.paragraphs]
    wrote = [(rows[one.id], one) for one in printed if one.id in rows and rows[one.id].is_written]
    return Readiness(
        figures=sum(isinstance(run, documents.Figure) for one in printed for run in one.runs),
        loose=tuple(_loose(draft, wrote)),
        missing=tuple(_missing([row for row, _ in wrote], compiled.dropped)),
        errors=len(compiled.checked.of("error")),
        queries=len(compiled.checked.of("query")),
        waiting=tuple(str(one.office) for one in open_parts(draft)),
        remarks=draft.remarks.filter(resolved_at__isnull=True, withdrawn_at__isnull=True).count(),
        empty=not compiled.text,
    )


def _loose(draft: Draft, wrote: Sequence[tuple[DraftParagraph, CompiledParagraph]]) -> Iterable[LooseFigure]:
    begun = {one.id: one for section in template_of_draft(draft).sections for one in section.paragraphs}
    said = {
        (row.paragraph_id, row.words): row
        for row in UnlinkedFigure.objects.filter(paragraph__in=[row for row, _ in wrote]).current()
    }
    for row, one in wrote:
        quoted = [quote.text for quote in quotes_of(begun.get(row.code))]
        for loose in loose_figures(one.runs, quoted=quoted):
            told: UnlinkedFigure | None = said.get((row.pk, loose.words))
            yield LooseFigure(
                paragraph=row.pk,
                office=str(row.office or ""),
                loose=loose,
                sentence=_around(one.text, loose.span),
                reason=told.reason if told else "",
                who=told.author_name if told else "",
                row=told.pk if told else 0,
            )


def _around(text: str, span: tuple[int, int]) -> str:
    """Return the part of a sentence in which a number stands."""
    start = max(text.rfind(mark, 0, span[0]) for mark in "。；") + 1
    ends = [at for mark in "。；" if (at := text.find(mark, span[1])) >= 0]
    return text[start : min(ends, default=len(text))].strip()


def _missing(rows: Sequence[DraftParagraph], dropped: Iterable[Dropped]) -> Iterable[MissingFigure]:
    for one in dropped:
        for row in rows:
            if one.clause.rpartition("-")[0] == row.code[:50]:
                yield MissingFigure(row.pk, str(row.office or ""), one.reason)


def open_parts(draft: Draft) -> list[DraftPart]:
    """Return the offices that still have to write, in the bureau's order; one without a paragraph has not."""
    standing = draft.paragraphs.filter(withdrawn_at__isnull=True).values_list("office", flat=True)
    asked = {office or draft.office_id for office in standing}
    rows = draft.parts.select_related("office").order_by("office__position", "id")
    return [row for row in rows if row.is_open and row.office_id in asked]
