"""vocabulary/*.yaml: kinds of records, facts about organisations, and facts derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from wanqi.packs.specs.base import Name, Spec, Text, Title, Version
from wanqi.rules import Type

Base = Literal["text", "enum", "area", "date", "count", "money", "ratio", "bool"]


class _Typed(Spec):
    title: Title
    type: Base
    values: tuple[Title, ...] | None = None

    @model_validator(mode="after")
    def _values_belong_to_enums(self) -> Self:
        if (self.type == "enum") != (self.values is not None):
            raise ValueError("type 为 enum 时要列出 values，其他类型不能有 values。")
        return self

    @property
    def value_type(self) -> Type:
        """The type an expression sees."""
        return Type(self.type, self.values)


class FieldSpec(_Typed):
    """One field of a kind of record."""

    required: bool = False


class RecordKind(Spec):
    """label: the field that names a row on screen."""

    title: Title
    label: Name
    fields: Mapping[Name, FieldSpec]

    @model_validator(mode="after")
    def _label_is_a_field(self) -> Self:
        if self.label not in self.fields:
            raise ValueError(f"label 写的 {self.label} 不在 fields 中。")
        return self


class FactSpec(_Typed):
    """home: where the datum lives, `fact`, `organisation.<column>` or `records.<kind>`.

    source_unit: the unit of the official forms, kept for display; values are 元 and shares of 1.
    """

    period: Literal["annual", "scalar"]
    unit: Title | None = None
    source_unit: Title | None = None
    home: str = Field(
        default="fact", alias="from", pattern=r"^(fact|organisation\.[a-z0-9_]+|records\.[a-z0-9_]+)$"
    )


class DerivedFact(_Typed):
    """expression: over the other facts of the vocabulary; annual ones stand for the base year."""

    expression: Text = Field(alias="is")
    unit: Title | None = None


class VocabularyFile(Spec):
    """One file of vocabulary/."""

    version: Version
    records: Mapping[Name, RecordKind] = {}
    facts: Mapping[Name, FactSpec] = {}
    derived: Mapping[Name, DerivedFact] = {}
