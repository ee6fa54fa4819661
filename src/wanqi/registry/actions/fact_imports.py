"""Writers of tables of facts: a chunk's facts at once, empty columns of the enterprises, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from wanqi.core.access import Actor
from wanqi.core.actions import correct_row
from wanqi.core.models import Owned

from ..cells import Reader
from ..deciding import Decisions, Place
from ..facts import tables
from ..facts.entries import key_of
from ..facts.tables import FactJudge, Line
from ..importing import Reading, Sink, Target
from ..models import Fact, ImportBatch, ImportChange, Organisation
from .facts import record_facts, take_back
from .import_rows import CORRECTED, CREATED, copy_in

FACT, ORGANISATION = "registry.fact", "registry.organisation"
CHANGE = ("batch_id", "line", "target_kind", "target_id", "verb", "before", "version_after")


@dataclass(frozen=True)
class FactWriter:
    """How the lines of a table of facts become facts; see `importing.Writer`."""

    def reader(self, target: Target, name: str, title: str) -> Reader:
        """Return the reader of a column."""
        return tables.reader(target, name, title)

    def judge(self, target: Target, reading: Reading, *, place: Place, actor: Actor, said: str) -> FactJudge:
        """Return who decides about the lines."""
        return FactJudge(target, reading, place=place, actor=actor, said=said)

    def told(self, row: Any) -> list[dict[str, str]]:
        """Return what a line changes, as the preview shows it."""
        return cast(Line, row).told()

    def apply(
        self, batch: ImportBatch, decisions: Decisions, *, target: Target, place: Place, actor: Actor
    ) -> None:
        """Write a chunk: facts with one audit row for each enterprise, then the empty columns they fill."""
        decided = [(line, cast(Line, row)) for line, row in decisions.created]
        decided += [(line, cast(Line, row)) for line, row, _ in decisions.corrected]
        lines = {(one.key, one.as_of): line for line, row in decided for one, _ in row.entries}
        done = record_facts(
            [one for _, row in decided for one, _ in row.entries],
            region=target.region,
            actor=actor,
            reason=f"导入第{batch.pk}批",
            office=place.office,
            unit=place.unit,
            batch=batch,
            is_demonstration=place.is_demonstration,
        )

        def change(row: Fact, verb: str) -> tuple[Any, ...]:
            return batch.pk, lines[key_of(row), row.as_of], FACT, row.pk, verb, {}, 1

        changes = [change(row, CREATED) for row in done.created]
        changes += [change(new, CORRECTED) for new, _ in done.corrected]
        changes += [change for line, row in decided for change in _filled(batch, line, row, actor=actor)]
        copy_in(ImportChange, CHANGE, changes)

    def take_back(
        self, applied: Sequence[ImportChange], *, actor: Actor, reason: str, region: str
    ) -> tuple[list[int], list[int]]:
        """Undo facts by newer ones, and empty what was filled; what was changed since is kept."""
        facts = {one.target_id: one.pk for one in applied if one.target_kind == FACT}
        done = take_back(facts, actor=actor, reason=reason, region=region)
        restored = [facts[pk] for pk in done.restored]
        restored += [
            one.pk
            for one in applied
            if one.target_kind == ORGANISATION and _emptied(one, actor=actor, reason=reason)
        ]
        return [facts[pk] for pk in done.withdrawn], restored


def _filled(batch: ImportBatch, line: int, row: Line, *, actor: Actor) -> list[tuple[Any, ...]]:
    if not row.fills:
        return []
    before = {name: getattr(row.organisation, name) for name in row.fills}
    kept = correct_row(
        row.organisation, row.fills, actor=actor, reason=f"导入第{batch.pk}批", verb="导入更正"
    )
    return [(batch.pk, line, ORGANISATION, kept.pk, CORRECTED, before, kept.version)]


def _emptied(one: ImportChange, *, actor: Actor, reason: str) -> bool:
    row = Organisation.objects.select_for_update(of=("self",)).get(pk=one.target_id)
    may = actor.may_place(
        "organisation",
        "correct",
        region=row.region_id,
        office=row.office_id,
        area=row.area_id,
        unit=row.unit_id,
    )
    if row.version != one.version_after or row.withdrawn_at is not None or not may:
        return False
    correct_row(row, one.before, actor=actor, reason=reason, verb="撤销导入")
    return True


SINK = Sink(kind="facts", model=cast(type[Owned], Fact), key="name", writer=FactWriter())
