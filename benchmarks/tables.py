"""Pages of measurements: every kind writes its own marked section; the text around it stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from .results import Result, shown

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "benchmarks.md"
PERFORMANCE = DOCS / "explanation" / "performance.md"  # what an installation does, not the engine alone


def write_section(name: str, text: str, *, page: Path = PAGE) -> None:
    """Replace what stands between `<!-- name:begin -->` and `<!-- name:end -->` of the page.

    Raises LookupError where the page has not exactly one such section.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(_mark(name, "begin"))
    _, end, after = rest.partition(_mark(name, "end"))
    if not begin or not end or begin in rest or end in after:
        raise LookupError(f"{page} needs exactly one section {_mark(name, 'begin')} … {_mark(name, 'end')}")
    unfinished = page.with_suffix(".unfinished")
    unfinished.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
    unfinished.replace(page)


def _mark(name: str, side: str) -> str:
    return f"<!-- {name}:{side} -->"


def rows(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    every = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in every)


def results_table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown: what, value, goal, whether it was met, further numbers."""
    return rows(("what", "value", "goal", "", "more"), [_cells(one) for one in results])


def _cells(result: Result) -> tuple[str, ...]:
    goal = "" if result.goal is None else f"< {shown(result.goal, result.unit)}"
    told = [f"{name.replace('_', ' ')} {value}" for name, value in result.more.items()]
    told += [f"{result.ratio:.2f} × {result.against}"] if result.ratio is not None else []
    more = ", ".join(told)
    return result.what, shown(result.value, result.unit), goal, result.verdict, more


def measured_on(facts: Mapping[str, Any], *, at: datetime, packages: Sequence[str]) -> str:
    """Return the sentence that says when, on what and beside what was measured. facts: what `machine` tells."""
    versions = ", ".join(f"{name} {facts['packages'][name]}" for name in packages)
    load = f"load {facts['load_before'][0]} before and {facts['load_after'][0]} after"
    return (
        f"Measured on {at:%Y-%m-%d %H:%M} UTC: {facts['cores']} cores ({facts['processor']}), "
        f"{facts['memory_gib']} GiB, Python {facts['python']}, {versions}; {load}."
    )


def section(
    results: Sequence[Result], facts: Mapping[str, Any], *, at: datetime, packages: Sequence[str]
) -> str:
    """Return a section of results: when and where they were measured, the table, what was done."""
    notes = [f"* {one.what}: {one.note}." for one in results if one.note]
    parts = [measured_on(facts, at=at, packages=packages), results_table(results), "\n".join(notes)]
    return "\n\n".join(part for part in parts if part)
