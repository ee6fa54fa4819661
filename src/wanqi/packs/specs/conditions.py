"""The conditions of a rule version: groups, leaves and score tables, as authors write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import Number, Slug, SourceTag, Spec, Text, Title

# 12, "12.5", or the least and the most that an assessor may give.
Points = Annotated[int, Field(ge=-1_000, le=1_000)] | Number | tuple[Number, Number]
Bound = Annotated[int, Field(ge=-(10**12), le=10**12)] | Number
Mark = Annotated[str, StringConstraints(pattern=r"^(>=|>) (0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?$")]

BoundName = Literal["at_least", "more_than", "at_most", "less_than"]
BOUNDS: tuple[BoundName, ...] = ("at_least", "more_than", "at_most", "less_than")
_FORMS = ("bands", "best_of", "choose", "items", "each_of", "expert", "points")


def interval(points: int | str | tuple[str, str]) -> tuple[Decimal, Decimal]:
    """Return (least, most); equal where the points are one number."""
    low, high = points if isinstance(points, tuple) else (points, points)
    return Decimal(low), Decimal(high)


def _in_order(points: int | str | tuple[str, str]) -> None:
    low, high = interval(points)
    if low > high:
        raise ValueError(f"分数区间 {low} 到 {high} 前大后小。")


class BandSpec(Spec):
    """Points of a value on one side of a bound; the first band that holds decides."""

    at_least: Bound | None = None
    more_than: Bound | None = None
    at_most: Bound | None = None
    less_than: Bound | None = None
    points: Points

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if len([name for name in BOUNDS if getattr(self, name) is not None]) != 1:
            raise ValueError(
                "一档要写且只写一个界限：at_least（≥）、more_than（>）、at_most（≤）或 less_than（<）。"
            )
        _in_order(self.points)
        return self

    @property
    def bound(self) -> tuple[BoundName, Decimal]:
        """(key, value) of the bound."""
        name = next(name for name in BOUNDS if getattr(self, name) is not None)
        return name, Decimal(getattr(self, name))


class ChoiceSpec(Spec):
    """Points given where a condition holds."""

    when: Text
    points: Points
    title: Title | None = None

    @model_validator(mode="after")
    def _points_in_order(self) -> Self:
        _in_order(self.points)
        return self


class ItemSpec(Spec):
    """One line of a score table, in exactly one form; without a form it is not verified and counts 0 to max.

    of + bands: by value. choose: the first that holds. each_of: all that hold. best_of: the highest of several.
    items: their sum. expert: [least, most], judged. points: an expression. max caps, min is a floor the score must
    reach, veto: 0 points fail the whole.
    """

    id: Slug
    title: Title
    article: Title | None = None
    tag: SourceTag | None = None
    note: Text | None = None
    assumption: Text | None = None
    max: Bound | None = None
    min: Bound | None = None
    veto: bool = False
    of: Text | None = None
    bands: tuple[BandSpec, ...] | None = None
    choose: tuple[ChoiceSpec, ...] | None = None
    each_of: tuple[ChoiceSpec, ...] | None = None
    otherwise: Points | None = None
    best_of: tuple[ItemSpec, ...] | None = None
    items: tuple[ItemSpec, ...] | None = None
    expert: tuple[Number, Number] | None = None
    points: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [name for name in _FORMS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{'、'.join(given)} 只能写一种。")
        if any(getattr(self, name) == () for name in given):
            raise ValueError(f"{given[0]} 至少写一项。")
        if (self.of is not None) != (self.bands is not None):
            raise ValueError("of 和 bands 要一起写：of 是取值，bands 是各档。")
        if (self.otherwise is not None) != (self.bands is not None or self.choose is not None):
            raise ValueError("bands、choose 要写 otherwise（都不符合时的分数），其他形式不写。")
        if not given and self.max is None:
            raise ValueError("没有写怎样计分；条文未取得的项目要写 max。")
        if self.max is not None and self.min is not None and Decimal(self.min) > Decimal(self.max):
            raise ValueError("min 不能大于 max。")
        if self.otherwise is not None:
            _in_order(self.otherwise)
        if self.expert is not None:
            _in_order(self.expert)
        return self

    @property
    def form(self) -> str | None:
        """Which form is written; None for a line whose text is not available."""
        return next((name for name in _FORMS if getattr(self, name) is not None), None)

    @property
    def inside(self) -> tuple[tuple[str, tuple[ItemSpec, ...]], ...]:
        """(key, lines) of the lines below this one."""
        found = (("items", self.items), ("best_of", self.best_of))
        return tuple((key, lines) for key, lines in found if lines is not None)


class ScoreSpec(Spec):
    """passing: `>= 60` or `> 70`, the mark of the sum of the items."""

    passing: Mark = Field(alias="pass")
    items: tuple[ItemSpec, ...] = Field(min_length=1)

    @property
    def mark(self) -> tuple[Literal[">=", ">"], Decimal]:
        """(operator, number) of the passing mark."""
        sign, number = self.passing.split(" ")
        return (">=" if sign == ">=" else ">"), Decimal(number)


class ConditionSpec(Spec):
    """A group (all, any, n_of + of) or a leaf (when, judge, score); a leaf without any of them is not verified."""

    id: Slug | None = None
    title: Title | None = None
    article: Title | None = None
    tag: SourceTag | None = None
    note: Text | None = None
    assumption: Text | None = None
    all: tuple[ConditionSpec, ...] | None = None
    any: tuple[ConditionSpec, ...] | None = None
    n_of: Annotated[int, Field(ge=1, le=100)] | None = None
    of: tuple[ConditionSpec, ...] | None = None
    when: Text | None = None
    judge: Text | None = None
    score: ScoreSpec | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [
            name for name in ("all", "any", "of", "when", "judge", "score") if getattr(self, name) is not None
        ]
        if len(given) > 1:
            raise ValueError(f"{'、'.join(given)} 只能写一种。")
        if (self.n_of is not None) != (self.of is not None):
            raise ValueError("n_of 和 of 要一起写：n_of 是要满足的条数，of 是各条。")
        if self.group == ():
            raise ValueError(f"{given[0]} 至少写一条。")
        if self.n_of is not None and self.of is not None and self.n_of > len(self.of):
            raise ValueError(f"n_of 要 {self.n_of} 条，of 只有 {len(self.of)} 条。")
        if self.group is None and (self.id is None or self.title is None):
            raise ValueError("一条条件要写 id 和 title。")
        return self

    @property
    def group(self) -> tuple[ConditionSpec, ...] | None:
        """The parts of a group; None for a leaf."""
        return next((one for one in (self.all, self.any, self.of) if one is not None), None)

    @property
    def group_key(self) -> str:
        """The key the parts of a group stand under."""
        return "all" if self.all is not None else "any" if self.any is not None else "of"
