"""vocabulary/*.yaml: kinds of records, facts about organisations, facts derived from them, titles and sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import Name, Number, ProgrammeId, Slug, SourceTag, Spec, Text, Title, Version
from wanqi.packs.specs.programmes import Act, Holder, Level, ParameterSpec, ProgrammeKind, ValiditySpec
from wanqi.rules import Type

Base = Literal["text", "enum", "set", "area", "date", "count", "money", "ratio", "number", "bool"]
Period = Literal["annual", "scalar"]
Source = Literal["审计报告", "税务", "统计", "平台", "登记机关", "企业自报"]
Prefix = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,6}$")]
_NUMBERS = ("count", "money", "ratio", "number")
SourceId = Annotated[str, StringConstraints(pattern=r"^S[1-9][0-9]{0,2}$")]


class _Typed(Spec):
    """maximum: no value is larger, in its own unit. positive: no value is below zero."""

    title: Title
    type: Base
    values: tuple[Title, ...] | None = None
    unit: Title | None = None
    maximum: Number | None = Field(default=None, alias="max")
    positive: bool = False

    @model_validator(mode="after")
    def _values_belong_to_enums(self) -> Self:
        if (self.type in ("enum", "set")) != (self.values is not None):
            raise ValueError("type 为 enum 或 set 时要列出 values，其他类型不能有 values。")
        if self.type not in _NUMBERS and (self.maximum is not None or self.positive):
            raise ValueError("max 和 positive 只能用于数值。")
        return self

    @property
    def value_type(self) -> Type:
        """The type an expression sees; a count is never below zero."""
        most = None if self.maximum is None else Decimal(self.maximum)
        unit = None if self.type == "money" else self.unit
        return Type(self.type, self.values, unit, most, self.positive or self.type == "count")


class FieldSpec(_Typed):
    """One field of a kind of record. absent: what an empty cell means, where it means something."""

    required: bool = False
    absent: date | None = None

    @model_validator(mode="after")
    def _only_dates_are_absent(self) -> Self:
        if self.absent is not None and self.type != "date":
            raise ValueError("absent 只能用于日期，例如没有撤销日期写 9999-12-31。")
        return self


class RecordKind(Spec):
    """label: the field that names a row on screen."""

    title: Title
    label: Name
    fields: Mapping[Name, FieldSpec]
    note: Text | None = None

    @model_validator(mode="after")
    def _label_is_a_field(self) -> Self:
        if self.label not in self.fields:
            raise ValueError(f"label 写的 {self.label} 不在 fields 中。")
        return self


class FactSpec(_Typed):
    """home: where the datum lives, `fact`, `organisation.<column>` or `records.<kind>`.

    source_unit: the unit of the official forms, kept for display; values are 元 and shares of 1. prefer: which source
    decides where several disagree, best first. codes: the list of codes one of which every value begins with; digits:
    the most digits such a value has.
    """

    period: Period
    source_unit: Title | None = None
    prefer: tuple[Source, ...] = ()
    codes: Slug | None = None
    digits: int | None = Field(default=None, ge=1, le=20)
    note: Text | None = None
    home: str = Field(
        default="fact", alias="from", pattern=r"^(fact|organisation\.[a-z0-9_]+|records\.[a-z0-9_]+)$"
    )

    @model_validator(mode="after")
    def _codes_are_texts(self) -> Self:
        if (self.codes is None) != (self.digits is None) or (self.codes and self.type != "text"):
            raise ValueError("codes（代码表）和 digits（最多几位）一起写，只能用于文本。")
        return self


class ClassRowSpec(Spec):
    """One industry of a class table. bounds: fact → its least values, one per class but the last."""

    title: Title
    prefixes: tuple[Prefix, ...] = Field(min_length=1)
    excepted: tuple[Prefix, ...] = Field(default=(), alias="except")
    bounds: Mapping[Name, tuple[Number, ...]] = Field(min_length=1)
    article: Title
    tag: SourceTag
    mapping_tag: SourceTag


class ClassTableSpec(Spec):
    """A class by industry: the first class of which every bound of the row is reached, else the last.

    code: the fact that holds the industry code; classes: from the largest down.
    """

    code: Name
    document: Title
    classes: tuple[Title, ...] = Field(min_length=2)
    rows: tuple[ClassRowSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _bounds_for_every_class_but_the_last(self) -> Self:
        wanted = len(self.classes) - 1
        for row in self.rows:
            for fact, bounds in row.bounds.items():
                if len(bounds) != wanted:
                    raise ValueError(f"{row.title}的 {fact} 要写 {wanted} 个下限，写了 {len(bounds)} 个。")
                values = [Decimal(one) for one in bounds]
                if values != sorted(values, reverse=True) or len(set(values)) < wanted:
                    raise ValueError(f"{row.title}的 {fact} 下限要从大到小。")
        return self


class DerivedFact(_Typed):
    """Exactly one of: expression over the other facts and records of the vocabulary; a table of classes.

    Annual facts in the expression stand for the base year. given: whether an organisation may bring the value with it,
    e.g. from a platform or an audited statement; it is then taken as it is.
    """

    expression: Text | None = Field(default=None, alias="is")
    classes: ClassTableSpec | None = None
    given: bool = False
    source_unit: Title | None = None
    assumption: Text | None = None
    article: Title | None = None
    tag: SourceTag | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.expression is None) == (self.classes is None):
            raise ValueError("is（表达式）和 classes（分类表）要写且只写一个。")
        if self.given and self.type == "ratio":
            raise ValueError("比率不能直接给出（given），请给出分子和分母。")
        if self.classes is not None and self.values != self.classes.classes:
            raise ValueError("values 要与 classes 的各类一致。")
        return self


class TitleSpec(Spec):
    """A title that a rule or a register names and for which these packs have no rule of their own.

    act: what the authority's act is in law, None where it is not known; kind, holder, validity: as of a programme.
    """

    title: Title
    level: Level
    kind: ProgrammeKind = "recognition"
    act: Act | None = None
    holder: Holder = "organisation"
    authority: Title | None = None
    validity: ValiditySpec | None = None
    note: Text | None = None


class SourceSpec(Spec):
    """A text that tags name: what it is and where it was read."""

    title: Title
    where: Text


class VocabularyFile(Spec):
    """One file of vocabulary/."""

    version: Version
    records: Mapping[Name, RecordKind] = {}
    facts: Mapping[Name, FactSpec] = {}
    derived: Mapping[Name, DerivedFact] = {}
    params: Mapping[Name, ParameterSpec] = {}
    titles: Mapping[ProgrammeId, TitleSpec] = {}
    sources: Mapping[SourceId, SourceSpec] = {}
