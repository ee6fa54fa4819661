"""Work plans as tables of tasks: what, who, until when."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned, newest_first

from .documents import Document


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlanTask(Owned):
    """One line of a plan (指标 × 责任单位 × 时限). `unit` of the row is the unit that answers for it."""

    resource = "task"

    class State(models.TextChoices):
        OPEN = "未启动", "未启动"
        RUNNING = "推进中", "推进中"
        DONE = "已完成", "已完成"
        STOPPED = "已取消", "已取消"

    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="依据文件"
    )
    plan = models.CharField("计划名称", max_length=200)
    number = models.CharField("序号", max_length=20, blank=True)
    content = models.TextField("任务内容")
    indicator = models.CharField("指标", max_length=80, blank=True)
    target = models.CharField("目标", max_length=200, blank=True)
    responsible = models.CharField("责任单位", max_length=200, blank=True)
    partners = models.CharField("配合单位", max_length=300, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    progress = models.TextField("进展", blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="佐证材料")

    class Meta:
        verbose_name = "工作任务"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="已完成") | Q(done_on__isnull=False),
                name="task_done_has_day",
                violation_error_message="已完成的任务要写完成日期。",
            )
        ]
        indexes = [models.Index(fields=["region", "due_on", "id"], name="task_by_due"), newest_first("task")]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}".strip()
