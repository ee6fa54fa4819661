"""What is said about a paragraph: remarks, and digits that are linked to no figure, with the reason they stand."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Owned, User

from .drafts import Draft, DraftParagraph


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Remark(Owned):
    """A comment (批注) on a paragraph; `quote` is the part of it that is meant, as it was read then."""

    resource = "remark"

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="remarks", verbose_name="材料")
    paragraph = models.ForeignKey(DraftParagraph, models.PROTECT, related_name="remarks", verbose_name="段落")
    quote = models.CharField("所指文字", max_length=200, blank=True)
    words = models.TextField("批注", max_length=1000)
    author_name = models.CharField("批注人", max_length=60, blank=True)
    answer = models.TextField("答复", blank=True, max_length=1000)
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    resolved_by_name = models.CharField("处理人姓名", max_length=60, blank=True)

    class Meta:
        verbose_name = "批注"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words[:60]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class UnlinkedFigure(Owned):
    """A number in a paragraph that is linked to no figure (未关联数据), and why it stands; `words` as written."""

    resource = "report"

    paragraph = models.ForeignKey(
        DraftParagraph, models.PROTECT, related_name="unlinked", verbose_name="段落"
    )
    words = models.CharField("数字", max_length=80)
    reason = models.TextField("理由")
    author_name = models.CharField("说明人", max_length=60, blank=True)

    class Meta:
        verbose_name = "未关联数据说明"
        constraints = [
            models.UniqueConstraint(
                fields=["paragraph", "words"],
                condition=Q(withdrawn_at__isnull=True),
                name="unlinked_once",
                violation_error_message="这处数字已有人说明，请刷新后查看。",
            ),
        ]

    def __str__(self) -> str:
        return self.words
