"""Patents, where applied is not granted, and trademarks. Nothing of a defence patent is kept."""

from __future__ import annotations

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Sourced, newest_first

from .organisations import Organisation


class Owner(Sourced):
    """Whose it is: an organisation of the register, and the owner's name as printed."""

    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name="权利人单位",
    )
    owner_name = models.CharField("权利人", max_length=200)

    class Meta:
        abstract = True


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Patent(Owner):
    """A patent from its application on; granted only with `granted_on`."""

    resource = "patent"

    class Kind(models.TextChoices):
        INVENTION = "发明专利", "发明专利"
        UTILITY = "实用新型", "实用新型"
        DESIGN = "外观设计", "外观设计"

    class Acquisition(models.TextChoices):
        OWN = "自主研发", "自主研发"
        BOUGHT = "受让", "受让"
        GIVEN = "受赠", "受赠"
        MERGED = "并购", "并购"
        LICENSED = "许可", "许可"

    number = models.CharField("专利号或申请号", max_length=40)
    title = models.CharField("名称", max_length=300)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    applied_on = models.DateField("申请日", null=True, blank=True)
    granted_on = models.DateField("授权公告日", null=True, blank=True)
    expires_on = models.DateField("到期日", null=True, blank=True)
    ended_on = models.DateField("失效日", null=True, blank=True)
    acquisition = models.CharField("取得方式", max_length=10, choices=Acquisition.choices, blank=True)
    owner_rank = models.PositiveSmallIntegerField("权利人顺位", null=True, blank=True)
    high_value = models.BooleanField("Ⅰ类高价值知识产权", null=True, blank=True)
    transferred_on = models.DateField("转让登记日", null=True, blank=True)
    relates_to_main_product = models.BooleanField("与主导产品相关", null=True, blank=True)
    has_benefit = models.BooleanField("已应用并产生经济效益", null=True, blank=True)
    used_in_prior_hnte = models.BooleanField("曾用于高新技术企业认定", null=True, blank=True)

    class Meta:
        verbose_name = "专利"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"],
                condition=Q(withdrawn_at__isnull=True),
                name="patent_number_once",
                violation_error_message="该专利号已登记。",
            ),
            models.CheckConstraint(
                condition=Q(applied_on__isnull=True)
                | Q(granted_on__isnull=True)
                | Q(applied_on__lte=F("granted_on")),
                name="patent_applied_before_granted",
                violation_error_message="授权公告日早于申请日，请核对。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "granted_on", "id"], name="patent_by_grant"),
            models.Index(fields=["region", "applied_on", "id"], name="patent_by_application"),
            models.Index(fields=["organisation", "-granted_on"], name="patent_of_organisation"),
            newest_first("patent"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"

    def clean(self) -> None:
        super().clean()
        if "国防" in self.kind or "国防专利" in self.title:
            raise ValidationError(
                {"title": "本系统为非涉密系统，不得登记国防专利的任何内容，请按保密规定办理。"}
            )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Trademark(Owner):
    """A registered trademark, by registration number and class."""

    resource = "trademark"

    name = models.CharField("商标名称", max_length=200)
    number = models.CharField("注册号", max_length=40)
    classes = models.CharField("国际分类", max_length=60, blank=True)
    applied_on = models.DateField("申请日", null=True, blank=True)
    registered_on = models.DateField("注册公告日", null=True, blank=True)
    expires_on = models.DateField("专用权期限至", null=True, blank=True)

    class Meta:
        verbose_name = "商标"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number", "classes"],
                condition=Q(withdrawn_at__isnull=True),
                name="trademark_number_once",
                violation_error_message="该注册号、分类已登记。",
            )
        ]
        indexes = [
            models.Index(fields=["region", "registered_on", "id"], name="trademark_by_date"),
            models.Index(fields=["organisation", "-registered_on"], name="trademark_of_organisation"),
            newest_first("trademark"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"
