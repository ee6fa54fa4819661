"""What a report is computed from, into an archive and back out of it: nothing else is read when it is rebuilt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from wanqi import packs
from wanqi.figures import audit
from wanqi.indicators.evaluate import Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.packs import IndicatorSpec, Pack, ReportSpec

from ..checking import Checked
from ..compile import Compiled, composed, with_bases
from ..table import Sheet
from .bases import Bases
from .contents import EVALUATION, PACKS, ROWS, SHEET, TABLE, TEMPLATE, Contents, as_bytes
from .plain import from_plain, hints_of, to_plain
from .tables import Kept, counting_fields, table_bytes, table_from

# Fields of an evaluation that an archive keeps in parts of their own.
_APART = frozenset({"definitions", "tables"})
_WORD = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of an evaluation: ids of figures, for which period, up to which day, made when."""

    figures: Iterable[str]
    period: Period
    as_of: date
    made: datetime
    bases: Bases = ()


def input_parts(
    compiled: Compiled, evaluation: Evaluation, *, pack: Pack, sources: Mapping[str, bytes], made: datetime
) -> dict[str, bytes]:
    """Return path → bytes of everything the report was computed from.

    evaluation: the one that made it, whose `tables` are `Kept`. sources: the pack files by path.
    """
    asked = Asked(compiled.figures, compiled.period, compiled.as_of, made, compiled.bases)
    template = {TEMPLATE: as_bytes(compiled.spec.model_dump(mode="json"))}
    return template | evaluated_parts(asked, evaluation, pack=pack, sources=sources)


def evaluated_parts(
    asked: Asked, evaluation: Evaluation, *, pack: Pack, sources: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return path → bytes of what some figures were computed from: days, reported values, rows, pack files."""
    tables = evaluation.tables
    assert isinstance(tables, Kept)
    parts = {EVALUATION: as_bytes(_evaluation(asked, evaluation))}
    for kind, table in tables.read.items():
        names = counting_fields(kind, evaluation.definitions.values(), pack.records[kind].fields)
        parts[f"{ROWS}{kind}.json"] = table_bytes(table, names)
    parts |= {f"{PACKS}{path}": sources[path] for path in pack.files}
    return parts


def _evaluation(asked: Asked, evaluation: Evaluation) -> dict[str, Any]:
    ids = _mentioned(asked.figures, evaluation.definitions)
    kept = {name: _only(getattr(evaluation, name), ids) for name in kept_fields()}
    return {
        "period": asked.period.id,
        "as_of": asked.as_of.isoformat(),
        "made": asked.made.isoformat(),
        "bases": [list(one) for one in asked.bases],
        "evaluation": {name: to_plain(value) for name, value in kept.items()},
    }


def kept_fields() -> tuple[str, ...]:
    """Return the fields of an evaluation that are kept as plain data: all that are given to it, but two."""
    given = (one.name for one in fields(Evaluation) if one.init and not one.name.startswith("_"))
    return tuple(name for name in given if name not in _APART)


def _mentioned(figures: Iterable[str], definitions: Mapping[str, IndicatorSpec]) -> frozenset[str]:
    """Return the ids of some indicators and of all that their definitions name, however deep."""
    found: set[str] = set()
    pending = list(figures)
    while pending:
        id = pending.pop()
        if id in found:
            continue
        found.add(id)
        if id in definitions:
            words = _words(definitions[id].model_dump(mode="json"))
            pending += [word for word in words if word in definitions]
    return frozenset(found)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)


def _only(value: Any, ids: frozenset[str]) -> Any:
    """Return a list of values by indicator without those of indicators the report does not need."""
    if isinstance(value, list | tuple) and value and all(hasattr(one, "indicator") for one in value):
        return tuple(one for one in value if one.indicator in ids)
    return value


@dataclass(frozen=True, slots=True)
class Ground:
    """What an archive gives back: its pack, its evaluation, and what was asked of it.

    spec: the template of a report; sheet: what a monthly table lists. One of them is there.
    """

    pack: Pack
    evaluation: Evaluation
    spec: ReportSpec | None
    period: str
    as_of: date
    made: datetime
    bases: Bases
    sheet: Sheet | None = None


def ground_of(contents: Contents) -> Ground:
    """Return pack, rows and reported values of an archive, ready to be evaluated.

    Raises ArchiveUnreadable where a part is not at hand, PacksRefused where this program no longer reads its pack.
    """
    region = contents.head["region"]
    sources = {
        path.removeprefix(PACKS): content
        for path, content in contents.parts.items()
        if path.startswith(PACKS)
    }
    pack = packs.resolve(sources, region, checked=False)
    kinds = {*contents.parts, *contents.withheld}
    tables = {}
    for path in sorted(path for path in kinds if path.startswith(ROWS)):
        table = table_from(contents.part(path), pack)
        tables[table.kind] = table
    data = contents.json(EVALUATION)
    hints = hints_of(Evaluation)
    known = {
        name: from_plain(value, hints[name])
        for name, value in data["evaluation"].items()
        if name in kept_fields()
    }
    return Ground(
        pack=pack,
        evaluation=Evaluation(definitions=pack.indicators, tables=tables, **known),
        spec=None if is_table(contents) else template_of(contents),
        sheet=sheet_from(contents) if is_table(contents) else None,
        period=data["period"],
        as_of=date.fromisoformat(data["as_of"]),
        made=datetime.fromisoformat(data["made"]),
        bases=tuple((id, said) for id, said in data["bases"]),
    )


def compiled_from(ground: Ground) -> Compiled:
    """Return the report of an archive, computed again from what it keeps."""
    period = read_period(ground.period)
    assert ground.spec is not None  # a report was asked for
    figures, sections, dropped = composed(ground.spec, ground.evaluation, period)
    sections = with_bases(sections, ground.bases)
    text = "\n".join(part.text for section in sections for part in section.paragraphs if part.text)
    return Compiled(
        region=ground.pack.region,
        region_title=ground.pack.title,
        spec=ground.spec,
        period=period,
        as_of=ground.as_of,
        figures=figures,
        sections=sections,
        dropped=dropped,
        checks=(),
        originals={},
        changes=(),
        checked=Checked(audit(text).text, (), ()),
        digest=ground.pack.digest,
        bases=ground.bases,
    )


def is_table(contents: Contents) -> bool:
    """Return whether an archive is of a monthly table; an archive that does not say is of a report."""
    return contents.head.get("kind") == TABLE


def sheet_from(contents: Contents) -> Sheet:
    """Return what the monthly table of an archive lists."""
    sheet: Sheet = from_plain(contents.json(SHEET), Sheet)
    return sheet


def template_of(contents: Contents) -> ReportSpec:
    """Return the template an archive was compiled from."""
    return ReportSpec.model_validate_json(contents.part(TEMPLATE))


def evaluation_data(contents: Contents) -> Mapping[str, Any]:
    """Return period, day, moment and reported values of an archive as plain data."""
    found: Mapping[str, Any] = json.loads(contents.part(EVALUATION))
    return found
