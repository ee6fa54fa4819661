"""A form as it is being made on the page: what was typed, as a definition, and where each problem of it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from wanqi.core.packs import current_pack
from wanqi.packs import FormSpec, PacksRefused, read_form

HEAD = (
    "title",
    "office",
    "cadence",
    "months",
    "start_month",
    "day",
    "after",
    "rest_days",
    "evidence",
    "guidance",
)
USUAL = {
    "cadence": "month",
    "months": "cumulative",
    "start_month": "1",
    "day": "5",
    "after": "1",
    "rest_days": "after",
    "evidence": "asked",
    "kind": "lines",
}
LINE = (
    "indicator",
    "title",
    "unit",
    "minimum",
    "maximum",
    "note",
    "last",
    "last_least",
    "same",
    "same_least",
)
MOST_LINES = 60
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass
class Line:
    """One line as typed. last, same: per cent of a change that asks for a reason, "" for none."""

    id: str
    typed: dict[str, str] = field(default_factory=dict)
    who: list[str] = field(default_factory=list)
    required: bool = True
    evidence: bool = False
    falling: bool = True
    name: str = ""
    kept_unit: str = ""
    errors: list[str] = field(default_factory=list)


@dataclass
class Sum:
    """A check between lines as typed."""

    total: str = ""
    parts: list[str] = field(default_factory=list)
    relation: str = "equal"


@dataclass
class Draft:
    """A form on the page. errors: by field of the head; "" for the whole."""

    head: dict[str, str] = field(default_factory=lambda: dict(USUAL))
    units: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    profile: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(line.errors for line in self.lines)

    def say(self, name: str, words: str) -> None:
        self.errors.setdefault(name, []).append(words)

    def next_id(self) -> str:
        """Return an id that no line has."""
        taken = {line.id for line in self.lines}
        return next(f"line-{n}" for n in range(1, MOST_LINES * 2 + 2) if f"line-{n}" not in taken)


def from_spec(spec: FormSpec) -> Draft:
    """Return a form as the page shows it for a change."""
    draft = Draft(units=list(spec.units), profile=spec.rows.profile if spec.rows else "")
    draft.head = {
        "title": spec.title,
        "office": spec.office,
        "cadence": spec.cadence,
        "months": spec.months,
        "start_month": str(spec.start_month),
        "day": str(spec.deadline.day),
        "after": str(spec.deadline.months),
        "rest_days": spec.deadline.rest_days,
        "evidence": spec.evidence,
        "guidance": spec.guidance or "",
        "kind": "rows" if spec.rows else "lines",
    }
    for line in spec.lines:
        typed = {
            "indicator": line.indicator,
            "title": line.title or "",
            "unit": line.unit or "",
            "minimum": line.minimum if line.minimum is not None else "",
            "maximum": line.maximum if line.maximum is not None else "",
            "note": line.note or "",
        }
        for jump in line.jump:
            typed[jump.against] = format((Decimal(jump.share) * 100).normalize(), "f")
            typed[f"{jump.against}_least"] = "" if jump.least == "0" else jump.least
        draft.lines.append(
            Line(line.id, typed, list(line.units), line.required, line.evidence, line.falling == "reason")
        )
    draft.sums = [Sum(one.total, list(one.parts), one.relation) for one in spec.sums]
    return draft


def from_page(sent: Any) -> Draft:
    """Return a form as the page sent it."""
    draft = Draft(units=sent.getlist("units"), profile=sent.get("profile", ""))
    draft.head = {name: sent.get(name, "").strip() for name in (*HEAD, "kind")}
    for id in sent.getlist("line")[:MOST_LINES]:
        if not _ID.fullmatch(id):
            continue
        draft.lines.append(
            Line(
                id,
                {name: sent.get(f"{name}-{id}", "").strip() for name in LINE},
                sent.getlist(f"who-{id}"),
                f"required-{id}" in sent,
                f"evidence-{id}" in sent,
                f"falling-{id}" in sent,
            )
        )
    for number in range(len(sent.getlist("sum"))):
        total, parts = sent.get(f"total-{number}", ""), sent.getlist(f"parts-{number}")
        if total or parts:
            draft.sums.append(Sum(total, parts, sent.get(f"relation-{number}", "equal")))
    return draft


def definition_of(draft: Draft, code: str) -> dict[str, Any]:
    """Return what a file of forms/ would say, without its version; what cannot be read is said in the draft."""
    head = draft.head
    if not head["title"]:
        draft.say("title", "请填写报表名称。")
    if not draft.units:
        draft.say("units", "请至少选择一个报送单位。")
    found: dict[str, Any] = {
        "id": code,
        "title": head["title"],
        "office": head["office"],
        "units": draft.units,
        "cadence": head["cadence"],
        "deadline": {
            "day": _whole(draft, "day", 1, 31),
            "months": _whole(draft, "after", 0, 12),
            "rest_days": head["rest_days"],
        },
        "evidence": head["evidence"],
    }
    if head["cadence"] == "month":
        found["months"] = head["months"]
        if head["months"] == "cumulative" and head["start_month"] == "2":
            found["start_month"] = 2
    if head["guidance"]:
        found["guidance"] = head["guidance"]
    if head["kind"] == "rows":
        if not draft.profile:
            draft.say("profile", "请选择明细的列。")
        return {**found, "rows": {"profile": draft.profile}}
    if not draft.lines:
        draft.say("lines", "还没有指标：请在下面查找并添加。")
    found["lines"] = [_line(line, draft.units) for line in draft.lines]
    if draft.sums:
        found["sums"] = [_sum(draft, one) for one in draft.sums]
    return found


def _whole(draft: Draft, name: str, low: int, high: int) -> int:
    text = draft.head[name]
    if text.isascii() and text.isdecimal() and len(text) < 3 and low <= int(text) <= high:
        return int(text)
    draft.say(name, f"请填{low}到{high}之间的整数。")
    return low


def _line(line: Line, units: list[str]) -> dict[str, Any]:
    typed = line.typed
    found: dict[str, Any] = {"id": line.id, "indicator": typed["indicator"]}
    found |= {name: typed[name] for name in ("title", "unit", "note") if typed.get(name)}
    who = [unit for unit in line.who if unit in units]
    if who and set(who) != set(units):
        found["units"] = who
    if len(who or units) > 1:
        found["combine"] = "sum"
    found |= {"required": line.required, "evidence": line.evidence}
    found["falling"] = "reason" if line.falling else "allow"
    for name, title in (("minimum", "最小值"), ("maximum", "最大值")):
        found[name] = _number(line, typed.get(name, ""), title) if typed.get(name) else None
    jumps = []
    for against, title in (("last", "与上期相差"), ("same", "与上年同期相差")):
        if typed.get(against):
            share = _number(line, typed[against].removesuffix("%"), title)
            least = _number(line, typed.get(f"{against}_least") or "0", f"{title}的最小差额")
            share = format((Decimal(share) / 100).normalize(), "f")
            jumps.append({"against": against, "share": share, "least": least})
    if jumps:
        found["jump"] = jumps
    return found


def _number(line: Line, text: str, title: str) -> str:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        line.errors.append(f"{title}“{text[:20]}”不是数字。")
        return "0"
    return format(number.normalize(), "f")


def _sum(draft: Draft, one: Sum) -> dict[str, Any]:
    if not one.total or not one.parts:
        draft.say("sums", "核对关系要选一个合计和至少一个分项。")
    elif one.total in one.parts:
        draft.say("sums", "合计不能同时是自己的分项。")
    return {"total": one.total, "parts": one.parts, "relation": one.relation}


def check(region: str, draft: Draft, definition: Mapping[str, Any]) -> None:
    """Say in the draft what the region refuses of a definition, each problem at its field or line."""
    whole = {**definition, "version": "2000-1"}
    try:
        read_form(current_pack(region), whole)
    except PacksRefused as refused:
        paths = list(_paths(whole, ()))
        for problem in refused.problems:
            path = paths[problem.line - 1] if 0 < problem.line <= len(paths) else ()
            _place(draft, path, _in_words(region, draft, f"{problem.message.rstrip('。')}。{problem.hint}"))


def _place(draft: Draft, path: tuple[Any, ...], words: str) -> None:
    if path[:1] == ("lines",) and len(path) > 1 and path[1] < len(draft.lines):
        draft.lines[path[1]].errors.append(words)
    elif path[:1] == ("deadline",):
        draft.say({"day": "day", "months": "after"}.get(path[-1], "day"), words)
    else:
        named = path[0] if path else ""
        draft.say({"rows": "profile"}.get(named, named), words)


def _in_words(region: str, draft: Draft, words: str) -> str:
    """Return a message with names instead of the codes of units and lines."""
    pack = current_pack(region)
    names = {one.code: one.name for one in pack.units}
    for line in draft.lines:
        indicator = pack.indicators.get(line.typed.get("indicator", ""))
        names[line.id] = line.typed.get("title") or (indicator.title if indicator else line.id)
    return re.sub(
        r"(?<![\w.-])[a-z0-9]+(?:-[a-z0-9]+)*(?![\w.-])", lambda found: names.get(found[0], found[0]), words
    )


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield what stands on each line of a value written as JSON with one entry a line."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list | tuple):
        inner = list(enumerate(value))
    yield path
    if inner:
        for name, one in inner:
            yield from _paths(one, (*path, name))
        yield path
