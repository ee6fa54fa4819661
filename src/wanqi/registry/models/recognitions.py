"""Recognitions: what is held, by whom, under which lawful act; and nominations on their way to one."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Attachment, Sourced, User, newest_first

from .organisations import Organisation
from .people import Person


class Holder(models.TextChoices):
    """What kind of thing holds a recognition."""

    ORGANISATION = "organisation", "单位"
    PERSON = "person", "个人"
    PRODUCT = "product", "产品"
    PROJECT = "project", "项目"
    PARK = "park", "园区"


class Level(models.TextChoices):
    """Who stands behind it; of the city and the county, as people here say it."""

    NATIONAL = "国家级", "国家级"
    PROVINCE = "省级", "省级"
    CITY = "市级", "岳阳市级"
    COUNTY = "县级", "临湘市级"


class Kind(models.TextChoices):
    """Why it was granted; the words of the vocabulary's `titles.kind`."""

    FIRST = "首次", "首次"
    AGAIN = "重新", "重新认定"
    REVIEW = "复核", "复核"
    MOVED = "迁入", "迁入"


class Act(models.TextChoices):
    """What the authority's act is in law: a title may only be called what it is."""

    RECOGNISED = "认定", "认定"
    ENTERED = "评价入库", "评价入库"
    ANNOUNCED = "公告", "公告"
    FILED = "备案", "备案"
    LISTED = "列入", "列入"
    CERTIFIED = "获证", "获证"
    CHOSEN = "评选", "评选"


class Held(Sourced):
    """Who something is given to: an organisation or person of the registers, and the printed name beside it."""

    holder_kind = models.CharField(
        "持有者类别", max_length=20, choices=Holder.choices, default=Holder.ORGANISATION
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="单位"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="个人"
    )
    holder_name = models.CharField(
        "名称", max_length=200, help_text="名单上印的名称；产品、项目、园区写其名称"
    )

    class Meta:
        abstract = True


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Recognition(Held):
    """A status held. `programme` is an id of the packs; a certificate keeps its validity whatever the rule becomes."""

    resource = "recognition"

    programme = models.CharField("事项", max_length=80)
    act = models.CharField("方式", max_length=10, choices=Act.choices, default=Act.RECOGNISED)
    level = models.CharField("级别", max_length=10, choices=Level.choices, blank=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.FIRST)
    authority = models.CharField("发文机关", max_length=200, blank=True)
    batch = models.CharField("批次", max_length=60, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    document_title = models.CharField("文件标题", max_length=300, blank=True)
    url = models.CharField("公开网址", max_length=500, blank=True)
    certificate_number = models.CharField("证书编号", max_length=80, blank=True)
    granted_on = models.DateField("认定日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    is_unlimited = models.BooleanField("长期有效", default=False)
    revoked_on = models.DateField("撤销或取消日期", null=True, blank=True)
    revoked_reason = models.CharField("撤销或取消原因", max_length=300, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="标签")

    class Meta:
        verbose_name = "认定记录"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "programme", "organisation", "person", "holder_name", "granted_on", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="recognition_once",
                violation_error_message="该单位这一事项、这一日期已有认定记录。",
            ),
            models.CheckConstraint(
                condition=Q(granted_on__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(granted_on__lte=F("valid_until")),
                name="recognition_granted_before_end",
                violation_error_message="有效期至早于认定日期，请核对。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "programme", "granted_on", "id"], name="recognition_by_programme"),
            models.Index(fields=["region", "valid_until", "id"], name="recognition_by_end"),
            models.Index(fields=["organisation", "-granted_on"], name="recognition_of_organisation"),
            models.Index(fields=["region", "granted_on", "id"], name="recognition_by_date"),
            newest_first("recognition"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name} {self.programme}"


class Stage(models.TextChoices):
    """How far a nomination has come."""

    SOUNDED = "摸底", "摸底"
    POOLED = "入培育库", "入培育库"
    DECLARED = "企业已申报", "企业已申报"
    RECOMMENDED = "县级推荐", "县级推荐"
    CITY = "市级审核", "市级审核"
    PROVINCE = "省级评审", "省级评审"
    PUBLIC = "公示", "公示"
    PASSED = "已通过", "已通过"
    FAILED = "未通过", "未通过"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Nomination(Held):
    """An enterprise, person or project on its way to a title decided above."""

    resource = "nomination"

    class For(models.TextChoices):
        NEW = "new", "新申报"
        REVIEW = "review", "复核"
        RENEWAL = "renewal", "重新认定"

    programme = models.CharField("事项", max_length=80)
    batch = models.CharField("批次", max_length=60)
    purpose = models.CharField("申报类别", max_length=10, choices=For.choices, default=For.NEW)
    level = models.CharField("级别", max_length=10, choices=Level.choices, blank=True)
    stage = models.CharField("阶段", max_length=10, choices=Stage.choices, default=Stage.SOUNDED)
    stage_on = models.DateField("到达日期", null=True, blank=True)
    letter = models.CharField("推荐文号", max_length=80, blank=True)
    reason = models.TextField("原因", blank=True, help_text="未通过、退回或不推荐的原因")
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    note = models.TextField("备注", blank=True)
    recognition = models.ForeignKey(
        Recognition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
        verbose_name="认定记录",
    )

    class Meta:
        verbose_name = "申报推荐"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "programme", "batch", "organisation", "person", "holder_name"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="nomination_once",
                violation_error_message="该单位已在这一事项、这一批次的申报推荐台账中。",
            )
        ]
        indexes = [
            models.Index(fields=["region", "programme", "batch", "stage"], name="nomination_by_stage"),
            models.Index(fields=["organisation", "-id"], name="nomination_of_organisation"),
            models.Index(fields=["region", "stage_on", "id"], name="nomination_by_date"),
            newest_first("nomination"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name} {self.programme} {self.batch}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class NominationStep(models.Model):
    """The day a nomination reached a stage; what counts of “推荐33家” are asked of."""

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="steps", verbose_name="申报推荐")
    stage = models.CharField("阶段", max_length=10, choices=Stage.choices)
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=300, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="附件")
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "申报阶段"
        indexes = [models.Index(fields=["nomination", "on", "id"], name="nominationstep_by_day")]

    def __str__(self) -> str:
        return f"{self.stage} {self.on.isoformat()}"
