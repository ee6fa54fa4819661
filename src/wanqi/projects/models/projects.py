"""Projects: research and development, digital infrastructure, 三化, pilots; with milestones and tags."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wanqi.core.models import Attachment, Sourced, User, newest_first
from wanqi.registry.models import Organisation


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Project(Sourced):
    """A project from its declaration to its end. `scheme` and `tags` are terms of the vocabulary, kind `projects`."""

    resource = "project"

    class Kind(models.TextChoices):
        RESEARCH = "研发项目", "研发项目"
        INFRASTRUCTURE = "数字新基建", "数字新基建项目"
        THREE = "三化", "“三化”重点项目"
        PILOT = "试点", "试点示范"
        DIAGNOSIS = "评估诊断", "评估诊断"
        KEY = "重点项目库", "重点项目库"
        OTHER = "其他", "其他项目"

    class Level(models.TextChoices):
        NATIONAL = "国家级", "国家级"
        PROVINCE = "省级", "省级"
        CITY = "市级", "岳阳市级"
        COUNTY = "县级", "临湘市级"

    class Stage(models.TextChoices):
        PLANNED = "谋划", "谋划"
        DECLARED = "已申报", "已申报"
        APPROVED = "已立项", "已立项"
        LISTED = "已列入", "已列入"
        RUNNING = "实施中", "实施中"
        DONE = "已完成", "已完成(验收)"
        STOPPED = "已终止", "已终止"

    title = models.CharField("项目名称", max_length=300)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    scheme = models.CharField(
        "专项或名单", max_length=100, blank=True, help_text="如“省级重点研发”“全省两化融合贯标试点”"
    )
    programme = models.CharField("事项", max_length=80, blank=True)
    level = models.CharField("级别", max_length=10, choices=Level.choices, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="承担单位"
    )
    holder_name = models.CharField("承担单位名称", max_length=200)
    stage = models.CharField("阶段", max_length=10, choices=Stage.choices, default=Stage.DECLARED)
    declared_on = models.DateField("申报日期", null=True, blank=True)
    approved_on = models.DateField("立项或列入日期", null=True, blank=True)
    started_on = models.DateField("开工日期", null=True, blank=True)
    finished_on = models.DateField("完成日期", null=True, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    investment = models.DecimalField("总投资（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    funding = models.DecimalField("上级资金（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="标签")
    note = models.TextField("进展", blank=True)

    class Meta:
        verbose_name = "项目"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "scheme", "title", "holder_name"],
                condition=Q(withdrawn_at__isnull=True),
                name="project_once",
                violation_error_message="该单位的这个项目已登记。",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(finished_on__isnull=True)
                | Q(started_on__lte=F("finished_on")),
                name="project_started_before_finished",
                violation_error_message="完成日期早于开工日期，请核对。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "kind", "approved_on", "id"], name="project_by_kind"),
            models.Index(fields=["region", "declared_on", "id"], name="project_by_declaration"),
            models.Index(fields=["organisation", "-id"], name="project_of_organisation"),
            newest_first("project"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Milestone(models.Model):
    """A point of a project's plan, with the day it was due and the day it was reached."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones", verbose_name="项目")
    title = models.CharField("节点", max_length=200)
    due_on = models.DateField("计划日期", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, verbose_name="附件")
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "项目节点"
        indexes = [models.Index(fields=["project", "due_on", "id"], name="milestone_by_day")]

    def __str__(self) -> str:
        return self.title
