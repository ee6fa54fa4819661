"""The audit trail: who did what, to which row, why; append-only."""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.contrib.postgres.functions import TransactionNow
from django.db import models

from .people import User
from .places import Region


class AuditEvent(models.Model):
    """One act. `changes` is a list of {field, label, old, new} with values as shown on screen.

    `at` is the transaction's time, the same instant as in the history tables, so that an act and the row states
    it made can be joined.
    """

    at = models.DateTimeField("时间", db_default=TransactionNow())
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name="操作人")
    actor_name = models.CharField("操作人姓名", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name="地区")
    verb = models.CharField("操作", max_length=40)
    target_kind = models.CharField("对象类别", max_length=60)
    target_id = models.CharField("对象编号", max_length=60)
    target_label = models.CharField("对象名称", max_length=300)
    changes = models.JSONField("变更内容", default=list)
    reason = models.TextField("原因", blank=True)
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)

    class Meta:
        verbose_name = "操作日志"
        indexes = [
            models.Index(fields=["target_kind", "target_id", "-id"], name="auditevent_target"),
            models.Index(fields=["-at", "-id"], name="auditevent_newest"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    @property
    def kind_title(self) -> str:
        """What the kind of row is called on screen; the stored name where its table is no more."""
        try:
            return str(apps.get_model(self.target_kind)._meta.verbose_name)
        except LookupError:
            return self.target_kind

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_label}"
