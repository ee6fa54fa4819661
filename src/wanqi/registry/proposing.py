"""An import profile proposed from one example file: which register, which columns, units, date forms, words.

Pure but for what the pack and the region's profiles say; whoever proposes decides nothing, a person corrects and keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wanqi import packs

from .errors import MappingRefused
from .headers import HEAD, Head, find_head, joined_head, money_unit, proposal, stated_unit, title_key
from .importing import Candidate, Problem, Reading, Skipped, Target, kinds_of, sink_of, target_from
from .importing import Matching as Matched
from .profiles import imports_of
from .values import Row, Table, plain

LOOKED = 300  # rows of the example
MOST_WORDS = 40  # different words of one column that somebody is asked about
SHOWN = 12  # rows of a trial
DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y年%m月", "%Y-%m", "%Y.%m")
DAY_FORMS = DATE_FORMS[:5]


@dataclass
class Proposal:
    """What the system makes of an example. words: field → words of its column that are none of the field's terms."""

    kind: str
    sheet: str
    head: Head
    columns: dict[str, int]
    guessed: list[str]
    units: dict[str, str] = field(default_factory=dict)
    date_formats: tuple[str, ...] = DAY_FORMS
    words: dict[str, list[str]] = field(default_factory=dict)
    samples: list[list[str]] = field(default_factory=list)


def columns_of(kind: str, region: str) -> tuple[packs.ColumnSpec, ...]:
    """Return every field of a kind with the names its column has been seen under."""
    fields = kinds_of(region)[kind].fields
    known: dict[str, list[str]] = {name: [spec.title] for name, spec in fields.items()}
    for profile in imports_of(region).values():
        if profile.kind == kind:
            for column in profile.columns:
                known[column.field] += column.headers
    taken: set[str] = set()
    found = []
    for name, headers in known.items():
        own = [one for one in dict.fromkeys(headers) if title_key(one) not in taken]
        taken |= {title_key(one) for one in own}
        found.append(packs.ColumnSpec(field=name, headers=tuple(own)))
    return tuple(found)


def propose(
    table: Table,
    region: str,
    *,
    kinds: Sequence[str],
    sheet: str = "",
    lines: tuple[int, int] | None = None,
) -> Proposal:
    """Return the best reading of a table among the kinds. lines: first and last of the head, where somebody said so.

    Raises TableRefused.
    """
    name = sheet or next((one.name for one in table.sheets if not one.hidden), table.sheets[0].name)
    rows = list(table.rows(name, most=LOOKED))
    found = [_proposed(table, name, rows, kind, region, lines) for kind in kinds]
    return max(found, key=lambda one: _worth(one, region))


def _worth(found: Proposal, region: str) -> tuple[float, float]:
    """Return how well a kind fits: columns found, then the share of what the kind itself asks for."""
    fields = kinds_of(region)[found.kind].fields
    needed = [name for name, spec in fields.items() if spec.required]
    met = sum(name in found.columns for name in needed)
    sure = len(found.columns) - 0.7 * len(found.guessed)
    return sure + 2 * (met / len(needed) if needed else 0), -len(fields)


def _proposed(
    table: Table, sheet: str, rows: Sequence[Row], kind: str, region: str, lines: tuple[int, int] | None
) -> Proposal:
    columns = columns_of(kind, region)
    if lines is None:
        head = find_head(rows[: HEAD + 20], table.merged(sheet), columns)
    else:
        among = [row for row in rows if lines[0] <= row.line <= lines[1]]
        head = joined_head(among, table.merged(sheet)) if among else Head(0, 0, ())
    sure, guessed = proposal(head, columns)
    found = Proposal(kind, sheet, head, {**sure, **guessed}, sorted(guessed))
    below = [row for row in rows if row.line > head.last]
    found.samples = [[plain(cell)[:60] for cell in row.cells] for row in below[:5]]
    fill(found, rows, region)
    return found


def fill(found: Proposal, rows: Sequence[Row], region: str) -> None:
    """Fill in units, date forms and words by the columns as they are matched now."""
    fields = kinds_of(region)[found.kind].fields
    below = [row for row in rows if row.line > found.head.last]
    above = next((unit for row in rows if row.line < found.head.first and (unit := stated_unit(row))), "")
    found.units, found.words, days = {}, {}, list[str]()
    for name, at in found.columns.items():
        texts = [text for row in below if at < len(row.cells) and (text := plain(row.cells[at]))]
        spec = fields[name]
        if spec.type == "money" and not (money_unit(found.head.titles[at]) or above):
            found.units[name] = ""
        if spec.type == "date":
            days += texts
        if spec.type == "enum":
            strange = [text for text in dict.fromkeys(texts) if text not in (spec.values or ())]
            if strange:
                found.words[name] = strange[:MOST_WORDS]
    seen = [form for form in DATE_FORMS[5:] if any(_fits(text, form) for text in days)]
    found.date_formats = (*DAY_FORMS, *seen)


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text.strip(), form)  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return True


def check_needed(found: Proposal, constants: Mapping[str, str], region: str) -> None:
    """Raise MappingRefused while something without which a row is no record has no column and no constant."""
    key, fields = sink_of(found.kind).key, kinds_of(region)[found.kind].fields
    given = {*found.columns, *constants}
    lacking = [
        spec.title for name, spec in fields.items() if (spec.required or name == key) and name not in given
    ]
    if lacking:
        raise MappingRefused(
            f"还没有匹配列：{'、'.join(lacking)}。", hint="请为它选择表中的列，或写明整张表都是什么。"
        )


def definition(
    found: Proposal,
    *,
    id: str,
    title: str,
    version: str,
    region: str,
    values: Mapping[str, Mapping[str, str]],
    constants: Mapping[str, str],
    note: str = "",
) -> dict[str, object]:
    """Return what a file of imports/ would say of a corrected proposal."""
    titles = found.head.titles
    key = sink_of(found.kind).key
    said: dict[str, object] = {
        "id": id,
        "version": version,
        "title": title,
        "kind": found.kind,
        "columns": [
            {"field": name, "headers": [titles[at]]}
            for name, at in sorted(found.columns.items(), key=lambda item: item[1])
            if titles[at]
        ],
        "key": [key],
        "date_formats": list(found.date_formats),
        "values": {name: dict(given) for name, given in values.items() if given},
        "constants": dict(constants),
        "units": {name: unit for name, unit in found.units.items() if unit},
        "skip_rows": ["合计", "小计", "总计"],
    }
    return {**said, "note": note} if note else said


@dataclass
class Trial:
    """What a profile makes of its example: rows read, rows refused with why, lines that are no rows."""

    read: int = 0
    good: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    rows: list[tuple[int, list[tuple[str, str]]]] = field(default_factory=list)


def tried(profile: packs.ImportProfile, found: Proposal, table: Table, region: str) -> Trial:
    """Read the example with the profile and write nothing. Raises MappingRefused, ProfileMissing, TableRefused."""
    target = target_from(profile, region)
    reading = Reading(target, Matched(found.sheet, found.head, found.columns))
    done = Trial()
    for row in reading.rows(table):
        if isinstance(row, Skipped):
            done.skipped[row.why] = done.skipped.get(row.why, 0) + 1
            continue
        done.read += 1
        done.good += not row.problems
        done.problems += [(row.line, one) for one in row.problems][: 50 - len(done.problems)]
        if not row.problems and len(done.rows) < SHOWN:
            done.rows.append((row.line, _shown(row, target)))
    return done


def _shown(row: Candidate, target: Target) -> list[tuple[str, str]]:
    return [(target.titles[name], _text(target.shown(name, value))) for name, value in _given(row, target)]


def _given(row: Candidate, target: Target) -> Iterable[tuple[str, object]]:
    return [(name, row.values[name]) for name in target.titles if name in row.values]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)
