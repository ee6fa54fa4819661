"""Tables of facts read and decided: which enterprise a line is of, which year, what is new. Reads, never writes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import Q
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Owned
from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec, Pack
from wanqi.rules.errors import ValueRefused

from .. import codes
from ..cells import (
    Read,
    Reader,
    Reason,
    chinese_date,
    date_reader,
    folded,
    foreign_money,
    term_reader,
    text_reader,
)
from ..deciding import Decisions, Place
from ..headers import FOREIGN, money_unit
from ..importing import Candidate, Reading, Skipped, Target
from ..models import Fact, Organisation
from ..models.facts import SourceClass
from ..values import Value, plain
from . import entries, values
from .comparing import says_nothing_new, standing_rows
from .entries import Entry
from .homes import facts_kept

WHO = ("credit_code", "name")
BESIDE = ("period", "as_of", "source_class", "source")
YEAR = re.compile(r"(?<!\d)(20\d{2})\s*(年度|年|$)")
PERCENT = re.compile(r"[(（\[【]\s*(?:单位[:：]\s*)?[%％]\s*[)）\]】]")


def years_in(text: str) -> list[str]:
    """Return the years a text names; those written 年度 alone where there are such."""
    found = YEAR.findall(text)
    marked = [year for year, ending in found if ending == "年度"]
    return list(dict.fromkeys(marked or [year for year, _ in found]))


def column_specs(pack: Pack) -> dict[str, FactSpec]:
    """Return what the vocabulary says of a table's columns: facts by their id, columns of the organisation by name."""
    homed = {
        spec.home.partition(".")[2]: spec
        for spec in pack.facts.values()
        if spec.home.startswith("organisation.") and spec.home.partition(".")[2] not in WHO
    }
    return {**facts_kept(pack), **homed}


def reader(target: Target, name: str, title: str) -> Reader:
    """Return the reader of a column: numbers in the unit its title names, else in the item's usual one."""
    match name:
        case "credit_code":
            return text_reader(longest=30, key=True)
        case "name" | "source":
            return text_reader(longest=200)
        case "period":
            return _year_reader
        case "as_of":
            return date_reader(target.profile.date_formats)
        case "source_class":
            return term_reader({one: one for one in SourceClass.values}, what="来源类别")
    spec = column_specs(current_pack(target.region))[name]
    if spec.type == "money" and FOREIGN.search(title):
        return foreign_money
    return _value_reader(spec, target.profile.values.get(name, {}), _unit_of(spec, title))


def _year_reader(value: Value) -> Read:
    text = plain(value)
    written = chinese_date(unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"(20\d{2})\s*(年度|年)?", written)
    return found[1] if found else Reason(f"“{text[:20]}”不是年度", "年度请写成2022。")


def _unit_of(spec: FactSpec, title: str) -> str | None:
    if spec.type == "ratio":
        # 0.375 in a cell is a share; 37.5 without a sign is refused
        return "%" if PERCENT.search(title) else ""
    return money_unit(title) or None if spec.type == "money" else None


def _value_reader(spec: FactSpec, meanings: Mapping[str, str], unit: str | None) -> Reader:
    known = {folded(written): meant for written, meant in meanings.items()}

    def read(value: Value) -> Read:
        # A spreadsheet keeps fifteen digits; what stands behind them is the trace of its arithmetic.
        text = format(value, ".15g") if isinstance(value, float) else plain(value)
        try:
            return cast(Read, values.read_value(spec, known.get(folded(text), text), unit=unit))
        except ValueRefused as refused:
            return Reason(refused.message.rstrip("。"), refused.hint or "请核对。")

    return read


@dataclass
class Line:
    """What one line of the table brings: entries with what stood before, and empty columns it fills."""

    organisation: Organisation
    entries: list[tuple[Entry, Fact | None]] = field(default_factory=list)
    fills: dict[str, Any] = field(default_factory=dict)
    pack: Pack | None = None

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def corrects(self) -> bool:
        """Whether something that stands is replaced."""
        return any(before is not None for _, before in self.entries)

    def told(self) -> list[dict[str, str]]:
        """Return what changes, as the preview shows it."""
        assert self.pack is not None
        found = []
        for one, before in self.entries:
            spec = self.pack.facts[one.fact]
            when = f" {one.period}年" if one.period else ""
            found.append(
                {
                    "field": one.fact,
                    "label": f"{spec.title}{when}",
                    "old": values.in_words(spec, before.value if before else None),
                    "new": values.in_words(spec, one.value),
                }
            )
        for name, value in self.fills.items():
            label = str(getattr(Organisation._meta.get_field(name), "verbose_name", name))
            found.append({"field": name, "label": label, "old": "—", "new": str(value)})
        return found


class FactJudge:
    """Decides about the lines of one table of facts; remembers on which line an enterprise was met."""

    def __init__(self, target: Target, reading: Reading, *, place: Place, actor: Actor, said: str) -> None:
        self._target, self._reading, self._place, self._actor = target, reading, place, actor
        self._pack = current_pack(target.region)
        self._specs = column_specs(self._pack)
        self._taken: dict[tuple[int, str], int] = {}
        self._today = timezone.localdate()
        years = years_in(said)
        self._year = years[0] if len(years) == 1 else ""
        self._years = {
            name: found[0] for name, title in reading.titles.items() if len(found := years_in(title)) == 1
        }

    def pass_over(self, rows: Iterable[Candidate | Skipped]) -> None:
        """Take note of lines that an earlier run has dealt with."""
        good = [row for row in rows if isinstance(row, Candidate) and not row.problems]
        found = Enterprises(self._target.region, good)
        for row in good:
            organisation = found.of(row)
            if isinstance(organisation, Organisation):
                self._taken.setdefault((organisation.pk, self._period(row)), row.line)

    def forget(self, rows: Iterable[Candidate | Skipped]) -> None:
        """Give up the lines whose transaction failed."""
        lines = {row.line for row in rows}
        self._taken = {key: line for key, line in self._taken.items() if line not in lines}

    def decide(self, rows: Sequence[Candidate | Skipped], *, lock: bool) -> Decisions:
        """Return what becomes of the lines."""
        decisions = Decisions()
        good = [row for row in rows if isinstance(row, Candidate) and not row.problems]
        found = Enterprises(self._target.region, good)
        lines: list[tuple[Candidate, Line]] = []
        for row in rows:
            if isinstance(row, Skipped):
                decisions.skipped.append(row)
                continue
            line = self._line(row, found) if not row.problems else None
            if line is None or row.problems:
                decisions.rejected.append(row)
            else:
                lines.append((row, line))
        self._compare(lines, decisions, lock=lock)
        return decisions

    def _line(self, row: Candidate, found: Enterprises) -> Line | None:
        organisation = found.of(row)
        if isinstance(organisation, Reason):
            self._refuse(row, "name", organisation)
            return None
        first = self._taken.get((organisation.pk, self._period(row)))
        if first is not None:
            told = f"第{row.line}行与第{first}行是同一家企业，已采用第{first}行"
            self._refuse(
                row, "name", Reason(told, f"如应以第{row.line}行为准，请删去第{first}行后重新导入。")
            )
            return None
        line = Line(organisation, pack=self._pack)
        for name, value in row.values.items():
            spec = self._specs.get(name)
            if spec is None:
                continue
            if spec.home != "fact":
                self._fill(row, line, name, value)
            elif (one := self._entry(row, organisation, name, spec, value)) is not None:
                line.entries.append((one, None))
        if not row.problems:
            self._taken[organisation.pk, self._period(row)] = row.line
        return line

    def _period(self, row: Candidate) -> str:
        return str(row.values.get("period") or self._year)

    def _fill(self, row: Candidate, line: Line, name: str, value: Any) -> None:
        """Fill an empty column of the organisation; another value there is for a person to decide."""
        organisation = line.organisation
        held = getattr(organisation, name)
        if held in (None, ""):
            if self._actor.may_place(
                "organisation",
                "correct",
                region=organisation.region_id,
                office=organisation.office_id,
                area=organisation.area_id,
                unit=organisation.unit_id,
            ):
                line.fills[name] = value
        elif held != value:
            told = f"与企业库登记的“{held}”不同"
            self._refuse(row, name, Reason(told, "请核对；以表格为准的，请先在企业库更正，或不匹配这一列。"))

    def _entry(
        self, row: Candidate, organisation: Organisation, name: str, spec: FactSpec, value: Any
    ) -> Entry | None:
        year = self._years.get(name) or self._period(row)
        if spec.period == "annual" and not year:
            told = "不知道是哪一年度的数据"
            self._refuse(row, name, Reason(told, "请在文件名或表头写明年度，如“2022年度”，或加一列“年度”。"))
            return None
        try:
            return entries.entry(
                self._pack,
                organisation.pk,
                name,
                value,
                source_class=str(row.values.get("source_class") or SourceClass.SELF.value),
                source=str(row.values.get("source") or self._target.profile.title),
                period=year if spec.period == "annual" else "",
                as_of=self._as_of(row, year) if spec.period == "scalar" else None,
                today=self._today,
            )
        except RowInvalid as refused:
            told = "；".join(message for said in refused.fields.values() for message in said)
            self._refuse(row, name, Reason(told.rstrip("。"), "请核对这一格。"))
            return None

    def _as_of(self, row: Candidate, year: str) -> date:
        """Return the day the line is about: its own, the end of its year, else today."""
        given = row.values.get("as_of")
        if isinstance(given, date):
            return given
        end = date(int(year), 12, 31) if year else self._today
        return min(end, self._today)

    def _compare(self, lines: Sequence[tuple[Candidate, Line]], decisions: Decisions, *, lock: bool) -> None:
        standing = standing_rows((one for _, line in lines for one, _ in line.entries), lock=lock)
        for row, line in lines:
            line.entries = [
                (one, None if before is None or before.withdrawn else before)
                for one, _ in line.entries
                if (before := standing.get(one.key)) is None or not says_nothing_new(one, before)
            ]
            for one, before in line.entries:
                place = before or self._place
                if not self._may(place, "correct" if before else "create"):
                    told = (
                        "已由其他股室或单位登记，不归您更正"
                        if before
                        else "不在您的股室或单位范围内，不能登记"
                    )
                    self._refuse(row, one.fact, Reason(told, "请联系该数据的责任股室。"))
            if row.problems:
                self._taken.pop((line.organisation.pk, self._period(row)), None)
                decisions.rejected.append(row)
            elif not line.entries and not line.fills:
                decisions.unchanged.append(row.line)
            elif line.corrects:
                decisions.corrected.append((row.line, cast(Owned, line), {}))
            else:
                decisions.created.append((row.line, cast(Owned, line)))

    def _may(self, at: Fact | Place, verb: str) -> bool:
        office, unit = (at.office_id, at.unit_id) if isinstance(at, Fact) else (at.office, at.unit)
        return all(
            self._actor.may_place(
                "fact", one, region=self._target.region, office=office, area=None, unit=unit
            )
            for one in (verb, "import")
        )

    def _refuse(self, row: Candidate, name: str, reason: Reason) -> None:
        row.problems.append(self._reading.problem(name, self._reading.typed(row, name), reason))


class Enterprises:
    """The enterprises of the register that the lines of a chunk may be of; a handful of queries."""

    def __init__(self, region: str, rows: Sequence[Candidate]) -> None:
        given = {codes.normalise(str(row.values.get("credit_code") or "")) for row in rows} - {""}
        names = {_name(row) for row in rows} - {""}
        found = Organisation.objects.current().filter(
            Q(credit_code__in=given) | Q(name__in=names) | Q(former_names__overlap=list(names)),
            region_id=region,
        )
        self._by_code: dict[str, Organisation] = {}
        self._by_name: dict[str, list[Organisation]] = {}
        self._by_former: dict[str, list[Organisation]] = {}
        for one in found.defer("search_text").order_by("pk"):
            if one.credit_code:
                self._by_code[one.credit_code] = one
            self._by_name.setdefault(one.name, []).append(one)
            for former in one.former_names:
                self._by_former.setdefault(former, []).append(one)

    def of(self, row: Candidate) -> Organisation | Reason:
        """Return the enterprise of a line by its code, else by its present, else by a former name; or why not."""
        code, name = codes.normalise(str(row.values.get("credit_code") or "")), _name(row)
        if code:
            problem = codes.problem(code)
            if problem:
                return Reason(problem.rstrip("。"), "请核对统一社会信用代码。")
            if code in self._by_code:
                return self._by_code[code]
        found = self._by_name.get(name) or self._by_former.get(name) or []
        if len(found) > 1:
            return Reason(f"企业库中有{len(found)}家“{name}”", "请填写统一社会信用代码。")
        if not found:
            return Reason(f"企业库中没有“{name}”", "请先在企业库登记这家企业，再导入这一行。")
        if code and found[0].credit_code and found[0].credit_code != code:
            return Reason(
                f"“{name}”在企业库的代码是{found[0].credit_code}，与表中不同",
                "请核对名称和统一社会信用代码。",
            )
        return found[0]


def _name(row: Candidate) -> str:
    return str(row.values.get("name") or "").strip()
