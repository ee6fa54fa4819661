"""Drafts of reports: the baseline against which a later change is told, and its history."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.models import Owned


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Draft(Owned):
    """A report of a period in work. `baseline` is the figure table when the draft was last taken as read."""

    resource = "report"

    report = models.CharField("材料", max_length=60)
    period = models.CharField("时期", max_length=20)
    title = models.CharField("标题", max_length=200)
    baseline = models.JSONField("基准数字", default=dict, help_text="figure id → {value, display, records}")
    baseline_at = models.DateTimeField("基准时间", db_default=Now())
    baseline_digest = models.CharField("配置摘要", max_length=80, blank=True)

    class Meta:
        verbose_name = "材料"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "report", "period"],
                condition=Q(withdrawn_at__isnull=True),
                name="draft_once",
                violation_error_message="该时期的这份材料已经建立。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
