"""Signed reports and monthly tables as they were locked, by digest, and packages of evidence made for somebody."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.models import Job, Office, OwnedQuerySet, Region, User

from .drafts import Draft

_NEVER = pgtrigger.Update | pgtrigger.Delete


class ArchivePart(models.Model):
    """Bytes by their digest: what two archives share is kept once. Nothing in it ever changes."""

    digest = models.CharField("摘要", max_length=80, primary_key=True, help_text="sha256:<hex>")
    size = models.PositiveBigIntegerField("字节数")
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = "档案内容"
        triggers = [pgtrigger.Protect(name="kept_as_signed", operation=_NEVER)]

    def __str__(self) -> str:
        return self.digest


class Archive(models.Model):
    """定稿锁定 of one report, or of one monthly table, which has no draft.

    `digest` names its manifest, which names every part; nothing in it ever changes. `report`: the id of the report's
    or the table's kind; `number` counts the locks of one draft, or of one table of one period.
    """

    resource = "report"

    class Kind(models.TextChoices):
        REPORT = "report", "材料"
        TABLE = "table", "调度表"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    office = models.ForeignKey(Office, models.PROTECT, null=True, verbose_name="责任股室")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices, default=Kind.REPORT)
    draft = models.ForeignKey(
        Draft, models.PROTECT, null=True, blank=True, related_name="archives", verbose_name="材料"
    )
    number = models.PositiveSmallIntegerField("次序")
    report = models.CharField("材料编号", max_length=60)
    period = models.CharField("时期", max_length=20)
    period_end = models.DateField("时期末日")
    title = models.CharField("标题", max_length=300)
    as_of = models.DateField("数据截至")
    made_at = models.DateTimeField("锁定时间")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="锁定人")
    digest = models.CharField("档案摘要", max_length=80, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    is_demonstration = models.BooleanField("演示数据", default=False)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "定稿档案"
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="archive_number_once"),
            models.UniqueConstraint(
                fields=["region", "report", "period", "number"],
                condition=Q(kind="table"),
                name="archive_table_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="report", draft__isnull=False) | Q(kind="table", draft__isnull=True),
                name="archive_of_draft_or_table",
            ),
        ]
        indexes = [models.Index(fields=["region", "period_end", "-id"], name="archive_by_period")]
        triggers = [pgtrigger.Protect(name="kept_as_signed", operation=_NEVER)]

    def __str__(self) -> str:
        return self.title

    @property
    def is_table(self) -> bool:
        """Whether a monthly table was locked."""
        return self.kind == self.Kind.TABLE


class EvidencePackage(models.Model):
    """佐证材料包 of a report or an indicator, as one person was allowed to take it; that person's own."""

    resource = "report"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    job = models.ForeignKey(Job, models.PROTECT, null=True, verbose_name="后台任务")
    subject = models.JSONField("对象", default=dict, help_text="draft or archive id, or indicator and period")
    title = models.CharField("标题", max_length=300)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="制作人")
    created_at = models.DateTimeField("制作时间", db_default=Now())
    digest = models.CharField("摘要", max_length=80, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    content = models.BinaryField("内容", null=True)

    class Meta:
        verbose_name = "佐证材料包"
        indexes = [models.Index(fields=["created_by", "-id"], name="evidencepackage_newest")]

    def __str__(self) -> str:
        return self.title
