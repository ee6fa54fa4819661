"""Targets of a demonstration that no document states, how they are broken down, and shortfalls on their way."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wanqi.packs.specs.base import IndicatorId, Number, Period, Slug, Spec, Text, Title

YearNumber = Annotated[int, Field(ge=2000, le=2100)]
Dimension = Literal["office", "department", "township", "park", "operator", "area"]


class DemoTarget(Spec):
    """A year's target that is made up for the demonstration, and marked as such."""

    indicator: IndicatorId
    year: YearNumber
    value: Number
    office: Slug | None = None


class DemoPart(Spec):
    """One holder's share: the code of an office, unit or area, as the breakdown's dimension says."""

    to: Slug
    value: Number
    person: Title | None = None


class DemoBreakdown(Spec):
    """A target broken down one way. basis: `gain` for what the year adds to the year before."""

    indicator: IndicatorId
    year: YearNumber
    dimension: Dimension
    basis: Literal["whole", "gain"] = "whole"
    adding: Literal["equal", "above", "overlap"] = "equal"
    office: Slug | None = None
    due_on: date
    parts: tuple[DemoPart, ...] = Field(min_length=1)


class DemoShortfall(Spec):
    """A shortfall, as far on its way as is written: raised, handed on, answered, struck off.

    to_office, to_unit: who has to act; without either it waits to be handed on.
    """

    indicator: IndicatorId
    period: Period
    title: Title
    finding: Text
    office: Slug
    raised_on: date
    to_office: Slug | None = None
    to_unit: Slug | None = None
    person: Title | None = None
    due_on: date | None = None
    action: Text | None = None
    answer: Text | None = None
    answered_on: date | None = None
    closing: Title | None = None
    closed_on: date | None = None

    @model_validator(mode="after")
    def _one_step_after_the_other(self) -> Self:
        steps = (
            (self.to_office or self.to_unit, self.due_on),
            (self.answer, self.answered_on),
            (self.closing, self.closed_on),
        )
        taken = [bool(said) for said, _ in steps]
        if any(bool(said) != (day is not None) for said, day in steps):
            raise ValueError(
                "短板的每一步要同时写内容和日期：交办对象和 due_on，answer 和 answered_on，closing 和 closed_on。"
            )
        if taken != sorted(taken, reverse=True):
            raise ValueError("短板按 交办 → 反馈 → 销号 的次序写，前一步没有写，后一步不能写。")
        return self
