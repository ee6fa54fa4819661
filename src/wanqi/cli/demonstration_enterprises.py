"""Profiles of a demonstration written as facts, records and coverage of its fictitious enterprises, and its 名单."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from wanqi.core.access import Actor, actor_of
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Office, User
from wanqi.packs import DemoSpec, Pack
from wanqi.packs.demonstration_profiles import Enterprise, Said, enterprises
from wanqi.packs.specs.demo import DemoList
from wanqi.registry.actions.facts import record_facts
from wanqi.registry.actions.name_lists import decide_many, describe, receive_list
from wanqi.registry.actions.property import PATENTS
from wanqi.registry.actions.records import COVERAGES, RECORDS
from wanqi.registry.facts import entries
from wanqi.registry.facts.homes import kinds_kept
from wanqi.registry.facts.records import clean_record
from wanqi.registry.models import Organisation

SOURCE = "演示数据（虚构）"
FLAGS = ("relates_to_main_product", "has_benefit", "used_in_prior_hnte")


class Enterprises:
    """Writes what the profiles say; `organisations` by the number in their credit codes."""

    def __init__(self, pack: Pack, demo: DemoSpec, *, actor: Actor, office: Office | None) -> None:
        self.pack, self.demo, self.actor, self.office = pack, demo, actor, office
        self.kept = kinds_kept(pack)
        annual = {name for name, spec in pack.facts.items() if spec.period == "annual"}
        self.said = enterprises(demo, annual=annual)

    def __len__(self) -> int:
        return len(self.said)

    def write(self) -> None:
        """Write facts at once, then records and how far the lists go; everything is marked 演示."""
        known = self._organisations()
        facts = [entry for one in self.said for entry in self._facts(one, known[one.number])]
        place = self.office.pk if self.office else None
        record_facts(facts, region=self.pack.region, actor=self.actor, office=place, is_demonstration=True)
        patents = [row for one in self.said for row in self._patents(one, known[one.number])]
        records = [row for one in self.said for row in self._records(one, known[one.number])]
        ends = [
            {"organisation": known[one.number], "kind": kind, "complete_until": day, **self._place()}
            for one in self.said
            for kind, day in one.coverage.items()
        ]
        marked: Mapping[str, Any] = {"region": self.pack.region, "is_demonstration": True}
        PATENTS.create_many(patents, actor=self.actor, **marked)
        RECORDS.create_many(records, actor=self.actor, **marked)
        COVERAGES.create_many(ends, actor=self.actor, **marked)

    def _place(self) -> dict[str, Any]:
        return {"source": SOURCE, "office": self.office}

    def _organisations(self) -> dict[int, Organisation]:
        rows = Organisation.objects.filter(region_id=self.pack.region, is_demonstration=True)
        marked = {row.credit_code[8:16]: row for row in rows if row.credit_code}
        return {one.number: marked[f"DEM0{one.number:04d}"] for one in self.said}

    def _facts(self, one: Enterprise, organisation: Organisation) -> Iterator[entries.Entry]:
        for said in one.facts:
            try:
                yield entries.entry(
                    self.pack,
                    organisation.pk,
                    said.fact,
                    _typed(said, self.pack.facts[said.fact].type),
                    source_class=said.source_class,
                    source=self.demo.sources[said.source_class],  # type: ignore[index]
                    period=said.period,
                    as_of=None if said.period else self.demo.as_of,
                    today=self.demo.as_of,
                )
            except RowInvalid as error:
                raise RowInvalid({f"{organisation}：{said.fact}": [str(error)]}) from error

    def _patents(self, one: Enterprise, organisation: Organisation) -> Iterator[dict[str, Any]]:
        for row in one.records.get("patents", ()):
            flags = {name: row[name] == "true" for name in FLAGS if name in row}
            yield {**row, **flags, "organisation": organisation, "area": organisation.area, **self._place()}

    def _records(self, one: Enterprise, organisation: Organisation) -> Iterator[dict[str, Any]]:
        for kind, rows in one.records.items():
            for row in rows if kind in self.kept else ():
                values = {
                    name: value.isoformat() if isinstance(value, date) else value
                    for name, value in row.items()
                }
                given = {"kind": kind, "values": values}
                yield {**clean_record(self.pack, given), "organisation": organisation, **self._place()}

    def receive(self, given: DemoList) -> None:
        """Hand in a 名单 as the demonstration's clerk does; what is matched for certain gets a person's name."""
        clerk = User.objects.filter(is_demonstration=True, grants__role="clerk").first()
        actor = actor_of(clerk) if clerk else self.actor
        office = self.office.pk if self.office else None
        made = receive_list(given.text, region=self.pack.region, office=office, actor=actor)
        details = ("programme", "batch", "document_number", "document_title", "authority", "issued_on")
        describe(made, {name: getattr(given, name) for name in details}, actor=actor)
        decide_many(made, "certain", actor=actor)


def _typed(said: Said, kind: str) -> Any:
    """Return a value as `wanqi evaluate` takes it."""
    if kind == "bool":
        return said.value == "true"
    if kind == "count":
        return int(str(said.value))
    if kind == "set":
        return list(said.value)  # type: ignore[arg-type]
    return said.value.isoformat() if isinstance(said.value, date) else said.value
