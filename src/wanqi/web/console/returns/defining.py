"""What a draft of a form says as a definition, and where on the page each problem of it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from wanqi.collection.forms import read_definition
from wanqi.core.packs import current_pack
from wanqi.packs import PacksRefused

from .drafting import AGAINST, Draft, Jump, Line, Sum

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?")
MOST_ROWS = 5000


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
        "months": head["months"] or "cumulative",
        "deadline": {
            "day": _whole(draft, "day", 1, 31),
            "months": _whole(draft, "after", 0, 12),
            "rest_days": head["rest_days"],
        },
        "evidence": head["evidence"],
    }
    if head["cadence"] == "month" and head["months"] == "cumulative" and head["start_month"] == "2":
        found["start_month"] = 2
    found |= {name: head[name] for name in ("guidance", "note") if head[name]}
    if head["kind"] == "rows":
        return {**found, "rows": _rows(draft)}
    if not draft.lines:
        draft.say("lines", "还没有指标：请在下面查找并添加。")
    found["lines"] = [_line(line, draft.units) for line in draft.lines]
    if draft.sums:
        found["sums"] = [_sum(draft, one) for one in draft.sums]
    return found


def _rows(draft: Draft) -> dict[str, Any]:
    if not draft.profile:
        draft.say("profile", "请选择明细的列。")
    found: dict[str, Any] = {"profile": draft.profile}
    if draft.head["most"]:
        found["most"] = _whole(draft, "most", 1, MOST_ROWS)
    return found


def _whole(draft: Draft, name: str, low: int, high: int) -> int:
    text = draft.head[name]
    if text.isascii() and text.isdecimal() and len(text) < 6 and low <= int(text) <= high:
        return int(text)
    draft.say(name, f"请填{low}到{high}之间的整数。")
    return low


def _line(line: Line, units: list[str]) -> dict[str, Any]:
    typed = line.typed
    found: dict[str, Any] = {"id": line.id, "indicator": typed["indicator"]}
    found |= {name: typed[name] for name in ("title", "unit", "note") if typed.get(name)}
    who = [unit for unit in line.who if unit in units]
    if line.who and not who:
        line.errors.append("原来选的填报单位已不在报送单位中，请重新选择由谁填。")
    if who:
        found["units"] = who
    if len(who or units) > 1:
        found["combine"] = "sum"
    found |= {"required": line.required, "evidence": line.evidence}
    found["falling"] = "reason" if line.falling else "allow"
    for name, title in (("minimum", "最小值"), ("maximum", "最大值")):
        found[name] = _number(line, typed.get(name, ""), title) if typed.get(name) else None
    if line.jumps:
        found["jump"] = [_jump(line, one) for one in line.jumps]
    return found


def _jump(line: Line, jump: Jump) -> dict[str, str]:
    title = f"与{AGAINST.get(jump.against, AGAINST['last'])}相差"
    if not jump.share:
        line.errors.append(f"{title}写了差额，没有写超过百分之几。")
    per_cent = _number(line, jump.share.removesuffix("%") or "0", title)
    share = format((Decimal(per_cent) / 100).normalize(), "f")
    if not _NUMBER.fullmatch(share):
        line.errors.append(f"{title}“{jump.share[:20]}”的小数太长，请写到小数点后6位以内。")
        share = "0"
    least = _number(line, jump.least or "0", f"{title}的最小差额")
    return {"against": jump.against, "share": share, "least": least}


def _number(line: Line, text: str, title: str) -> str:
    """Return a number as a file writes it: as typed where that is how, 1,000 and 1e3 as 1000."""
    if _NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    written = format(number.normalize(), "f") if number.is_finite() and abs(number.adjusted()) < 18 else ""
    if not _NUMBER.fullmatch(written):
        line.errors.append(f"{title}“{text[:20]}”不是数字，或位数太多。")
        return "0"
    return written


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
        read_definition(region, whole)
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
    elif path[:1] == ("rows",):
        draft.say("most" if path[-1] == "most" else "profile", words)
    else:
        draft.say(path[0] if path else "", words)


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
