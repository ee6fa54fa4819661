"""工作任务: plans as tables of tasks: what, who, until when; late ones stand out, nobody is ranked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from wanqi.policies.actions import TASKS as TASK_WRITERS
from wanqi.policies.models import PlanTask
from wanqi.web import display
from wanqi.web.packs import pack_of

from . import parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown

OPEN = (PlanTask.State.OPEN, PlanTask.State.RUNNING)


class TaskForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    indicator = forms.ChoiceField(label="指标", required=False, help_text="任务有数字目标的，选对应的指标")
    evidence_file = FilesField(label="佐证材料", required=False, help_text="完成情况的证明")

    class Meta:
        model = PlanTask
        fields = (
            "plan",
            "number",
            "content",
            "document",
            "indicator",
            "target",
            "responsible",
            "partners",
            "due_on",
            "state",
            "done_on",
            "progress",
            "office",
            "unit",
        )
        widgets = {
            "content": forms.Textarea(attrs={"rows": 3}),
            "progress": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = pack_of(self.region)
        specs = pack.indicators.values() if pack else ()
        field: Any = self.fields["indicator"]
        field.choices = [("", "没有"), *((one.id, one.title) for one in specs)]
        document: Any = self.fields["document"]
        document.queryset = document.queryset.filter(region=self.region, withdrawn_at__isnull=True)
        document.empty_label = "没有"
        self.fields["plan"].help_text = "如“2023年重点工作任务”；同一计划的任务写同一名称"


def late(row: PlanTask) -> bool:
    """Return whether a task is past its day and not done."""
    return row.state in OPEN and row.due_on is not None and row.due_on < timezone.localdate()


def _state(row: PlanTask) -> Shown:
    if late(row):
        return display.chip("已逾期", "behind")
    return display.chip(row.get_state_display(), "done" if row.state == PlanTask.State.DONE else "waiting")


def _document(row: PlanTask) -> Shown:
    if row.document is None:
        return display.unknown("没有引用文件库中的文件")
    return format_html(
        '<a href="{}">{}</a>', reverse("documents.row", args=[row.document_id]), row.document.title
    )


def _indicator(row: PlanTask) -> str:
    pack = pack_of(row.region_id)
    spec = pack.indicators.get(row.indicator) if pack else None
    return spec.title if spec else row.indicator


def _facts(row: PlanTask) -> list[tuple[str, Shown]]:
    return [
        ("计划名称", row.plan),
        ("序号", parts.text(row.number, "没有序号")),
        ("任务内容", row.content),
        ("依据文件", _document(row)),
        ("指标", parts.text(_indicator(row), "没有对应的指标")),
        ("目标", parts.text(row.target, "没有写明")),
        ("责任单位", parts.text(row.responsible, "未登记")),
        ("配合单位", parts.text(row.partners, "没有")),
        ("完成时限", display.day(row.due_on, reason="没有时限")),
        ("状态", _state(row)),
        ("完成日期", display.day(row.done_on, reason="尚未完成")),
        ("进展", parts.text(row.progress, "没有登记")),
        ("佐证材料", parts.file_fact("tasks", row, row.evidence)),
    ]


TASKS = Register(
    name="tasks",
    title="工作任务",
    noun="任务",
    counter="项",
    intro="方案、要点里的任务：指标、责任单位、时限；只看完成没有，不排名次。",
    group="政策与资金",
    icon="list-details",
    model=PlanTask,
    columns=(
        Column(key="content", title="任务", show=lambda row: row.content[:60], plain=lambda row: row.content),
        parts.text_column("plan", "计划", "plan", on_phone=True),
        parts.text_column("target", "目标", "target"),
        parts.text_column("responsible", "责任单位", "responsible", on_phone=True),
        parts.day_column("due", "完成时限", "due_on", reason="没有时限"),
        Column(
            key="state",
            title="状态",
            show=_state,
            plain=lambda row: "已逾期" if late(row) else row.get_state_display(),
            on_phone=True,
        ),
        parts.day_column("done", "完成日期", "done_on", reason="尚未完成"),
    ),
    sorts=(*reversed(parts.day_sorts("due", "完成时限", "due_on")), parts.newest_sort()),
    filters=(
        parts.choice_filter("state", "状态", lambda place: list(PlanTask.State.choices)),
        Choice(
            name="late",
            title="时限",
            options=lambda place: [("late", "已逾期")],
            condition=lambda value: Q(state__in=OPEN, due_on__lt=timezone.localdate()),
        ),
        Dates(name="due", title="完成时限", field="due_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(content__icontains=text) | Q(plan__icontains=text) | Q(responsible__icontains=text)
    ),
    search_hint="任务、计划或责任单位",
    form=TaskForm,
    sections=(
        Section(key="base", title="任务", facts=_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=TASK_WRITERS.create,
    correct=TASK_WRITERS.correct,
    withdraw=TASK_WRITERS.withdraw,
    restore=TASK_WRITERS.restore,
    related=("office", "document"),
    subtitle=lambda row: row.plan,
    chips=lambda row: [_state(row)],
    label=lambda row: row.content[:40],
    file="evidence",
)
