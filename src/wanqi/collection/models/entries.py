"""Figures of a return, what was locked of it, totals over a round's units, and reminders that were sent."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanqi.core.models import Attachment, Region, User
from wanqi.indicators.models import Observation

from .forms import Round
from .returns import Return


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Entry(models.Model):
    """The figure of one line. value: in the indicator's own unit (元, shares of 1); None is 未填, never zero.

    known: what the registers said when the line was filled, with its grade.
    """

    class Answer(models.TextChoices):
        TYPED = "typed", "填报"
        CONFIRMED = "confirmed", "确认台账数"
        CONTRADICTED = "contradicted", "与台账不一致"

    belongs_to = models.ForeignKey(Return, models.PROTECT, related_name="entries", verbose_name="报数")
    line = models.CharField("行", max_length=60)
    value = models.DecimalField("数值", max_digits=24, decimal_places=6, null=True, blank=True)
    as_written = models.CharField("原文写法", max_length=100, blank=True)
    answer = models.CharField("填报方式", max_length=20, choices=Answer.choices, default=Answer.TYPED)
    known = models.DecimalField("台账数", max_digits=24, decimal_places=6, null=True, blank=True)
    known_grade = models.CharField("台账数等级", max_length=20, blank=True)
    reason = models.TextField("情况说明", blank=True)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    observation = models.ForeignKey(
        Observation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报值"
    )

    class Meta:
        verbose_name = "报数明细"
        constraints = [
            models.UniqueConstraint(
                fields=["belongs_to", "line"],
                name="entry_line_once",
                violation_error_message="这一行已有填报数。",
            ),
            models.CheckConstraint(
                condition=Q(answer="typed") | (Q(known__isnull=False) & Q(value__isnull=False)),
                name="entry_answers_the_register",
                violation_error_message="确认或更改台账数时，两个数都要有。",
            ),
            models.CheckConstraint(
                condition=~Q(answer="confirmed") | Q(value=models.F("known")),
                name="entry_confirmed_is_equal",
                violation_error_message="确认台账数时，填报数要与台账数相同。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}"


class LockedVersion(models.Model):
    """A return as it was locked: version 1, and one more for every revision. Nothing in it changes."""

    belongs_to = models.ForeignKey(Return, models.PROTECT, related_name="locked_versions")
    number = models.PositiveIntegerField("版次")
    content = models.JSONField("内容", help_text="collection.content.as_json")
    digest = models.CharField("摘要", max_length=80)
    reason = models.TextField("修订原因", blank=True)
    locked_at = models.DateTimeField("锁定时间", db_default=Now())
    locked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="锁定人"
    )

    class Meta:
        verbose_name = "锁定的报数"
        constraints = [
            models.UniqueConstraint(fields=["belongs_to", "number"], name="lockedversion_once"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.belongs_to} 第{self.number}版"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoundTotal(models.Model):
    """The sum of one line over the units of a round, once all of them are locked."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="totals", verbose_name="报数任务")
    line = models.CharField("行", max_length=60)
    observation = models.ForeignKey(Observation, models.PROTECT, related_name="+", verbose_name="填报值")

    class Meta:
        verbose_name = "报数合计"
        constraints = [models.UniqueConstraint(fields=["round", "line"], name="roundtotal_once")]

    def __str__(self) -> str:
        return f"{self.round} {self.line}"


class Reminder(models.Model):
    """A reminder that somebody took to send: its text and whom it names. Nothing in it changes."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区")
    round = models.ForeignKey(Round, models.PROTECT, related_name="reminders", verbose_name="报数任务")
    units = models.JSONField("催报单位", default=list, help_text="list of unit codes")
    text = models.TextField("催报文字")
    sent_at = models.DateTimeField("催报时间", db_default=Now())
    sent_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="催报人"
    )

    class Meta:
        verbose_name = "催报记录"
        indexes = [models.Index(fields=["round", "-id"], name="reminder_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.round} 催报{len(self.units)}家"
