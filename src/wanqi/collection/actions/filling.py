"""Writers of a return's content: typed in line by line, or read back from the workbook that was sent out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import attach
from wanqi.core.actions.rows import MOST_REASON
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Attachment
from wanqi.registry.cells import Reason
from wanqi.registry.values import Value, plain

from ..figures import read_figure, show_figure
from ..models import Entry, Return
from ..reading import XLSX, ReadBack, read_back
from ..sheet import Sheet, SheetLine, sheet_of
from ..states import target_of
from .held import locked_return, take_step, write

MOST_NOTE = 2_000
MOST_CELL = 300


class Keep(Enum):
    """Stands for what is to stay as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True)
class Written:
    """What somebody put into one line. confirmed: the registers' figure is right; `value` is then not looked at."""

    value: Value = ""
    reason: str = ""
    confirmed: bool = False
    evidence: Attachment | Keep | None = KEEP


@transaction.atomic
def save_return(
    row: Return,
    written: Mapping[str, Written] | None = None,
    *,
    actor: Actor,
    seen: int | None = None,
    rows: Sequence[Mapping[str, str]] | None = None,
    nothing: bool | None = None,
    reported_by: str | None = None,
    as_of: date | Keep | None = KEEP,
    note: str | None = None,
    evidence: Attachment | Keep | None = KEEP,
    workbook: Attachment | None = None,
) -> Return:
    """Keep what a unit filled in so far (暂存); a line not named stays. Returns the row as it is if nothing changed.

    rows: all rows of a form of rows, field → as written; they may be incomplete until handed in. Raises RowInvalid by
    line id for what is no figure, and then nothing is kept; StepRefused, RowStale, AccessRefused.
    """
    held = locked_return(row, "correct", actor=actor, seen=seen)
    target_of("save", held.state)
    sheet = sheet_of(held)
    entries = _entries(sheet, written or {}, held)
    head = _head(held, nothing, reported_by, as_of, note, evidence, rows, sheet)
    changes = [change for _, change in entries if change] + _differences(held, head)
    if workbook is not None and workbook.pk != held.workbook_id:
        head["workbook"] = workbook
        changes.append({"field": "workbook", "label": "交来的表格", "old": "—", "new": workbook.name})
    if not changes:
        return held
    for entry, change in entries:
        if change:
            entry.save()
    for name, value in head.items():
        setattr(held, name, value)
    held.edition += 1
    take_step(held, "save", actor=actor, changes=changes)
    return write(held, "state", "edition", *head)


def take_workbook(
    row: Return, name: str, content: bytes, *, actor: Actor, seen: int | None = None
) -> tuple[Return, ReadBack]:
    """Keep what a sent-back workbook says; returns the return and what was read, cells that are no figure among it.

    Such a cell leaves its line as it was. Raises WorkbookRefused, TableRefused for a file that is not this return's,
    RowInvalid, StepRefused, RowStale, AccessRefused.
    """
    with transaction.atomic():
        held = locked_return(row, "correct", actor=actor, seen=seen)
        target_of("save", held.state)
        read = read_back(content, held)
        file = attach(name, content, content_type=XLSX, region=held.region_id, actor=actor)
        saved = save_return(
            held,
            {line: Written(one.value, one.reason) for line, one in read.lines.items()},
            actor=actor,
            rows=read.rows,
            nothing=read.nothing,
            reported_by=read.reported_by,
            as_of=KEEP if read.as_of is None else read.as_of,
            note=read.note,
            workbook=file,
        )
        return saved, read


# --- lines ----------------------------------------------------------------------------------------

Changed = tuple[Entry, "dict[str, str] | None"]


def _entries(sheet: Sheet, written: Mapping[str, Written], row: Return) -> list[Changed]:
    """Return the entries as they would stand, each with its change for the trail. Raises RowInvalid."""
    wrong: dict[str, list[str]] = {}
    found: list[Changed] = []
    for id, one in written.items():
        line = sheet.by_line.get(id)
        if line is None:
            wrong[id] = [f"这张报表没有“{id[:60]}”这一行，请刷新后重填。"]
            continue
        read = _read(line, one)
        if isinstance(read, Reason):
            wrong[id] = [f"{line.title}：{read.message}。{read.hint}"]
            continue
        found.append(_changed(line, one, read, row))
    if wrong:
        raise RowInvalid(wrong)
    return found


def _read(line: SheetLine, one: Written) -> Decimal | Reason | None:
    if len(one.reason) > MOST_REASON:
        return Reason(f"情况说明有{len(one.reason)}字", f"请写在{MOST_REASON}字以内。")
    if one.confirmed:
        if line.known is None:
            return Reason("没有台账数可以确认", "请填写数字。")
        return line.known.value
    return read_figure(one.value, line.unit)


def _changed(line: SheetLine, one: Written, value: Decimal | None, row: Return) -> Changed:
    entry = line.entry or Entry(belongs_to=row, line=line.id)
    before = (entry.value, entry.reason, entry.evidence_id, entry.as_written, entry.answer, entry.pk)
    old = _said(entry, line.unit)
    entry.value = value
    entry.as_written = _as_written(line, one, value)
    entry.reason = one.reason.replace("\x00", "").strip()
    _answer(entry, line)
    if not isinstance(one.evidence, Keep):
        entry.evidence = _own_file(one.evidence, row)
    after = (entry.value, entry.reason, entry.evidence_id, entry.as_written, entry.answer, entry.pk)
    if before == after and entry.pk is not None:
        return entry, None
    if entry.pk is None and after[:3] == (None, "", None):
        return entry, None  # an empty line that was empty
    return entry, {"field": line.id, "label": line.title, "old": old, "new": _said(entry, line.unit)}


def _as_written(line: SheetLine, one: Written, value: Decimal | None) -> str:
    if value is None:
        return ""
    if one.confirmed or not isinstance(one.value, str):
        return show_figure(value, line.unit)
    return plain(one.value)[:100]


def _answer(entry: Entry, line: SheetLine) -> None:
    """Set a typed figure against what the registers count."""
    if line.known is None or entry.value is None:
        entry.answer, entry.known, entry.known_grade = Entry.Answer.TYPED, None, ""
        return
    equal = entry.value == line.known.value
    entry.answer = Entry.Answer.CONFIRMED if equal else Entry.Answer.CONTRADICTED
    entry.known, entry.known_grade = line.known.value, line.known.grade


def _said(entry: Entry, unit: str) -> str:
    if entry.value is None and not entry.reason:
        return "—"
    number = show_figure(entry.value, unit) or "未填"
    behind = "" if unit == "%" or entry.value is None else unit
    mark = "（确认台账数）" if entry.answer == Entry.Answer.CONFIRMED else ""
    file = "（有佐证）" if entry.evidence_id else ""
    reason = f"；{entry.reason}" if entry.reason else ""
    return f"{number}{behind}{mark}{file}{reason}"


def _own_file(file: Attachment | None, row: Return) -> Attachment | None:
    if file is not None and file.region_id != row.region_id:
        raise RowInvalid({"evidence": ["佐证材料不属于本地区，请重新上传。"]})
    return file


# --- the rest of the page -------------------------------------------------------------------------


def _head(
    row: Return,
    nothing: bool | None,
    reported_by: str | None,
    as_of: date | Keep | None,
    note: str | None,
    evidence: Attachment | Keep | None,
    rows: Sequence[Mapping[str, str]] | None,
    sheet: Sheet,
) -> dict[str, Any]:
    """Return the fields of the return that are given, as they are kept. Raises RowInvalid."""
    head: dict[str, Any] = {}
    if rows is not None:
        head["rows"] = _kept_rows(sheet, rows)
    if nothing is not None:
        head["nothing"] = nothing
    if reported_by is not None:
        head["reported_by"] = _text("reported_by", "报送人", reported_by, 60)
    if note is not None:
        head["note"] = _text("note", "填报说明", note, MOST_NOTE)
    if not isinstance(as_of, Keep):
        head["as_of"] = as_of
    if not isinstance(evidence, Keep):
        head["evidence"] = _own_file(evidence, row)
    return head


def _text(name: str, title: str, text: str, most: int) -> str:
    kept = text.replace("\x00", "").strip()
    if len(kept) > most:
        raise RowInvalid({name: [f"{title}有{len(kept)}字，请写在{most}字以内。"]})
    return kept


def _kept_rows(sheet: Sheet, rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return rows as they are kept: known columns only, none that says nothing. Raises RowInvalid."""
    spec = sheet.spec.rows
    if spec is None:
        raise RowInvalid({"rows": ["这张报表没有明细，请刷新后重填。"]})
    fields = [column.field for column in sheet.columns]
    kept = []
    for number, one in enumerate(rows, start=1):
        row = {name: plain(str(one.get(name, "")).replace("\x00", "")) for name in fields}
        long = next((name for name in fields if len(row[name]) > MOST_CELL), None)
        if long is not None:
            raise RowInvalid({f"row-{number}.{long}": [f"第{number}行的内容超过{MOST_CELL}字，请缩短。"]})
        if any(row.values()):
            kept.append({name: value for name, value in row.items() if value})
    if len(kept) > spec.most:
        raise RowInvalid(
            {"rows": [f"有{len(kept)}行，这张报表最多{spec.most}行，请分期报送或联系责任股室。"]}
        )
    return kept


def _differences(row: Return, head: Mapping[str, Any]) -> list[dict[str, str]]:
    changes = []
    for name, new in head.items():
        old = getattr(row, name)
        if old != new:
            label = str(Return._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            changes.append({"field": name, "label": label, "old": _brief(old), "new": _brief(new)})
    return changes


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)}行"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) if value else "—"
