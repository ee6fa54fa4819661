"""What the bureau did with enterprises: trainings, guidance, visits; and the problems raised, until they are closed."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Office, Sourced, Unit, newest_first

from .organisations import Organisation


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Activity(Sourced):
    """A training, a day of guidance or a visit."""

    resource = "activity"

    class Kind(models.TextChoices):
        TRAINING = "培训", "培训"
        GUIDANCE = "指导", "上门指导"
        VISIT = "走访", "走访联企"
        DIAGNOSIS = "诊断", "评估诊断"
        OTHER = "活动", "其他活动"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    title = models.CharField("主题", max_length=200)
    on = models.DateField("日期")
    until = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="企业"
    )
    people = models.CharField("参加人员", max_length=300, blank=True)
    attendance = models.PositiveIntegerField("参加人数", null=True, blank=True)
    topic = models.CharField("专题", max_length=100, blank=True, help_text="如“科技专家服务团专题培训”")
    note = models.TextField("情况", blank=True)

    class Meta:
        verbose_name = "服务活动"
        indexes = [
            models.Index(fields=["region", "kind", "on", "id"], name="activity_by_kind"),
            models.Index(fields=["region", "on", "id"], name="activity_by_date"),
            newest_first("activity"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Problem(Sourced):
    """A problem an enterprise raised: 交办 → 反馈 → 销号."""

    resource = "problem"

    class State(models.TextChoices):
        RAISED = "待交办", "待交办"
        ASSIGNED = "办理中", "办理中"
        ANSWERED = "已反馈", "已反馈"
        CLOSED = "已销号", "已销号"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="企业"
    )
    enterprise_name = models.CharField("企业名称", max_length=200)
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="走访"
    )
    title = models.CharField("问题", max_length=200)
    content = models.TextField("具体情况", blank=True)
    category = models.CharField("类别", max_length=40, blank=True)
    raised_on = models.DateField("提出日期")
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.RAISED, editable=False
    )
    assigned_office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办股室"
    )
    assigned_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办单位"
    )
    due_on = models.DateField("办理时限", null=True, blank=True)
    answer = models.TextField("反馈情况", blank=True)
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    answer_file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="反馈材料"
    )
    closed_on = models.DateField("销号日期", null=True, blank=True)

    class Meta:
        verbose_name = "企业诉求"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="已销号") | Q(closed_on__isnull=False),
                name="problem_closed_has_day",
                violation_error_message="已销号的诉求要有销号日期。",
            )
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_on"], name="problem_by_due"),
            models.Index(fields=["region", "raised_on", "id"], name="problem_by_date"),
            newest_first("problem"),
        ]

    def __str__(self) -> str:
        return self.title
