"""The round after a round: the same form, its next period, the day the deadline moves to, the same units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wanqi.core.models import Unit
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate.periods import Period
from wanqi.packs import FormSpec

from .errors import FormMissing, FormRefused
from .forms import forms_of
from .models import Return, Round
from .schedule import checked_period, due_after, due_on, following


@dataclass(frozen=True)
class Upcoming:
    """What the next round would be issued with. units: codes of those asked this time, as far as they can be asked.

    by_rule: whether due_on is the day of the form's rule; left_out: names of units that cannot be asked any more;
    issued: the round of that period where there is one already.
    """

    spec: FormSpec
    period: Period
    due_on: date
    by_rule: bool
    units: tuple[str, ...]
    left_out: tuple[str, ...]
    issued: Round | None


def upcoming(round: Round) -> Upcoming:
    """Return what follows a round, by its form as it is now.

    Raises FormMissing when the form is out of use, FormRefused when it is asked once, or in another rhythm by now.
    """
    spec = forms_of(round.region_id).get(round.form)
    if spec is None:
        raise FormMissing(
            f"“{round.title}”已停用，不能再下发下期。", hint="请从报表目录选用另一张报表，或重新做一张。"
        )
    period = checked_period(spec, round.period)
    later = following(spec, period)
    if later is None:
        raise FormRefused(f"“{spec.title}”只报一次，没有下期。", hint="需要再报的，请用“下发报数任务”。")
    calendar = current_pack(round.region_id).calendar
    due = due_after(spec, round.due_on, period, later, calendar=calendar)
    units, left_out = _units(round, spec)
    return Upcoming(
        spec,
        later,
        due,
        due == due_on(spec, later, calendar=calendar),
        units,
        left_out,
        Round.objects.filter(region=round.region_id, form=round.form, period=later.id).current().first(),
    )


def _units(round: Round, spec: FormSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the units this round asked, excused ones too, and the names of those that fell away."""
    asked = Unit.objects.filter(pk__in=Return.objects.filter(round=round).values("unit"))
    can = {unit.code: unit.active and unit.code in spec.units for unit in asked.order_by("position", "id")}
    names = {unit.code: unit.name for unit in asked}
    return (
        tuple(code for code in spec.units if can.get(code)),
        tuple(names[code] for code, possible in can.items() if not possible),
    )
