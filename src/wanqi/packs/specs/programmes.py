"""programmes/*.yaml: one thing that can be obtained, and every version of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.awards import AwardSpec
from wanqi.packs.specs.base import Name, Number, ProgrammeId, SourceTag, Spec, Text, Title, Version
from wanqi.packs.specs.conditions import ConditionSpec

Kind = Literal["new", "review", "renewal"]
ProgrammeKind = Literal["recognition", "subsidy", "pilot", "carrier", "talent", "status"]
Act = Literal["认定", "评价入库", "公告", "备案", "列入", "获证", "评选", "纳入统计", "评测", "奖补"]
Holder = Literal["organisation", "person", "product", "project", "park"]
Level = Literal["国家级", "省级", "市级", "县级"]
Recommender = Literal["国家级", "省级", "市级", "县级", "园区"]
RuleVersion = Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d-[1-9]\d{0,3}$")]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)]


class SystemSpec(Spec):
    """Where an application is filed."""

    title: Title
    url: Url | None = None


class WindowSpec(Spec):
    """Days of the year between which applications are taken; None where each year's notice says.

    year: the year whose notice announced the days (in which they begin), None where they hold every year.
    """

    opens: MonthDay | None = Field(default=None, alias="from")
    closes: MonthDay | None = Field(default=None, alias="to")
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("window 至少写 from、to、note 中的一项；没有固定时间就不写 window。")
        if self.year is not None and self.opens is None and self.closes is None:
            raise ValueError("写了 year（哪一年通知的时间），就要写 from 或 to。")
        return self

    @property
    def days(self) -> str:
        """The days in words, “4月25日至5月25日” or “7月31日止”; "" where there are none."""
        if self.opens and self.closes:
            return f"{_said(self.opens)}至{_said(self.closes)}"
        return f"{_said(self.opens)}起" if self.opens else f"{_said(self.closes)}止" if self.closes else ""

    @property
    def words(self) -> str:
        """The days, the year they were announced for, and the note."""
        dated = f"{self.days}（{self.year}年）" if self.year is not None else self.days
        return "；".join(one for one in (dated, self.note) if one)


def _said(day: str) -> str:
    month, number = day.split("-")
    return f"{int(month)}月{int(number)}日"


class PublicitySpec(Spec):
    """How long the list is shown before it stands."""

    days: Annotated[int, Field(ge=1, le=365)] | None = None
    counting: Literal["工作日", "自然日"] | None = None
    note: Text | None = None


class ValiditySpec(Spec):
    """years: how long what was obtained lasts; None where the text gives no number.

    calendar: it lasts to the end of a calendar year, the year of the act being the first.
    """

    years: Annotated[int, Field(ge=1, le=50)] | None = None
    calendar: bool = False
    note: Text | None = None


class EvidenceSpec(Spec):
    """One paper to hand in."""

    title: Title
    article: Title | None = None
    note: Text | None = None


class SameNameSpec(Spec):
    """Another title that is easily taken for this one."""

    title: Title
    note: Text


class ProgrammeSpec(Spec):
    """What is obtained, who decides, where and when to apply, and how it stands to other titles.

    presupposes: each inner list holds ids of which one must be held. excludes: ids that must not be held.
    """

    id: ProgrammeId
    title: Title
    kind: ProgrammeKind
    act: Act
    holder: Holder = "organisation"
    level: Level
    authority: Title
    recommended_by: tuple[Recommender, ...] = ()
    system: SystemSpec | None = None
    window: WindowSpec | None = None
    publicity: PublicitySpec | None = None
    validity: ValiditySpec | None = None
    evidence: tuple[EvidenceSpec, ...] = ()
    presupposes: tuple[tuple[ProgrammeId, ...], ...] = ()
    excludes: tuple[ProgrammeId, ...] = ()
    same_name: tuple[SameNameSpec, ...] = ()
    note: Text | None = None


class ParameterValue(Spec):
    """A number of the text from a day on, with its article."""

    since: date = Field(alias="from")
    value: Number
    article: Title
    tag: SourceTag | None = None


class ParameterSpec(Spec):
    """A named number that changes with time; its type follows from the unit unless written."""

    title: Title | None = None
    unit: Title | None = None
    type: Literal["money", "count", "ratio", "number"] | None = None
    values: tuple[ParameterValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _dated_in_order(self) -> Self:
        days = [one.since for one in self.values]
        if any(first >= second for first, second in pairwise(days)):
            raise ValueError("values 要按 from 从早到晚排列，且日期不能重复。")
        return self

    @property
    def base(self) -> Literal["money", "count", "ratio", "number"]:
        """The written type; else money for 元, a count where every value is whole and has a unit, else a ratio."""
        if self.type is not None:
            return self.type
        if self.unit == "元":
            return "money"
        if self.unit is None:
            return "ratio"
        whole = all(Decimal(one.value) == Decimal(one.value).to_integral_value() for one in self.values)
        return "count" if whole else "number"

    def at(self, day: date) -> ParameterValue | None:
        """The value in force on a day; None before the first."""
        return next((one for one in reversed(self.values) if one.since <= day), None)


class VersionSpec(Spec):
    """One version of the rule: the document, from when to when, for which kind of application, its conditions."""

    version: RuleVersion
    document: Title
    title: Title
    applies_to: tuple[Kind, ...] = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    tag: SourceTag
    article: Title | None = None
    url: Url | None = None
    note: Text | None = None
    assumption: Text | None = None
    base_year: Literal["previous"] | Annotated[int, Field(ge=2000, le=2100)] = "previous"
    params: Mapping[Name, ParameterSpec] = {}
    conditions: ConditionSpec
    amount: AwardSpec | None = None

    @model_validator(mode="after")
    def _dates_and_kinds(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to 早于 valid_from。")
        if len(set(self.applies_to)) < len(self.applies_to):
            raise ValueError("applies_to 写重了。")
        return self

    def in_force(self, on: date) -> bool:
        """Whether the version applies on a day; both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class ProgrammeFile(Spec):
    """One file of programmes/: the programme and the versions of its rule, in any order."""

    version: Version
    programme: ProgrammeSpec
    versions: tuple[VersionSpec, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        return self.programme.id
