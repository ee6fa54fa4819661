"""Organisations, and the batches in which rows of any register come in."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from wanqi.core.models import Area, Attachment, Job, Owned, OwnedQuerySet

from . import codes


def check_credit_code(value: str) -> None:
    """Raise ValidationError with the sentence of `codes.problem`."""
    found = codes.problem(value)
    if found:
        raise ValidationError(found)


class OrganisationQuerySet(OwnedQuerySet["Organisation"]):
    """Organisations, with the search that its index serves."""

    def matching(self, text: str) -> Self:
        """Keep those whose name, former name or code contains `text`.

        Two characters or more go through the index of neighbouring pairs; one character is compared row by row.
        """
        wanted = text.strip().lower()
        rows = self.filter(search_text__contains=wanted)
        pairs = sorted({wanted[start : start + 2] for start in range(len(wanted) - 1)})
        if not pairs:
            return rows
        found = Func(F("search_text"), function="wanqi_bigrams", output_field=ArrayField(models.TextField()))
        return rows.alias(pairs=found).filter(pairs__contains=pairs)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["search_text", "name_pinyin"],
)
class Organisation(Owned):
    """An enterprise or institution, keyed by 统一社会信用代码 where it is known."""

    resource = "organisation"

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INSTITUTION = "institution", "事业单位"
        OTHER = "other", "其他"

    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        null=True,
        blank=True,
        validators=[check_credit_code],
        help_text="18位；尚不掌握时留空，名单匹配后再补。",
    )
    name = models.CharField("单位名称", max_length=200)
    name_pinyin = models.CharField("名称拼音", max_length=600, editable=False, blank=True)
    former_names = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name="曾用名"
    )
    kind = models.CharField("类别", max_length=20, choices=Kind.choices, default=Kind.ENTERPRISE)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    gbt4754_code = models.CharField("行业代码(GB/T 4754)", max_length=5, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    address = models.CharField("地址", max_length=300, blank=True)
    source = models.CharField("数据来源", max_length=200, blank=True)
    search_text = models.GeneratedField(
        expression=Func(F("name"), F("credit_code"), F("former_names"), function="wanqi_search_text"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "credit_code"],
                condition=Q(withdrawn_at__isnull=True),
                name="organisation_code_once",
                violation_error_message="该统一社会信用代码已登记在另一单位名下。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "name_pinyin", "id"], name="organisation_by_name"),
            models.Index(fields=["region", "-updated_at", "-id"], name="organisation_by_update"),
            # With what every list asks for besides, so that an area's rows are counted in the index alone.
            models.Index(
                fields=["region", "area", "name_pinyin", "id"],
                include=["withdrawn_at"],
                name="organisation_by_area",
            ),
            models.Index(fields=["region", "credit_code", "id"], name="organisation_by_code"),
            GinIndex(Func(F("search_text"), function="wanqi_bigrams"), name="organisation_search"),
        ]

    def __str__(self) -> str:
        return self.name


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
