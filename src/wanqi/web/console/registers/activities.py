"""服务活动 and 企业诉求: what was done with enterprises, and the problems they raised until they are closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from wanqi.core.access import Actor
from wanqi.core.models import Office, Unit
from wanqi.registry.actions.activities import ACTIVITIES as ACTIVITY_WRITERS
from wanqi.registry.actions.problems import PROBLEMS as PROBLEM_WRITERS
from wanqi.registry.models import Activity, Problem
from wanqi.web import display

from . import parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown, Sort

CHIPS = {"待交办": "waiting", "办理中": "active", "已反馈": "finding", "已销号": "done"}


class ActivityForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如签到表、通知、照片")

    class Meta:
        model = Activity
        fields = (
            "kind",
            "title",
            "topic",
            "on",
            "until",
            "place",
            "organisation",
            "people",
            "attendance",
            "note",
            "area",
            "source",
            "office",
            "unit",
        )
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


def _activity_facts(row: Activity) -> list[tuple[str, Shown]]:
    return [
        ("主题", row.title),
        ("类别", row.get_kind_display()),
        ("专题", parts.text(row.topic, "未登记")),
        ("日期", display.day(row.on)),
        ("结束日期", display.day(row.until, reason="当天结束")),
        ("地点", parts.text(row.place, "未登记")),
        ("企业", parts.organisation_link(row) if row.organisation_id else "没有指明企业"),
        ("参加人员", parts.text(row.people, "未登记")),
        ("参加人数", display.number(row.attendance, reason="未登记")),
        ("情况", parts.text(row.note, "没有登记")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("activities", row, row.evidence)),
    ]


ACTIVITIES = Register(
    name="activities",
    title="服务活动",
    noun="活动",
    counter="次",
    intro="培训、上门指导、走访联企和评估诊断；材料里“培训5次”这样的数从这里数出来。",
    group="企业库",
    icon="school",
    model=Activity,
    columns=(
        Column(key="title", title="主题", show=lambda row: row.title, plain=lambda row: row.title),
        parts.term_column("kind", "类别", "kind", on_phone=True),
        parts.text_column("topic", "专题", "topic"),
        parts.day_column("on", "日期", "on", on_phone=True),
        Column(
            key="organisation",
            title="企业",
            show=parts.organisation_link,
            plain=lambda row: row.organisation.name if row.organisation_id else None,
        ),
        Column(
            key="attendance",
            title="人数",
            show=lambda row: display.number(row.attendance, reason="未登记"),
            plain=lambda row: row.attendance,
            css="num",
        ),
        parts.evidence_column(),
    ),
    sorts=(
        Sort(key="-on", title="日期 新→旧", field="on", descending=True),
        Sort(key="on", title="日期 旧→新", field="on"),
        parts.newest_sort(),
    ),
    filters=(
        parts.choice_filter("kind", "类别", lambda place: list(Activity.Kind.choices)),
        parts.area_filter(),
        parts.evidence_filter("evidence"),
        Dates(name="on", title="日期", field="on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(title__icontains=text) | Q(topic__icontains=text) | Q(organisation__name__icontains=text)
    ),
    search_hint="主题、专题或企业",
    form=ActivityForm,
    sections=(
        Section(key="base", title="活动", facts=_activity_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=ACTIVITY_WRITERS.create,
    correct=ACTIVITY_WRITERS.correct,
    withdraw=ACTIVITY_WRITERS.withdraw,
    restore=ACTIVITY_WRITERS.restore,
    related=("area", "office", "organisation"),
    subtitle=lambda row: row.on.isoformat(),
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)


class ProblemForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="附件", required=False, help_text="如企业来函")

    class Meta:
        model = Problem
        fields = (
            "title",
            "organisation",
            "enterprise_name",
            "category",
            "content",
            "raised_on",
            "area",
            "source",
            "office",
            "unit",
        )
        widgets = {"content": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise_name"].required = False
        self.fields["enterprise_name"].help_text = "选了企业可以不填"
        self.fields["category"].help_text = "如“用工”“融资”“要素保障”“政策兑现”"


def late(row: Problem) -> bool:
    """Return whether a problem is past its day and not answered."""
    waiting = row.state in (Problem.State.RAISED, Problem.State.ASSIGNED)
    return waiting and row.due_on is not None and row.due_on < timezone.localdate()


def _state(row: Problem) -> Shown:
    return (
        display.chip("已逾期", "behind")
        if late(row)
        else display.chip(row.get_state_display(), CHIPS[row.state])
    )


def _problem_facts(row: Problem) -> list[tuple[str, Shown]]:
    return [
        ("问题", row.title),
        *parts.organisation_facts(row, "企业名称", "enterprise_name"),
        ("类别", parts.text(row.category, "未登记")),
        ("具体情况", parts.text(row.content, "没有登记")),
        ("提出日期", display.day(row.raised_on)),
        ("附件", parts.file_fact("problems", row, row.evidence)),
    ]


def _handling(row: Problem, actor: Actor) -> Mapping[str, Any]:
    place = {"office": row.office_id, "area": row.area_id, "unit": row.unit_id}
    assigned = {"office": row.assigned_office_id, "area": row.area_id, "unit": row.assigned_unit_id}
    may = row.withdrawn_at is None and any(
        actor.may_place("problem", "correct", region=row.region_id, **one) for one in (place, assigned)
    )
    region = row.region_id
    return {
        "problem": row,
        "chip": _state(row),
        "may": may,
        "today": timezone.localdate().isoformat(),
        "offices": list(Office.objects.filter(region=region, active=True).order_by("position"))
        if may
        else (),
        "units": list(Unit.objects.filter(region=region, active=True).order_by("position")) if may else (),
    }


PROBLEMS = Register(
    name="problems",
    title="企业诉求",
    noun="诉求",
    counter="条",
    intro="走访和来函中企业提出的问题：交办、反馈、销号，逾期的标红。",
    group="企业库",
    icon="messages",
    model=Problem,
    columns=(
        Column(key="title", title="问题", show=lambda row: row.title, plain=lambda row: row.title),
        parts.text_column("enterprise", "企业", "enterprise_name", on_phone=True),
        parts.text_column("category", "类别", "category"),
        parts.day_column("raised", "提出日期", "raised_on"),
        Column(
            key="state",
            title="状态",
            show=_state,
            plain=lambda row: "已逾期" if late(row) else row.get_state_display(),
            on_phone=True,
        ),
        Column(
            key="assigned",
            title="承办",
            show=lambda row: parts.text(assignee(row), "尚未交办"),
            plain=lambda row: assignee(row) or None,
        ),
        parts.day_column("due", "办理时限", "due_on", reason="尚未交办"),
    ),
    sorts=(
        Sort(key="-raised", title="提出日期 新→旧", field="raised_on", descending=True),
        *parts.day_sorts("due", "办理时限", "due_on"),
        parts.newest_sort(),
    ),
    filters=(
        parts.choice_filter("state", "状态", lambda place: list(Problem.State.choices)),
        Choice(
            name="late",
            title="时限",
            options=lambda place: [("late", "已逾期")],
            condition=lambda value: Q(
                state__in=(Problem.State.RAISED, Problem.State.ASSIGNED), due_on__lt=timezone.localdate()
            ),
        ),
        parts.area_filter(),
        Dates(name="raised", title="提出日期", field="raised_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(title__icontains=text) | Q(enterprise_name__icontains=text) | Q(content__icontains=text)
    ),
    search_hint="问题或企业",
    form=ProblemForm,
    sections=(
        Section(key="base", title="诉求", facts=_problem_facts),
        Section(key="handling", title="办理", template="registers/_handling.html", context=_handling),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=PROBLEM_WRITERS.create,
    correct=PROBLEM_WRITERS.correct,
    withdraw=PROBLEM_WRITERS.withdraw,
    restore=PROBLEM_WRITERS.restore,
    related=("area", "office", "organisation", "assigned_office", "assigned_unit"),
    subtitle=lambda row: row.enterprise_name,
    chips=lambda row: [_state(row)],
    file="evidence",
)


def assignee(row: Problem) -> str:
    """Return who was asked to deal with it."""
    return "、".join(one.name for one in (row.assigned_office, row.assigned_unit) if one is not None)
