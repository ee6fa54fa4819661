"""A return as its page, its workbook and its check see it: each line with what is known and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import Period, read_period
from wanqi.packs import FormSpec, LineSpec

from .checks import Filled, Finding, findings_of
from .figures import show_figure
from .forms import spec_of
from .known import Knowledge, Known, knowledge_of, runs_on, usual_reporter
from .models import Entry, Return
from .rows import RowColumn, columns_of, row_findings


@dataclass(frozen=True)
class SheetLine:
    """One figure to fill in. text: what its input holds; last, same: earlier figures as shown, "" where unknown."""

    spec: LineSpec
    title: str
    unit: str
    filled: Filled
    last: str
    same: str
    known: Known | None
    entry: Entry | None
    text: str
    findings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def answer(self) -> str:
        """typed, confirmed or contradicted; "" while the line is not filled in."""
        return self.entry.answer if self.entry is not None and self.entry.value is not None else ""

    @property
    def reason(self) -> str:
        return self.entry.reason if self.entry is not None else ""


@dataclass(frozen=True)
class Sheet:
    """A whole return. findings: about everything, lines' own included; columns: those of a form of rows, else empty."""

    row: Return
    spec: FormSpec
    period: Period
    knowledge: Knowledge
    lines: tuple[SheetLine, ...]
    columns: tuple[RowColumn, ...]
    findings: tuple[Finding, ...]
    reported_by: str = ""  # as filled in, else who reported last time
    as_of: date | None = None  # as filled in, else the last day of the period

    @property
    def missing(self) -> int:
        """How many lines still have no figure."""
        return sum(1 for line in self.lines if line.filled.value is None)

    @property
    def ready(self) -> bool:
        """Whether it could be handed in as it stands."""
        return not any(finding.stops for finding in self.findings)

    @property
    def by_line(self) -> Mapping[str, SheetLine]:
        return {line.id: line for line in self.lines}


def sheet_of(row: Return, *, knowledge: Knowledge | None = None) -> Sheet:
    """Return a unit's return with everything its page shows. knowledge: where the caller has it already."""
    spec = spec_of(row.round)
    period = read_period(row.round.period)
    reporter, as_of = row.reported_by or usual_reporter(row), row.as_of or period.end
    if spec.rows is not None:
        findings = tuple(row_findings(row, spec))
        columns = columns_of(row.region_id, spec)
        return Sheet(row, spec, period, Knowledge(), (), columns, findings, reporter, as_of)
    known = knowledge or knowledge_of(row, spec=spec)
    entries = {
        entry.line: entry for entry in row.entries.select_related("evidence").defer("evidence__content")
    }
    indicators = current_pack(row.region_id).indicators
    assert row.unit is not None
    lines = []
    for line in spec.lines_for(row.unit.code):
        indicator = indicators.get(line.indicator)
        title = line.title or (indicator.title if indicator else line.indicator)
        unit = line.unit or (indicator.unit if indicator else "")
        goes_on = runs_on(
            spec, line, nature=indicator.nature if indicator else "", period=period, last=known.last_period
        )
        lines.append(_line(line, title, unit, entries.get(line.id), known, goes_on=goes_on))
    found = findings_of(spec, [one.filled for one in lines], has_evidence=row.evidence_id is not None)
    placed = tuple(
        replace(one, findings=tuple(finding for finding in found if finding.line == one.id)) for one in lines
    )
    return Sheet(row, spec, period, known, placed, (), tuple(found), reporter, as_of)


def _line(
    line: LineSpec, title: str, unit: str, entry: Entry | None, known: Knowledge, *, goes_on: bool
) -> SheetLine:
    counted = known.known.get(line.id)
    value = entry.value if entry is not None else None
    filled = Filled(
        line=line,
        title=title,
        unit=unit,
        value=value,
        reason=entry.reason if entry is not None else "",
        last=known.last.get(line.id),
        same=known.same.get(line.id),
        known=counted.value if counted else None,
        runs_on=goes_on,
        has_evidence=entry is not None and entry.evidence_id is not None,
    )
    return SheetLine(
        spec=line,
        title=title,
        unit=unit,
        filled=filled,
        last=_shown(filled.last, unit),
        same=_shown(filled.same, unit),
        known=counted,
        entry=entry,
        text=_typed(entry, unit),
    )


def _shown(value: Decimal | None, unit: str) -> str:
    return show_figure(value, unit)


def _typed(entry: Entry | None, unit: str) -> str:
    """Return what the input holds: the words somebody typed, or the figure they stand for."""
    if entry is None:
        return ""
    return entry.as_written or show_figure(entry.value, unit)
