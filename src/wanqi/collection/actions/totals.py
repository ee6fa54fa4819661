"""Writers of totals: where several units fill one line, their sum becomes the region's reported value."""

from __future__ import annotations

from decimal import Decimal

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.indicators.actions import correct_observation, create_observation, withdraw_observation
from wanqi.indicators.evaluate import read_period
from wanqi.packs import FormSpec, LineSpec

from ..figures import show_figure
from ..forms import spec_of
from ..models import Entry, Return, Round, RoundTotal


def refresh_totals(round: Round, *, actor: Actor, reason: str) -> None:
    """Bring the sums of a round up to date, once every unit's return of a line is locked; nothing before that.

    A unit that was excused is left out and named. Call it with the round under lock.
    """
    spec = spec_of(round)
    returns = list(Return.objects.filter(round=round).select_related("unit").order_by("unit__position", "pk"))
    for line in spec.lines:
        if line.combine is None:
            continue
        asked = [row for row in returns if row.unit is not None and row.unit.code in spec.units_of(line)]
        current = [row for row in asked if row.withdrawn_at is None]
        named = {row.unit.code for row in asked if row.unit is not None}
        if named != set(spec.units_of(line)) or not current:
            continue
        if all(row.state == Return.State.LOCKED for row in current):
            _write(round, spec, line, current, asked, actor=actor, reason=reason)


def _write(
    round: Round,
    spec: FormSpec,
    line: LineSpec,
    current: list[Return],
    asked: list[Return],
    *,
    actor: Actor,
    reason: str,
) -> None:
    held = RoundTotal.objects.select_related("observation").filter(round=round, line=line.id).first()
    values = dict(
        Entry.objects.filter(belongs_to__in=current, line=line.id).values_list("belongs_to", "value")
    )
    parts = [(row, values.get(row.pk)) for row in current]
    known = [(row, value) for row, value in parts if value is not None]
    if len(known) < len(parts):
        # One unit could not say: the sum is not known, and what an earlier version gave no longer holds.
        if held is not None:
            withdraw_observation(held.observation, actor=actor, reason=reason or "有单位未填，合计数不成立")
            held.delete()
        return
    total = sum((value for _, value in known), Decimal(0))
    given = {
        "value": total,
        "assumption": _said(known, [row for row in asked if row.withdrawn_at], total, line),
    }
    if held is not None:
        correct_observation(held.observation, given, actor=actor, reason=reason or "报送单位数据修订")
        return
    observation = create_observation(
        {
            **given,
            "indicator": line.indicator,
            "period": round.period,
            "source": f"《{round.title}》{len(known)}家单位合计",
            "as_of": read_period(round.period).end,
            "office": round.office,
        },
        actor=actor,
        region=round.region_id,
        is_demonstration=round.is_demonstration,
    )
    RoundTotal.objects.create(round=round, line=line.id, observation=observation)


def _said(known: list[tuple[Return, Decimal]], excused: list[Return], total: Decimal, line: LineSpec) -> str:
    indicator = current_pack(known[0][0].region_id).indicators.get(line.indicator)
    unit = line.unit or (indicator.unit if indicator else "")
    added = "＋".join(f"{row.unit}{show_figure(value, unit)}" for row, value in known)
    left_out = "、".join(str(row.unit) for row in excused)
    behind = f"；免报单位{left_out}未计入" if left_out else ""
    return f"由报送单位填报数合计：{added}＝{show_figure(total, unit)}{behind}。"
