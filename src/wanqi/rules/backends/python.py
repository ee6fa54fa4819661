"""Core operations as Python source over local variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wanqi.rules.backends.target import Branch, Kind, Target
from wanqi.rules.tree import Comparison, Operation

_SIGNS: dict[Comparison, str] = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_FEW_PREFIXES = 4
_LONG = 200
_NEGATED = "(3, 1, 1, 0)"


@dataclass(frozen=True, slots=True)
class Text:
    """An expression that may be evaluated once none of `nulls` (variables) is None.

    truth: it is 0, 1 or 3, and nulls is empty. test, open: for a truth, shorter texts that say whether it is true and
    whether it is not false.
    """

    text: str
    nulls: tuple[str, ...] = ()
    truth: bool = False
    test: str | None = None
    open: str | None = None

    @property
    def true(self) -> str:
        """Return a text that says whether this truth is true."""
        return self.test or f"{self.text} == 3"


class Python(Target[Text]):
    """Writes assignments into `lines`; equal expressions become one variable.

    read: column → the variable that holds it. kept: the objects that the lines name.
    """

    def __init__(self) -> None:
        self.read: dict[str, str] = {}
        self.lines: list[str] = []
        self.kept: dict[str, object] = {}
        self._variables: dict[str, str] = {}
        self._keys: dict[object, str] = {}

    def keep(self, value: object) -> str:
        """Return the name under which an object stands in the function's name space."""
        key = (type(value), value)
        if key not in self._keys:
            self._keys[key] = f"k{len(self._keys)}"
            self.kept[self._keys[key]] = value
        return self._keys[key]

    def settled(self, value: Text) -> str:
        """Return an expression that is None where the value is unknown."""
        if not value.nulls or value.nulls == (value.text,):
            return value.text
        return f"(None if {_any_null(value.nulls)} else {value.text})"

    def _variable(self, text: str) -> str:
        if text.isidentifier() or text.isdecimal():
            return text
        if text not in self._variables:
            self._variables[text] = f"v{len(self._variables)}"
            self.lines.append(f"{self._variables[text]} = {text}")
        return self._variables[text]

    def _nullable(self, text: str) -> Text:
        name = self._variable(text)
        return Text(name) if name.isdecimal() else Text(name, (name,))

    def _short(self, value: Text) -> Text:
        """Return the value, in a variable if it is long: Python nests no more than 200 parentheses."""
        if len(value.text) <= _LONG:
            return value
        return self.share(value, kind="truth" if value.truth else "number")

    def _truth(self, nulls: Sequence[str], test: str) -> Text:
        if not nulls:
            return Text(f"(3 if {test} else 0)", truth=True, test=test, open=test)
        absent, present = _any_null(nulls), " and ".join(f"{one} is not None" for one in nulls)
        text = f"(1 if {absent} else 3 if {test} else 0)"
        return Text(text, truth=True, test=f"({present} and {test})", open=f"({absent} or {test})")

    def column(self, name: str, kind: Kind) -> Text:
        if name not in self.read:
            self.read[name] = f"f{len(self.read)}"
        own = self.read[name]
        return Text(self._variable(f"_read[{own}]"), truth=True) if kind == "truth" else Text(own, (own,))

    def integer(self, value: int, *, wide: bool) -> Text:
        return Text(f"({value})" if value < 0 else str(value))

    def constant(self, value: str | date | bool) -> Text:
        if isinstance(value, bool):
            return Text("3" if value else "0", truth=True)
        return Text(self.keep(value) if isinstance(value, date) else repr(value))

    def unknown(self, kind: Kind, *, wide: bool = False) -> Text:
        return Text("1", truth=True) if kind == "truth" else self._nullable("None")

    def widen(self, value: Text) -> Text:
        return value

    def arithmetic(self, operator: Operation, left: Text, right: Text) -> Text:
        left, right = self._short(left), self._short(right)
        return Text(f"({left.text} {operator} {right.text})", _union(left, right))

    def floor_divide(self, value: Text, divisor: Text, *, natural: bool = False) -> Text:
        return Text(f"({value.text} // {divisor.text})", _union(value, divisor))

    def compare(self, operator: Comparison, left: Text, right: Text, *, kind: Kind) -> Text:
        if kind == "truth":
            one, two = self._variable(left.text), self._variable(right.text)
            return Text(
                f"(1 if {one} == 1 or {two} == 1 else 3 if {one} {_SIGNS[operator]} {two} else 0)", truth=True
            )
        return self._truth(_union(left, right), f"{left.text} {_SIGNS[operator]} {right.text}")

    def one_of(self, operand: Text, constants: Sequence[str | date | int], *, kind: Kind) -> Text:
        return self._truth(operand.nulls, f"{operand.text} in {self.keep(frozenset(constants))}")

    def conjunction(self, parts: Sequence[Text]) -> Text:
        return self._joined(parts, "&")

    def disjunction(self, parts: Sequence[Text]) -> Text:
        return self._joined(parts, "|")

    def _joined(self, parts: Sequence[Text], sign: str) -> Text:
        return (
            parts[0] if len(parts) == 1 else Text(f"({f' {sign} '.join(p.text for p in parts)})", truth=True)
        )

    def negation(self, part: Text) -> Text:
        part = self._short(part)
        return Text(f"{_NEGATED}[{part.text}]", truth=True, test=f"{part.text} == 0")

    def at_least(self, count: int, parts: Sequence[Text]) -> Text:
        names = [self._variable(part.text) for part in parts]
        sure, may = " + ".join(f"({one} >> 1)" for one in names), " + ".join(f"({one} & 1)" for one in names)
        return Text(f"(3 if {sure} >= {count} else 0 if {may} < {count} else 1)", truth=True)

    def known(self, value: Text, *, kind: Kind) -> Text:
        if kind == "truth":
            return Text(f"(0 if {value.text} == 1 else 3)", truth=True, test=f"{value.text} != 1")
        if not value.nulls:
            return Text("3", truth=True)
        test = " and ".join(f"{one} is not None" for one in value.nulls)
        return Text(f"(3 if {test} else 0)", truth=True, test=f"({test})")

    def possible(self, condition: Text) -> Text:
        test = condition.open or condition.text
        return Text(f"(3 if {test} else 0)", truth=True, test=test, open=test)

    def certain(self, condition: Text) -> Text:
        return Text(f"(3 if {condition.true} else 0)", truth=True, test=condition.true)

    def choose(self, branches: Sequence[Branch[Text]], otherwise: Text, *, kind: Kind) -> Text:
        steps = "".join(f"{self.settled(value)} if {when.true} else " for when, value in branches)
        text = f"({steps}{self.settled(otherwise)})"
        if kind == "truth":
            return Text(text, truth=True)
        if any(value.nulls for value in (otherwise, *(value for _, value in branches))):
            return self._nullable(text)
        return Text(self._variable(text))

    def extreme(self, parts: Sequence[Text], *, greatest: bool, kind: Kind) -> Text:
        sign, found = ">=" if greatest else "<=", parts[0]
        for part in parts[1:]:
            one, two = (self.share(each, kind=kind) for each in (found, part))
            first = f"{one.text} {sign} {two.text}"
            if two.nulls:
                first = f"{two.text} is None or {first}"
            text = f"({one.text} if {first} else {two.text})"
            if one.nulls:
                text = f"({two.text} if {one.text} is None else {text})"
            found = self._nullable(text) if one.nulls and two.nulls else Text(self._variable(text))
        return found

    def starts_with(self, text: Text, prefixes: Sequence[str]) -> Text:
        if len(prefixes) <= _FEW_PREFIXES:
            return self._truth(text.nulls, f"{text.text}.startswith({tuple(prefixes)!r})")
        tests = []
        for length in sorted({len(one) for one in prefixes}):
            same = self.keep(frozenset(one for one in prefixes if len(one) == length))
            tests.append(f"{text.text}[:{length}] in {same}")
        return self._truth(text.nulls, f"({' or '.join(tests)})")

    def year(self, day: Text) -> Text:
        return Text(f"{day.text}.year", day.nulls)

    def month(self, day: Text) -> Text:
        return Text(f"{day.text}.month", day.nulls)

    def share(self, value: Text, *, kind: Kind) -> Text:
        if kind == "truth":
            return Text(self._variable(value.text), truth=True)
        if not value.nulls:
            simple = value.text.isidentifier() or value.text.isdecimal()
            return value if simple else Text(self._variable(value.text))
        return self._nullable(self.settled(value))


def _union(left: Text, right: Text) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*left.nulls, *right.nulls)))


def _any_null(nulls: Sequence[str]) -> str:
    return " or ".join(f"{one} is None" for one in nulls)
