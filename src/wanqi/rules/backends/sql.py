"""Core operations as SQL expressions, and whole plans as stacked SELECTs; one subclass per dialect.

Every text comes from a node: constants pass `literal`, names pass `quoted`, and nothing an author wrote is pasted.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wanqi.rules.backends.target import Branch, Kind, Target
from wanqi.rules.tree import Comparison, Operation

_FEW_PREFIXES = 4
_SHORT = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression that may stand in SELECT number `depth`; the columns it names come from earlier ones."""

    text: str
    depth: int = 0


class Sql(Target[Piece]):
    """Collects shared and named values in layers: layer n reads layer n - 1 and adds columns to it."""

    narrow: str
    exact: str  # the type of 128-bit numbers

    def __init__(self) -> None:
        self.layers: list[dict[str, str]] = []
        self.depths: dict[str, int] = {}
        self._shared: dict[str, Piece] = {}

    # --- layers ---------------------------------------------------------------------------------

    def define(self, name: str, value: Piece) -> Piece:
        """Make the value a column of that name; return the column."""
        while len(self.layers) <= value.depth:
            self.layers.append({})
        self.layers[value.depth][name] = value.text
        self.depths[name] = value.depth + 1
        return Piece(self.quoted(name), value.depth + 1)

    def share(self, value: Piece, *, kind: Kind) -> Piece:
        if len(value.text) <= _SHORT:
            return value
        if value.text not in self._shared:
            self._shared[value.text] = self.define(f"~{len(self._shared)}", value)
        return self._shared[value.text]

    def stacked(self, source: str, results: Sequence[str]) -> str:
        """Return the query: the layers over a source query, and the results selected from the last one."""
        query = f"({source}) AS l"
        for number, layer in enumerate(self.layers):
            added = "".join(f", {text} AS {self.quoted(name)}" for name, text in layer.items())
            query = f"(SELECT *{added} FROM {query}) AS l{number}"  # noqa: S608 - made of nodes
        return f"SELECT {', '.join(results)} FROM {query}"  # noqa: S608 - the same

    # --- one function quotes names, one writes constants ------------------------------------------

    @abstractmethod
    def quoted(self, name: str) -> str:
        """Return a name as an identifier."""

    @abstractmethod
    def text_literal(self, value: str) -> str:
        """Return a text as a string constant."""

    def literal(self, value: str | date | bool | int) -> str:
        """Return a constant."""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            return str(value)
        return f"DATE '{value.isoformat()}'" if isinstance(value, date) else self.text_literal(value)

    def type_of(self, kind: Kind, *, wide: bool = False) -> str:
        """Return the SQL type of a kind."""
        if kind == "number":
            return self.exact if wide else self.narrow
        return {"truth": "BOOLEAN", "date": "DATE", "text": self.text_type}[kind]

    text_type = "VARCHAR"

    # --- operations -------------------------------------------------------------------------------

    def column(self, name: str, kind: Kind) -> Piece:
        return Piece(self.quoted(name), self.depths.get(name, 0))

    def integer(self, value: int, *, wide: bool) -> Piece:
        return Piece(f"CAST({value} AS {self.exact if wide else self.narrow})")

    def constant(self, value: str | date | bool) -> Piece:
        return Piece(self.literal(value))

    def unknown(self, kind: Kind, *, wide: bool = False) -> Piece:
        return Piece(f"CAST(NULL AS {self.type_of(kind, wide=wide)})")

    def widen(self, value: Piece) -> Piece:
        return Piece(f"CAST({value.text} AS {self.exact})", value.depth)

    def arithmetic(self, operator: Operation, left: Piece, right: Piece) -> Piece:
        return _made(f"({left.text} {operator} {right.text})", left, right)

    def compare(self, operator: Comparison, left: Piece, right: Piece, *, kind: Kind) -> Piece:
        return _made(f"({left.text} {operator} {right.text})", left, right)

    def one_of(self, operand: Piece, constants: Sequence[str | date | int], *, kind: Kind) -> Piece:
        if not constants:
            operand = self.share(operand, kind=kind)
            return _made(f"(CASE WHEN {operand.text} IS NOT NULL THEN FALSE END)", operand)
        listed = ", ".join(self.literal(one) for one in constants)
        return _made(f"({operand.text} IN ({listed}))", operand)

    def conjunction(self, parts: Sequence[Piece]) -> Piece:
        return _made(f"({' AND '.join(part.text for part in parts)})", *parts)

    def disjunction(self, parts: Sequence[Piece]) -> Piece:
        return _made(f"({' OR '.join(part.text for part in parts)})", *parts)

    def negation(self, part: Piece) -> Piece:
        return _made(f"(NOT {part.text})", part)

    def at_least(self, count: int, parts: Sequence[Piece]) -> Piece:
        parts = [self.share(part, kind="truth") for part in parts]
        sure = " + ".join(f"CASE WHEN {part.text} THEN 1 ELSE 0 END" for part in parts)
        may = " + ".join(f"CASE WHEN NOT {part.text} THEN 0 ELSE 1 END" for part in parts)
        text = f"(CASE WHEN {sure} >= {count} THEN TRUE WHEN {may} < {count} THEN FALSE END)"
        return _made(text, *parts)

    def known(self, value: Piece, *, kind: Kind) -> Piece:
        return _made(f"({value.text} IS NOT NULL)", value)

    def possible(self, condition: Piece) -> Piece:
        return _made(f"COALESCE({condition.text}, TRUE)", condition)

    def certain(self, condition: Piece) -> Piece:
        return _made(f"COALESCE({condition.text}, FALSE)", condition)

    def choose(self, branches: Sequence[Branch[Piece]], otherwise: Piece, *, kind: Kind) -> Piece:
        steps = " ".join(f"WHEN {when.text} THEN {value.text}" for when, value in branches)
        every = [piece for branch in branches for piece in branch]
        return _made(f"(CASE {steps} ELSE {otherwise.text} END)", otherwise, *every)

    def extreme(self, parts: Sequence[Piece], *, greatest: bool, kind: Kind) -> Piece:
        if len(parts) == 1:
            return parts[0]
        name = "GREATEST" if greatest else "LEAST"
        return _made(f"{name}({', '.join(part.text for part in parts)})", *parts)

    def starts_with(self, text: Piece, prefixes: Sequence[str]) -> Piece:
        if len(prefixes) <= _FEW_PREFIXES:
            return self.disjunction([self._begins(text, one) for one in prefixes])
        tests = []
        for length in sorted({len(one) for one in prefixes}):
            same = [one for one in prefixes if len(one) == length]
            tests.append(self.one_of(_made(f"LEFT({text.text}, {length})", text), same, kind="text"))
        return self.disjunction(tests)

    @abstractmethod
    def _begins(self, text: Piece, prefix: str) -> Piece:
        """Return whether a text begins with one prefix."""

    @abstractmethod
    def overlaps(self, values: str, asked: Sequence[str]) -> str:
        """Return whether a list holds one of some texts; null where the list is."""

    @abstractmethod
    def distinct_count(self, values: str) -> str:
        """Return how many different texts a list holds; null where it is null."""

    @abstractmethod
    def top_sum(self, value: str, count: int, where: str) -> str:
        """Return the aggregate: the sum of the greatest values among the rows that meet a condition; 0 for none."""

    def state(self, condition: Piece, *, unknown: int) -> Piece:
        condition = self.share(condition, kind="truth")
        text, narrow = condition.text, self.narrow
        found = f"(CASE WHEN {text} IS NULL THEN CAST({unknown} AS {narrow}) ELSE CAST(NOT {text} AS {narrow}) END)"
        return _made(found, condition)

    def year(self, day: Piece) -> Piece:
        return _made(f"CAST(YEAR({day.text}) AS {self.narrow})", day)

    def month(self, day: Piece) -> Piece:
        return _made(f"CAST(MONTH({day.text}) AS {self.narrow})", day)


def _made(text: str, *parts: Piece) -> Piece:
    return Piece(text, max(part.depth for part in parts))


class DuckDb(Sql):
    """DuckDB 2: BIGINT and HUGEINT; arithmetic beyond them is an error, `//` cuts towards zero, by zero is null."""

    narrow = "BIGINT"
    exact = "HUGEINT"

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def text_literal(self, value: str) -> str:
        return "'" + value.replace("'", "''") + "'"

    def floor_divide(self, value: Piece, divisor: Piece, *, natural: bool = False) -> Piece:
        if natural:
            return _made(f"({value.text} // {divisor.text})", value, divisor)
        value, by = self.share(value, kind="number"), self.share(divisor, kind="number")
        top, under = value.text, by.text
        text = f"(CASE WHEN {top} >= 0 THEN {top} // {under} ELSE -((-{top} + {under} - 1) // {under}) END)"
        return _made(text, value, by)

    def _begins(self, text: Piece, prefix: str) -> Piece:
        return _made(f"starts_with({text.text}, {self.literal(prefix)})", text)

    def overlaps(self, values: str, asked: Sequence[str]) -> str:
        return f"list_has_any({values}, [{', '.join(self.literal(one) for one in asked)}])"

    def distinct_count(self, values: str) -> str:
        return f"CAST(len(list_distinct({values})) AS BIGINT)"

    def top_sum(self, value: str, count: int, where: str) -> str:
        return f"COALESCE(list_sum(max({value}, {count}) FILTER (WHERE {where})), 0)"


class SparkSql(Sql):
    """Spark 4 in ANSI mode: BIGINT and DECIMAL(38,0); overflow and division by zero are errors, never silent."""

    narrow = "BIGINT"
    exact = "DECIMAL(38,0)"
    text_type = "STRING"

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def text_literal(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def floor_divide(self, value: Piece, divisor: Piece, *, natural: bool = False) -> Piece:
        if natural:
            return _made(f"({value.text} DIV {divisor.text})", value, divisor)
        value, by = self.share(value, kind="number"), self.share(divisor, kind="number")
        return _made(f"(({value.text} - PMOD({value.text}, {by.text})) DIV {by.text})", value, by)

    def _begins(self, text: Piece, prefix: str) -> Piece:
        return _made(f"STARTSWITH({text.text}, {self.literal(prefix)})", text)

    def overlaps(self, values: str, asked: Sequence[str]) -> str:
        known = f"FILTER({values}, one -> one IS NOT NULL)"
        return f"ARRAYS_OVERLAP({known}, ARRAY({', '.join(self.literal(one) for one in asked)}))"

    def distinct_count(self, values: str) -> str:
        known = f"ARRAY_DISTINCT(FILTER({values}, one -> one IS NOT NULL))"
        return f"(CASE WHEN {values} IS NOT NULL THEN CAST(SIZE({known}) AS BIGINT) END)"

    def top_sum(self, value: str, count: int, where: str) -> str:
        listed = f"SORT_ARRAY(COLLECT_LIST(CAST({value} AS {self.exact})) FILTER (WHERE {where}), FALSE)"
        start = f"CAST(0 AS {self.exact})"
        return (
            f"AGGREGATE(SLICE({listed}, 1, {count}), {start}, (one, two) -> CAST(one + two AS {self.exact}))"
        )
