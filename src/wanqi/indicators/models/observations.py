"""Observations: values somebody reported, with source, evidence and grade. Definitions are pack data."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Observation(Owned):
    """A value of an indicator for a period as reported; never altered to fit what the rows say."""

    resource = "observation"

    class Nature(models.TextChoices):
        REPORTED = "reported", "填报值"
        TARGET = "target", "目标"

    class Functional(models.TextChoices):
        UNKNOWN = "", "未说明"
        WITH = "含", "含功能区"
        WITHOUT = "不含", "不含功能区"

    class Bound(models.TextChoices):
        EXACT = "=", "等于"
        ABOVE = ">", "突破/超过"
        BELOW = "<", "不足"
        ABOUT = "~", "约"

    indicator = models.CharField("指标", max_length=80)
    period = models.CharField("时期", max_length=20, help_text="如 2023H1、2023、2023-06、2023-06-30")
    nature = models.CharField("性质", max_length=20, choices=Nature.choices, default=Nature.REPORTED)
    value = models.DecimalField("数值", max_digits=24, decimal_places=6)
    bound = models.CharField("界限", max_length=1, choices=Bound.choices, default=Bound.EXACT)
    as_written = models.CharField("原文写法", max_length=100, blank=True)
    # A peer's value is kept beside ours to rank by; it is never counted as ours.
    peer = models.CharField(
        "同组地区", max_length=20, blank=True, help_text="本地区的数留空；登记其他县市区的数时选它"
    )
    functional = models.CharField("功能区", max_length=4, choices=Functional.choices, blank=True, default="")
    source = models.CharField("数据来源", max_length=300)
    source_document = models.CharField("来源文件标识", max_length=80, blank=True)
    source_clause = models.CharField("来源条款", max_length=40, blank=True)
    reported_by = models.CharField("报送人", max_length=60, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    assumption = models.TextField("口径说明", blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="佐证材料")

    class Meta:
        verbose_name = "填报值"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "peer", "indicator", "period", "nature", "source", "as_written"],
                condition=Q(withdrawn_at__isnull=True),
                name="observation_source_once",
                violation_error_message="同一来源对该指标、该时期已有填报值，请更正原记录。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "indicator", "period"], name="observation_lookup"),
            models.Index(fields=["region", "-updated_at", "-id"], name="observation_by_update"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"

    @property
    def grade(self) -> str:
        """Return the evidence grade: a file stands under it, or nothing but the report."""
        return "有佐证" if self.evidence_id else "仅报数"
