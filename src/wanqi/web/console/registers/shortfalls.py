"""短板清单: what lags, who is on it, until when, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.models import Office, Unit
from wanqi.indicators.actions.shortfalls import SHORTFALLS as WRITERS
from wanqi.indicators.actions.shortfalls import may_step
from wanqi.indicators.models import Shortfall
from wanqi.web import display
from wanqi.web.packs import pack_of

from . import parts
from .forms import RowForm
from .observations import indicator_options, period_choices
from .spec import Choice, Column, Dates, Register, Section, Shown, Sort

State = Shortfall.State
CHIPS = {
    State.RAISED: "waiting",
    State.ASSIGNED: "plain",
    State.ANSWERED: "done",
    State.CLOSED: "done",
}
WAITING = (State.RAISED, State.ASSIGNED)


class ShortfallForm(RowForm):
    indicator = forms.ChoiceField(label="指标")
    period = forms.ChoiceField(label="时期")

    class Meta:
        model = Shortfall
        fields = ("title", "indicator", "period", "finding", "action", "raised_on", "office")
        widgets = {
            "finding": forms.Textarea(attrs={"rows": 3}),
            "action": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = pack_of(self.region)
        specs = pack.indicators.values() if pack else ()
        indicator: Any = self.fields["indicator"]
        indicator.choices = [
            ("", "请选择"),
            *((one.id, one.title) for one in specs if one.operator != "check"),
        ]
        period: Any = self.fields["period"]
        period.choices = period_choices(timezone.localdate(), self.instance.period)
        self.fields["title"].help_text = "如“5G基站累计数进度滞后”"
        self.fields["finding"].help_text = "写明完成数、目标数和差额；从看板登记时自动带出"
        if not self.instance.pk:
            self.fields["raised_on"].initial = timezone.localdate()


def indicator_title(row: Shortfall) -> str:
    """Return what the row's indicator is called; its id where the pack no longer has it."""
    pack = pack_of(row.region_id)
    spec = pack.indicators.get(row.indicator) if pack else None
    return spec.title if spec else row.indicator


def late(row: Shortfall) -> bool:
    """Return whether a shortfall is past its day and not answered, on the day it is looked at from."""
    day = getattr(row, "on_day", None) or timezone.localdate()
    return row.state in WAITING and row.due_on is not None and row.due_on < day


def state_chip(row: Shortfall) -> Shown:
    """Return the chip of where the shortfall stands; 已逾期 before all."""
    if late(row):
        return display.chip("已逾期", "behind")
    return display.chip(row.get_state_display(), CHIPS[State(row.state)])


def acting(row: Shortfall) -> str:
    """Return who has to act: office, unit, person."""
    named = [one.name for one in (row.assigned_office, row.unit) if one is not None]
    return "、".join([*named, *([row.person] if row.person else [])])


def _facts(row: Shortfall) -> list[tuple[str, Shown]]:
    return [
        ("指标", indicator_title(row)),
        ("时期", display.period(row.period)),
        ("差多少", row.finding),
        ("整改措施", parts.text(row.action, "还没有写整改措施")),
        ("登记日期", display.day(row.raised_on)),
        ("登记股室", row.office.name if row.office else display.unknown("未指定")),
    ]


def _handling(row: Shortfall, actor: Actor) -> Mapping[str, Any]:
    may_assign = row.withdrawn_at is None and may_step(row, actor, "correct")
    may_answer = row.withdrawn_at is None and may_step(row, actor, "submit")
    region = row.region_id
    return {
        "shortfall": row,
        "chip": state_chip(row),
        "acting": acting(row),
        "may_assign": may_assign,
        "may_answer": may_answer,
        "today": timezone.localdate().isoformat(),
        "offices": list(Office.objects.filter(region=region, active=True).order_by("position"))
        if may_assign
        else (),
        "units": list(Unit.objects.filter(region=region, active=True).order_by("position"))
        if may_assign
        else (),
    }


def _matching(rows: Any, text: str) -> Any:
    pack = pack_of(settings.REGION)
    ids = [one.id for one in pack.indicators.values() if text.lower() in one.title.lower()] if pack else []
    named = Q(title__icontains=text) | Q(finding__icontains=text) | Q(person__icontains=text)
    return rows.filter(named | Q(indicator__in=ids))


def _missing(row: Shortfall) -> list[str]:
    lacks = [
        (row.state == State.RAISED, "还没有交办：请选承办股室或责任单位，定完成时限"),
        (row.state != State.RAISED and not row.person, "责任人"),
        (not row.action, "整改措施"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


SHORTFALLS = Register(
    name="shortfalls",
    title="短板清单",
    noun="短板",
    counter="条",
    intro="进度滞后的指标：谁负责、什么时候完成、采取什么措施；交办、反馈、销号，逾期的标红。",
    group="调度看板",
    icon="alert-triangle",
    model=Shortfall,
    columns=(
        Column(key="title", title="短板", show=lambda row: row.title, plain=lambda row: row.title),
        Column(key="indicator", title="指标", show=indicator_title, plain=indicator_title),
        Column(
            key="period",
            title="时期",
            show=lambda row: display.period(row.period),
            plain=lambda row: display.period(row.period),
        ),
        Column(
            key="finding",
            title="差多少",
            show=lambda row: row.finding,
            plain=lambda row: row.finding,
            in_list=False,
        ),
        Column(
            key="state",
            title="进展",
            show=state_chip,
            plain=lambda row: "已逾期" if late(row) else row.get_state_display(),
            on_phone=True,
        ),
        Column(
            key="acting",
            title="责任",
            show=lambda row: parts.text(acting(row), "尚未交办"),
            plain=lambda row: acting(row) or None,
            on_phone=True,
        ),
        parts.day_column("due", "完成时限", "due_on", on_phone=True, reason="尚未交办"),
        Column(
            key="action",
            title="整改措施",
            show=lambda row: row.action,
            plain=lambda row: row.action or None,
            in_list=False,
        ),
        Column(
            key="answer",
            title="反馈情况",
            show=lambda row: row.answer,
            plain=lambda row: row.answer or None,
            in_list=False,
        ),
        Column(
            key="closing",
            title="销号依据",
            show=lambda row: row.closing,
            plain=lambda row: row.closing or None,
            in_list=False,
        ),
        parts.office_column(),
    ),
    sorts=(
        Sort(key="due", title="完成时限 近→远", field="due_on", nullable=True),
        Sort(key="-raised", title="登记日期 新→旧", field="raised_on", descending=True),
        parts.newest_sort(),
    ),
    filters=(
        Choice(
            name="step",
            title="进展",
            options=lambda place: [("open", "未销号"), *State.choices],
            condition=lambda value: ~Q(state=State.CLOSED) if value == "open" else Q(state=value),
        ),
        Choice(
            name="late",
            title="时限",
            options=lambda place: [("late", "已逾期")],
            condition_on=lambda value, day: Q(state__in=WAITING, due_on__lt=day),
        ),
        Choice(
            name="indicator",
            title="指标",
            options=indicator_options,
            condition=lambda value: Q(indicator=value),
        ),
        Dates(name="due", title="完成时限", field="due_on"),
    ),
    search=_matching,
    search_hint="短板、指标或责任人",
    form=ShortfallForm,
    sections=(
        Section(key="base", title="短板", facts=_facts),
        Section(key="handling", title="办理", template="registers/_shortfall.html", context=_handling),
        Section(key="place", title="登记", facts=parts.place_facts),
    ),
    create=WRITERS.create,
    correct=WRITERS.correct,
    withdraw=WRITERS.withdraw,
    restore=WRITERS.restore,
    related=("office", "assigned_office", "unit", "answer_file"),
    deferred=("answer_file__content",),
    missing=_missing,
    subtitle=indicator_title,
    chips=lambda row: [state_chip(row)],
    file="answer_file",
    dated=True,
)
