"""Files, background jobs and pack files of the installation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .people import User
from .places import Region


class Attachment(models.Model):
    """A file kept as evidence, by content: its bytes stand in the database so that backup and transaction cover them."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    digest = models.CharField("摘要", max_length=80, help_text="sha256:<hex>")
    content = models.BinaryField("内容")
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", db_default=Now())

    class Meta:
        verbose_name = "附件"
        indexes = [models.Index(fields=["digest"], name="attachment_digest")]

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """Long work done by the worker, with its progress; `cursor` is where it goes on after a crash."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    kind = models.CharField("类别", max_length=60)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.QUEUED)
    done = models.PositiveBigIntegerField("已处理", default=0)
    total = models.PositiveBigIntegerField("总数", default=0)
    cursor = models.JSONField("断点", default=dict)
    message = models.TextField("说明", blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name="发起人")
    created_at = models.DateTimeField("发起时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台任务"

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"


class PackFile(models.Model):
    """One file of a region pack as loaded: immutable; the same path and version with another digest is refused."""

    region_id = models.CharField("地区代码", max_length=20)
    path = models.CharField("路径", max_length=300)
    version = models.CharField("版本", max_length=40)
    digest = models.CharField("摘要", max_length=80)
    content = models.BinaryField("内容")
    active = models.BooleanField("在用", default=True)
    loaded_at = models.DateTimeField("载入时间", db_default=Now())

    class Meta:
        verbose_name = "地区配置文件"
        constraints = [
            models.UniqueConstraint(fields=["path", "version"], name="packfile_version_once"),
            models.UniqueConstraint(fields=["path"], condition=Q(active=True), name="packfile_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.path}@{self.version}"
