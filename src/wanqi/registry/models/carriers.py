"""Innovation carriers: centres, laboratories, incubators and the like, by kind, level, host and lawful act."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wanqi.core.models import Sourced, newest_first

from .organisations import Organisation
from .recognitions import Level


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Carrier(Sourced):
    """A platform; `kind` is a term of the vocabulary, kind of record `carriers`. 组建 is not yet 认定."""

    resource = "carrier"

    class Act(models.TextChoices):
        FOUNDED = "组建", "组建"
        FILED = "备案", "备案"
        RECOGNISED = "认定", "认定"

    name = models.CharField("名称", max_length=200)
    kind = models.CharField("类别", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level.choices, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="carriers", verbose_name="依托单位"
    )
    host_name = models.CharField("依托单位名称", max_length=200, blank=True)
    act = models.CharField("方式", max_length=10, choices=Act.choices, default=Act.FOUNDED)
    since = models.DateField("日期", null=True, blank=True)
    programme = models.CharField("事项", max_length=80, blank=True)
    authority = models.CharField("发文机关", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    ended_on = models.DateField("撤销或停办日期", null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="标签")

    class Meta:
        verbose_name = "创新平台(载体)"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "level", "name"],
                condition=Q(withdrawn_at__isnull=True),
                name="carrier_once",
                violation_error_message="该平台已登记。",
            )
        ]
        indexes = [
            models.Index(fields=["region", "kind", "since", "id"], name="carrier_by_kind"),
            models.Index(fields=["region", "since", "id"], name="carrier_by_date"),
            newest_first("carrier"),
        ]

    def __str__(self) -> str:
        return self.name
