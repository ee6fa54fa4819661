"""From records to the sentences of a report: what an indicator stands on, and what stands on it. Definitions only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from wanqi.packs import IndicatorSpec, Pack, parse_text
from wanqi.packs.specs.reports import Tag

Kind = Literal["records", "reported", "indicator", "report", "table", "form"]
DEPTH = 3  # steps to either side; what is further is reached from the neighbour's own page


@dataclass(frozen=True, slots=True)
class Node:
    """One box. level: 0 for the indicator itself, below zero what it stands on, above what stands on it."""

    kind: Kind
    id: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Use:
    """A sentence template of a report that prints an indicator."""

    report: str
    title: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """Boxes and the arrows between them: (kind, id) of where each comes from and goes to."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[tuple[Kind, str], tuple[Kind, str]], ...]


def used_by(definitions: Mapping[str, IndicatorSpec], id: str) -> tuple[str, ...]:
    """Return the indicators that are computed from one, in the pack's order."""
    return tuple(one.id for one in definitions.values() if id in one.inputs)


def sentences_of(pack: Pack, id: str) -> tuple[Use, ...]:
    """Return the templates of the pack's reports that print an indicator, with the figures as their titles."""
    return tuple(
        Use(report.id, report.title, section.title, _told(clause.text, pack.indicators))
        for report in pack.reports.values()
        for section in report.sections
        for paragraph in section.paragraphs
        for clause in paragraph.clauses
        if id in clause.figures
    )


def _told(text: str, definitions: Mapping[str, IndicatorSpec]) -> str:
    named = {"period": "时期"}
    parts = (
        f"〔{definitions[part.figure].title if part.figure in definitions else named.get(part.figure, part.figure)}〕"
        if isinstance(part, Tag)
        else part
        for part in parse_text(text)
    )
    return "".join(parts)


def lineage_of(pack: Pack, id: str) -> Lineage:
    """Return the boxes around an indicator, records on the left, reports and tables on the right."""
    nodes: dict[tuple[Kind, str], Node] = {}
    edges: dict[tuple[tuple[Kind, str], tuple[Kind, str]], None] = {}
    definitions = pack.indicators

    def put(kind: Kind, key: str, title: str, level: int) -> tuple[Kind, str]:
        nodes.setdefault((kind, key), Node(kind, key, title, level))
        return kind, key

    own = put("indicator", id, definitions[id].title, 0)
    reached = [(own, id, 0)]
    while reached:  # what it stands on
        there, key, depth = reached.pop(0)
        for kind, source, title in _sources(pack, definitions[key]):
            edges[put(kind, source, title, -depth - 1), there] = None
        for one in definitions[key].inputs:
            if one in definitions and depth + 1 < DEPTH:
                is_new = ("indicator", one) not in nodes
                node = put("indicator", one, definitions[one].title, -depth - 1)
                edges[node, there] = None
                if is_new:
                    reached.append((node, one, depth + 1))
    above = [(own, id, 0)]
    while above:  # what stands on it
        there, key, depth = above.pop(0)
        for kind, goal, title in _goals(pack, key):
            edges[there, put(kind, goal, title, DEPTH)] = None
        for one in used_by(definitions, key) if depth + 1 < DEPTH else ():
            is_new = ("indicator", one) not in nodes
            node = put("indicator", one, definitions[one].title, depth + 1)
            edges[there, node] = None
            if is_new:
                above.append((node, one, depth + 1))
    return Lineage(tuple(nodes.values()), tuple(edges))


def _sources(pack: Pack, spec: IndicatorSpec) -> Iterator[tuple[Kind, str, str]]:
    if spec.records and spec.records in pack.records:
        yield "records", spec.records, pack.records[spec.records].title
    elif spec.nature in ("flow", "stock", "rate", "target"):
        yield "reported", spec.id, spec.source or ("下达的目标" if spec.nature == "target" else "填报值")
    for form in pack.forms.values():
        if any(line.indicator == spec.id for line in form.lines):
            yield "form", form.id, form.title


def _goals(pack: Pack, id: str) -> Iterator[tuple[Kind, str, str]]:
    for report in pack.reports.values():
        if any(id in clause.figures for clause in report.clauses):
            yield "report", report.id, report.title
    for table in pack.tables.values():
        if id in table.indicators:
            yield "table", table.id, table.title
