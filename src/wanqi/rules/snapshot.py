"""One row per organisation: exactly the columns a plan reads, from facts and records as JSON carries them.

Facts: an annual one is a map from the year to its value, or a bare value, which stands for the base year; any other is
a bare value. Records: a list of rows, complete unless its last row is {"complete_until": day}; an absent list is
unknown, an empty one is known to hold nothing. Null is unknown everywhere. The row holds whole numbers
(`wanqi.rules.values.whole`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from fractions import Fraction

from wanqi.rules import aggregates
from wanqi.rules.backends import closure
from wanqi.rules.bounds import PLACES, beyond
from wanqi.rules.errors import ValueRefused
from wanqi.rules.plan import Input, Plan
from wanqi.rules.records import MAX_ROWS
from wanqi.rules.sources import Aggregate, FactAt, Member, Size
from wanqi.rules.tree import Node
from wanqi.rules.types import RecordScope, Type
from wanqi.rules.values import Whole, codes, said, whole

Row = dict[str, Whole | None]
_UNTIL = "complete_until"


class Snapshot:
    """The columns of one plan for one day, prepared for many organisations.

    base_year: the year a bare value of an annual fact stands for; the year before `on` unless given.
    """

    def __init__(self, inputs: Iterable[Input], *, on: date, base_year: int | None = None) -> None:
        self.base_year = on.year - 1 if base_year is None else base_year
        self.facts: list[tuple[str, Type, FactAt]] = []
        self.sets: list[tuple[str, Member | Size]] = []
        gathered: dict[str, list[tuple[str, Type, Aggregate]]] = {}
        for one in inputs:
            match one.source:
                case FactAt():
                    self.facts.append((one.name, one.type, one.source))
                case Member() | Size():
                    self.sets.append((one.name, one.source))
                case Aggregate(kind=kind):
                    gathered.setdefault(kind, []).append((one.name, one.type, one.source))
        self.kinds = [_Kind(kind, columns, on=on) for kind, columns in gathered.items()]

    def __call__(self, organisation: Mapping[str, object]) -> Row:
        """Return column → whole number, date, truth, text or None for one organisation.

        organisation: `facts` and `records` as above; either may be absent. Raises ValueRefused with the place of a
        value that its type does not allow.
        """
        facts = _mapping(organisation.get("facts"), "facts")
        records = _mapping(organisation.get("records"), "records")
        row: Row = {}
        for name, kind, source in self.facts:
            place, raw = self._found(facts, source.fact, source.year)
            row[name] = whole(place, raw, kind)
        for name, held in self.sets:
            place, raw = self._found(facts, held.fact, held.year)
            values = _set(place, raw, held.allowed)
            if isinstance(held, Member):
                row[name] = None if values is None else any(one in values for one in held.values)
            else:
                row[name] = None if values is None else len(values)
        for one in self.kinds:
            one.fill(row, records.get(one.kind))
        return row

    def _found(self, facts: Mapping[str, object], fact: str, year: int | None) -> tuple[str, object]:
        """Return the place and the raw value of a fact."""
        raw = facts.get(fact)
        if year is None:
            if isinstance(raw, Mapping):
                hint = "这一项不按年填写，直接写值。"
                raise ValueRefused(f"facts.{fact}", "不应按年填写。", hint=hint)
            return f"facts.{fact}", raw
        if not isinstance(raw, Mapping):
            return f"facts.{fact}", raw if year == self.base_year else None
        for key in raw:
            if not (isinstance(key, str) and len(key) == 4 and key.isdecimal()):
                hint = '年份写成四位数字，例如 {"2025": …}。'
                raise ValueRefused(f"facts.{fact}", f"{said(key)} 不是年份。", hint=hint)
        return f"facts.{fact}.{year}", raw.get(str(year))


def snapshot(
    inputs: Iterable[Input], organisation: Mapping[str, object], *, on: date, base_year: int | None = None
) -> Row:
    """Return the row of one organisation; for many, prepare one `Snapshot`. Raises ValueRefused."""
    return Snapshot(inputs, on=on, base_year=base_year)(organisation)


class _Kind:
    """The aggregates over one kind of record: low and high of a question are answered together."""

    def __init__(self, kind: str, columns: Sequence[tuple[str, Type, Aggregate]], *, on: date) -> None:
        self.kind, self.on = kind, on
        self.scope: RecordScope = columns[0][2].scope
        self.absent = {
            name: whole(name, value, self.scope.fields[name]) for name, value in self.scope.absent.items()
        }
        nodes: list[Node] = []

        def place(node: Node | None) -> int | None:
            if node is None:
                return None
            if node not in nodes:
                nodes.append(node)
            return nodes.index(node)

        self.columns = [
            (name, type_, one, place(one.where), place(one.value)) for name, type_, one in columns
        ]
        self.types = [one.type for one in nodes]
        self.answer = _answering(nodes, self.scope, on=on)

    def fill(self, row: Row, records: object) -> None:
        """Put the bounds of every aggregate into the row."""
        listed, complete = self._read(records)
        answers = [self.answer(one) for one in listed]
        found: dict[tuple[object, ...], aggregates.Bounds] = {}
        for name, kind, source, where, value in self.columns:
            asked = (source.measure, where, value, source.n)
            if asked not in found:
                found[asked] = aggregates.bounds(
                    source.measure,
                    [
                        (True if where is None else one[where], self._stored(one, value))  # type: ignore[misc]
                        for one in answers
                    ],
                    n=source.n,
                    complete=complete,
                    positive=kind.positive,
                )
            bound = found[asked][0 if source.side == "low" else 1]
            if bound is not None and abs(bound) >= beyond(kind):
                hint = "请核对这些记录的金额或数量的单位。"
                raise ValueRefused(f"records.{self.kind}", f"合计超出{kind.title}的范围。", hint=hint)
            row[name] = bound

    def _stored(self, answer: tuple[object, ...], value: int | None) -> int | None:
        if value is None:
            return None
        number = answer[value]
        if not isinstance(number, int | Fraction):
            return None
        return int(number * 10 ** PLACES[self.types[value].base])

    def _read(self, records: object) -> tuple[list[Row], bool]:
        """Return the rows and whether the list is complete up to the day asked about."""
        if records is None:
            return [], False
        place = f"records.{self.kind}"
        if not isinstance(records, Sequence) or isinstance(records, str):
            raise ValueRefused(place, "这里要一个列表。", hint="没有记录写 []，不清楚就不写。")
        if len(records) > MAX_ROWS:
            hint = "请核对是不是导入了别的单位的记录。"
            raise ValueRefused(place, f"有 {len(records)} 条记录，最多 {MAX_ROWS} 条。", hint=hint)
        rows: list[Row] = []
        complete = True
        for index, raw in enumerate(records):
            here = f"{place}[{index}]"
            one = _mapping(raw, here)
            if _UNTIL in one:
                if len(one) > 1 or index + 1 < len(records):
                    hint = f'写成列表的最后一行 {{"{_UNTIL}": "2026-06-30"}}。'
                    raise ValueRefused(here, f"{_UNTIL} 要单独放在最后。", hint=hint)
                until = whole(f"{here}.{_UNTIL}", one[_UNTIL], Type("date"))
                complete = isinstance(until, date) and until >= self.on
            else:
                rows.append(self._row(here, one))
        return rows, complete

    def _row(self, place: str, raw: Mapping[str, object]) -> Row:
        row: Row = dict.fromkeys(self.scope.fields)
        row.update(self.absent)
        for name, value in raw.items():
            kind = self.scope.fields.get(name)
            if kind is None:
                near = get_close_matches(str(name), list(self.scope.fields), n=1)
                hint = f"是不是 {near[0]}？" if near else f"可用：{'、'.join(self.scope.fields)}。"
                raise ValueRefused(f"{place}.{str(name)[:40]}", "没有这个字段。", hint=hint)
            if kind.base == "set":
                _set(f"{place}.{name}", value, kind.values)
            elif value is not None:
                row[name] = whole(f"{place}.{name}", value, kind)
        return row


def _answering(
    nodes: Sequence[Node], scope: RecordScope, *, on: date
) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
    """Return the function that computes conditions and values for one record."""
    if not nodes:
        return lambda _: ()
    inputs = tuple(
        Input(name, kind, FactAt(name)) for name, kind in scope.fields.items() if kind.base != "set"
    )
    return closure.compile_nodes(nodes, Plan("", on, "", inputs, (), ()))


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    raise ValueRefused(place, f"{said(value)} 不是对象。", hint="写成 {…}。")


def _set(place: str, raw: object, allowed: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if raw is None else codes(place, raw, allowed)
