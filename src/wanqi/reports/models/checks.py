"""Checks of a text that somebody saved, and sums that were found in order."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from wanqi.core.models import Owned


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Explanation(Owned):
    """经核无误: somebody looked at one sum and says why it stands. The same sum is not asked about again.

    `key` is the digest of the sum as the auditor normalises it, so that it is known again in a later draft.
    """

    resource = "explanation"

    key = models.CharField("算式摘要", max_length=80, editable=False, help_text="sha256:<hex>")
    level = models.CharField("疑点类别", max_length=10, editable=False)
    figures = models.JSONField("数据", default=list)
    message = models.TextField("疑点")
    reason = models.TextField("理由")

    class Meta:
        verbose_name = "经核说明"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "key"],
                condition=Q(withdrawn_at__isnull=True),
                name="explanation_once",
                violation_error_message="这一处已有人说明，请刷新后查看。",
            ),
        ]

    def __str__(self) -> str:
        return "、".join(self.figures)


KEPT = (
    "title",
    "source",
    "text",
    "result",
    "period",
    "read",
    "weighed",
    "errors",
    "queries",
    "notes",
    "explained",
)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["text", "result"]
)
class SavedCheck(Owned):
    """A text as it was checked, with what was found then. Nothing in it changes; it can only be withdrawn.

    The two large columns are neither in the history nor in the log: the database itself keeps them as they are.
    """

    resource = "check"

    title = models.CharField("标题", max_length=200)
    source = models.CharField("来源", max_length=200)
    text = models.TextField("正文", editable=False)
    result = models.JSONField("核对结果", default=dict, editable=False, help_text="reports.checking.as_json")
    period = models.CharField("比对时期", max_length=20, blank=True)
    read = models.PositiveIntegerField("识别数据", default=0)
    weighed = models.PositiveIntegerField("已核", default=0)
    errors = models.PositiveIntegerField("数据差错", default=0)
    queries = models.PositiveIntegerField("存疑待核", default=0)
    notes = models.PositiveIntegerField("表述不规范", default=0)
    explained = models.PositiveIntegerField("已说明", default=0)

    class Meta:
        verbose_name = "核对记录"
        indexes = [models.Index(fields=["region", "-id"], name="savedcheck_newest")]
        triggers = [pgtrigger.ReadOnly(name="kept_as_it_was", fields=list(KEPT))]

    def __str__(self) -> str:
        return self.title
