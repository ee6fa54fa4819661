"""A folded tree written in another engine's language, over whole numbers: money in fen, ratios in 10⁻⁸.

It walks the tree, not what our own backends make of it, so that equal answers check those as well.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.types import Type

E = TypeVar("E")

EPOCH = date(1970, 1, 1)
_FLIPPED: dict[tree.Comparison, tree.Comparison] = {
    "=": "=",
    "<>": "<>",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}
_OPPOSITE: dict[tree.Comparison, tree.Comparison] = {
    "=": "<>",
    "<>": "=",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}


def key(column: str) -> str:
    """Return a column's name as every language takes it."""
    return re.sub(r"\W", "_", column.removesuffix("#low"), flags=re.ASCII)


class Language(ABC, Generic[E]):
    """What an engine can say. divides: it divides exactly enough, so that a quotient need not be multiplied out."""

    divides = True

    @abstractmethod
    def column(self, name: str, kind: Type) -> E: ...
    @abstractmethod
    def number(self, value: Decimal) -> E: ...
    @abstractmethod
    def truth(self, value: bool) -> E: ...
    @abstractmethod
    def compare(self, operator: tree.Comparison, left: E, right: E) -> E: ...
    @abstractmethod
    def one_of(self, operand: E, values: Sequence[str], kind: Type) -> E: ...
    @abstractmethod
    def starts_with(self, text: E, prefixes: Sequence[str]) -> E: ...
    @abstractmethod
    def joined(self, parts: Sequence[E], *, every: bool) -> E: ...
    @abstractmethod
    def negation(self, part: E) -> E: ...
    @abstractmethod
    def total(self, parts: Sequence[E]) -> E: ...
    @abstractmethod
    def arithmetic(self, operator: str, left: E, right: E) -> E: ...
    @abstractmethod
    def choose(self, branches: Sequence[tuple[E, E]], otherwise: E) -> E: ...
    @abstractmethod
    def extreme(self, parts: Sequence[E], *, greatest: bool) -> E: ...


@dataclass(frozen=True)
class _Number(Generic[E]):
    """text / under / divisor / 10^scale; a constant has no text."""

    text: E | None
    scale: int = 0
    constant: Decimal | None = None
    under: E | None = None
    divisor: Decimal = Decimal(1)

    @property
    def whole(self) -> bool:
        """Whether it is carried as one number."""
        return self.under is None and self.divisor == 1


class Translator(Generic[E]):
    """Writes truths of one language. Raises ValueError for what no programme measured here uses."""

    def __init__(self, language: Language[E]) -> None:
        self.language = language

    def truth(self, node: tree.Node) -> E:
        """Return a Boolean node."""
        language = self.language
        match node:
            case tree.Field(name=name, type=kind):
                return language.column(key(name), kind)
            case tree.Literal(value=bool() as value):
                return language.truth(value)
            case tree.Compare(operator=sign, left=left, right=right):
                return self._compare(sign, left, right)
            case tree.Not(operand=tree.Compare(operator=sign, left=left, right=right)):
                return self._compare(_OPPOSITE[sign], left, right)
            case tree.Not(operand=operand):
                return language.negation(self.truth(operand))
            case tree.All(parts=parts):
                return language.joined([self.truth(part) for part in parts], every=True)
            case tree.Any(parts=parts):
                return language.joined([self.truth(part) for part in parts], every=False)
            case tree.OneOf(operand=tree.Field(name=name, type=kind), values=values) if kind.coded:
                column = language.column(key(name), kind)
                return language.one_of(column, [str(one.value) for one in values], kind)
            case tree.Call(function="starts_with", arguments=(tree.Field(name=name, type=kind), *rest)):
                prefixes = [str(one.value) for one in rest if isinstance(one, tree.Literal)]
                return language.starts_with(language.column(key(name), kind), prefixes)
            case _:
                raise ValueError(f"{type(node).__name__} is not translated")

    def _compare(self, sign: tree.Comparison, left: tree.Node, right: tree.Node) -> E:
        if left.type.coded:
            return self._same_code(sign, left, right)
        one, two = self.number(left), self.number(right)
        if one.constant is not None:
            sign, one, two = _FLIPPED[sign], two, one
        if two.constant is not None:
            return self._against_constant(sign, one, two.constant)
        scale = max(one.scale, two.scale)
        return self.language.compare(sign, self._at(one, scale), self._at(two, scale))

    def _same_code(self, sign: tree.Comparison, left: tree.Node, right: tree.Node) -> E:
        if sign not in ("=", "<>") or not isinstance(left, tree.Field) or not isinstance(right, tree.Literal):
            raise ValueError("a code is compared with a constant only")
        column = self.language.column(key(left.name), left.type)
        same = self.language.one_of(column, [str(right.value)], left.type)
        return same if sign == "=" else self.language.negation(same)

    def _against_constant(self, sign: tree.Comparison, one: _Number[E], constant: Decimal) -> E:
        value = constant.scaleb(one.scale) * one.divisor
        if one.text is None:
            raise ValueError("two constants are compared")
        if one.under is None:
            return self.language.compare(sign, one.text, self.language.number(value))
        over, under = Fraction(value).as_integer_ratio()
        left, right = self._times(one.text, under), self._times(one.under, over)
        return self.language.compare(sign, left, right)

    def number(self, node: tree.Node) -> _Number[E]:
        """Return a numeric or date node; a date is the day since 1970."""
        match node:
            case tree.Field(name=name, type=kind):
                return _Number(self.language.column(key(name), kind), PLACES.get(kind.base, 0))
            case tree.Literal(value=Decimal() as value):
                return _Number(None, constant=value)
            case tree.Literal(value=date() as day):
                return _Number(None, constant=Decimal((day - EPOCH).days))
            case tree.Arithmetic(operator="+"):
                return self._sum(node)
            case tree.Arithmetic(operator="*", left=left, right=right):
                return self._product(self.number(left), self.number(right))
            case tree.Ratio(numerator=over, denominator=under):
                return self._ratio(self.number(over), self.number(under))
            case tree.Case(branches=branches, otherwise=otherwise):
                numbers = [self.number(one) for one in (*(value for _, value in branches), otherwise)]
                *texts, last = self._aligned(numbers)
                conditions = [self.truth(when) for when, _ in branches]
                chosen = self.language.choose(list(zip(conditions, texts, strict=True)), last)
                return _Number(chosen, self._scale(numbers))
            case tree.Call(function="greatest" | "least" as name, arguments=arguments):
                numbers = [self.number(one) for one in arguments]
                found = self.language.extreme(self._aligned(numbers), greatest=name == "greatest")
                return _Number(found, self._scale(numbers))
            case _:
                raise ValueError(f"{type(node).__name__} is not translated")

    def _sum(self, node: tree.Arithmetic) -> _Number[E]:
        numbers = [self.number(one) for one in _terms(node)]
        return _Number(self.language.total(self._aligned(numbers)), self._scale(numbers))

    def _product(self, one: _Number[E], two: _Number[E]) -> _Number[E]:
        if one.constant is not None:
            one, two = two, one
        if one.text is None or not one.whole or two.constant is None or two.constant % 1:
            raise ValueError("a number is multiplied by a whole constant only")
        return _Number(self._times(one.text, int(two.constant)), one.scale)

    def _ratio(self, over: _Number[E], under: _Number[E]) -> _Number[E]:
        if over.text is None or not over.whole or not under.whole:
            raise ValueError("a quotient of quotients is not translated")
        if under.constant is not None:  # multiplied out when compared: exact, and less work
            return _Number(over.text, over.scale, divisor=under.constant)
        assert under.text is not None
        scale = over.scale - under.scale
        if self.language.divides:
            return _Number(self.language.arithmetic("/", over.text, under.text), scale)
        return _Number(over.text, scale, under=under.text)

    def _scale(self, numbers: Sequence[_Number[E]]) -> int:
        return max((one.scale for one in numbers if one.constant is None), default=0)

    def _aligned(self, numbers: Sequence[_Number[E]]) -> list[E]:
        return [self._at(one, self._scale(numbers)) for one in numbers]

    def _at(self, number: _Number[E], scale: int) -> E:
        if number.constant is not None:
            return self.language.number(number.constant.scaleb(scale))
        if number.text is None or not number.whole:
            raise ValueError("a quotient is compared with a constant only")
        return self._times(number.text, 10 ** (scale - number.scale))

    def _times(self, text: E, factor: int) -> E:
        return (
            text
            if factor == 1
            else self.language.arithmetic("*", text, self.language.number(Decimal(factor)))
        )


def _terms(node: tree.Node) -> list[tree.Node]:
    if isinstance(node, tree.Arithmetic) and node.operator == "+":
        return [*_terms(node.left), *_terms(node.right)]
    return [node]
