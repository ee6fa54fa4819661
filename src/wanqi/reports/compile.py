"""Compiling a report: the region's template filled with figures, for one period and one state of the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from wanqi import documents
from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.documents import Run, Text
from wanqi.figures import Finding
from wanqi.indicators.evaluate import Figure, Period, Reported, read_period
from wanqi.indicators.evaluate.checks import findings
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import IndicatorSpec, ReportSpec
from wanqi.packs.specs.reports import ParagraphSpec

from . import rounding
from .archives.bases import Bases, revised_bases
from .changes import Change, changes_since, readable
from .checking import Checked, check_written
from .drafted import report_spec, spec_of
from .errors import FiguresDisagree, PeriodMismatch
from .models import Draft
from .sentences import Dropped, is_replaced, numeral, written

DEMONSTRATION = "演示数据"
_KINDS = {"half": "half-year", "quarter": "quarter", "year": "year", "month": "month", "cumulative": "month"}
_KIND_WORDS = {"month": "月", "quarter": "季度", "half-year": "半年", "year": "全年"}


@dataclass(frozen=True, slots=True)
class CompiledParagraph:
    """One paragraph; `clauses` are the ids that were printed; office: the code of the 股室 that drafts it, or "".

    notes: what a reader must know of its rounding and of revised bases, printed below it.
    """

    id: str
    runs: tuple[Run, ...]
    clauses: tuple[str, ...]
    office: str = ""
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return documents.plain(self.runs)


@dataclass(frozen=True, slots=True)
class CompiledSection:
    """A numbered heading and its paragraphs; an introduction has no heading."""

    title: str
    paragraphs: tuple[CompiledParagraph, ...]
    id: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A sentence weighed before it is sent; for the bureau only."""

    figure: Figure
    sentence: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A report of a period. figures: by id, in the order of first mention, with those they rest on and lead to.

    originals: what the report that was really sent says, by figure id; never altered.
    changes: what moved since the draft was last taken as read; empty without a draft.
    checked: what the auditor says of the text; without an error of its own wherever a report is handed out.
    bases: what is said of bases that were revised after they were signed; it stands in the paragraphs' notes too.
    """

    region: str
    region_title: str
    spec: ReportSpec
    period: Period
    as_of: date
    figures: Mapping[str, Figure]
    sections: tuple[CompiledSection, ...]
    dropped: tuple[Dropped, ...]
    checks: tuple[CompiledCheck, ...]
    originals: Mapping[str, tuple[Reported, ...]]
    changes: tuple[Change, ...]
    checked: Checked
    digest: str
    bases: Bases = ()

    @property
    def title(self) -> str:
        return f"{self.region_title}{self.period.words}{self.spec.title}"

    @property
    def is_demonstration(self) -> bool:
        return any(figure.is_demonstration for figure in self.figures.values())

    @property
    def marks(self) -> tuple[str, ...]:
        return (DEMONSTRATION,) if self.is_demonstration else ()

    @property
    def text(self) -> str:
        return "\n".join(part.text for section in self.sections for part in section.paragraphs if part.text)


def compile_report(
    region: str,
    period: str,
    *,
    report: str | None = None,
    as_of: date | None = None,
    recorded: datetime | None = None,
    draft: Draft | None = None,
    reader: Actor | None = None,
    evaluation: Evaluation | None = None,
    spec: ReportSpec | None = None,
) -> Compiled:
    """Return the report of a period as the registers stand, once its own figures agree with each other.

    draft: write its own text, and tell what changed since its baseline. spec: the text to write, where it is none
    of the pack's. reader: name only rows that this actor may see.
    recorded: the moment whose knowledge is asked for, None for now.
    evaluation: one made already for this region, so that rows are not read again.
    Raises FiguresDisagree where the auditor calls a figure of the text an error that nobody explained;
    ReportMissing, PeriodMismatch, PeriodRefused, PackMissing.
    """
    compiled = compose_report(
        region,
        period,
        report=report,
        as_of=as_of,
        recorded=recorded,
        draft=draft,
        reader=reader,
        evaluation=evaluation,
        spec=spec,
    )
    if compiled.checked.of("error"):
        raise FiguresDisagree(compiled)
    return compiled


def compose_report(
    region: str,
    period: str,
    *,
    report: str | None = None,
    as_of: date | None = None,
    recorded: datetime | None = None,
    draft: Draft | None = None,
    reader: Actor | None = None,
    evaluation: Evaluation | None = None,
    spec: ReportSpec | None = None,
) -> Compiled:
    """Return what `compile_report` returns, with the errors in it: for pages that show them, never to hand out.

    Raises ReportMissing, PeriodMismatch, PeriodRefused, PackMissing.
    """
    pack = current_pack(region)
    if spec is None:
        spec = spec_of(draft) if draft is not None else report_spec(pack, report)
    span = read_period(period)
    _require_kind(spec, span)
    evaluation = evaluation or evaluation_of(region, recorded=recorded)
    figures, sections, dropped = composed(spec, evaluation, span, as_of)
    bases = revised_bases(region, figures, printed_in(sections))
    sections = with_bases(sections, bases)
    changes = changes_since(draft, figures, pack) if draft is not None else ()
    return Compiled(
        region=region,
        region_title=pack.title,
        spec=spec,
        period=span,
        as_of=min(as_of or span.end, span.end, evaluation.today or span.end),
        figures=figures,
        sections=sections,
        dropped=dropped,
        checks=tuple(_check(pack.indicators[id], figures[id]) for id in spec.checks),
        originals=originals(spec, evaluation, figures),
        changes=readable(changes, reader) if reader is not None else changes,
        checked=check_written(_whole_text(sections), region=region),
        digest=pack.digest,
        bases=bases,
    )


def composed(
    spec: ReportSpec, evaluation: Evaluation, period: Period, as_of: date | None = None
) -> tuple[Mapping[str, Figure], tuple[CompiledSection, ...], tuple[Dropped, ...]]:
    """Return a report's figures, its text and what was dropped, from nothing but what is given: no database.

    An archive is rebuilt with it, so equal inputs give an equal text.
    """
    figures = {id: evaluation.figure(id, period, as_of) for id in figures_of(spec, evaluation.definitions)}
    sections, dropped = _sections(spec, figures, period)
    return figures, with_rounding_notes(sections, evaluation, figures), dropped


def with_rounding_notes(
    sections: Iterable[CompiledSection], evaluation: Evaluation, figures: Mapping[str, Figure]
) -> tuple[CompiledSection, ...]:
    """Return the sections with what a reader must know where printed figures do not give each other exactly."""
    listed = tuple(sections)
    printed = {id for section in listed for one in section.paragraphs for id in _printed(one.runs)}
    seen = rounding.visible((figures[id] for id in printed), evaluation)
    return tuple(
        replace(
            section,
            paragraphs=tuple(
                replace(one, notes=rounding.notes(_printed(one.runs), figures, seen, evaluation))
                for one in section.paragraphs
            ),
        )
        for section in listed
    )


def printed_in(sections: Iterable[CompiledSection]) -> tuple[str, ...]:
    """Return the ids of the figures that a text prints, each once."""
    runs = (run for section in sections for one in section.paragraphs for run in one.runs)
    return _printed(runs)


def with_bases(sections: Iterable[CompiledSection], bases: Bases) -> tuple[CompiledSection, ...]:
    """Return the sections with what is said of revised bases below the paragraphs that print what rests on them."""
    if not bases:
        return tuple(sections)

    def noted(one: CompiledParagraph) -> CompiledParagraph:
        printed = set(_printed(one.runs))
        return replace(one, notes=(*one.notes, *(said for id, said in bases if id in printed)))

    return tuple(
        replace(section, paragraphs=tuple(noted(one) for one in section.paragraphs)) for section in sections
    )


def _printed(runs: Iterable[Run]) -> tuple[str, ...]:
    """Return the ids of the figures among runs, each once."""
    return tuple(dict.fromkeys(run.id for run in runs if isinstance(run, documents.Figure)))


def _whole_text(sections: Iterable[CompiledSection]) -> str:
    """Return the text with its headings, which count their parts: what the reader of the report will hold."""
    parts = ((section.title, *(one.text for one in section.paragraphs)) for section in sections)
    return "\n".join(line for part in parts for line in part if line)


def fits(spec: ReportSpec, period: Period) -> bool:
    """Return whether a report is written for periods of this kind."""
    return _KINDS.get(period.kind) in spec.periods


def _require_kind(spec: ReportSpec, period: Period) -> None:
    if not fits(spec, period):
        words = "、".join(_KIND_WORDS[kind] for kind in spec.periods)
        raise PeriodMismatch(
            f"《{spec.title}》按{words}编写，不能用于{period.words}。", hint="请换一个时期。"
        )


def figures_of(spec: ReportSpec, indicators: Mapping[str, IndicatorSpec]) -> tuple[str, ...]:
    """Return the ids a report needs: those printed, checks, what they rest on, what follows from them alone."""
    found = dict.fromkeys(id for clause in spec.clauses for id in clause.figures)
    found.update(dict.fromkeys(spec.checks))
    pending = list(found)
    while pending:
        more = [id for id in indicators[pending.pop()].inputs if id not in found]
        found.update(dict.fromkeys(more))
        pending += more
    for id, one in indicators.items():
        beside = one.operator == "pace" or (one.inputs and all(name in found for name in one.inputs))
        if id not in found and beside:
            found[id] = None
    return tuple(found)


def _sections(
    spec: ReportSpec, figures: Mapping[str, Figure], period: Period
) -> tuple[tuple[CompiledSection, ...], tuple[Dropped, ...]]:
    sections: list[CompiledSection] = []
    dropped: list[Dropped] = []
    number = 0
    for section in spec.sections:
        paragraphs = []
        for paragraph in section.paragraphs:
            made, left_out = _paragraph(paragraph, figures, period)
            office = paragraph.office or section.office or ""
            paragraphs.append(replace(made, office=office))
            dropped += left_out
        number += bool(section.title)
        title = f"{numeral(number)}、{section.title}" if section.title else ""
        sections.append(CompiledSection(title, tuple(paragraphs), section.id, section.office or ""))
    return tuple(sections), tuple(dropped)


def _paragraph(
    spec: ParagraphSpec, figures: Mapping[str, Figure], period: Period
) -> tuple[CompiledParagraph, list[Dropped]]:
    runs: list[Run] = []
    printed: list[str] = []
    dropped = []
    for clause in spec.clauses:
        if is_replaced(clause, period):
            continue
        result = written(clause, figures, period)
        if isinstance(result, Dropped):
            dropped.append(result)
            continue
        runs += [Text(clause.join)] if runs and clause.join else []
        runs += result
        printed.append(clause.id)
    if runs and spec.ending:
        runs.append(Text(spec.ending))
    return CompiledParagraph(spec.id, _joined(runs), tuple(printed)), dropped


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs with neighbouring words made one."""
    found: list[Run] = []
    for run in runs:
        if isinstance(run, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + run.text)
        else:
            found.append(run)
    return tuple(found)


def _check(spec: IndicatorSpec, figure: Figure) -> CompiledCheck:
    return CompiledCheck(figure, spec.sentence or "", findings(spec))


def originals(
    spec: ReportSpec, evaluation: Evaluation, figures: Mapping[str, Figure]
) -> dict[str, tuple[Reported, ...]]:
    """Return what the report that was sent says of each figure, as it was registered from that document."""
    if spec.document is None:
        return {}
    said = [
        one
        for one in evaluation.reported
        if one.document == spec.document and one.nature == "reported" and not one.peer
    ]
    found = {id: tuple(one for one in said if one.indicator == id) for id in figures}
    return {id: values for id, values in found.items() if values}
