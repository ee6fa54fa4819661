"""Writers of rounds: issued to units with a deadline, prolonged or excused for one, cancelled as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import checked_reason, create_row, create_rows, record, withdraw_row
from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.core.models import Office, Unit
from wanqi.core.packs import current_pack
from wanqi.packs import FormSpec

from ..errors import FormRefused
from ..forms import as_definition, digest_of, form_of
from ..models import Return, Round
from ..schedule import checked_period, due_on
from .held import locked_return, write
from .totals import refresh_totals


@transaction.atomic
def issue_round(
    form: str,
    period: str,
    *,
    region: str,
    actor: Actor,
    due: date | None = None,
    units: Sequence[str] | None = None,
    message: str = "",
    is_demonstration: bool = False,
) -> Round:
    """Ask a form of its units for a period, each with a return of its own; returns the round.

    due: by the form's rule unless given; units: codes, all of the form's unless given. Raises FormMissing, FormRefused,
    PeriodRefused, RowInvalid when the period was asked for already, AccessRefused.
    """
    spec = form_of(region, form)
    span = checked_period(spec, period)
    asked = _units(region, spec, units)
    office = _office(region, spec)
    due = due or due_on(spec, span, calendar=current_pack(region).calendar)
    if due < span.start:
        raise RowInvalid({"due_on": ["报送期限早于这一期的第一天，请核对。"]})
    place: dict[str, Any] = {
        "region_id": region,
        "office": office,
        "due_on": due,
        "is_demonstration": is_demonstration,
    }
    round = Round(
        **place,
        form=spec.id,
        title=spec.title,
        period=span.id,
        definition=as_definition(spec),
        digest=digest_of(spec),
        message=message.replace("\x00", "").strip(),
    )
    create_row(round, actor=actor, verb="下发")
    create_rows([Return(**place, unit=unit, round=round) for unit in asked], actor=actor, verb="下发")
    return round


def _office(region: str, spec: FormSpec) -> Office:
    found = Office.objects.filter(region=region, code=spec.office, active=True).first()
    if found is None:
        raise FormRefused(
            f"报表“{spec.title}”的责任股室“{spec.office}”不在本局的股室中。", hint="请在报表中改选责任股室。"
        )
    return found


def _units(region: str, spec: FormSpec, wanted: Sequence[str] | None) -> list[Unit]:
    """Return the units to ask, in the form's order. Raises RowInvalid for one the form or the region does not have."""
    codes = spec.units if wanted is None else [code for code in spec.units if code in wanted]
    strangers = [code for code in wanted or () if code not in spec.units]
    if strangers:
        raise RowInvalid({"units": [f"“{strangers[0]}”不是这张报表的报送单位。"]})
    if not codes:
        raise RowInvalid({"units": ["请至少选择一个报送单位。"]})
    known = {unit.code: unit for unit in Unit.objects.filter(region=region, active=True, code__in=codes)}
    missing = [code for code in codes if code not in known]
    if missing:
        raise RowInvalid({"units": [f"报送单位“{missing[0]}”已停用或不存在，请在报表中改正。"]})
    return [known[code] for code in codes]


@transaction.atomic
def cancel_round(round: Round, *, actor: Actor, reason: str) -> Round:
    """Take back a round with its returns. Raises StepRefused once one is locked, ReasonMissing, AccessRefused."""
    round = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    returns = list(
        Return.objects.select_for_update(of=("self",)).filter(round=round).current().order_by("pk")
    )
    if any(row.state == Return.State.LOCKED or row.revision > 1 for row in returns):
        raise StepRefused("已有单位的报数锁定，这一期不能撤销。", hint="个别单位不用报的，请逐个免报。")
    withdraw_row(round, actor=actor, reason=reason, verb="撤销下发")
    for row in returns:
        withdraw_row(row, actor=actor, reason=reason, verb="撤销下发")
    round.refresh_from_db()
    return round


@transaction.atomic
def extend_return(row: Return, due: date, *, actor: Actor, reason: str, seen: int | None = None) -> Return:
    """Give one unit another deadline. Raises StepRefused once handed in, ReasonMissing, RowInvalid, AccessRefused."""
    held = locked_return(row, "review", actor=actor, seen=seen)
    kept = checked_reason(reason)
    if not held.is_open:
        raise StepRefused(f"这份报数{held.get_state_display()}，不用再延期。", hint="请刷新后核对。")
    if due <= held.due_on:
        raise RowInvalid({"due_on": [f"新的期限要晚于现在的{held.due_on.isoformat()}。"]})
    change = {
        "field": "due_on",
        "label": "报送期限",
        "old": held.due_on.isoformat(),
        "new": due.isoformat(),
    }
    held.due_on = due
    record(held, "延期", actor=actor, changes=[change], reason=kept)
    return write(held, "due_on")


@transaction.atomic
def excuse_return(row: Return, *, actor: Actor, reason: str, seen: int | None = None) -> Return:
    """Ask nothing more of one unit (免报). Raises StepRefused once locked, ReasonMissing, AccessRefused."""
    round = Round.objects.select_for_update(of=("self",)).get(pk=row.round_id)
    held = locked_return(row, "withdraw", actor=actor, seen=seen)
    if held.state == Return.State.LOCKED or held.revision > 1:
        raise StepRefused("这份报数已经锁定，不能免报。", hint="数字有误的，请办理数据修订。")
    excused = withdraw_row(held, actor=actor, reason=reason, verb="免报")
    refresh_totals(round, actor=actor, reason=excused.withdrawn_reason)
    return excused
