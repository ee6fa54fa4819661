"""Regions and what stands in them; filled from the region packs by `wanqi packs load`."""

from __future__ import annotations

from django.db import models


class Region(models.Model):
    """A jurisdiction; `id` is its pack's folder name (`cn`, `cn-43`, `cn-430682`)."""

    id = models.CharField("地区代码", max_length=20, primary_key=True)
    title = models.CharField("名称", max_length=100)
    level = models.CharField("层级", max_length=20)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级地区"
    )

    class Meta:
        verbose_name = "地区"

    def __str__(self) -> str:
        return self.title


class Place(models.Model):
    """A named, coded part of a region."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=100)
    position = models.PositiveIntegerField("顺序", default=0)
    active = models.BooleanField("在用", default=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"],
                name="%(class)s_code_once",
                violation_error_message="该代码已存在。",
            ),
            models.UniqueConstraint(
                fields=["region", "name"],
                name="%(class)s_name_once",
                violation_error_message="该名称已存在。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Area(Place):
    """A township, street or district that rows are placed in (片区)."""

    class Meta(Place.Meta):
        verbose_name = "片区"


class Office(Place):
    """A section of the bureau (股室); clerks write in their own."""

    class Meta(Place.Meta):
        verbose_name = "股室"


class Unit(Place):
    """A unit that hands in figures: department, township, park, operator or enterprise (报送单位)."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "部门"
        TOWNSHIP = "township", "乡镇街道"
        PARK = "park", "园区"
        OPERATOR = "operator", "通信企业"
        ENTERPRISE = "enterprise", "企业"

    kind = models.CharField("类别", max_length=20, choices=Kind.choices)

    class Meta(Place.Meta):
        verbose_name = "报送单位"
