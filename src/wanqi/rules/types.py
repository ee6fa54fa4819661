"""Types of values, and the fields an expression may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Base = Literal["text", "enum", "area", "date", "count", "money", "ratio", "bool"]

NUMERIC: frozenset[str] = frozenset({"count", "money", "ratio"})
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
    "bool": "是/否",
}


@dataclass(frozen=True, slots=True)
class Type:
    """A base type; an enum (and an area, where the list is known) carries its permitted values.

    money is in 元, a ratio is dimensionless with 1 = 100 %, a count is a whole number.
    """

    base: Base
    values: tuple[str, ...] | None = None

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
BOOL = Type("bool")


@dataclass(frozen=True)
class Scope:
    """The fields an expression may name, each with its type.

    known_tests: whether IS [NOT] NULL is allowed. It is the one construct whose answer may turn from yes to
    no when a value is hidden, so conditions that must never do that are parsed with False.
    """

    fields: Mapping[str, Type]
    known_tests: bool = True
