"""Official ranks (通报排名), which prevail over computed ones, and commendations."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Attachment, Owned, newest_first


class Cited(Owned):
    """A row that a document states: where, and the file that shows it."""

    issuer = models.CharField("发布单位", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    source = models.CharField("数据来源", max_length=300)
    source_document = models.CharField("来源文件标识", max_length=80, blank=True)
    source_clause = models.CharField("来源条款", max_length=40, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="佐证材料")
    note = models.TextField("说明", blank=True)

    class Meta:
        abstract = True

    @property
    def grade(self) -> str:
        """What stands under the row: a file, or nothing but what was reported."""
        return "有佐证" if self.evidence_id else "仅报数"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Ranking(Cited):
    """Our rank among a named set of peers as somebody announced it; values of peers are never made up."""

    resource = "ranking"

    class Functional(models.TextChoices):
        UNKNOWN = "", "未说明"
        WITH = "含", "含功能区"
        WITHOUT = "不含", "不含功能区"

    indicator = models.CharField("指标", max_length=80)
    period = models.CharField("时期", max_length=20)
    rank = models.PositiveSmallIntegerField("名次")
    tied = models.BooleanField("并列", default=False)
    peer_set = models.CharField("比较范围", max_length=60, help_text="如“岳阳六县市”")
    peers = models.PositiveSmallIntegerField("参加比较的地区数", null=True, blank=True)
    functional = models.CharField("功能区", max_length=4, choices=Functional.choices, blank=True, default="")
    basis = models.CharField("口径", max_length=200, blank=True)
    value = models.DecimalField("数值", max_digits=24, decimal_places=6, null=True, blank=True)
    as_written = models.CharField("原文写法", max_length=100, blank=True)
    announced_on = models.DateField("通报日期", null=True, blank=True)

    class Meta:
        verbose_name = "通报排名"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "indicator", "period", "peer_set", "basis", "source"],
                condition=Q(withdrawn_at__isnull=True),
                name="ranking_once",
                violation_error_message="同一来源对该指标、该时期已有名次，请更正原记录。",
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1) & (Q(peers__isnull=True) | Q(rank__lte=F("peers"))),
                name="ranking_within_peers",
                violation_error_message="名次应在1和参加比较的地区数之间。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "indicator", "period"], name="ranking_lookup"),
            newest_first("ranking"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period} 第{self.rank}名"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Commendation(Cited):
    """Praise or an affirmation from above, as printed."""

    resource = "commendation"

    title = models.CharField("表扬事项", max_length=300)
    level = models.CharField("级别", max_length=20, blank=True)
    on = models.DateField("日期", null=True, blank=True)
    as_written = models.CharField("原文写法", max_length=200, blank=True)

    class Meta:
        verbose_name = "通报表扬"
        indexes = [
            models.Index(fields=["region", "on", "id"], name="commendation_by_date"),
            newest_first("commendation"),
        ]

    def __str__(self) -> str:
        return self.title
