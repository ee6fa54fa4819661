"""催报: who has not handed in, by how many days, and a text for the group. In the pack's order, never a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import read_period

from .models import Return, Round


@dataclass(frozen=True, slots=True)
class Outstanding:
    """One unit that has not handed in. days: past its own deadline, 0 while there is time; extended: 已延期."""

    row: Return
    unit: str
    state: str
    due_on: date
    days: int
    extended: bool


def outstanding(round: Round, *, on: date) -> tuple[Outstanding, ...]:
    """Return the units that still have to hand in, in the order in which the region lists them."""
    rows = (
        Return.objects.filter(round=round)
        .with_the_unit()
        .select_related("unit")
        .order_by("unit__position", "unit_id", "pk")
    )
    return tuple(
        Outstanding(
            row=row,
            unit=str(row.unit),
            state=row.get_state_display(),
            due_on=row.due_on,
            days=row.days_overdue(on),
            extended=row.due_on > round.due_on,
        )
        for row in rows
    )


def reminder_text(rounds: Sequence[Round], *, on: date) -> str:
    """Return a text that can be pasted into a group chat; empty where everybody has handed in."""
    parts = [part for round in rounds if (part := _asked(round, outstanding(round, on=on), on))]
    if not parts:
        return ""
    bureau = current_pack(rounds[0].region_id).spec.bureau
    signed = f"{bureau.short if bureau else ''}{rounds[0].office}".strip()
    closing = "可在网页“报数”中填写，也可以把填好的表格发给我们。已报送的请忽略，谢谢支持！"
    return "\n\n".join(
        ["各位联络员好，请协助报送以下数据：", *parts, f"{closing}\n{signed}　{on.isoformat()}"]
    )


def _asked(round: Round, waiting: Sequence[Outstanding], on: date) -> str:
    if not waiting:
        return ""
    lines = [f"【{round.title}】{read_period(round.period).words}"]
    late = [one for one in waiting if one.days]
    sent_back = [
        one
        for one in waiting
        if not one.days and (one.row.state == Return.State.SENT_BACK or one.row.revision > 1)
    ]
    in_time = [one for one in waiting if not one.days and one not in sent_back]
    if late:
        lines.append(f"已过期限，请尽快报送：{_names(late, days=True)}。")
    if sent_back:
        lines.append(f"退回待修改：{_names(sent_back)}，请修改后重新提交。")
    for due in sorted({one.due_on for one in in_time}):
        named = [one for one in in_time if one.due_on == due]
        day = "今天" if due == on else f"{due.month}月{due.day}日前"
        lines.append(f"请在{day}报送：{_names(named)}。")
    return "\n".join(lines)


def _names(waiting: Sequence[Outstanding], *, days: bool = False) -> str:
    return "、".join(f"{one.unit}（已过{one.days}天）" if days else one.unit for one in waiting)
