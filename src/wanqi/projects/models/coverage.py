"""Gigabit coverage by district: households reached of households, as the operators reported them."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Sourced, newest_first


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FiberCoverage(Sourced):
    """One district on one day. No county holds the households row by row: the grade says what stands under it."""

    resource = "fiber"

    district = models.CharField("区域", max_length=100, help_text="片区、小区或“城区”等统计范围")
    as_of = models.DateField("截至日期")
    operator = models.CharField("运营商", max_length=20, blank=True)
    covered = models.PositiveIntegerField("千兆覆盖户数")
    households = models.PositiveIntegerField("总户数", null=True, blank=True, help_text="覆盖率的分母")
    users = models.PositiveIntegerField("千兆用户数", null=True, blank=True)

    class Meta:
        verbose_name = "千兆光纤覆盖"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "district", "as_of", "operator"],
                condition=Q(withdrawn_at__isnull=True),
                name="fiber_once",
                violation_error_message="该区域、该日期、该运营商已登记。",
            ),
            models.CheckConstraint(
                condition=Q(households__isnull=True) | Q(covered__lte=F("households")),
                name="fiber_within_households",
                violation_error_message="覆盖户数多于总户数，请核对。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "as_of", "id"], name="fiber_by_date"),
            newest_first("fiber"),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.as_of.isoformat()}"
