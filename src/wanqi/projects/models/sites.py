"""Sites: each 5G station on its own row, which is what a 5G figure opens onto."""

from __future__ import annotations

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Area, Attachment, Owned


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Site(Owned):
    """A station. Enumerations are checked against the vocabulary of the region's pack, kind `sites`."""

    resource = "site"

    site_code = models.CharField("站址编码", max_length=60)
    name = models.CharField("站址名称", max_length=200)
    technology = models.CharField("制式", max_length=20, default="5G")
    operator = models.CharField("运营商", max_length=20, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="片区")
    built_on = models.DateField("建成日期", null=True, blank=True)
    opened_on = models.DateField("开通日期", null=True, blank=True)
    source = models.CharField("数据来源", max_length=200, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="佐证材料")

    class Meta:
        verbose_name = "5G基站"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "site_code"],
                condition=Q(withdrawn_at__isnull=True),
                name="site_code_once",
                violation_error_message="该站址编码已登记。",
            ),
            models.CheckConstraint(
                condition=Q(built_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(built_on__lte=F("opened_on")),
                name="site_built_before_opened",
                violation_error_message="开通日期早于建成日期，请核对。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "opened_on", "id"], name="site_by_opening"),
            models.Index(fields=["region", "site_code", "id"], name="site_by_code"),
            models.Index(fields=["region", "-updated_at", "-id"], name="site_by_update"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.area is not None and self.area.region_id != self.region_id:
            raise ValidationError({"area": "片区不属于本地区。"})
