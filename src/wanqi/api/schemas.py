"""What is asked and answered, as JSON; every text and number has its bounds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

MOST = 9_999_999_999_999  # of any whole number in an organisation's data
NO_NUL = r"^[^\x00]*$"
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)

Text = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
Whole = Annotated[StrictInt, Field(ge=-MOST, le=MOST)]
Value = StrictBool | Whole | Text | None
Terms = Annotated[list[Text], Field(max_length=50)]  # of a set: several of its terms
Year = Annotated[str, StringConstraints(pattern=r"^(19|20|21)[0-9]{2}$")]
Kind = Literal["new", "review", "renewal"]


def near(given: date) -> date:
    """Return a day for which there can be rules. Raises ValueError."""
    if not EARLIEST <= given <= LATEST:
        raise ValueError("日期应在2000年至2099年之间。")
    return given


# Every month has 28 days: the pattern describes what is always taken.
DAYS = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"
Day = Annotated[date, AfterValidator(near), WithJsonSchema({"type": "string", "pattern": DAYS})]


class Problem(Schema):
    """Why a request was not answered: what and where, and the next step, in Chinese. code is stable."""

    code: str
    message: str
    hint: str


class Bounds(Schema):
    """The bounds of what is paid, in 元 as decimal text; null for an open end."""

    low: str | None
    high: str | None


class ProgrammeLine(Schema):
    """One programme of the catalogue, as it stands on a day."""

    id: str
    title: str
    level: str
    what: str = Field(description="认定、奖补、试点、载体、人才称号或身份")
    act: str
    holder: str
    authority: str
    recommended_by: str
    system: str
    system_url: str
    window: str
    opens: date | None
    closes: date | None
    version: str | None = Field(description="适用版本；当天没有施行中的为 null")
    document: str
    materials: list[str]
    standard: list[str] = Field(description="奖补标准；不付钱的事项为空")
    note: str


class ConditionLine(Schema):
    """One condition of a programme in words, with the article it stands in."""

    id: str
    title: str
    article: str
    children: list[ConditionLine]


class ProgrammeDetail(ProgrammeLine):
    """One programme with its conditions."""

    conditions: list[ConditionLine]


class Catalogue(Schema):
    """The programmes of a region on a day."""

    region: str
    on: date
    programmes: list[ProgrammeLine]


class Question(Schema):
    """A datum that is asked for; the first decides most."""

    section: Literal["facts", "records"]
    id: str
    title: str
    period: str
    type: str
    unit: str
    choices: list[str]


class Chosen(Schema):
    """One programme of the combination. note: why it pays less there than on its own, "" where it does not."""

    programme: str
    title: str
    paid: Bounds
    note: str


class Left(Schema):
    """A programme that pays but is not in the combination, and why."""

    title: str
    reason: str


class Combination(Schema):
    """What may be applied for together in the year and pays most; `paid` and `total` in 元."""

    chosen: list[Chosen]
    total: Bounds
    left: list[Left]


class Answer(Schema):
    """Lines as `wanqi evaluate` prints them (docs/reference/evaluate.md), and what to ask for next.

    combination: null where nothing that is not ruled out pays the enterprise.
    """

    region: str
    on: date
    kind: Kind
    disclaimer: str
    lines: list[dict[str, Any]]
    questions: list[Question]
    combination: Combination | None


class Asked(Schema):
    """Values of one enterprise. They are answered and forgotten.

    facts: {id: value} or {id: {year: value}}; money as decimal text in 元, a set as a list of its terms.
    records: {kind: rows}, [] for none; what is absent or null is unknown.
    """

    model_config = ConfigDict(extra="forbid")

    on: Day | None = Field(None, description="按哪一天施行的政策比对，默认今天")
    kind: Kind = "new"
    programmes: list[Name] = Field(default_factory=list, max_length=60, description="空为全部施行中的事项")
    facts: dict[Name, dict[Year, Value | Terms] | Value | Terms] = Field(default_factory=dict, max_length=400)
    records: dict[Name, Annotated[list[dict[Name, Value]], Field(max_length=500)] | None] = Field(
        default_factory=dict, max_length=60
    )


class ScreenLine(Schema):
    """One enterprise of a screen."""

    organisation: int
    name: str
    credit_code: str | None
    verdict: Literal["unmet", "unknown", "met"]
    why: Literal["missing", "unverified", "judgement"] | None
    word: str
    short: int | None = Field(description="差几项即不再是不符合；没有这样的办法为 null")
    unmet: list[str] = Field(description="未满足的条件")
    missing: list[str] = Field(description="待补充的数据")
    on: date
    holds_until: date | None


class Count(Schema):
    """How many enterprises stand alike."""

    word: str
    count: int


class Screen(Schema):
    """Enterprises by how near they are. next: give it as `after` to go on; null at the end.

    waiting: enterprises still to be compared after a change.
    """

    programme: str
    kind: Kind
    version: str | None
    counts: list[Count]
    rows: list[ScreenLine]
    next: str | None
    waiting: int
