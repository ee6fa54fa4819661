"""Forms made in the browser, and rounds: one form asked for one period with a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Owned


def outline(definition: Mapping[str, Any]) -> str:
    """Return what the trail says of a form's content: how much of it there is, and under which version."""
    lines = definition.get("lines") or []
    content = f"{len(lines)}行指标" if lines else "明细"
    units = len(definition.get("units") or [])
    return f"{content}，报送单位{units}家，版本{definition.get('version', '')}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Form(Owned):
    """A form made in the browser; those of the region pack are files. `definition` is a `packs.FormSpec` as JSON."""

    resource = "form"

    code = models.CharField("报表标识", max_length=60)
    title = models.CharField("报表名称", max_length=200)
    definition = models.JSONField("报表内容", default=dict)

    class Meta:
        verbose_name = "报表"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="form_code_once",
                violation_error_message="该报表标识已被使用，请换一个。",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=False),
                name="form_has_office",
                violation_error_message="请选择责任股室。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def told(self, value: Mapping[str, Any]) -> str:
        """Return a definition as the trail shows it."""
        return outline(value)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Round(Owned):
    """A form asked of its units for one period. `definition` is the form as it was when the round was issued."""

    resource = "form"

    form = models.CharField("报表标识", max_length=60)
    title = models.CharField("报表名称", max_length=200)
    period = models.CharField("时期", max_length=20)
    due_on = models.DateField("报送期限")
    definition = models.JSONField("报表内容", default=dict)
    digest = models.CharField("报表摘要", max_length=80)
    message = models.TextField("本期要求", blank=True)

    class Meta:
        verbose_name = "报数任务"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "form", "period"],
                condition=Q(withdrawn_at__isnull=True),
                name="round_once",
                violation_error_message="这张报表的这一期已经下发。",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=False),
                name="round_has_office",
                violation_error_message="请选择责任股室。",
            ),
        ]
        indexes = [models.Index(fields=["region", "-due_on", "-id"], name="round_by_deadline")]

    def __str__(self) -> str:
        return f"{self.title} {self.period}"

    def told(self, value: Mapping[str, Any]) -> str:
        """Return the pinned definition as the trail shows it."""
        return outline(value)
