"""Documents and their clauses: what a rule, a target or a reported figure cites."""

from __future__ import annotations

import pghistory
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned, User


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Document(Owned):
    """A text with a number: policy, notice, or a report that was sent."""

    resource = "document"

    class Kind(models.TextChoices):
        POLICY = "policy", "政策文件"
        NOTICE = "notice", "通知公告"
        REPORT = "report", "工作报告"
        OTHER = "other", "其他"

    class Stage(models.TextChoices):
        DRAFT = "起草", "起草"
        CONSULTATION = "征求意见", "征求意见"
        LEGAL = "合法性审核", "合法性审核"
        COMPETITION = "公平竞争审查", "公平竞争审查"
        ISSUED = "印发", "已印发"
        REPEALED = "废止", "已废止"

    code = models.CharField("文件标识", max_length=80)
    title = models.CharField("标题", max_length=300)
    number = models.CharField("文号", max_length=80, blank=True)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices, default=Kind.POLICY)
    issuer = models.CharField("发文单位", max_length=200, blank=True)
    stage = models.CharField("阶段", max_length=10, choices=Stage.choices, default=Stage.ISSUED)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    repealed_on = models.DateField("废止日期", null=True, blank=True)
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amended_by", verbose_name="修改的文件"
    )
    # Not a URLField: its form field has a transitional warning in this series of Django.
    url = models.CharField(
        "公开网址", max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    note = models.TextField("说明", blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="附件")

    class Meta:
        verbose_name = "文件"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="document_code_once",
                violation_error_message="该文件标识已登记。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "-issued_on", "id"], name="document_by_date"),
            models.Index(fields=["region", "-updated_at", "-id"], name="document_by_update"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Clause(models.Model):
    """One numbered piece of a document, in order; replaced as a whole when the text is corrected."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="clauses", verbose_name="文件")
    position = models.PositiveIntegerField("顺序")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name="上一级条款"
    )
    depth = models.PositiveSmallIntegerField("层次", default=0)
    label = models.CharField("条款号", max_length=40)
    text = models.TextField("原文")

    class Meta:
        verbose_name = "条款"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "position"],
                name="clause_position_once",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.text[:30]}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DocumentStep(models.Model):
    """The day a document reached a stage of its life."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="steps", verbose_name="文件")
    stage = models.CharField("阶段", max_length=10, choices=Document.Stage.choices)
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=300, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="附件")
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "文件阶段"
        indexes = [models.Index(fields=["document", "on", "id"], name="documentstep_by_day")]

    def __str__(self) -> str:
        return f"{self.stage} {self.on.isoformat()}"
