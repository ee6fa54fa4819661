"""Where a figure is said: the reports of its period that print it, and what changed in them."""

from __future__ import annotations

from wanqi import documents
from wanqi.core.access import Actor
from wanqi.documents import Run, Text
from wanqi.indicators.evaluate import Figure
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.packs import Pack

from .access import draft_of
from .compile import Compiled, compose_report, figures_of, fits

ENDS = "；。"


def compiled_for(actor: Actor, pack: Pack, figure: Figure, evaluation: Evaluation) -> list[Compiled]:
    """Return the reports of the figure's period that rest on it, each against its draft where there is one."""
    found = []
    for spec in pack.reports.values():
        if fits(spec, figure.period) and figure.id in figures_of(spec, pack.indicators):
            period = figure.period.id
            draft = draft_of(actor, region=pack.region, report=spec.id, period=period)
            found.append(
                compose_report(
                    pack.region, period, report=spec.id, draft=draft, reader=actor, evaluation=evaluation
                )
            )
    return found


def sentences_with(compiled: Compiled, id: str) -> list[tuple[Run, ...]]:
    """Return the parts of a report's sentences, between semicolons, that print a figure."""
    found: list[tuple[Run, ...]] = []
    for section in compiled.sections:
        for paragraph in section.paragraphs:
            for part in _parts(paragraph.runs):
                if any(isinstance(run, documents.Figure) and run.id == id for run in part):
                    found.append(part)  # noqa: PERF401 - four levels deep, a comprehension hides the test
    return found


def _parts(runs: tuple[Run, ...]) -> list[tuple[Run, ...]]:
    parts: list[list[Run]] = [[]]
    for run in runs:
        if not isinstance(run, Text):
            parts[-1].append(run)
            continue
        pieces = _split(run.text)
        for number, piece in enumerate(pieces):
            if piece:
                parts[-1].append(Text(piece))
            if number < len(pieces) - 1:
                parts.append([])
    return [tuple(part) for part in parts if part]


def _split(text: str) -> list[str]:
    """Return the text cut after each end of a part; the last piece is what goes on."""
    pieces = [""]
    for char in text:
        pieces[-1] += char
        if char in ENDS:
            pieces.append("")
    return pieces
