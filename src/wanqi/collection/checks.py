"""What has to hold before a return is handed in: nothing forgotten, and every unusual figure explained. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from wanqi.packs import FormSpec, JumpSpec, LineSpec

from .figures import measure_of, show_figure

Level = Literal["error", "reason", "note"]
_EXPLAIN = "如数字无误，请在情况说明中写明原因；如填错，请改正。"


@dataclass(frozen=True, slots=True)
class Filled:
    """One line with what is known about it; values in the kept unit. last, same: None where not known.

    runs_on: whether the figure goes on from the last period's (a stock, or a sum from January).
    """

    line: LineSpec
    title: str
    unit: str
    value: Decimal | None = None
    reason: str = ""
    last: Decimal | None = None
    same: Decimal | None = None
    known: Decimal | None = None
    runs_on: bool = False
    has_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one line, "" for the whole. error: to be put right; reason: to be explained; note: may stay."""

    line: str
    level: Level
    message: str
    hint: str = ""
    answered: bool = False

    @property
    def stops(self) -> bool:
        """Whether the return cannot be handed in like this."""
        return self.level == "error" or (self.level == "reason" and not self.answered)


def findings_of(spec: FormSpec, filled: Sequence[Filled], *, has_evidence: bool) -> list[Finding]:
    """Return everything there is to say, in the order of the lines, the whole form last."""
    found = [finding for one in filled for finding in _line(spec, one, has_evidence)]
    found += _sums(spec, {one.line.id: one for one in filled})
    if spec.evidence == "required" and not has_evidence and not all(one.has_evidence for one in filled):
        found.append(Finding("", "error", "还没有上传佐证材料。", "请上传盖章的报表或台账截图。"))
    return found


def _line(spec: FormSpec, one: Filled, has_evidence: bool) -> Iterator[Finding]:
    if one.value is None:
        yield from _empty(one)
        return
    yield from _bounds(one)
    yield from _unusual(one)
    if one.line.evidence and not (one.has_evidence or has_evidence):
        level: Level = "error" if spec.evidence == "required" else "note"
        yield Finding(one.line.id, level, f"{one.title}还没有佐证材料。", "请为这个数上传佐证材料。")


def _empty(one: Filled) -> Iterator[Finding]:
    if not one.line.required:
        return
    if one.known is not None:
        message = f"{one.title}台账数为{_shown(one, one.known)}，还没有确认。"
        yield Finding(one.line.id, "error", message, "请确认，或填写实际数并写明不一致的原因。")
        return
    hint = "没有发生的填0；暂时报不出的，请在情况说明中写明原因。"
    yield Finding(one.line.id, "reason", f"{one.title}未填。", hint, answered=bool(one.reason))


def _bounds(one: Filled) -> Iterator[Finding]:
    assert one.value is not None
    scale = measure_of(one.unit).scale
    low, high = one.line.minimum, one.line.maximum
    if low is not None and one.value < Decimal(low) * scale:
        message = f"{one.title}填了{_shown(one, one.value)}，小于{low}{one.unit}。"
        yield Finding(one.line.id, "error", message, "请核对正负号和数字。")
    if high is not None and one.value > Decimal(high) * scale:
        message = f"{one.title}填了{_shown(one, one.value)}，大于{high}{one.unit}。"
        yield Finding(one.line.id, "error", message, "请核对位数和单位。")


def _unusual(one: Filled) -> Iterator[Finding]:
    assert one.value is not None
    answered = bool(one.reason)
    if one.known is not None and one.value != one.known:
        message = f"{one.title}填{_shown(one, one.value)}，台账数为{_shown(one, one.known)}，两数不一致。"
        yield Finding(one.line.id, "reason", message, "请写明不一致的原因。", answered)
    if one.runs_on and one.line.falling == "reason" and one.last is not None and one.value < one.last:
        message = f"{one.title}为{_shown(one, one.value)}，比上期的{_shown(one, one.last)}减少了。"
        yield Finding(one.line.id, "reason", message, _EXPLAIN, answered)
    for jump in one.line.jump:
        base = one.last if jump.against == "last" else one.same
        if base is not None and _jumped(one, base, jump):
            word = "上期" if jump.against == "last" else "上年同期"
            change = "增加" if one.value > base else "减少"
            message = (
                f"{one.title}为{_shown(one, one.value)}，{word}为{_shown(one, base)}，"
                f"{change}了{_shown(one, abs(one.value - base))}。"
            )
            yield Finding(one.line.id, "reason", message, _EXPLAIN, answered)


def _jumped(one: Filled, base: Decimal, jump: JumpSpec) -> bool:
    assert one.value is not None
    change = abs(one.value - base)
    least = Decimal(jump.least) * measure_of(one.unit).scale
    if base == 0:
        return least > 0 and change > least
    return change > abs(base) * Decimal(jump.share) and change > least


def _sums(spec: FormSpec, filled: Mapping[str, Filled]) -> Iterator[Finding]:
    for rule in spec.sums:
        total = filled.get(rule.total)
        parts = [filled[id] for id in rule.parts if id in filled]
        if total is None or total.value is None or len(parts) < len(rule.parts):
            continue
        values = [one.value for one in parts if one.value is not None]
        if len(values) < len(parts):
            continue
        added = sum(values, Decimal(0))
        names = "＋".join(one.title for one in parts)
        if rule.relation == "equal" and added != total.value:
            message = f"{names}为{_shown(total, added)}，与{total.title}{_shown(total, total.value)}不等。"
            yield Finding(rule.total, "error", message, "请核对各分项和合计。")
        if rule.relation == "at_most" and added > total.value:
            message = f"{names}为{_shown(total, added)}，大于{total.title}{_shown(total, total.value)}。"
            yield Finding(rule.total, "error", message, "其中数不能大于总数，请核对。")


def _shown(one: Filled, value: Decimal) -> str:
    text = show_figure(value, one.unit)
    return text if one.unit == "%" else f"{text}{one.unit}"


def stopping(found: Iterable[Finding]) -> dict[str, list[str]]:
    """Return what keeps a return from being handed in, by line, each with its next step."""
    said: dict[str, list[str]] = {}
    for finding in found:
        if finding.stops:
            said.setdefault(finding.line, []).append(f"{finding.message}{finding.hint}")
    return said
