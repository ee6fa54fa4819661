"""People: talents with their engagement, and the roster of experts. Titles people hold are recognitions."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Sourced, newest_first

from .organisations import Organisation


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Person(Sourced):
    """Somebody the bureau supports. Phone and identity number are shown masked and never exported whole."""

    resource = "person"

    name = models.CharField("姓名", max_length=60)
    name_pinyin = models.CharField("姓名拼音", max_length=200, editable=False, blank=True)
    id_number = models.CharField("身份证号", max_length=18, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    post = models.CharField("职务职称", max_length=100, blank=True)
    education = models.CharField("学历学位", max_length=40, blank=True)
    speciality = models.CharField("专业领域", max_length=200, blank=True)

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "id_number"],
                condition=Q(withdrawn_at__isnull=True) & ~Q(id_number=""),
                name="person_id_once",
                violation_error_message="该身份证号已登记。",
            )
        ]
        indexes = [
            models.Index(fields=["region", "name_pinyin", "id"], name="person_by_name"),
            newest_first("person"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Engagement(Sourced):
    """A person working for an organisation: 全职 or 柔性, with its term."""

    resource = "engagement"

    class Mode(models.TextChoices):
        FULL = "全职", "全职"
        FLEXIBLE = "柔性", "柔性引进"

    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements", verbose_name="人员")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="engagements",
        verbose_name="用人单位",
    )
    employer_name = models.CharField("用人单位名称", max_length=200, blank=True)
    mode = models.CharField("引进方式", max_length=10, choices=Mode.choices, default=Mode.FULL)
    since = models.DateField("起始日期", null=True, blank=True)
    until = models.DateField("期满日期", null=True, blank=True)
    duty = models.CharField("岗位或任务", max_length=200, blank=True)

    class Meta:
        verbose_name = "人才引进"
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                name="engagement_since_until",
                violation_error_message="期满日期早于起始日期，请核对。",
            )
        ]
        indexes = [
            models.Index(fields=["region", "since", "id"], name="engagement_by_start"),
            newest_first("engagement"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_mode_display()}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Expert(Sourced):
    """An entry of the expert roster: what somebody is asked for, and for how long."""

    resource = "expert"

    person = models.ForeignKey(Person, models.PROTECT, related_name="rosters", verbose_name="专家")
    roster = models.CharField("专家库", max_length=100)
    fields = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="擅长领域")
    employer_name = models.CharField("工作单位", max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="experts",
        verbose_name="回避单位",
        help_text="与专家有利害关系的企业，评审时回避",
    )
    since = models.DateField("入库日期", null=True, blank=True)
    until = models.DateField("聘期至", null=True, blank=True)

    class Meta:
        verbose_name = "专家"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "roster"],
                condition=Q(withdrawn_at__isnull=True),
                name="expert_once",
                violation_error_message="此人已在该专家库中。",
            )
        ]
        indexes = [newest_first("expert")]

    def __str__(self) -> str:
        return f"{self.person}（{self.roster}）"
