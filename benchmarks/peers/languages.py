"""The languages of the engines that answer one organisation at a time, and NumPy for the one over populations."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wanqi.rules.tree import Comparison
from wanqi.rules.types import Type

from .translating import Language


def _plain(value: Decimal) -> str:
    return str(int(value)) if value == int(value) else f"{value.normalize():f}"


class _Text(Language[str]):
    """Infix text; `words` are and, or, not, equal and unequal. What is used twice is written twice."""

    words = ("and", "or", "not ", "==", "!=")

    def column(self, name: str, kind: Type) -> str:
        return name

    def number(self, value: Decimal) -> str:
        return _plain(value)

    def truth(self, value: bool) -> str:
        return "true" if value else "false"

    def compare(self, operator: Comparison, left: str, right: str) -> str:
        sign = {"=": self.words[3], "<>": self.words[4]}.get(operator, operator)
        return f"{left} {sign} {right}"

    def one_of(self, operand: str, values: Sequence[str], kind: Type) -> str:
        quoted = ", ".join(self.quoted(one) for one in values)
        return f"{operand} in [{quoted}]" if len(values) > 1 else self.compare("=", operand, quoted)

    def quoted(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    def joined(self, parts: Sequence[str], *, every: bool) -> str:
        return f"({f' {self.words[0 if every else 1]} '.join(parts)})"

    def negation(self, part: str) -> str:
        return f"{self.words[2]}({part})"

    def total(self, parts: Sequence[str]) -> str:
        return f"({' + '.join(parts)})"

    def arithmetic(self, operator: str, left: str, right: str) -> str:
        return f"({left} {operator} {right})"

    def choose(self, branches: Sequence[tuple[str, str]], otherwise: str) -> str:
        for when, value in reversed(branches):
            otherwise = f"({when} ? {value} : {otherwise})"
        return otherwise

    def extreme(self, parts: Sequence[str], *, greatest: bool) -> str:
        return f"{'max' if greatest else 'min'}([{', '.join(parts)}])"

    @abstractmethod
    def starts_with(self, text: str, prefixes: Sequence[str]) -> str: ...


class Zen(_Text):
    """ZEN: exact decimals. Names for what is used twice, and patterns for beginnings, were slower than neither."""

    def starts_with(self, text: str, prefixes: Sequence[str]) -> str:
        return self.joined([f"startsWith({text}, {self.quoted(one)})" for one in prefixes], every=False)


class Cel(_Text):
    """CEL: whole numbers divide to whole numbers, so quotients are multiplied out; it has no greatest of several."""

    divides = False
    words = ("&&", "||", "!", "==", "!=")

    def starts_with(self, text: str, prefixes: Sequence[str]) -> str:
        return self.joined([f"{text}.startsWith({self.quoted(one)})" for one in prefixes], every=False)

    def extreme(self, parts: Sequence[str], *, greatest: bool) -> str:
        found, sign = parts[0], ">=" if greatest else "<="
        for part in parts[1:]:
            found = f"({found} {sign} {part} ? {found} : {part})"
        return found


class RuleEngine(_Text):
    """rule-engine: exact decimals; a text is matched against a pattern from its beginning."""

    def starts_with(self, text: str, prefixes: Sequence[str]) -> str:
        return f'{text} =~ "({"|".join(prefixes)})"'

    def extreme(self, parts: Sequence[str], *, greatest: bool) -> str:
        return f"${super().extreme(parts, greatest=greatest)}"


class JsonLogic(Language[Any]):
    """JsonLogic: rules are JSON; a quotient is a binary float."""

    def column(self, name: str, kind: Type) -> Any:
        return {"var": [name]}

    def number(self, value: Decimal) -> Any:
        return int(value) if value == int(value) else float(value)

    def truth(self, value: bool) -> Any:
        return value

    def compare(self, operator: Comparison, left: Any, right: Any) -> Any:
        return {{"=": "===", "<>": "!=="}.get(operator, operator): [left, right]}

    def one_of(self, operand: Any, values: Sequence[str], kind: Type) -> Any:
        return {"in": [operand, list(values)]} if len(values) > 1 else self.compare("=", operand, values[0])

    def starts_with(self, text: Any, prefixes: Sequence[str]) -> Any:
        lengths = sorted({len(one) for one in prefixes})
        parts = [
            {"in": [{"substr": [text, 0, length]}, [one for one in prefixes if len(one) == length]]}
            for length in lengths
        ]
        return parts[0] if len(parts) == 1 else self.joined(parts, every=False)

    def joined(self, parts: Sequence[Any], *, every: bool) -> Any:
        return {"and" if every else "or": list(parts)}

    def negation(self, part: Any) -> Any:
        return {"!": [part]}

    def total(self, parts: Sequence[Any]) -> Any:
        return {"+": list(parts)}

    def arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        return {operator: [left, right]}

    def choose(self, branches: Sequence[tuple[Any, Any]], otherwise: Any) -> Any:
        return {"if": [*(one for branch in branches for one in branch), otherwise]}

    def extreme(self, parts: Sequence[Any], *, greatest: bool) -> Any:
        return {"max" if greatest else "min": list(parts)}


class Numpy(Language[str]):
    """Statements over whole columns: `lines` work out what is used by the truths, each once.

    Codes are numbers here, which is kinder than text: an option is its place in its list, an industry a whole number.
    read: the columns used.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.read: dict[str, Type] = {}
        self._names: dict[str, str] = {}

    def _name(self, text: str) -> str:
        if text not in self._names:
            self._names[text] = f"x{len(self._names)}"
            self.lines.append(f"{self._names[text]} = {text}")
        return self._names[text]

    def column(self, name: str, kind: Type) -> str:
        self.read[name] = kind
        return name

    def number(self, value: Decimal) -> str:
        return _plain(value)

    def truth(self, value: bool) -> str:
        return str(value)

    def compare(self, operator: Comparison, left: str, right: str) -> str:
        return f"({left} {'==' if operator == '=' else '!=' if operator == '<>' else operator} {right})"

    def one_of(self, operand: str, values: Sequence[str], kind: Type) -> str:
        places = [(kind.values or ()).index(one) for one in values]
        return f"({' | '.join(f'({operand} == {place})' for place in places)})"

    def starts_with(self, text: str, prefixes: Sequence[str]) -> str:
        if {len(one) for one in prefixes} != {2}:
            raise ValueError("industries are compared by division only")
        found = sorted(map(int, prefixes))
        division = self._name(f"{text} // 100")
        runs = [(one, end) for one in found if one - 1 not in found for end in [_end(one, found)]]
        tests = [
            f"({division} == {one})" if one == end else f"(({division} >= {one}) & ({division} <= {end}))"
            for one, end in runs
        ]
        return f"({' | '.join(tests)})"

    def joined(self, parts: Sequence[str], *, every: bool) -> str:
        return f"({(' & ' if every else ' | ').join(parts)})"

    def negation(self, part: str) -> str:
        return f"~{part}"

    def total(self, parts: Sequence[str]) -> str:
        return self._name(" + ".join(parts))

    def arithmetic(self, operator: str, left: str, right: str) -> str:
        return self._name(f"{left} {operator} {right}")

    def choose(self, branches: Sequence[tuple[str, str]], otherwise: str) -> str:
        for when, value in reversed(branches):
            otherwise = f"where({when}, {value}, {otherwise})"
        return self._name(otherwise)

    def extreme(self, parts: Sequence[str], *, greatest: bool) -> str:
        found = parts[0]
        for part in parts[1:]:
            found = self._name(f"{'maximum' if greatest else 'minimum'}({found}, {part})")
        return found


def _end(one: int, among: Sequence[int]) -> int:
    return one if one + 1 not in among else _end(one + 1, among)
