"""A year's target broken down to offices, units or areas; the region's own target is an observation."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from wanqi.core.models import Area, Office, Owned, OwnedQuerySet, Unit, newest_first


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TargetBreakdown(Owned):
    """One way to break one target of one year down, and how its parts are meant to add to the whole."""

    resource = "target"

    class Dimension(models.TextChoices):
        OFFICE = "office", "股室"
        DEPARTMENT = "department", "部门"
        TOWNSHIP = "township", "乡镇街道"
        PARK = "park", "园区"
        OPERATOR = "operator", "通信企业"
        AREA = "area", "片区"

    class Basis(models.TextChoices):
        WHOLE = "whole", "全年目标数"
        GAIN = "gain", "本年新增数"

    class Adding(models.TextChoices):
        EQUAL = "equal", "分项相加等于总目标"
        ABOVE = "above", "加压分解，分项之和可高于总目标"
        OVERLAP = "overlap", "分项互有重叠，不相加"

    indicator = models.CharField("目标指标", max_length=80)
    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    dimension = models.CharField("分解到", max_length=20, choices=Dimension.choices)
    basis = models.CharField("分解的数", max_length=10, choices=Basis.choices, default=Basis.WHOLE)
    adding = models.CharField("相加关系", max_length=10, choices=Adding.choices, default=Adding.EQUAL)
    source = models.CharField("分解依据", max_length=300, blank=True, help_text="如下达文件的名称和文号")
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "目标分解"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "indicator", "year", "dimension"],
                condition=Q(withdrawn_at__isnull=True),
                name="breakdown_once",
                violation_error_message="该目标当年已按这个方式分解，请打开原分解修改。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "year", "indicator"], name="breakdown_lookup"),
            newest_first("breakdown"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}年按{self.get_dimension_display()}分解"


class PartQuerySet(OwnedQuerySet["TargetPart"]):
    """Parts with who holds them."""

    def held(self) -> PartQuerySet:
        """Read the holders with the parts."""
        return self.select_related("to_office", "to_unit", "to_area")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TargetPart(Owned):
    """One holder's share of a breakdown: how much, who answers for it, until when."""

    resource = "target"

    breakdown = models.ForeignKey(
        TargetBreakdown, models.PROTECT, related_name="parts", verbose_name="目标分解"
    )
    to_office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承担股室"
    )
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承担单位"
    )
    to_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承担片区"
    )
    value = models.DecimalField("目标数", max_digits=24, decimal_places=6, validators=[MinValueValidator(0)])
    person = models.CharField("责任人", max_length=60, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects: ClassVar[Any] = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "目标分项"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_office__isnull=False, to_unit__isnull=True, to_area__isnull=True)
                | Q(to_office__isnull=True, to_unit__isnull=False, to_area__isnull=True)
                | Q(to_office__isnull=True, to_unit__isnull=True, to_area__isnull=False),
                name="targetpart_one_holder",
                violation_error_message="每个分项要有且只有一个承担单位。",
            ),
            models.UniqueConstraint(
                fields=["breakdown", "to_office", "to_unit", "to_area"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="targetpart_holder_once",
                violation_error_message="同一个承担单位只能有一个分项。",
            ),
        ]
        indexes = [models.Index(fields=["breakdown", "position", "id"], name="targetpart_listed")]

    @property
    def holder(self) -> Office | Unit | Area:
        """Return who holds the part."""
        found = self.to_office or self.to_unit or self.to_area
        assert found is not None
        return found

    def clean(self) -> None:
        """Raise ValidationError for a holder of another region."""
        for name in ("to_office", "to_unit", "to_area"):
            one = getattr(self, name)
            if one is not None and one.region_id != self.region_id:
                raise ValidationError({name: "承担单位不属于本地区。"})

    def __str__(self) -> str:
        return f"{self.breakdown} {self.holder}"
