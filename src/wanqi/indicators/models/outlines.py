"""Boundaries that the bureau brought itself; without any, the board draws squares."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned, newest_first


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Outline(Owned):
    """A GeoJSON file of divisions with its 审图号; the newest that was not withdrawn is drawn."""

    resource = "outline"

    review_number = models.CharField("审图号", max_length=60)
    source = models.CharField("数据来源", max_length=200)
    code_field = models.CharField("区划代码字段", max_length=60)
    divisions = models.PositiveSmallIntegerField("区划数")
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = "地图底图"
        constraints = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(withdrawn_at__isnull=True),
                name="outline_one_in_use",
                violation_error_message="已有一份在用的底图，请先停用。",
            )
        ]
        indexes = [newest_first("outline")]

    def __str__(self) -> str:
        return f"地图底图（审图号{self.review_number}）"
