"""From rows of a table to values of a register: which register, which columns, what each row says.

The registry knows no register but its own: whoever owns a kind of records registers a `Sink` for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from wanqi import packs
from wanqi.core.models import Area, Owned
from wanqi.core.packs import current_pack

from .cells import (
    Read,
    Reader,
    Reason,
    count_reader,
    date_reader,
    end_reader,
    foreign_money,
    money_asked,
    money_in,
    ratio_reader,
    read_cell,
    term_reader,
    text_reader,
    truth_reader,
)
from .errors import MappingRefused, ProfileMissing
from .headers import FOREIGN, UNIT_ROW, Head, money_unit, no_record, stated_unit, title_key
from .profiles import imports_of
from .values import Row, Table, Value, plain, storable

if TYPE_CHECKING:
    from wanqi.core.access import Actor

    from .deciding import Decisions, Place
    from .models import ImportBatch, ImportChange

Problem = dict[str, str]  # column, value, message, hint
Check = Callable[[Mapping[str, Any]], Sequence[tuple[str, Reason]]]


class Deciding(Protocol):
    """Decides chunk after chunk of one file; see `deciding.Judge`."""

    def pass_over(self, rows: Sequence[Candidate | Skipped]) -> None: ...
    def forget(self, rows: Sequence[Candidate | Skipped]) -> None: ...
    def decide(self, rows: Sequence[Candidate | Skipped], *, lock: bool) -> Decisions: ...


class Writer(Protocol):
    """How lines become rows where one line is not one row of one register."""

    def reader(self, target: Target, name: str, title: str) -> Reader:
        """Return the reader of a field from the column with that title."""
        ...

    def judge(
        self, target: Target, reading: Reading, *, place: Place, actor: Actor, said: str
    ) -> Deciding: ...  # said: the names of file and sheet and what stands above the head

    def apply(
        self, batch: ImportBatch, decisions: Decisions, *, target: Target, place: Place, actor: Actor
    ) -> None:
        """Write what was decided, with its ImportChange and audit rows; called in the chunk's transaction."""
        ...

    def told(self, row: Any) -> list[dict[str, str]]:
        """Return what a decided row changes, as the preview shows it."""
        ...

    def take_back(
        self, applied: Sequence[ImportChange], *, actor: Actor, reason: str, region: str
    ) -> tuple[list[int], list[int]]:
        """Undo changes; returns the ids of those withdrawn and of those restored."""
        ...


@dataclass(frozen=True)
class Sink:
    """Where the records of one kind go. A field of the vocabulary is the model's field of the same name.

    key: the field that with the region names a row; fixed: field → value where the vocabulary gives no such column;
    check: problems between the fields of one row, given the row as it would stand.
    written: the key as the register keeps it, of how it is typed;
    complete: fills what new rows of a chunk take from other registers, before they are written.
    writer: for tables whose lines are not rows of `model`.
    ask: what the preview asks about a new row that may be right and looks wrong; it does not keep the row out.
    """

    kind: str
    model: type[Owned]
    key: str
    check: Check = lambda values: ()
    complete: Callable[[Sequence[Owned]], None] = lambda rows: None
    writer: Writer | None = None
    written: Callable[[str], str] = str
    ask: Callable[[Any], str | None] = lambda row: None

    def attribute(self, name: str) -> str:
        """Return the model attribute that holds a field: `area` → `area_id`."""
        return str(self.model._meta.get_field(name).attname)  # type: ignore[union-attr]


_SINKS: dict[str, Sink] = {}


def register_sink(sink: Sink) -> None:
    """Make the records of a kind importable; called when the owner's app is ready."""
    _SINKS[sink.kind] = sink


def sink_of(kind: str) -> Sink:
    """Return the sink of a kind. Raises ProfileMissing."""
    try:
        return _SINKS[kind]
    except KeyError:
        raise ProfileMissing(f"“{kind}”类数据还不能导入。", hint="请联系系统管理员核对导入方案。") from None


@dataclass(frozen=True)
class Target:
    """A profile with what its values are checked against; areas: name → id; codes: code → name."""

    region: str
    profile: packs.ImportProfile
    kind: packs.RecordKind
    sink: Sink
    areas: Mapping[str, int]
    area_codes: Mapping[str, str]
    area_names: Mapping[int, str]

    @property
    def titles(self) -> Mapping[str, str]:
        """Field → its title in the vocabulary, in the order of the profile's columns."""
        return {column.field: self.kind.fields[column.field].title for column in self.profile.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which a row is no record."""
        fields = self.kind.fields
        return tuple(
            column.field
            for column in self.profile.columns
            if column.required or fields[column.field].required or column.field in self.profile.key
        )

    def shown(self, name: str, value: Any) -> Any:
        """Return a value as the trail shows it: an area by its name."""
        return self.area_names.get(value, value) if self.kind.fields[name].type == "area" else value


def profiles_of(region: str) -> tuple[packs.ImportProfile, ...]:
    """Return the profiles of a region whose records can be imported. Raises PackMissing."""
    return tuple(profile for profile in imports_of(region).values() if profile.kind in _SINKS)


def target_of(region: str, profile: str) -> Target:
    """Return a profile with its register. Raises ProfileMissing, PackMissing."""
    pack, profiles = current_pack(region), imports_of(region)
    found = profiles.get(profile)
    if found is None:
        known = "、".join(f"{one.id}（{one.title}）" for one in profiles.values()) or "（没有）"
        raise ProfileMissing(f"{pack.title}没有导入方案“{profile}”。", hint=f"可用的方案：{known}。")
    return target_from(found, region)


def kinds_of(region: str) -> dict[str, packs.RecordKind]:
    """Return the kinds of records that can be imported, by their names in the vocabulary. Raises PackMissing."""
    pack = current_pack(region)
    found = {kind: pack.importable(kind) for kind in _SINKS}
    return {kind: spec for kind, spec in found.items() if spec is not None}


def target_from(found: packs.ImportProfile, region: str) -> Target:
    """Return a profile, kept or not, with its register. Raises ProfileMissing, PackMissing."""
    pack = current_pack(region)
    sink = sink_of(found.kind)
    if found.key != (sink.key,):
        raise ProfileMissing(
            f"导入方案“{found.title}”的关键列与“{found.kind}”类数据不符。",
            hint="请联系系统管理员核对导入方案。",
        )
    kind = pack.importable(found.kind)
    if kind is None:
        raise ProfileMissing(f"数据字典中没有“{found.kind}”类数据。", hint="请联系系统管理员核对导入方案。")
    areas = list(Area.objects.filter(region=region, active=True).order_by("position", "id"))
    return Target(
        region=region,
        profile=found,
        kind=kind,
        sink=sink,
        areas={area.name: area.pk for area in areas},
        area_codes={area.code: area.name for area in areas},
        area_names={area.pk: area.name for area in Area.objects.filter(region=region)},
    )


@dataclass(frozen=True)
class Matching:
    """What somebody confirmed: the sheet, where its head stands, and field → column from 0.

    units: field → unit of its amounts, where the table says none.
    """

    sheet: str
    head: Head
    columns: Mapping[str, int]
    units: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": dict(self.columns),
            "first": self.head.first,
            "last": self.head.last,
            "titles": list(self.head.titles),
            "units": dict(self.units),
        }

    @classmethod
    def from_json(cls, sheet: str, kept: Mapping[str, Any]) -> Matching:
        head = Head(kept["first"], kept["last"], tuple(kept["titles"]))
        columns = {name: int(column) for name, column in kept["columns"].items()}
        return cls(sheet, head, columns, kept.get("units", {}))


def check_matching(matching: Matching, target: Target) -> None:
    """Raise MappingRefused unless every required field has a column, and each column one field."""
    titles = target.titles
    missing = [titles[name] for name in target.required if name not in matching.columns]
    if missing:
        raise MappingRefused(f"还没有匹配列：{'、'.join(missing)}。", hint="请为这些项目选择表中的列。")
    unknown = [name for name in matching.columns if name not in titles]
    wide = [
        titles[name]
        for name, at in matching.columns.items()
        if name in titles and not 0 <= at < len(matching.head.titles)
    ]
    if unknown or wide:
        raise MappingRefused("所选的列不在表中。", hint="请重新匹配列。")
    used = list(matching.columns.values())
    twice = [matching.head.titles[at] or f"第{at + 1}列" for at in dict.fromkeys(used) if used.count(at) > 1]
    if twice:
        raise MappingRefused(f"同一列匹配了两个项目：{'、'.join(twice)}。", hint="每一列只能匹配一个项目。")


@dataclass(slots=True)
class Candidate:
    """One row that has to be a record. values: field → value read, without the fields that say nothing."""

    line: int
    cells: tuple[Value, ...]
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Skipped:
    """One row that is no record, and why (合计行, 说明行 …)."""

    line: int
    why: str


class Reading:
    """Reads the rows below a head; `titles` are the columns' titles as the file has them."""

    def __init__(self, target: Target, matching: Matching) -> None:
        check_matching(matching, target)
        self._target = target
        self._matching = matching
        self._readers = self._readers_in({})
        self._required = frozenset(target.required)
        self._titles = {at: title_key(matching.head.titles[at]) for at in matching.columns.values()}
        self._given = constants_of(target, matching)
        self.titles = {
            name: matching.head.titles[at] or target.titles[name] for name, at in matching.columns.items()
        }

    def _readers_in(self, units: Mapping[int, str]) -> list[tuple[str, int, Reader]]:
        """Return the readers from left to right; units: column → unit that stands outside its title."""
        titles, found = self._matching.head.titles, []
        for name, at in sorted(self._matching.columns.items(), key=lambda item: item[1]):
            own = titles[at] or self._target.titles[name]
            if not money_unit(own) and (unit := units.get(at) or self._unit_of(name)):
                own = f"{own}（{unit}）"
            found.append((name, at, reader_of(self._target, name, own)))
        return found

    def _unit_of(self, name: str) -> str:
        """Return the unit somebody chose for a field's amounts, or the profile gives; "" where neither."""
        return self._matching.units.get(name) or self._target.profile.units.get(name) or ""

    def rows(self, table: Table) -> Iterator[Candidate | Skipped]:
        """Yield every row below the head, in order. Raises TableRefused."""
        sheet, head = self._matching.sheet, self._matching.head
        filling: Filling | None = None
        stated = ""
        units: dict[int, str] = {}
        for row in table.rows(sheet):
            if filling is None:
                filling = Filling(
                    table.merged(sheet), self._matching.columns, self._target.sink.key, head.last
                )
            if row.line <= head.last:
                if row.line < head.first and not stated and (stated := stated_unit(row)):
                    units = dict.fromkeys(self._titles, stated)
                    self._readers = self._readers_in(units)
                continue
            row = filling.filled(row)
            why = no_record(row, tuple(self._titles), self._titles, marks=self._target.profile.skip_rows)
            if why == UNIT_ROW:
                units = {**units, **units_in(row)}
                self._readers = self._readers_in(units)
            yield Skipped(row.line, why) if why else self._candidate(row)

    def _candidate(self, row: Row) -> Candidate:
        found = Candidate(row.line, row.cells, dict(self._given))
        width = len(row.cells)
        for name, at, reader in self._readers:
            value = row.cells[at] if at < width else ""
            read: Read = read_cell(value, reader)
            if isinstance(read, Reason):
                found.problems.append(self.problem(name, value, read))
            elif read is not None:
                found.values[name] = read
            elif name in self._required:
                missing = Reason("没有填写", f"请填写{self._target.titles[name]}。")
                found.problems.append(self.problem(name, value, missing))
        return found

    def typed(self, row: Candidate, name: str) -> Value:
        """Return what stands in a field's cell; what the profile gives for a field without a column."""
        at = self._matching.columns.get(name)
        if at is None:
            return cast(Value, row.values.get(name, ""))
        return row.cells[at] if at < len(row.cells) else ""

    def problem(self, name: str, value: Value, reason: Reason) -> Problem:
        """Return a problem of a field as it is kept."""
        column = self.titles.get(name) or self._target.kind.fields[name].title
        return {
            "column": column,
            "value": storable(value, longest=100),
            "message": storable(reason.message),
            "hint": reason.hint,
        }


def units_in(row: Row) -> dict[int, str]:
    """Return column → unit of a line below the head that gives some columns theirs."""
    texts = {at: plain(cell) for at, cell in enumerate(row.cells)}
    return {
        at: unit
        for at, text in texts.items()
        if (unit := "%" if text.strip("()（）") in ("%", "％") else money_unit(text))
    }


class Filling:
    """Gives cells merged downwards (片区 over its stations) the value of their first line."""

    def __init__(
        self, merged: Sequence[tuple[int, int, int, int]], columns: Mapping[str, int], key: str, last: int
    ) -> None:
        # The key names one row: a merge over it must not make several rows the same one.
        wanted = {at for name, at in columns.items() if name != key}
        self._spans = sorted(
            (top, bottom, left)
            for top, bottom, left, right in merged
            if left in wanted and bottom > top > last and left == right
        )
        self._open: list[tuple[int, int, Value]] = []
        self._next = 0

    def filled(self, row: Row) -> Row:
        """Return the row with the values of the merges that reach over it."""
        self._open = [one for one in self._open if one[0] >= row.line]
        cells = list(row.cells) if self._open else None
        for _, column, value in self._open:
            assert cells is not None
            cells.extend("" for _ in range(column + 1 - len(cells)))
            cells[column] = value
        while self._next < len(self._spans) and self._spans[self._next][0] <= row.line:
            top, bottom, column = self._spans[self._next]
            if top == row.line and column < len(row.cells):
                self._open.append((bottom, column, row.cells[column]))
            self._next += 1
        return Row(row.line, tuple(cells)) if cells is not None else row


def constants_of(target: Target, matching: Matching) -> dict[str, Any]:
    """Return the profile's constants as values, for the fields that no column gives. Raises MappingRefused."""
    given = {}
    for name, text in target.profile.constants.items():
        if name in matching.columns:
            continue
        value = reader_of(target, name)(text)
        if isinstance(value, Reason):
            raise MappingRefused(
                f"导入方案“{target.profile.title}”的固定值有误：{value.message}。", hint="请联系系统管理员。"
            )
        given[name] = value
    return given


def reader_of(target: Target, name: str, title: str = "") -> Reader:
    """Return the reader of a field: by the vocabulary's type, the profile's meanings and the column's length.

    title: that of the file's column, "" for a constant.
    """
    if target.sink.writer is not None:
        return target.sink.writer.reader(target, name, title)
    return usual_reader(target, name, title)


def usual_reader(target: Target, name: str, title: str = "") -> Reader:
    """Return the reader of a field of the vocabulary that is a column of the register; amounts in the title's unit.

    An amount under a title without unit is asked about; a constant is 元.
    """
    spec = target.kind.fields[name]
    meanings = target.profile.values.get(name, {})
    match spec.type:
        case "enum":
            return term_reader(
                {term: term for term in spec.values or ()}, meanings=meanings, what=f"{spec.title}的取值"
            )
        case "area":
            return term_reader(target.areas, meanings={**target.area_codes, **meanings}, what="本地区的片区")
        case "date":
            dates = end_reader if name == "valid_until" else date_reader
            return dates(target.profile.date_formats)
        case "count":
            return count_reader
        case "money":
            if FOREIGN.search(title):
                return foreign_money
            unit = money_unit(title)
            return money_asked if title and not unit else money_in(unit or "元")
        case "ratio":
            return ratio_reader
        case "bool":
            return truth_reader
    longest = getattr(target.sink.model._meta.get_field(name), "max_length", None) or 10_000
    if name == target.sink.key:
        return key_reader(longest, target.sink.written)
    return text_reader(longest=longest)


def key_reader(longest: int, written: Callable[[str], str]) -> Reader:
    """Return the reader of keys, so that one number typed in two ways is one row."""
    plain_key = text_reader(longest=longest, key=True)

    def read(value: Value) -> Read:
        found = plain_key(value)
        return written(found) if isinstance(found, str) else found

    return read
