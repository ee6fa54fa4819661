"""How generated and stated rows of a demonstration become rows of the registers, through the registers' own actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.models import Area, Office, Owned, Unit
from wanqi.indicators.actions import COMMENDATIONS, RANKINGS
from wanqi.projects.actions import FIBER, PROJECTS, create_sites
from wanqi.registry.actions import create_organisation
from wanqi.registry.actions.activities import ACTIVITIES
from wanqi.registry.actions.carriers import CARRIERS
from wanqi.registry.actions.finance import LISTINGS, LOANS
from wanqi.registry.actions.nominations import create_nomination
from wanqi.registry.actions.people import PEOPLE
from wanqi.registry.actions.property import PATENTS, TRADEMARKS
from wanqi.registry.actions.recognitions import create_recognition
from wanqi.registry.models import Organisation, Person
from wanqi.registry.models.recognitions import Holder, Nomination

Values = dict[str, Any]
HOLDERS = {str(label): value for value, label in Holder.choices}
PURPOSES = {str(label): value for value, label in Nomination.For.choices}
# Days of a nomination's way, by the field of the vocabulary that holds them.
STEPS = {
    "sounded_on": "摸底",
    "pooled_on": "入培育库",
    "declared_on": "企业已申报",
    "recommended_on": "县级推荐",
}
# Which field of a kind prints the organisation's name.
PRINTED = {
    "patents": "owner_name",
    "trademarks": "owner_name",
    "pledge_loans": "borrower_name",
    "listing_plans": "company_name",
    "projects": "holder_name",
    "recognitions": "holder_name",
    "nominations": "holder_name",
    "carriers": "host_name",
}
PLAIN: Mapping[str, Any] = {
    "patents": PATENTS,
    "trademarks": TRADEMARKS,
    "pledge_loans": LOANS,
    "listing_plans": LISTINGS,
    "projects": PROJECTS,
    "fiber_coverage": FIBER,
    "activities": ACTIVITIES,
    "carriers": CARRIERS,
    "rankings": RANKINGS,
    "commendations": COMMENDATIONS,
}
NUMBERS = {"covered", "households", "users", "attendance", "rank", "peers"}


class Rows:
    """Writes rows of every kind for one region; organisations and people are found by their printed names."""

    def __init__(self, region: str, *, actor: Actor, office: Office | None, unit: Unit | None) -> None:
        self.region, self.actor, self.office, self.unit = region, actor, office, unit

    @cached_property
    def areas(self) -> dict[str, Area]:
        return {one.code: one for one in Area.objects.filter(region_id=self.region)}

    @cached_property
    def organisations(self) -> dict[str, Organisation]:
        return {one.name: one for one in Organisation.objects.filter(region_id=self.region)}

    @cached_property
    def people(self) -> dict[str, Person]:
        return {one.name: one for one in Person.objects.filter(region_id=self.region)}

    def write(
        self, kind: str, rows: Sequence[Mapping[str, str | date]], *, source: str, is_demonstration: bool
    ) -> None:
        """Write rows of one kind; `source` is kept with each."""
        filled = [{**self._filled(kind, row), "source": source, "office": self.office} for row in rows]
        writer = self._writer(kind)
        if writer is not None:
            for values in filled:
                writer(values, actor=self.actor, region=self.region, is_demonstration=is_demonstration)
        elif kind == "sites":
            stations = [{**values, "unit": self.unit} for values in filled]
            create_sites(stations, actor=self.actor, region=self.region, is_demonstration=is_demonstration)
        else:
            PLAIN[kind].create_many(
                filled, actor=self.actor, region=self.region, is_demonstration=is_demonstration
            )

    def _writer(self, kind: str) -> Callable[..., Owned] | None:
        """Return what writes one row of the kind, None for those that are written many at once."""
        single: Mapping[str, Callable[..., Owned]] = {
            "organisations": create_organisation,
            "recognitions": self._recognition,
            "nominations": self._nomination,
        }
        return single.get(kind)

    def _filled(self, kind: str, row: Mapping[str, str | date]) -> Values:
        values: Values = {}
        for name, value in row.items():
            values[name] = int(value) if name in NUMBERS and isinstance(value, str) else value
            if isinstance(value, str) and (name.endswith("_on") or name == "on"):
                values[name] = date.fromisoformat(value)
        if "area" in values:
            values["area"] = self.areas[values["area"]]
        if "amount" in values:
            values["amount"] = Decimal(values["amount"])
        if kind not in PRINTED or values.get("holder_kind", "单位") != "单位":
            return values
        organisation = self.organisations.get(values.get(PRINTED[kind], ""))
        if organisation is not None:
            values["organisation"] = organisation
            if organisation.area is not None and kind != "listing_plans":
                values.setdefault("area", organisation.area)
        return values

    def _recognition(self, values: Values, *, actor: Actor, region: str, is_demonstration: bool) -> Owned:
        if "holder_kind" in values:
            values["holder_kind"] = HOLDERS[values["holder_kind"]]
        if values.get("holder_kind") == Holder.PERSON:
            values["person"] = self._person(values, is_demonstration)
        return create_recognition(values, actor=actor, region=region, is_demonstration=is_demonstration)

    def _person(self, values: Values, is_demonstration: bool) -> Person:
        name = values["holder_name"]
        if name not in self.people:
            given = {"name": name, "source": values["source"], "office": self.office}
            self.people[name] = PEOPLE.create(
                given, actor=self.actor, region=self.region, is_demonstration=is_demonstration
            )
        return self.people[name]

    def _nomination(self, values: Values, *, actor: Actor, region: str, is_demonstration: bool) -> Owned:
        days = {name: values.pop(name) for name in STEPS if name in values}
        if "purpose" in values:
            values["purpose"] = PURPOSES[values["purpose"]]
        steps = [(stage, days[name]) for name, stage in STEPS.items() if name in days]
        return create_nomination(
            values, actor=actor, region=region, is_demonstration=is_demonstration, steps=steps
        )
