"""What a transaction changed among the tables that figures stand on; written by triggers, read by nobody but `kept`."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """A transaction that wrote into a table, once per table; see migration 0005.

    transaction: its number (xid8), so that a snapshot tells whether it had ended by then. part: of a reported value
    its indicator, empty for all. A row without a source is a mark: whatever is older than its part had ended then.
    """

    pk = models.CompositePrimaryKey("transaction", "source", "part")
    transaction = models.BigIntegerField("事务编号")
    source = models.CharField("数据表", max_length=63)
    part = models.CharField("指标", max_length=120, blank=True)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "数据变动"

    def __str__(self) -> str:
        return f"{self.transaction} {self.source} {self.part}"
