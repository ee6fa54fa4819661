"""Facts: typed, dated, sourced values about an organisation, never overwritten; lists of records; how far they go."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.models import Attachment, Office, OwnedQuerySet, Region, Sourced, Unit, User, newest_first

from .batches import ImportBatch
from .organisations import Organisation

FactValue = Decimal | str | date | bool | list[str] | None


class SourceClass(models.TextChoices):
    """Who vouches for a value; the vocabulary's `prefer:` orders them."""

    AUDIT = "审计报告", "审计报告"
    TAX = "税务", "税务"
    STATISTICS = "统计", "统计"
    PLATFORM = "平台", "平台"
    REGISTRY = "登记机关", "登记机关"
    SELF = "企业自报", "企业自报"


class Fact(models.Model):
    """One value as one source gave it. A correction is a newer row; only `superseded_at` of the older one changes.

    number: 元, counts and shares of 1. period: `2022`, or empty for a value as of `as_of`.
    """

    resource = "fact"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name="责任股室")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="报送单位")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="facts", verbose_name="单位")
    fact = models.CharField("数据项", max_length=80)
    period = models.CharField("时期", max_length=20, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    number = models.DecimalField("数值", max_digits=26, decimal_places=8, null=True, blank=True)
    text = models.CharField("文字", max_length=300, null=True, blank=True)
    day = models.DateField("日期", null=True, blank=True)
    flag = models.BooleanField("是否", null=True, blank=True)
    items = ArrayField(models.CharField(max_length=60), null=True, blank=True, verbose_name="多项")
    source_class = models.CharField("来源类别", max_length=10, choices=SourceClass.choices)
    source = models.CharField("数据来源", max_length=200)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="佐证材料")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, verbose_name="导入批次")
    is_demonstration = models.BooleanField("演示数据", default=False)
    withdrawn = models.BooleanField("已撤销", default=False)
    reason = models.TextField("原因", blank=True)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    superseded_at = models.DateTimeField("被替代时间", null=True, blank=True)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "企业数据"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fact", "period", "source_class", "source"],
                condition=Q(superseded_at__isnull=True),
                name="fact_current_once",
                violation_error_message="同一来源对该数据项、该时期已有数值，请更正原记录。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=True)
                | Q(
                    number__isnull=False,
                    text__isnull=True,
                    day__isnull=True,
                    flag__isnull=True,
                    items__isnull=True,
                )
                | Q(
                    number__isnull=True,
                    text__isnull=False,
                    day__isnull=True,
                    flag__isnull=True,
                    items__isnull=True,
                )
                | Q(
                    number__isnull=True,
                    text__isnull=True,
                    day__isnull=False,
                    flag__isnull=True,
                    items__isnull=True,
                )
                | Q(
                    number__isnull=True,
                    text__isnull=True,
                    day__isnull=True,
                    flag__isnull=False,
                    items__isnull=True,
                )
                | Q(
                    number__isnull=True,
                    text__isnull=True,
                    day__isnull=True,
                    flag__isnull=True,
                    items__isnull=False,
                ),
                name="fact_one_value",
                violation_error_message="一条企业数据只能有一个值。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "fact", "period", "-recorded_at"], name="fact_of_organisation"
            ),
            models.Index(
                fields=["region", "fact", "period"],
                condition=Q(superseded_at__isnull=True),
                name="fact_current",
            ),
            models.Index(fields=["batch"], name="fact_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.period}".strip()

    @property
    def value(self) -> FactValue:
        """The one value the row carries, None for a withdrawal."""
        for found in (self.number, self.text, self.day, self.flag, self.items):
            if found is not None:
                return found
        return None


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RecordRow(Sourced):
    """A row of a kind of record that has no register of its own: financing, incidents, certificates, standards …

    kind and values are checked against the vocabulary of the region's pack; money is 元 as a decimal string.
    """

    resource = "record"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="records", verbose_name="单位"
    )
    kind = models.CharField("记录类别", max_length=60)
    values = models.JSONField("内容", default=dict)
    label = models.CharField("名称", max_length=300, blank=True)

    class Meta:
        verbose_name = "企业记录"
        indexes = [
            models.Index(fields=["organisation", "kind", "id"], name="recordrow_of_organisation"),
            newest_first("recordrow"),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.pk}"

    def told(self, values: dict[str, Any]) -> str:
        """Return the content as the trail shows it: each field by its title."""
        from wanqi.core.packs import current_pack

        from ..facts.records import in_words

        kind = current_pack(self.region_id).records[self.kind]
        return "；".join(
            f"{spec.title}：{in_words(kind, name, values[name])}"
            for name, spec in kind.fields.items()
            if name in values
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RecordCoverage(Sourced):
    """Up to when the list of one kind of record is complete for an organisation; past it, none is unknown."""

    resource = "coverage"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="coverages", verbose_name="单位"
    )
    kind = models.CharField("记录类别", max_length=60)
    complete_until = models.DateField("完整截至")

    class Meta:
        verbose_name = "记录完整性"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="coverage_once",
                violation_error_message="该单位这一类记录已登记完整截至日期，请更正原记录。",
            )
        ]
        indexes = [newest_first("coverage")]

    def __str__(self) -> str:
        return f"{self.kind} {self.complete_until.isoformat()}"
