"""The batches in which rows of any register come in, and what is remembered of them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from wanqi.core.models import Attachment, Job, OwnedQuerySet


class ImportBatch(models.Model):
    """One file or pasted text on its way into a register: 选择 → 匹配列 → 预览 → 完成, and undone as a whole."""

    resource = "batch"

    class State(models.TextChoices):
        RECEIVED = "received", "待匹配列"
        MAPPED = "mapped", "待确认"
        RUNNING = "running", "导入中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        UNDONE = "undone", "已撤销"

    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="地区")
    office = models.ForeignKey("core.Office", models.PROTECT, null=True, blank=True, verbose_name="责任股室")
    unit = models.ForeignKey("core.Unit", models.PROTECT, null=True, blank=True, verbose_name="报送单位")
    profile = models.CharField("导入方案", max_length=60)
    kind = models.CharField("数据类别", max_length=60)
    file = models.ForeignKey(Attachment, models.PROTECT, verbose_name="原始文件")
    sheet = models.CharField("工作表", max_length=200, blank=True)
    mapping = models.JSONField("列匹配", default=dict)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.RECEIVED)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, verbose_name="后台任务")
    counts = models.JSONField("计数", default=dict, help_text="created, corrected, unchanged, rejected")
    message = models.TextField("说明", blank=True)
    created_by = models.ForeignKey("core.User", models.PROTECT, null=True, blank=True, verbose_name="导入人")
    created_at = models.DateTimeField("导入时间", db_default=Now())
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        indexes = [models.Index(fields=["region", "-id"], name="importbatch_newest")]

    def __str__(self) -> str:
        return f"{self.file.name}（第{self.pk}批）"


class ImportChange(models.Model):
    """What one row of a batch did to one register row; what undo goes by."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="applied")
    line = models.PositiveIntegerField("行号")
    target_kind = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    verb = models.CharField(max_length=20)  # created | corrected
    before = models.JSONField(default=dict)
    version_after = models.PositiveIntegerField()

    class Meta:
        verbose_name = "导入明细"
        indexes = [models.Index(fields=["target_kind", "target_id"], name="importchange_target")]


class RejectedRow(models.Model):
    """A row of a batch that was not taken, with the reason per cell; downloadable."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rejected")
    line = models.PositiveIntegerField("行号")
    cells = models.JSONField("原始内容")
    reasons = models.JSONField("原因", default=list, help_text="list of {column, value, message, hint}")

    class Meta:
        verbose_name = "未导入行"
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="rejectedrow_line_once")]


class ImportMapping(models.Model):
    """The columns a user matched last time for files with these headers; offered again."""

    region = models.ForeignKey("core.Region", models.PROTECT)
    profile = models.CharField(max_length=60)
    headers_digest = models.CharField(max_length=80)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "列匹配记忆"
        constraints = [
            models.UniqueConstraint(fields=["region", "profile", "headers_digest"], name="importmapping_once")
        ]
