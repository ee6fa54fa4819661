"""Targets, breakdowns and shortfalls of a demonstration, written through their own actions; all marked 演示."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wanqi.core.access import Actor
from wanqi.core.models import Area, Office, Unit
from wanqi.indicators.actions import create_observation
from wanqi.indicators.actions.shortfalls import (
    SHORTFALLS,
    answer_shortfall,
    close_shortfall,
    raise_shortfall,
)
from wanqi.indicators.actions.targets import Holder, PartGiven, create_breakdown
from wanqi.packs import DemoSpec
from wanqi.packs.specs.demo_targets import DemoBreakdown, DemoShortfall

SOURCE = "演示目标（虚构，不是下达的任务）"


class Targets:
    """Writes what demo.yaml says of targets and shortfalls; places by their codes."""

    def __init__(
        self,
        region: str,
        *,
        actor: Actor,
        offices: Mapping[str, Office],
        units: Mapping[str, Unit],
        areas: Mapping[str, Area],
    ) -> None:
        self.region, self.actor = region, actor
        self.offices, self.units, self.areas = offices, units, areas

    def write(self, demo: DemoSpec) -> None:
        """Write made-up targets, then breakdowns of these and of stated ones, then shortfalls step by step."""
        for one in demo.made_targets:
            self._target(one.indicator, one.year, one.value, one.office, demo.as_of)
        for broken in demo.breakdowns:
            self._breakdown(broken)
        for short in demo.shortfalls:
            self._shortfall(short)

    def _marked(self) -> dict[str, Any]:
        return {"actor": self.actor, "region": self.region, "is_demonstration": True}

    def _target(self, indicator: str, year: int, value: str, office: str | None, as_of: date) -> None:
        values = {
            "indicator": indicator,
            "period": str(year),
            "nature": "target",
            "value": Decimal(value),
            "source": SOURCE,
            "as_of": as_of,
            "office": self.offices.get(office or ""),
        }
        create_observation(values, **self._marked())

    def _breakdown(self, broken: DemoBreakdown) -> None:
        values = {
            "indicator": broken.indicator,
            "year": broken.year,
            "dimension": broken.dimension,
            "basis": broken.basis,
            "adding": broken.adding,
            "source": SOURCE,
            "office": self.offices.get(broken.office or ""),
        }
        parts = [
            PartGiven(
                holder=self._holder(broken.dimension, part.to),
                value=Decimal(part.value),
                person=part.person or "",
                due_on=broken.due_on,
            )
            for part in broken.parts
        ]
        create_breakdown(values, parts, **self._marked())

    def _holder(self, dimension: str, code: str) -> Holder:
        if dimension == "office":
            return self.offices[code]
        return self.areas[code] if dimension == "area" else self.units[code]

    def _shortfall(self, short: DemoShortfall) -> None:
        office, unit = self.offices.get(short.to_office or ""), self.units.get(short.to_unit or "")
        values = {
            "indicator": short.indicator,
            "period": short.period,
            "title": short.title,
            "finding": short.finding,
            "raised_on": short.raised_on,
            "office": self.offices[short.office],
            "person": short.person or "",
            "action": short.action or "",
        }
        if office is None and unit is None:
            SHORTFALLS.create(values, **self._marked())
            return
        row = raise_shortfall(values, office=office, unit=unit, due_on=short.due_on, **self._marked())
        if short.answer:
            row = answer_shortfall(row, answer=short.answer, on=short.answered_on, actor=self.actor)
        if short.closing:
            close_shortfall(row, closing=short.closing, on=short.closed_on, actor=self.actor)
