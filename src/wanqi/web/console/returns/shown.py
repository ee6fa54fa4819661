"""A return as its pages show it: state in words, each line with what is known, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from wanqi.collection.checks import Finding
from wanqi.collection.figures import show_figure
from wanqi.collection.models import Return
from wanqi.collection.sheet import Sheet, SheetLine
from wanqi.collection.states import STEPS, steps_from
from wanqi.core.access import Actor
from wanqi.core.history import Entry, timeline
from wanqi.indicators.evaluate import read_period
from wanqi.web import display

from .posted import Posted

CHIPS = {
    "open": "waiting",
    "draft": "draft",
    "submitted": "waiting",
    "sent_back": "warning",
    "approved": "done",
    "locked": "done",
}
SPARE = 1  # empty rows below those that are filled: a phone shows a row as a block


def crumbs(*further: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Return where a page of 报数 stands."""
    return [("报数", None), ("报数任务", reverse("returns") if further else None), *further]


def chip_of(row: Return) -> Any:
    """Return the chip of a return's state; 免报 when nothing more is asked of the unit."""
    if row.withdrawn_at:
        return display.chip("免报", "withdrawn")
    return display.chip(row.get_state_display(), CHIPS[row.state])


def deadline(row: Return, on: date) -> str:
    """Return how much time is left, or by how much it is late, in words; "" once handed in."""
    if not row.is_open or row.revision > 1:
        return ""
    days = (row.due_on - on).days
    if days < 0:
        return f"已过期限{-days}天"
    return "今天截止" if days == 0 else f"还有{days}天"


def standing(row: Return) -> str:
    """Return who moved the return last and when, in words."""
    match row.state:
        case "submitted":
            return f"{row.submitted_by or '代填'}于{display.moment(row.submitted_at)}提交，等待审核"
        case "approved":
            return f"{row.reviewed_by or '责任股室'}于{display.moment(row.reviewed_at)}审核通过，等待锁定"
        case "locked":
            return f"{display.moment(row.locked_at)}锁定，第{row.revision}版"
        case "sent_back" if row.revision > 1:
            return "已打开修订，改好后重新提交"
        case "sent_back":
            return "已退回，请修改后重新提交"
        case "draft":
            return f"{display.moment(row.updated_at)}暂存，还没有提交"
    return "还没有填报"


@dataclass
class Line:
    """One line on the page: what it shows, and what stands in its fields, as typed where that was refused."""

    line: SheetLine
    value: str
    reason: str
    answer: str
    errors: Sequence[str] = ()
    findings: Sequence[Finding] = field(default_factory=tuple)

    @property
    def asks(self) -> bool:
        """Whether a reason is asked for, or was given."""
        return bool(self.reason) or any(one.level == "reason" for one in self.findings)

    @property
    def attention(self) -> bool:
        return bool(self.errors) or any(one.stops for one in self.findings)

    @property
    def choices(self) -> bool:
        return self.line.known is not None


def lines_of(
    sheet: Sheet, *, posted: Posted | None = None, wrong: Mapping[str, Sequence[str]] | None = None
) -> list[Line]:
    """Return the lines; findings about empty ones wait until something was filled in."""
    wrong = wrong or {}
    untouched = sheet.row.state == Return.State.OPEN
    found = []
    for line in sheet.lines:
        value, reason, answer = line.text, line.reason, line.answer
        if posted and line.id in posted.lines and line.id in wrong:
            value, reason, confirmed, _ = posted.lines[line.id]
            answer = "confirmed" if confirmed else "typed"
        findings = () if untouched else line.findings
        if line.id in wrong:
            findings = ()
        found.append(Line(line, value, reason, answer, wrong.get(line.id, ()), findings))
    return found


def change(line: SheetLine, earlier: Decimal | None) -> Any:
    """Return how a line's figure compares with an earlier one, in ink; a dash where it cannot be compared."""
    value = line.filled.value
    if value is None or earlier is None:
        return display.unknown("没有可比的数")
    if line.unit == "%":
        points = (value - earlier) * 100
        return f"{display.number(points)}个百分点"
    if earlier == 0:
        return display.unknown("基数为0，不计算增幅")
    return display.growth((value - earlier) / abs(earlier))


def review_lines(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the lines as a reviewer reads them: value, earlier values, changes, answers, evidence."""
    words = {"confirmed": "确认台账数", "contradicted": "与台账不一致", "typed": "填报"}
    return [
        {
            "line": line,
            "value": display.number(
                show_figure(line.filled.value, line.unit).removesuffix("%"), reason="未填"
            )
            + ("%" if line.unit == "%" and line.filled.value is not None else ""),
            "last": line.last,
            "same": line.same,
            "on_last": change(line, line.filled.last),
            "on_same": change(line, line.filled.same),
            "answer": words.get(line.answer, ""),
            "evidence": line.entry.evidence if line.entry else None,
        }
        for line in sheet.lines
    ]


def rows_of(
    sheet: Sheet,
    *,
    posted: Posted | None = None,
    wrong: Mapping[str, Sequence[str]] | None = None,
    spare: int = SPARE,
) -> list[dict[str, Any]]:
    """Return the rows with a cell per column: name, text, what is wrong with it."""
    given: Sequence[Mapping[str, str]] = sheet.row.rows
    if posted and posted.rows is not None and wrong and any(name.startswith("row") for name in wrong):
        given = posted.rows
    said: dict[str, list[str]] = {}
    for finding in sheet.findings:
        if finding.line.startswith("row-"):
            said.setdefault(finding.line, []).append(f"{finding.message}{finding.hint}")
    for name, messages in (wrong or {}).items():
        said.setdefault(name, []).extend(messages)
    rows = [*given, *({} for _ in range(spare))]
    return [
        {
            "number": number,
            "cells": [
                {
                    "column": column,
                    "name": f"row-{number}-{column.field}",
                    "text": row.get(column.field, ""),
                    "errors": said.get(f"row-{number}.{column.field}", ()),
                }
                for column in sheet.columns
            ],
        }
        for number, row in enumerate(rows, start=1)
    ]


def general(sheet: Sheet) -> list[Finding]:
    """Return the findings about the return as a whole."""
    return [one for one in sheet.findings if not one.line]


def told(row: Any, *, limit: int = 200) -> list[Entry]:
    """Return the row's history; being issued without the fields it began with, savings in a row as one."""
    entries: list[Entry] = []
    for entry in timeline(row, limit=limit):
        if entry.verb == "下发":
            entry = replace(entry, changes=())
        newer = entries[-1] if entries else None
        if newer is not None and newer.verb == entry.verb == STEPS["save"].title and newer.who == entry.who:
            entries[-1] = replace(newer, changes=_joined(entry.changes, newer.changes))
        else:
            entries.append(entry)
    return entries


def _joined(earlier: Sequence[dict[str, str]], later: Sequence[dict[str, str]]) -> Sequence[dict[str, str]]:
    """Return the changes of two acts as those of one: each field from its first value to its last."""
    found = {change["label"]: change for change in earlier}
    for change in later:
        first = found.get(change["label"])
        found[change["label"]] = {**change, "old": first["old"]} if first else change
    return [change for change in found.values() if change["old"] != change["new"]]


def may(actor: Actor, row: Return, verb: str) -> bool:
    """Return whether the actor may do `verb` on the return."""
    return actor.may_place(
        "return", verb, region=row.region_id, office=row.office_id, area=None, unit=row.unit_id
    )


def steps_for(actor: Actor, row: Return) -> list[str]:
    """Return the steps the actor can take now: names of `collection.states.STEPS`."""
    if row.withdrawn_at:
        return []
    return [name for name in steps_from(row.state) if may(actor, row, STEPS[name].verb)]


def frame(row: Return, actor: Actor, on: date) -> dict[str, Any]:
    """Return what every page of one return shows around its content."""
    return {
        "row": row,
        "period": read_period(row.round.period),
        "state": chip_of(row),
        "deadline": deadline(row, on),
        "late": row.days_overdue(on),
        "standing": standing(row),
        "steps": steps_for(actor, row),
        "history": told(row),
        "versions": list(row.locked_versions.select_related("locked_by").order_by("-number")),
    }
