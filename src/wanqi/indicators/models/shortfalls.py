"""短板: an indicator that lags, with who is on it, until when, and what came of it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Office, Owned, newest_first

from .targets import TargetPart


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Shortfall(Owned):
    """A gap that somebody must close: 交办 → 反馈 → 销号.

    `office` registered it; `assigned_office` and the row's `unit` have to act. What was known when it was registered
    (`finding`, `actual`, `target`, `gap`) stays as it was; the board shows what is known now.
    """

    resource = "shortfall"

    class State(models.TextChoices):
        RAISED = "待交办", "待交办"
        ASSIGNED = "办理中", "办理中"
        ANSWERED = "已反馈", "已反馈"
        CLOSED = "已销号", "已销号"

    indicator = models.CharField("指标", max_length=80)
    period = models.CharField("时期", max_length=20)
    part = models.ForeignKey(
        TargetPart, models.PROTECT, null=True, blank=True, related_name="shortfalls", verbose_name="目标分项"
    )
    title = models.CharField("短板", max_length=200)
    finding = models.TextField("差多少", help_text="登记时的进度和差距")
    target = models.DecimalField("目标数", max_digits=24, decimal_places=6, null=True, blank=True)
    actual = models.DecimalField("完成数", max_digits=24, decimal_places=6, null=True, blank=True)
    gap = models.DecimalField("差额", max_digits=24, decimal_places=6, null=True, blank=True)
    action = models.TextField("整改措施", blank=True)
    raised_on = models.DateField("登记日期")
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.RAISED, editable=False
    )
    person = models.CharField("责任人", max_length=60, blank=True)
    assigned_office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办股室"
    )
    due_on = models.DateField("完成时限", null=True, blank=True)
    answer = models.TextField("反馈情况", blank=True)
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    answer_file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="反馈材料"
    )
    closed_on = models.DateField("销号日期", null=True, blank=True)
    closing = models.TextField("销号依据", blank=True)

    class Meta:
        verbose_name = "短板"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="已销号") | (Q(closed_on__isnull=False) & ~Q(closing="")),
                name="shortfall_closed_has_reason",
                violation_error_message="已销号的短板要有销号日期和销号依据。",
            ),
            models.CheckConstraint(
                condition=Q(state="待交办") | Q(due_on__isnull=False),
                name="shortfall_assigned_has_day",
                violation_error_message="交办的短板要有完成时限。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_on"], name="shortfall_by_due"),
            models.Index(fields=["region", "indicator"], name="shortfall_by_indicator"),
            newest_first("shortfall"),
        ]

    def __str__(self) -> str:
        return self.title
