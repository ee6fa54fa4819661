"""The return of one unit in one round, and where it stands on its way."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q

from wanqi.core.models import Attachment, Owned, OwnedQuerySet, User
from wanqi.registry.models import ImportBatch

from .forms import Round


class ReturnQuerySet(OwnedQuerySet["Return"]):
    """Returns by where they stand."""

    def with_the_unit(self) -> Self:
        """Keep those the unit still has to hand in: 待填报, 填报中, 已退回."""
        return self.filter(state__in=Return.OPEN_STATES, withdrawn_at__isnull=True)

    def overdue(self, on: date) -> Self:
        """Keep those not handed in though their day is past on `on`; a revision has no day of its own."""
        return self.with_the_unit().filter(due_on__lt=on, revision=1)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Return(Owned):
    """What one unit hands in for one round. `office` is the round's, `unit` the one asked.

    edition counts changes of the content, revision the times it was locked and reopened.
    """

    resource = "return"

    class State(models.TextChoices):
        OPEN = "open", "待填报"
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "已提交"
        SENT_BACK = "sent_back", "已退回"
        APPROVED = "approved", "已通过"
        LOCKED = "locked", "已锁定"

    OPEN_STATES = (State.OPEN, State.DRAFT, State.SENT_BACK)
    HANDED_IN = (State.SUBMITTED, State.APPROVED, State.LOCKED)

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns", verbose_name="报数任务")
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.OPEN)
    due_on = models.DateField("报送期限")
    edition = models.PositiveIntegerField("稿次", default=0)
    revision = models.PositiveIntegerField("版次", default=1)
    rows = models.JSONField("明细", default=list, blank=True, help_text="list of {field: as written}")
    nothing = models.BooleanField("本期无新增", default=False)
    reported_by = models.CharField("报送人", max_length=60, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    note = models.TextField("填报说明", blank=True)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    workbook = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="交来的表格"
    )
    answer = models.TextField("退回原因", blank=True)
    revision_reason = models.TextField("修订原因", blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提交人"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入批次"
    )

    objects: ClassVar[Any] = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "报数"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "unit"],
                condition=Q(withdrawn_at__isnull=True),
                name="return_once",
                violation_error_message="该单位的这一期已经下发。",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=False) & Q(unit__isnull=False),
                name="return_has_place",
                violation_error_message="报数要有责任股室和报送单位。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "draft", "submitted", "sent_back", "approved", "locked"]),
                name="return_state_known",
                violation_error_message="没有这种状态。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "approved", "locked"]) | Q(submitted_at__isnull=False),
                name="return_submitted_at",
                violation_error_message="已提交的报数要有提交时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "locked"]) | Q(reviewed_at__isnull=False),
                name="return_reviewed_at",
                violation_error_message="已通过的报数要有审核时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state="locked") | Q(locked_at__isnull=False),
                name="return_locked_at",
                violation_error_message="已锁定的报数要有锁定时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent_back") | ~Q(answer=""),
                name="return_sent_back_why",
                violation_error_message="退回要写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(revision_reason=""),
                name="return_revised_why",
                violation_error_message="数据修订要写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1) & Q(version__gte=1),
                name="return_counted_from_one",
                violation_error_message="版次从1起。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_on", "id"], name="return_by_state"),
            models.Index(fields=["unit", "-due_on", "-id"], name="return_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.unit}"

    @property
    def is_open(self) -> bool:
        """Whether the unit may still write in it."""
        return self.state in self.OPEN_STATES and self.withdrawn_at is None

    def days_overdue(self, on: date) -> int:
        """Return by how many days it is late on a day; 0 once handed in, while there is time, and for a revision."""
        if not self.is_open or self.revision > 1:
            return 0
        return max((on - self.due_on).days, 0)
