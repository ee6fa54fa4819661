"""Types of values, and what an expression may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from wanqi.rules.tree import Expression

Base = Literal["text", "enum", "area", "date", "count", "money", "ratio", "number", "bool", "set"]

NUMERIC: frozenset[str] = frozenset({"count", "money", "ratio", "number"})
CODED: frozenset[str] = frozenset({"text", "enum", "area"})

# Words for messages: what a clerk calls each type.
TITLES: Mapping[str, str] = {
    "text": "文本",
    "enum": "选项",
    "area": "片区",
    "date": "日期",
    "count": "整数",
    "money": "金额（元）",
    "ratio": "比率",
    "number": "数值",
    "bool": "是/否",
    "set": "多选",
}


@dataclass(frozen=True, slots=True)
class Type:
    """A base type; an enum or a set (and an area, where the list is known) carries its permitted values.

    money is in 元, a ratio is dimensionless with 1 = 100 %, a count is a whole number, a number has four decimals.
    unit: what is counted (人, 项, 分); None fits any. maximum: |x| ≤ maximum, where that is tighter than the type's own.
    positive: never below zero. Types differ by base and values only.
    """

    base: Base
    values: tuple[str, ...] | None = None
    unit: str | None = field(default=None, compare=False)
    maximum: Decimal | None = field(default=None, compare=False)
    positive: bool = field(default=False, compare=False)

    @property
    def numeric(self) -> bool:
        return self.base in NUMERIC

    @property
    def coded(self) -> bool:
        return self.base in CODED

    @property
    def title(self) -> str:
        return TITLES[self.base]


TEXT = Type("text")
DATE = Type("date")
COUNT = Type("count")
MONEY = Type("money")
RATIO = Type("ratio")
NUMBER = Type("number")
BOOL = Type("bool")


@dataclass(frozen=True)
class RecordScope:
    """The fields of one kind of record; absent: what a field without a value stands for (else it is unknown)."""

    fields: Mapping[str, Type]
    absent: Mapping[str, str | bool | date | Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """A named value that changes over time: (first day, value), ascending."""

    type: Type
    values: tuple[tuple[date, str | bool | date | Decimal], ...]


@dataclass(frozen=True)
class CodeRule:
    """What the codes of a fact look like: ASCII digits, at most so many, beginning with a code of a list.

    title: of the list, for messages.
    """

    title: str
    prefixes: tuple[str, ...]
    digits: int


@dataclass(frozen=True)
class Scope:
    """What an expression may name, each with its type.

    fields: facts of an organisation, or the fields of one record. known_tests: whether IS [NOT] NULL is allowed. It
    is the one construct whose answer may turn from yes to no when a value is hidden, so conditions that must never
    do that are parsed with False. dated: whether years, windows and the day asked about may be named.
    annual: the fields that have a value for every year. derived: facts computed from others, read before. given:
    those of them that an organisation may also bring with it, which is then taken as it is. lists: named lists of code
    prefixes. programmes: the ids `holds` may name, None where they are not checked.
    codes: what the codes of some facts look like. regions: those whose programmes are all among `programmes`.
    founding: the field with the date of founding.
    """

    fields: Mapping[str, Type]
    known_tests: bool = True
    dated: bool = False
    annual: frozenset[str] = frozenset()
    records: Mapping[str, RecordScope] = field(default_factory=dict)
    derived: Mapping[str, Expression] = field(default_factory=dict)
    given: Mapping[str, Type] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    params: Mapping[str, Parameter] = field(default_factory=dict)
    programmes: frozenset[str] | None = None
    codes: Mapping[str, CodeRule] = field(default_factory=dict)
    regions: frozenset[str] = frozenset()
    founding: str = "established_date"
